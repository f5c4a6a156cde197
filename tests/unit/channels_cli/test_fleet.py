"""A host's channels, served as they come and go: real bridges on loopback, and a channel that only collects."""

import socket
from collections.abc import Sequence
from threading import Event

import pytest

from ballotcast.client.errors import ApiError, Unreachable
from ballotcast_cli.channels.bridge import Bridge
from ballotcast_cli.channels.fleet import Fleet, Served
from ballotcast_cli.channels.udp import listen
from ballotcast_cli.channels.waiting import Limits

SECONDS = 20


class Host:
    """`served`: the channels that there are; `sent`: what was published to each; `refuses`: whose records are turned
    away; `failures`: what listing raises first; `odd`: what beginning one raises."""

    def __init__(self) -> None:
        self.now = 0.0
        self.served: list[Served] = []
        self.sent: dict[str, list[bytes]] = {}
        self.refuses: set[str] = set()
        self.failures: list[Exception] = []
        self.odd: dict[str, Exception] = {}
        self.told: list[str] = []
        self.arrived = Event()
        self.fleet = Fleet(self.find, self.begin, self.told.append, drain=SECONDS, clock=lambda: self.now)

    def find(self) -> list[Served]:
        if self.failures:
            raise self.failures.pop()
        return self.served

    def begin(self, served: Served) -> Bridge:
        if served.name in self.odd:
            raise self.odd[served.name]

        def publish(records: Sequence[bytes], key: str) -> None:
            self.arrived.set()
            if served.name in self.refuses:
                raise ApiError(403, "not-yours", "not yours")
            self.sent.setdefault(served.name, []).extend(records)

        bridge = Bridge(listen("127.0.0.1", served.port), lambda _: None, publish, Limits(age=0))
        bridge.start()
        return bridge

    def register(self, name: str, born: int = 1) -> Served:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.served.append(Served(name, born, free.getsockname()[1]))
        return self.served[-1]

    def send(self, served: Served, content: bytes) -> None:
        self.arrived.clear()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(content, ("127.0.0.1", served.port))
        assert self.arrived.wait(SECONDS)


@pytest.fixture
def host() -> Host:
    return Host()


def test_channels_come_and_go(host: Host) -> None:
    a = host.register("a")
    host.fleet.look()
    b = host.register("b")
    host.fleet.look()
    assert host.fleet.served == ["a", "b"]
    host.send(a, b"1")
    host.send(b, b"2")
    host.served.remove(a)
    host.fleet.look()
    assert host.fleet.served == ["b"]
    host.served[:] = [Served("b", 2, b.port)]
    host.fleet.look()
    host.send(host.served[0], b"3")
    counts = host.fleet.close()
    assert host.sent == {"a": [b"1"], "b": [b"2", b"3"]}
    assert (counts.received, counts.published, host.fleet.served) == (3, 3, [])
    assert host.told[-3:] == ["a is not served any more", "b is not served any more", f"UDP port {b.port} → b"]


def test_what_fails_is_begun_again_after_a_while_and_the_others_do_not_notice(host: Host) -> None:
    a, b = host.register("a"), host.register("b")
    host.fleet.look()
    host.refuses.add("a")
    host.send(a, b"1")
    until_failed(host, "a failed: not yours")
    assert host.fleet.served == ["b"]
    host.now += 0.5
    host.fleet.look()
    assert host.fleet.served == ["b"], "it is too early"
    host.refuses.clear()
    host.now += 0.6
    host.fleet.look()
    host.send(a, b"2")
    host.send(b, b"3")
    counts = host.fleet.close()
    assert host.sent == {"a": [b"2"], "b": [b"3"]}
    assert (counts.received, counts.published, counts.dropped.total()) == (3, 2, 1)


def until_failed(host: Host, line: str) -> None:
    for _ in range(1000):
        host.fleet.look()
        if line in host.told:
            return
        Event().wait(0.01)
    raise AssertionError(host.told)


def test_a_port_that_somebody_else_has_is_tried_again(host: Host) -> None:
    a = host.register("a")
    with listen("127.0.0.1", a.port):
        for pause in (0, 1, 2, 4):
            host.now += pause
            host.fleet.look()
            host.fleet.look()
        assert len(host.told) == 4
        assert host.fleet.served == []
    host.now += 8
    host.fleet.look()
    assert host.fleet.served == ["a"]
    host.fleet.close()


def test_a_channel_that_cannot_be_begun_is_not_the_others_end(host: Host) -> None:
    """A schema that this version does not know, or a key that is gone from the file, ended the bridges of all."""
    a, b = host.register("a"), host.register("b")
    host.odd["a"] = ValueError("not a schema")
    host.fleet.look()
    assert host.fleet.served == ["b"]
    assert host.told[0] == f"a on port {a.port}: not a schema"
    host.failures.append(FileNotFoundError("keys"))
    host.fleet.look()
    host.odd.clear()
    host.now += 2
    host.fleet.look()
    assert host.fleet.served == ["a", "b"]
    host.send(b, b"1")
    assert host.fleet.close().published == 1


def test_while_the_api_is_away_what_runs_continues(host: Host) -> None:
    a = host.register("a")
    host.fleet.look()
    host.failures.append(Unreachable("no answer"))
    host.fleet.look()
    assert host.told[-1] == "the channels cannot be listed: no answer"
    host.send(a, b"1")
    assert host.fleet.close().published == 1
