"""The bridge over real UDP on the loopback: what is sent arrives once, in order, or is counted with its reason."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event

import pytest

from ballotcast_cli.channels.bridge import MEMORY_FULL, NOT_SENT, UNKNOWN, Bridge, Busy, Unfit
from ballotcast_cli.channels.udp import listen
from ballotcast_cli.channels.waiting import OVERHEAD, Limits

SECONDS = 60.0


class Channel:
    """Accepts batches; `mishaps` meet its calls first, one each (None: none)."""

    def __init__(self, *mishaps: Exception | None) -> None:
        self.mishaps = list(mishaps)
        self.records: list[bytes] = []
        self.keys: list[str] = []
        self.open = Event()
        self.open.set()

    def publish(self, records: Sequence[bytes], key: str) -> None:
        self.keys.append(key)
        assert self.open.wait(SECONDS)
        if self.mishaps and (mishap := self.mishaps.pop(0)):
            raise mishap
        self.records += records


class Running:
    def __init__(self, bridge: Bridge, port: int, channel: Channel) -> None:
        self.bridge, self.port, self.channel = bridge, port, channel

    def send(self, records: Sequence[bytes]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for start in range(0, len(records), 100):
                hundred = records[start : start + 100]
                received = self.bridge.counts.received + len(hundred)
                for record in hundred:
                    sender.sendto(record, ("127.0.0.1", self.port))
                until(lambda awaited=received: self.bridge.counts.received >= awaited)


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Bridge] = []

    def start_bridge(channel: Channel, **limits: float) -> Running:
        opened = listen("127.0.0.1", 0)
        bridge = Bridge(opened, fits, channel.publish, Limits(**limits))  # type: ignore[arg-type]
        bridge.start()
        started.append(bridge)
        return Running(bridge, opened.getsockname()[1], channel)

    yield start_bridge
    for bridge in started:
        bridge.close(0)


def fits(datagram: bytes) -> str | None:
    return None if datagram.isdigit() else "not a record"


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.005)


def numbers(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def test_everything_arrives_once_and_in_order(start: Start) -> None:
    running = start(Channel(), records=70)
    running.send(numbers(1000))
    counts = running.bridge.close(SECONDS)
    assert running.channel.records == numbers(1000)
    assert (counts.received, counts.published, counts.waiting, counts.dropped) == (1000, 1000, 0, {})
    assert len(running.channel.keys) == len(set(running.channel.keys)) >= 1000 / 70


def test_a_record_alone_goes_when_it_is_old_enough(start: Start) -> None:
    running = start(Channel(), age=0.05)
    running.send([b"1"])
    until(lambda: running.channel.records == [b"1"])


def test_what_is_no_record_is_counted_and_goes_nowhere(start: Start) -> None:
    running = start(Channel())
    running.send([b"1", b"", b"x", b"2", b"\xff" * 60000])
    counts = running.bridge.close(SECONDS)
    assert running.channel.records == [b"1", b"2"]
    assert counts.dropped == {"not a record": 3}
    assert counts.received == 5


def test_a_busy_channel_gets_the_same_batch_again_under_the_same_key(start: Start) -> None:
    running = start(Channel(Busy("full"), Busy("full", 0.01)), records=10, age=0)
    running.send(numbers(1))
    until(lambda: running.bridge.counts.published == 1)
    assert len(running.channel.keys) == 3
    assert len(set(running.channel.keys)) == 1
    assert running.channel.records == numbers(1)
    assert running.bridge.trouble == ""


def test_records_that_the_channel_refuses_are_dropped_and_the_rest_is_sent_anew(start: Start) -> None:
    running = start(Channel(Unfit({1: "time goes back", 3: "time goes back"})), records=5, age=60)
    running.send(numbers(5))
    counts = running.bridge.close(SECONDS)
    assert running.channel.records == [b"0", b"2", b"4"]
    assert counts.dropped == {"time goes back": 2}
    assert len(set(running.channel.keys)) == 2, "another body, another key"


def test_memory_is_bounded_while_the_channel_is_closed(start: Start) -> None:
    channel = Channel()
    channel.open.clear()
    running = start(channel, records=1, held=10 * (OVERHEAD + 1))
    running.send([b"7"] * 50)
    counts = running.bridge.counts
    assert counts.waiting <= 11, "ten in memory and one under way"
    assert counts.dropped[MEMORY_FULL] == 50 - counts.waiting
    channel.open.set()
    after = running.bridge.close(SECONDS)
    assert after.published == counts.waiting
    assert after.received == after.published + after.dropped.total()


def test_closing_gives_up_in_time_and_counts_what_was_left(start: Start) -> None:
    running = start(Channel(*[Busy("full", 3600)] * 9), records=2, age=0)
    running.send(numbers(2))
    until(lambda: running.bridge.trouble == "full")
    running.send(numbers(5))
    began = time.monotonic()
    counts = running.bridge.close(0.1)
    assert time.monotonic() - began < SECONDS / 2
    assert counts.published == 0
    assert counts.dropped[UNKNOWN] >= 1
    assert counts.dropped[UNKNOWN] + counts.dropped[NOT_SENT] == counts.received == 7


def test_closing_still_reads_what_had_arrived(start: Start) -> None:
    running = start(Channel(), age=60)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for record in numbers(100):
            sender.sendto(record, ("127.0.0.1", running.port))
    assert running.bridge.close(SECONDS).published == 100


def test_a_failure_ends_the_bridge_and_is_raised_where_it_is_waited_for(start: Start) -> None:
    running = start(Channel(PermissionError("key is not valid")), age=0)
    running.send([b"1"])
    with pytest.raises(PermissionError):
        running.bridge.wait(SECONDS)
    assert running.bridge.close(0).dropped[UNKNOWN] == 1


def test_a_refusal_that_names_no_record_of_the_batch_is_a_failure(start: Start) -> None:
    running = start(Channel(Unfit({9: "?"})), age=0)
    running.send([b"1"])
    with pytest.raises(Unfit):
        running.bridge.wait(SECONDS)


def test_mishaps_lose_and_double_nothing(start: Start) -> None:
    running = start(
        Channel(Busy("full"), None, Unfit({0: "refused"}), Busy("full"), None, Busy("full")), records=30, age=0.01
    )
    sent = numbers(500)
    running.send(sent)
    counts = running.bridge.close(SECONDS)
    arrived = running.channel.records
    assert arrived == [record for record in sent if record in set(arrived)]
    assert len(arrived) == counts.published == 499
    assert counts.dropped == {"refused": 1}


def test_a_port_in_use_is_an_error() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError):
        listen("127.0.0.1", first.getsockname()[1])
