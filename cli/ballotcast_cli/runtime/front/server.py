"""uvicorn around an ASGI application, in a thread of its own. Nothing of a request is logged."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, cast

import uvicorn

from .connections import Connection
from .descriptors import BACKLOG, accepted_at_once

KEEP_ALIVE = 75
"""Seconds; longer than those of the usual reverse proxies, which else send into connections that just close."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError if the port is taken; port 0 means any."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, or asyncio would leave Nagle's algorithm on: 40 ms a response on a kept connection
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.set_inheritable(False)
    except OSError:
        listening.close()
        raise
    return listening


class Server:
    """Serves `app` on a listening socket from `start` to `stop`.

    Args:
        app: An ASGI application.
        listening: From `bind`. The server closes it.
        finishing: Seconds that requests have to finish when the server stops.
        limits: Arguments for each Connection (connections.py).
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[Any]],
        listening: socket.socket,
        finishing: int = 30,
        limits: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._socket = listening
        self._server = _Announcing(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=cast(Any, partial(Connection, **limits)),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",  # else a line for each request that is not HTTP
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=accepted_at_once(),
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=finishing,
            )
        )
        self._thread = Thread(target=self._serve, name="front", daemon=True)

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def start(self) -> None:
        """Return once requests are taken. Raises RuntimeError if that fails."""
        self._thread.start()
        self._server.announced.wait()
        if not self._server.started:
            raise RuntimeError("the HTTP server did not start")

    def stop(self) -> None:
        """Take no more connections, finish what runs, and return."""
        self._server.should_exit = True
        self._thread.join()

    def _serve(self) -> None:
        try:
            asyncio.run(self._server.serve([self._socket]))
        finally:
            self._server.announced.set()


class _Announcing(uvicorn.Server):
    """Tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.announced = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            listening.listen(BACKLOG)
        self.announced.set()
