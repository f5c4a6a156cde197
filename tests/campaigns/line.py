"""A line between a client and a service that loses, halves, resets or delays some of the responses.

It is a Unix socket that forwards bytes, so that the client's own transport meets what it would meet on a bad network:

    line = LossyLine(folder / "line", ("127.0.0.1", 4566), share=0.2, chance=random.Random(1))
    httpx.Client(transport=httpx.HTTPTransport(uds=str(line.path)), …)
"""

import random
import selectors
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import Literal, Self

import httpx2 as httpx

Fault = Literal["lost", "halved", "reset", "delayed"]
FAULTS: tuple[Fault, ...] = ("lost", "halved", "reset", "delayed")
LONGEST_DELAY = 1.5
"""Seconds."""
TIMEOUT = httpx.Timeout(4, connect=5)
"""For clients of such a line: what is lost should not cost them half a minute each time."""
SIZE = 1 << 16


class Cut(Exception):
    """The connection is over."""


class LossyLine:
    """Spoils a `share` of the responses. `faults` counts them; `responses` are all that were on their way."""

    def __init__(self, path: Path, service: tuple[str, int], share: float, chance: random.Random) -> None:
        self.path, self._service, self._share, self._chance = path, service, share, chance
        self.faults: Counter[str] = Counter()
        self.responses = 0
        self._lock = Lock()
        self._listening = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._listening.bind(str(self.path))
        self._listening.listen(64)
        Thread(target=self._accept, name="line", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def client(self) -> httpx.Client:
        """Return a client whose requests to any address go through the line."""
        transport = httpx.HTTPTransport(uds=str(self.path))
        return httpx.Client(base_url="http://{}:{}".format(*self._service), timeout=TIMEOUT, transport=transport)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._connect, args=[client], daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection(self._service, timeout=5)
            except OSError:
                return
            with server, suppress(OSError, Cut):
                self._forward(client, server)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Until either side ends. The first bytes of the server after some of the client begin a response."""
        fault: Fault | None = None
        asked = False
        with selectors.DefaultSelector() as selector:
            for side in (client, server):
                selector.register(side, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is client:
                        server.sendall(_read(client))
                        asked = True
                        continue
                    data = _read(server)
                    if asked:
                        asked, fault = False, self._draw()
                    self._respond(client, data, fault)

    def _respond(self, client: socket.socket, data: bytes, fault: Fault | None) -> None:
        match fault:
            case "lost":
                return  # and nothing more: the client waits as long as it cares to
            case "halved":
                client.sendall(data[: len(data) // 2])
                raise Cut
            case "reset":
                raise Cut
            case "delayed":
                with self._lock:
                    delay = self._chance.uniform(0, LONGEST_DELAY)
                time.sleep(delay)
        client.sendall(data)

    def _draw(self) -> Fault | None:
        with self._lock:
            self.responses += 1
            if self._chance.random() >= self._share:
                return None
            fault = self._chance.choice(FAULTS)
            self.faults[fault] += 1
            return fault


def _read(side: socket.socket) -> bytes:
    data = side.recv(SIZE)
    if not data:
        raise Cut
    return data
