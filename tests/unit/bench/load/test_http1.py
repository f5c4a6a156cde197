"""The lean client's reader, on every framing and however the bytes are cut, and its kept connections."""

import asyncio

import pytest

from ballotcast_tools.bench.load.http1 import BrokenOff, Connection, Reader, Response, request
from scripted_server import ok, scripted_server

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ok(b"hello"), Response(200, b"hello", 0, keeps=True)),
        (ok(b""), Response(200, b"", 0, keeps=True)),
        (ok(b"a\r\n\r\nb"), Response(200, b"a\r\n\r\nb", 0, keeps=True)),
        (ok(b"x", "Connection: close"), Response(200, b"x", 0, keeps=False)),
        (ok(b"x").replace(b"1.1", b"1.0"), Response(200, b"x", 0, keeps=False)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"x"), Response(200, b"x", 0, keeps=True)),
        (CHUNKED, Response(200, b"Wikipedia", 0, keeps=True)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Response(204, b"", 0, keeps=True)),
        (BUSY, Response(503, b"{}", 7, keeps=True)),
    ],
)
def test_a_response_is_whole_with_its_last_byte_and_not_before(data: bytes, expected: Response) -> None:
    assert Reader().feed(data) == expected
    reader = Reader()
    pieces = [reader.feed(data[place : place + 1]) for place in range(len(data))]
    assert pieces == [None] * (len(data) - 1) + [expected]
    assert reader.empty


def test_without_a_length_the_connection_ends_the_response() -> None:
    reader = Reader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\nall of ") is None
    assert reader.feed(b"it") is None
    assert reader.end() == Response(200, b"all of it", 0, keeps=False)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nConte", ok(b"hello")[:-1], CHUNKED[:-5]])
def test_a_response_that_is_cut_short_is_none(data: bytes) -> None:
    reader = Reader()
    assert reader.feed(data) is None
    with pytest.raises(BrokenOff):
        reader.end()


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH\r\n\r\n", ok(b"hello") + b"more", CHUNKED.replace(b"5", b"zz")])
def test_what_is_not_http_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenOff):
        Reader().feed(data)


def ask(address: str, *requests: bytes) -> list[Response]:
    async def each() -> list[Response]:
        connection = Connection(address)
        try:
            return [await connection.ask(one) for one in requests]
        finally:
            connection.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(each())


def test_requests_share_a_connection() -> None:
    with scripted_server(ok(b"1"), CHUNKED, ok(b"3")) as server:
        post = request(server.address, "POST", "/ballots", b'{"ballot": 1}')
        get = request(server.address, "GET", "/health")
        assert [response.body for response in ask(server.address, post, get, get)] == [b"1", b"Wikipedia", b"3"]

    assert server.connections == 1
    assert server.requests == [post, get, get]
    assert post.startswith(b"POST /v1/ballots HTTP/1.1\r\nHost: 127.0.0.1:")
    assert post.endswith(b'Content-Length: 13\r\n\r\n{"ballot": 1}')


def test_a_connection_that_the_server_ends_is_replaced() -> None:
    with scripted_server(ok(b"1", "Connection: close"), ok(b"2"), ok(b"3"), closing=[0, 1]) as server:
        get = request(server.address, "GET", "/health")
        assert [response.body for response in ask(server.address, get, get, get)] == [b"1", b"2", b"3"]

    assert server.connections == 3
    assert len(server.requests) == 3


def test_a_response_that_breaks_off_is_an_error() -> None:
    with scripted_server(ok(b"hello")[:-1], closing=[0]) as server, pytest.raises(BrokenOff):
        ask(server.address, request(server.address, "GET", "/health"))
    assert len(server.requests) == 1
