"""Over real connections: what uvicorn, the front and a client make of each other."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Semaphore
from typing import Any

import httpx2 as httpx
import pytest

from api_events import invoke
from ballotcast.http.fastpath import Handler
from ballotcast.http.handler import http_handler
from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.server import listen
from front_requests import Functions, front_of, returned
from function_apps import app_of
from problem import assert_problem
from served import ThreadedServer
from world import World


@contextmanager
def served(
    functions: Functions, finishing: int = 20, head_seconds: float = 20, **options: Any
) -> Iterator[tuple[str, Front, ThreadedServer]]:
    listening = listen("127.0.0.1", 0)
    front = front_of(functions, port=listening.getsockname()[1], **options)
    server = ThreadedServer(front, listening, finishing, {"head_seconds": head_seconds})
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}", front, server
    finally:
        server.stop()
        assert front.close(20)


def echo(function: str, event: dict[str, Any]) -> dict[str, Any]:
    return returned(event["body"] or "", 201, **{"content-type": "text/plain"})


def test_many_requests_over_kept_connections() -> None:
    with served(Functions(echo)) as (address, _, _), client_of(address) as client, ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: client.post("/sessions", content=f"body {n}"), range(200)))
    assert [answer.text for answer in answers] == [f"body {n}" for n in range(200)]
    assert {answer.status_code for answer in answers} == {201}
    assert "server" not in answers[0].headers


def test_head_and_long_answers() -> None:
    long = "x" * 100_000
    with served(Functions(lambda f, e: returned(long))) as (address, _, _), client_of(address) as client:
        assert client.get("/").text == long
        assert client.head("/").content == b""
        assert client.get("/").text == long, "the connection is still in step"


def test_too_long_a_body_is_refused_while_it_is_sent() -> None:
    """Over a plain socket: the response comes though the client has sent but a part, and the connection ends."""
    with (
        served(Functions()) as (address, _, server),
        connected(server) as client,
    ):
        host = address.removeprefix("http://")
        client.sendall(f"POST /sessions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 20000000\r\n\r\n".encode())
        client.sendall(b"x" * 100_000)
        received = client.recv(4_000)
        client.shutdown(socket.SHUT_WR)
        while more := client.recv(4_000):
            received += more
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"body-too-large" in received


def test_a_client_that_sends_too_long_a_body_whole_can_read_why() -> None:
    """A connection that is closed while its client sends would lose the response (reset)."""
    with served(Functions()) as (address, _, server), connected(server) as client:
        host = address.removeprefix("http://")
        client.sendall(f"POST /sessions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 20000000\r\n\r\n".encode())
        client.sendall(b"x" * 20_000_000)
        assert client.recv(4_000).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_hangs_up_while_waiting_is_forgotten() -> None:
    begun, let = Semaphore(0), Event()

    def wait(function: str, event: dict[str, Any]) -> dict[str, Any]:
        begun.release()
        assert let.wait(20)
        return returned()

    functions = Functions(wait)
    with served(functions, api_threads=1) as (address, front, server), ThreadPoolExecutor(1) as threads:
        first = threads.submit(httpx.get, f"{address}/elections/first", trust_env=False)
        assert begun.acquire(timeout=20)
        with connected(server) as client:
            host = address.removeprefix("http://")
            client.sendall(f"GET /elections/second HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            until(lambda: front._calls.waiting == 1)
        until(lambda: len(front._patience._deadlines) == 1)
        let.set()
        assert first.result(20).status_code == 200
        assert httpx.get(f"{address}/elections/third", trust_env=False).status_code == 200
    assert [event["path"] for _, event in functions.calls] == ["/elections/first", "/elections/third"]


@pytest.mark.parametrize("finishing", [20, 0])
def test_stopping_lets_requests_finish_for_a_while(finishing: int) -> None:
    begun, let = Semaphore(0), Event()

    def wait(function: str, event: dict[str, Any]) -> dict[str, Any]:
        begun.release()
        assert let.wait(20)
        return returned("done")

    with served(Functions(wait), finishing) as (address, _, server), ThreadPoolExecutor(2) as threads:
        asked = threads.submit(httpx.get, f"{address}/elections", trust_env=False)
        assert begun.acquire(timeout=20)
        stopped = threads.submit(server.stop)
        if finishing:
            until(lambda: refused(server_address(address)))
            let.set()
            assert asked.result(20).text == "done"
        else:
            assert_problem(asked.result(20), 503, "busy")
        stopped.result(20)
        let.set()


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET"],
    ids=["no", "half a", "a second"],
)
def test_a_head_that_does_not_come_ends_the_connection(sent: bytes) -> None:
    with served(Functions(), head_seconds=0.2) as (_, _, server), connected(server) as client:
        client.sendall(sent)
        received = b""
        while part := client.recv(4_000):  # ends when the connection does; else by the client's own timeout, an error
            received += part
        assert received.count(b"HTTP/1.1 ") == sent.count(b"\r\n\r\n"), "what was whole is responded to, no more"


@pytest.mark.parametrize("name", [b"X: ", b"X"], ids=["value", "name"])
def test_an_endless_head_ends_the_connection(name: bytes) -> None:
    with served(Functions()) as (_, _, server), connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + name)
        with pytest.raises(ConnectionError):
            client.sendall(b"x" * 100_000_000)


def test_responses_are_not_held_back_by_nagles_algorithm() -> None:
    """asyncio sets TCP_NODELAY only on sockets that name their protocol."""
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_an_error() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_rubbish_is_refused_without_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with served(Functions()) as (address, _, server):
        with connected(server) as client:
            client.sendall(b"\x16\x03\x01 secret\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 400 ")
        httpx.get(f"{address}/elections", trust_env=False)
    assert not [record for record in caplog.records if record.name.startswith(("uvicorn", "ballotcast"))]


@pytest.fixture
def web(deployment: World) -> Iterator[Handler]:
    """The pages' handler. Mangum wants a loop where it is made, and would leave one of its own open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield http_handler(app_of("web", deployment.wiring()), "web")
    asyncio.set_event_loop(None)
    loop.close()


def test_pages_of_the_project_come_compressed(web: Handler) -> None:
    with served(Functions(lambda function, event: invoke(web, event))) as (address, _, _):
        page = httpx.get(address, headers={"Accept": "text/html"}, trust_env=False)
        assert "<h1" in page.text
        assert page.headers["content-encoding"] == "gzip"
        assert "Accept-Language" in page.headers["vary"]
        missing = httpx.get(f"{address}/nothing/here", trust_env=False)
        assert_problem(missing, 404, "not-found")


def connected(server: ThreadedServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 20)


def client_of(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, trust_env=False)


def server_address(address: str) -> tuple[str, int]:
    host, _, port = address.removeprefix("http://").partition(":")
    return host, int(port)


def refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, 20).close()
    except ConnectionRefusedError:
        return True
    return False


def until(condition: Any) -> None:
    waited = threading.Event()
    for _ in range(2_000):
        if condition():
            return
        waited.wait(0.01)
    pytest.fail("the condition did not come true")
