"""Server-sent events of the embedded runtime, over real connections."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast_tools.runtime.front import following
from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.front.options import Options
from ballotcast_tools.runtime.server import listen
from ballotcast_tools.runtime.template.deployment import Route
from front_requests import Functions, api, returned
from served import ThreadedServer

EVENTS = {"Accept": "text/event-stream"}
ROUTES = [
    Route("ANY", "/channels/{name}/records", "ChannelFunction"),
    Route("ANY", "/channels/{name}/follow", "ChannelFunction"),
]


class Channel:
    """What the function answers: records 0 to `end`, at most ten a page."""

    def __init__(self) -> None:
        self.end, self.asked, self.status = 0, list[str](), 200
        self._lock = Lock()

    def __call__(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        if self.status != 200:
            return returned("{}", self.status)
        assert event["path"].endswith("/records")
        since = (event["queryStringParameters"] or {}).get("since", f"1.{self.end}")
        with self._lock:
            self.asked.append(since)
        start = int(since.partition(".")[2])
        last = min(self.end, start + 10)
        records = list(range(start, last))
        document = {"records": records, "next": f"1.{last}"}
        body = json.dumps(document)[:-1] + ',"skipped":0}'
        return returned(body, 200, **{"x-next": f"1.{last}", "x-records": str(len(records)), "cache-control": "public"})


@contextmanager
def served(channel: Channel, finishing: int = 20) -> Iterator[tuple[str, Front, ThreadedServer]]:
    listening = listen("127.0.0.1", 0)
    settings = Options(port=listening.getsockname()[1])
    front = Front(ROUTES, api(), settings, Functions(channel), lambda: {"status": "ok"})
    server = ThreadedServer(front, listening, finishing, stopping=front.end_following)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/channels/lab/follow", front, server
    finally:
        server.stop()
        assert front.close(20)


def events(lines: Iterator[str], count: int) -> tuple[list[int], str]:
    """The next `count` records, and the id of the last event."""
    found, last = list[int](), ""
    for line in lines:
        if line.startswith("id: "):
            last = line.removeprefix("id: ")
        if line.startswith("data: "):
            found += json.loads(line.removeprefix("data: "))["records"]
        if len(found) >= count and not line:
            break
    return found, last


def until(holds: Any) -> None:
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come true")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.05)


def test_every_record_comes_as_it_is_there_and_again_from_where_one_was() -> None:
    channel = Channel()
    channel.end = 25
    with served(channel) as (address, front, _), httpx.Client(trust_env=False, timeout=20) as client:
        with client.stream("GET", address, params={"since": "1.3"}, headers=EVENTS) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            lines = answer.iter_lines()
            assert events(lines, 22) == (list(range(3, 25)), "1.25")
            channel.end = 31
            assert events(lines, 6) == (list(range(25, 31)), "1.31")
        until(lambda: front._following.present == 0)
        channel.end = 33
        later = {**EVENTS, "Last-Event-ID": "1.31"}
        with client.stream("GET", address, params={"since": "1.3"}, headers=later) as answer:
            assert events(answer.iter_lines(), 2) == ([31, 32], "1.33")


def test_many_who_follow_ask_as_often_as_one() -> None:
    channel = Channel()
    with served(channel) as (address, front, _), httpx.Client(trust_env=False, timeout=20) as client:
        streams = [client.stream("GET", address, headers=EVENTS) for _ in range(40)]
        answers = [stream.__enter__() for stream in streams]
        until(lambda: front._following.present == 40)
        began, before = time.monotonic(), len(channel.asked)
        time.sleep(1)
        asked, seconds = len(channel.asked) - before, time.monotonic() - began
        assert asked <= 2 * seconds / following.PAUSE
        channel.end = 3
        assert [events(answer.iter_lines(), 3)[0] for answer in answers] == [[0, 1, 2]] * 40
        for stream in streams:
            stream.__exit__(None, None, None)
        until(lambda: front._following.present == 0)


def test_one_too_many_ends_the_one_who_has_followed_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = Channel()
    with served(channel) as (address, front, _), httpx.Client(trust_env=False, timeout=20) as client:
        front._following._most = 2
        with client.stream("GET", address, headers=EVENTS) as first:
            lines = first.iter_lines()
            next(lines)
            with (
                client.stream("GET", address, headers=EVENTS) as second,
                client.stream("GET", address, headers=EVENTS) as third,
            ):
                assert all(not line.startswith("data") for line in lines), "it ends without a record"
                channel.end = 1
                assert [events(one.iter_lines(), 1)[0] for one in (second, third)] == [[0], [0]]


def test_a_waiting_request_gets_what_comes_and_nothing_after_its_time() -> None:
    channel = Channel()
    with served(channel) as (address, _, _), httpx.Client(trust_env=False, timeout=20) as client:
        assert client.get(f"{address}/", params={"wait": "0"}).json()["next"] == "1.0"
        nothing = client.get(address, params={"wait": "0"})
        assert (nothing.json()["records"], nothing.json()["next"]) == ([], "1.0")
        assert nothing.headers["cache-control"] == "no-store"
        began = time.monotonic()
        assert client.head(address).headers["x-next"] == "1.0"
        assert time.monotonic() - began < 5, "it does not wait for what it does not show"
        channel.end = 2
        assert client.get(address, params={"since": "1.0", "wait": "10"}).json()["records"] == [0, 1]


def test_a_channel_that_is_gone_ends_the_stream_and_is_told_as_that() -> None:
    channel = Channel()
    with served(channel) as (address, _, _), httpx.Client(trust_env=False, timeout=20) as client:
        with client.stream("GET", address, headers=EVENTS) as answer:
            lines = answer.iter_lines()
            next(lines)
            channel.status = 404
            assert all(not line.startswith("data") for line in lines)
        assert client.get(address, headers=EVENTS).status_code == 404
        assert client.get(address).status_code == 404


def test_a_server_that_stops_does_not_wait_for_those_who_follow() -> None:
    channel = Channel()
    with (
        served(channel) as (address, _, server),
        httpx.Client(trust_env=False, timeout=20) as client,
        client.stream("GET", address, headers=EVENTS) as answer,
    ):
        lines = answer.iter_lines()
        next(lines)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10
        assert all(not line.startswith("data") for line in lines)


def test_a_client_that_takes_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "TAKING", 0.3)

    def large(function: str, event: dict[str, Any]) -> dict[str, Any]:
        start = int((event["queryStringParameters"] or {}).get("since", "1.0").partition(".")[2])
        body = json.dumps({"records": ["x" * 1_000_000]})[:-1] + ',"skipped":0}'
        return returned(body, 200, **{"x-next": f"1.{start + 1}", "x-records": "1"})

    channel: Any = large
    with served(channel) as (_, front, server), socket.create_connection(("127.0.0.1", server.port)) as client:
        host = f"127.0.0.1:{server.port}"
        client.sendall(
            f"GET /channels/lab/follow HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        until(lambda: front._following.present == 1)
        until(lambda: front._following.present == 0)
