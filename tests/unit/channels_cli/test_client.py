"""The client of channels against a server that answers as scripted: what it sends, waits for and gives back."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError, NotYet, Unreachable, Untrusted

Answer = Callable[[], httpx.Response]
SCHEMA = {"type": "record", "name": "engine", "fields": []}


class Server:
    """Gives its answers in order, the last one for ever."""

    def __init__(self, *answers: Answer, token: str = "bck_key") -> None:
        self._answers: Iterator[Answer] = iter(answers)
        self._last = answers[-1]
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []
        http = httpx.Client(base_url="http://board.example/prod", transport=httpx.MockTransport(self._answer))
        self.channels = Channels(Api(http, sleep=self.waits.append), token)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return next(self._answers, self._last)()

    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode().removeprefix('/prod')}" for request in self.requests]


def answer(status: int, document: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx.Response(status, json=document if document is not None else {}, headers=named)


def problem(status: int, slug: str, **headers: str) -> Answer:
    return answer(status, {"type": f"urn:ballotcast:problem:{slug}", "detail": "no", "used_by": "wheel"}, **headers)


def test_all_pages_of_the_list_are_read() -> None:
    server = Server(
        answer(200, {"channels": [{"name": "a"}], "next_cursor": "c+1"}),
        answer(200, {"channels": [{"name": "b"}], "next_cursor": None}),
    )
    assert [channel["name"] for channel in server.channels.list_channels("active", mine=True)] == ["a", "b"]
    assert server.asked() == [
        "GET /channels?status=active&mine=true",
        "GET /channels?status=active&mine=true&cursor=c%2B1",
    ]


def test_registering_waits_until_the_relay_is_there() -> None:
    server = Server(
        answer(202, {"status": "registering", "name": "engine", "port": 26000, "pid": None, "api_key": "bck_1"}),
        answer(200, {"status": "registering", "pid": None}),
        answer(200, {"status": "active", "pid": "engine#1"}),
    )
    registered = server.channels.register_channel("engine", None, SCHEMA)
    assert registered == {
        "status": "success",
        "name": "engine",
        "port": 26000,
        "pid": "engine#1",
        "api_key": "bck_1",
    }
    assert server.asked() == ["POST /channels", "GET /channels/engine", "GET /channels/engine"]
    assert server.requests[0].headers["prefer"] == "wait=5"
    assert server.requests[0].headers["authorization"] == "Bearer bck_key"


def test_a_relay_that_failed_is_told() -> None:
    registering = answer(202, {"status": "registering", "name": "engine", "port": 1, "pid": None, "api_key": "k"})
    server = Server(registering, answer(200, {"status": "failed", "pid": None}))
    assert server.channels.register_channel("engine", 1, SCHEMA)["status"] == "failed"
    server = Server(registering, answer(200, {"status": "registering"}))
    with pytest.raises(NotYet):
        server.channels.register_channel("engine", 1, SCHEMA)


def test_who_holds_the_name_is_told() -> None:
    with pytest.raises(ApiError) as refused:
        Server(problem(409, "name-taken")).channels.register_channel("engine", 26000, SCHEMA)
    assert refused.value.document["used_by"] == "wheel"


def test_deregistering_returns_once_the_channel_is_gone() -> None:
    stopping = answer(200, {"status": "stopping"})
    server = Server(answer(202), stopping, problem(404, "no-channel"))
    server.channels.deregister_channel("engine")
    assert server.asked() == ["DELETE /channels/engine", "GET /channels/engine", "GET /channels/engine"]
    server = Server(answer(200))
    server.channels.deregister_channel("engine")
    assert len(server.requests) == 1
    with pytest.raises(NotYet, match="still"):
        Server(answer(202), stopping).channels.deregister_channel("engine")
    failed = answer(200, {"status": "failed", "reason": "no answer of the relay"})
    with pytest.raises(NotYet, match="no answer of the relay"):
        Server(answer(202), stopping, failed).channels.deregister_channel("engine")


@pytest.mark.parametrize("status", [200, 409])
def test_a_schema_is_held_against_the_registered_one(status: int) -> None:
    verdict = {"valid": status == 200, "compatibility": "none", "reasons": ["other"]}
    assert Server(answer(status, verdict)).channels.upload_schema("engine", SCHEMA) == verdict
    with pytest.raises(ApiError):
        Server(problem(404, "no-channel")).channels.upload_schema("engine", SCHEMA)


def test_a_channel_that_pushes_back_gets_the_same_request_again() -> None:
    server = Server(problem(429, "backlog", retry_after="3"), problem(409, "not-ready"), answer(202, {"records": 1}))
    assert server.channels.publish("engine", [{"time": 1}]) == {"records": 1}
    assert server.waits == [3, 1]
    assert len({(request.content, request.headers["idempotency-key"]) for request in server.requests}) == 1


def test_patience_ends() -> None:
    server = Server(problem(429, "backlog", retry_after="40"))
    with pytest.raises(ApiError, match="no"):
        server.channels.publish_avro("engine", b"\x02", key="k")
    assert server.waits == [40]
    assert server.requests[0].headers["content-type"] == "avro/binary"
    assert server.requests[0].headers["idempotency-key"] == "k"


def test_a_refusal_is_no_pushing_back() -> None:
    server = Server(problem(422, "bad-record"))
    with pytest.raises(ApiError):
        server.channels.publish("engine", [{"time": "x"}])
    assert len(server.requests) == 1


def window(records: list[int], place: str, after: int = 500, etag: str = '"e"') -> Answer:
    rows = [{"time": time} for time in records]
    return answer(200, {"records": rows, "next": place, "poll_after_ms": after}, etag=etag)


def test_a_tail_goes_on_where_it_was_and_no_sooner_than_told() -> None:
    server = Server(
        window([1, 2], "p1", 500, '"1"'),
        answer(304),
        window([], "p2", 2000, '"2"'),
        window([3], "p3", 100, '"3"'),
    )
    assert [[record["time"] for record in records] for records in islice(server.channels.tail("engine"), 2)] == [
        [1, 2],
        [3],
    ]
    assert server.asked() == [
        "GET /channels/engine/live",
        "GET /channels/engine/live?since=p1",
        "GET /channels/engine/live?since=p1",
        "GET /channels/engine/live?since=p2",
    ]
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"1"', '"1"', '"2"']
    assert server.waits == [0.5, 0.5, 2]


def test_an_export_is_written_whole(tmp_path: Path) -> None:
    server = Server(lambda: httpx.Response(200, content=b"time\n1\n"))
    size = server.channels.export("engine", tmp_path / "e.csv", "csv", start="2026-11-20T09:00:00Z")
    assert (size, (tmp_path / "e.csv").read_bytes()) == (7, b"time\n1\n")
    assert server.asked() == ["GET /channels/engine/export?format=csv&from=2026-11-20T09%3A00%3A00Z"]
    assert server.requests[0].headers["accept"] == "text/csv"


def test_a_large_export_is_fetched_where_it_lies(tmp_path: Path) -> None:
    elsewhere = answer(303, {"size": 3}, location="http://store.example/x?signed")
    server = Server(elsewhere, lambda: httpx.Response(200, content=b"Obj"))
    assert server.channels.export("engine", tmp_path / "e.avro") == 3
    assert (tmp_path / "e.avro").read_bytes() == b"Obj"
    assert str(server.requests[1].url) == "http://store.example/x?signed"
    assert "authorization" not in server.requests[1].headers, "the key is not for others"


def test_an_export_that_is_cut_short_leaves_no_file(tmp_path: Path) -> None:
    elsewhere = answer(303, {"size": 3}, location="http://store.example/x")

    def broken() -> httpx.Response:
        raise httpx.ReadError("reset")

    for cut, error in (
        (lambda: httpx.Response(200, content=b"Ob"), Untrusted),
        (problem(403, "expired"), ApiError),
        (broken, Unreachable),
    ):
        with pytest.raises(error):
            Server(elsewhere, cut).channels.export("engine", tmp_path / "e.avro")
        assert not (tmp_path / "e.avro").exists()


def test_changing_and_the_key() -> None:
    server = Server(answer(200, {"config": {"decimation": 2}}))
    assert server.channels.change_channel("engine", {"decimation": 2}) == {"config": {"decimation": 2}}
    assert server.requests[0].content == b'{"config":{"decimation":2}}'
    assert Server(answer(201, {"api_key": "bck_2"})).channels.rotate_key("engine") == "bck_2"
