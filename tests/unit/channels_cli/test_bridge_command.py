"""The command as a process: it listens, publishes, and ends by Ctrl-C with everything sent and counted."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from ballotcast.channels.containers import encode_long
from ballotcast_cli.main import main

SCHEMA = {"type": "record", "name": "count", "fields": [{"name": "time", "type": "long", "unit": "ms"}]}
SECONDS = 60


class Api(ThreadingHTTPServer):
    """One channel without a port, and the bodies that were published to it; `refusals` come first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.refusals: list[tuple[int, str]] = []
        self.udp = 0
        """The channel's port as the list has it; 0: there is no channel."""


class Answering(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        time = {"field": "time", "unit": "ms"}
        listed = {"name": "count", "born": 1, "port": self.server.udp, "status": "repairing"}
        found: dict[str, object] = {
            "/channels/count": {"port": None, "time": time},
            "/channels/count/schema": SCHEMA,
            "/channels": {"channels": [listed] if self.server.udp else [], "next_cursor": None},
        }
        self._answer(200, found[self.path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        assert self.headers["authorization"] == "Bearer bck_secret"
        self.server.keys.append(self.headers["idempotency-key"])
        if self.server.refusals:
            status, slug = self.server.refusals.pop(0)
            self._answer(status, {"type": f"urn:ballotcast:problem:{slug}", "detail": "told so"})
            return
        self.server.bodies.append(body)
        self._answer(202, {"status": "accepted"})

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Bridge:
    """The command, started. It ends with the test, also with one that fails."""

    def __init__(self, api: Api, *options: str, name: str = "count") -> None:
        told = [name] if name else []
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from ballotcast_cli.main import main; main()", "bridge", *told, *options],
            env={
                **os.environ,
                "BALLOTCAST_API": f"http://127.0.0.1:{api.server_port}",
                "BALLOTCAST_CHANNEL_KEY": "bck_secret",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def listening(self) -> int:
        assert self.process.stderr
        line = self.process.stderr.readline()
        found = re.search(r":(\d+) → count", line)
        assert found, line
        return int(found[1])

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


Start = Callable[..., Bridge]


@pytest.fixture
def start(api: Api) -> Iterator[Start]:
    """Call it with the command's options."""
    started: list[Bridge] = []

    def start_bridge(*options: str, name: str = "count") -> Bridge:
        started.append(Bridge(api, *options, name=name))
        return started[-1]

    yield start_bridge
    for bridge in started:
        with bridge.process as process:
            process.kill()


def send(port: int, numbers: range) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in numbers:
            sender.sendto(encode_long(number), ("127.0.0.1", port))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_sends_what_has_arrived(api: Api, start: Start, number: int) -> None:
    bridge = start("--port", "0", "--age", "60", "--batch", "40")
    port = bridge.listening()
    send(port, range(100))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"\xff" * 20, ("127.0.0.1", port))
    status, out, err = bridge.end(number)
    assert b"".join(api.bodies) == b"".join(map(encode_long, range(100)))
    assert (status, out.split("\n")[:3]) == (
        0,
        [
            "       101  received",
            "       100  published",
            "         1  dropped, not a record of the channel's schema",
        ],
    )
    assert "Sending the rest" in err
    assert "bck_secret" not in out + err


def test_a_busy_channel_is_asked_again_with_the_same_key(api: Api, start: Start) -> None:
    api.refusals = [(429, "backlog"), (409, "not-ready")]
    bridge = start("--port", "0")
    send(bridge.listening(), range(10))
    status, out, err = bridge.end()
    assert (status, b"".join(api.bodies)) == (0, b"".join(map(encode_long, range(10)))), out + err
    assert len(api.keys) == 3
    assert len(set(api.keys)) == 1
    assert "10  published" in out


def test_what_could_not_be_sent_is_told_by_the_exit_status(api: Api, start: Start) -> None:
    api.refusals = [(429, "backlog")] * 1000
    bridge = start("--port", "0", "--drain", "0.2")
    send(bridge.listening(), range(10))
    status, out, _ = bridge.end()
    assert status == 1
    assert "10  dropped, under way at the end, outcome unknown" in out


def test_an_api_that_is_down_does_not_hold_up_the_end(api: Api, start: Start) -> None:
    api.refusals = [(503, "throttled")] * 1000
    bridge = start("--port", "0", "--age", "0", "--drain", "0")
    send(bridge.listening(), range(10))
    status, _, _ = bridge.end()
    assert status == 1
    assert len(api.keys) <= 3, "no more attempts once it has given up"


def test_a_key_that_is_refused_ends_it_at_once(api: Api, start: Start) -> None:
    api.refusals = [(403, "bad-key")]
    bridge = start("--port", "0", "--age", "0")
    send(bridge.listening(), range(1))
    out, err = bridge.process.communicate(timeout=SECONDS)
    assert bridge.process.returncode == 1
    assert "told so (403 bad-key)" in err
    assert "1  dropped, under way at the end" in out


def test_it_needs_a_port(start: Start) -> None:
    out, err = start().process.communicate(timeout=SECONDS)
    assert (out, "give one with --port" in err) == ("", True)


def test_a_port_in_use_is_told(start: Start) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        _, err = start("--port", str(taken.getsockname()[1])).process.communicate(timeout=SECONDS)
    assert "cannot listen on 127.0.0.1: Address already in use" in err


def test_all_channels_of_a_host_are_served_as_they_come(api: Api, start: Start, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("count bck_secret\nother bck_other\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        api.udp = free.getsockname()[1]
    bridge = start("--all", "--keys", str(keys), name="")
    assert bridge.process.stderr
    assert bridge.process.stderr.readline() == f"UDP port {api.udp} → count\n"
    send(api.udp, range(3))
    while not api.bodies:
        assert bridge.process.poll() is None
        threading.Event().wait(0.02)
    code, out, _ = bridge.end(signal.SIGTERM)
    assert (code, "3  published" in out) == (0, True), out


@pytest.mark.parametrize(
    "options", [(), ("count", "--all"), ("--all", "--port", "26001"), ("count", "--keys", "/dev/null")]
)
def test_one_or_all(options: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(main, ["bridge", *options])
    assert ended.exit_code == 2
    assert "either NAME, or --all" in ended.output
