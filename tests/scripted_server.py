"""An HTTP server on this machine that sends prepared bytes, whatever is asked: for tests of clients."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

END = b"\r\n\r\n"


def ok(body: bytes, *headers: str) -> bytes:
    """A response of status 200 whose length is named."""
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]).encode() + END + body


class ScriptedServer:
    """`requests`: all that came, in order. `connections`: how many were opened."""

    def __init__(self, responses: Sequence[bytes], closing: frozenset[int]) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._responses, self._closing = responses, closing
        self._turn = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # it was closed
            self.connections += 1
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        # To close is not enough: a thread that waits in a call would go on to wait.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was first
        for thread in self._threads:
            thread.join()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as incoming:
            while request := _read(incoming):
                with self._turn:
                    number = len(self.requests)
                    self.requests.append(request)
                connection.sendall(self._responses[min(number, len(self._responses) - 1)])
                if number in self._closing:
                    connection.shutdown(socket.SHUT_RDWR)
                    return


@contextmanager
def scripted_server(*responses: bytes, closing: Sequence[int] = ()) -> Iterator[ScriptedServer]:
    """Send these in turn, the last of them to all further requests; close the connection after those in `closing`."""
    server = ScriptedServer(responses, frozenset(closing))
    thread = threading.Thread(target=server.accept)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def _read(incoming: BinaryIO) -> bytes:
    head = b""
    while not head.endswith(END):
        try:
            line = incoming.readline()
        except OSError:
            return b""
        if not line:
            return b""
        head += line
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
    return head + incoming.read(int(fields.get(b"content-length", 0)))
