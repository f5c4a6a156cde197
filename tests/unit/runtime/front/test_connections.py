"""More connections than there is room for, and clients that do not take their answers: over real sockets."""

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Semaphore
from typing import Any

import pytest

from ballotcast_tools.runtime.front.connections import Crowd
from ballotcast_tools.runtime.server import listen
from front_requests import Functions, front_of, returned
from served import ThreadedServer

LONG = 20_000_000
"""Bytes of an answer that no socket's buffers hold."""


@contextmanager
def served(functions: Functions, most: int = 100, **limits: Any) -> Iterator[ThreadedServer]:
    listening = listen("127.0.0.1", 0)
    front = front_of(functions, port=listening.getsockname()[1])
    server = ThreadedServer(front, listening, 0, {"crowd": Crowd(most), **limits})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        front.close(20)


def connected(server: ThreadedServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 20)


def ask(client: socket.socket, server: ThreadedServer) -> bytes:
    client.sendall(f"GET /elections HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    return client.recv(12)


def has_ended(client: socket.socket) -> bool:
    """Reads until the end."""
    try:
        while client.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    return True


def test_the_connection_that_was_idle_longest_makes_room() -> None:
    with served(Functions(), most=2) as server, connected(server) as first, connected(server) as second:
        assert ask(first, server) == ask(second, server) == b"HTTP/1.1 200"
        with connected(server) as third:
            assert ask(third, server) == b"HTTP/1.1 200"
            assert has_ended(first)
            assert ask(second, server)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nX: "], ids=["nothing", "half a head"])
def test_connections_that_ask_for_nothing_keep_nobody_out(sent: bytes) -> None:
    with served(Functions(), most=2) as server:
        silent = [connected(server) for _ in range(10)]
        for client in silent:
            client.send(sent)
        with connected(server) as client:
            assert ask(client, server) == b"HTTP/1.1 200"
        for client in silent:
            client.close()


def test_where_all_are_busy_a_new_one_is_told_to_come_again() -> None:
    begun, let = Semaphore(0), Event()

    def wait(function: str, event: dict[str, Any]) -> dict[str, Any]:
        begun.release()
        assert let.wait(20)
        return returned()

    with served(Functions(wait), most=1) as server, connected(server) as first:
        first.sendall(f"GET /elections HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert begun.acquire(timeout=20)
        with connected(server) as second:
            refusal = second.recv(1_000)
            assert refusal.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 1\r\n" in refusal
            assert second.recv(1) == b""
        let.set()
        assert first.recv(12) == b"HTTP/1.1 200"
        with connected(server) as third:
            assert ask(third, server) == b"HTTP/1.1 200"


def test_an_answer_that_nobody_takes_ends_the_connection() -> None:
    functions = Functions(lambda f, e: returned("x" * LONG))
    with served(functions, most=1, stall_seconds=0.2) as server, connected(server) as first:
        assert ask(first, server) == b"HTTP/1.1 200"
        while True:  # until it was given up, its answer half sent, the one place is taken
            with connected(server) as second:
                if ask(second, server) == b"HTTP/1.1 200":
                    break
        received = 0
        while part := first.recv(1 << 20):
            received += len(part)
        assert received < LONG


def test_a_slow_client_gets_it_all() -> None:
    with served(Functions(lambda f, e: returned("x" * LONG)), stall_seconds=0.2) as server, connected(server) as client:
        received, pause = len(ask(client, server)), Event()
        while part := client.recv(1 << 20):
            received += len(part)
            if received >= LONG:
                break
            pause.wait(0.01)
        assert received >= LONG


RUNS_OUT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 300))
from ballotcast_tools.runtime.front.descriptors import raise_limit
raise_limit()
from ballotcast_tools.runtime.front import descriptors
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], descriptors.connections_at_once(), descriptors.accepted_at_once())
"""


def test_the_limit_of_open_files_is_raised_and_shared_out() -> None:
    found = subprocess.run([sys.executable, "-c", RUNS_OUT], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["300", "150", "18"]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] != 300
