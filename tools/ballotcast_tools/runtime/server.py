"""Serves the front, the mailbox and the figures by uvicorn, in one event loop, until SIGTERM or SIGINT."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import uvicorn

from .front.connections import Connection
from .front.descriptors import BACKLOG, accepted_at_once

Application = Callable[[Any, Any, Any], Awaitable[None]]
PATIENCE = 10
"""Seconds that running requests have to end after a signal."""
KEEP_ALIVE = 75
"""Seconds; longer than those of the usual reverse proxies, which else send into connections that just close."""
NO_LIMITS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Site:
    """An application, and the socket that it is reached by. `stopping` is called in the loop when the server
    begins to stop."""

    application: Application
    listening: socket.socket
    stopping: Callable[[], None] = lambda: None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound and takes connections. Raises OSError if the port is taken; port 0 means any."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, or asyncio would leave Nagle's algorithm on: 40 ms a response on a kept connection
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.listen(BACKLOG)
    return listening


class Servers:
    """One for each site, in the running event loop.

    Args:
        sites: What is served where. The sockets are closed at the end.
        finishing: Seconds that running requests have to end after `stop`.
        limits: Arguments for each Connection (front/connections.py).
    """

    def __init__(self, sites: Sequence[Site], finishing: int = PATIENCE, limits: Mapping[str, Any] = NO_LIMITS) -> None:
        self._sites = sites
        self._servers = [_Server(_config(site.application, finishing, limits), site.stopping) for site in sites]

    async def run(self, started: Callable[[], None]) -> None:
        """Serve until `stop`. `started` is called once all sites take requests."""
        async with asyncio.TaskGroup() as tasks:
            for server, site in zip(self._servers, self._sites, strict=True):
                tasks.create_task(server.serve(sockets=[site.listening]))
            for server in self._servers:
                await server.up.wait()
            started()

    def stop(self) -> None:
        """Take no more connections, and let running requests end. For the loop's thread, or a signal."""
        for server in self._servers:
            server.should_exit = True


def serve(sites: Sequence[Site], started: Callable[[], None]) -> None:
    """Serve until a signal asks for the end, then let running requests end. `started` is called once all listen."""
    asyncio.run(_until_signalled(sites, started))


async def _until_signalled(sites: Sequence[Site], started: Callable[[], None]) -> None:
    servers = Servers(sites)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, servers.stop)
    await servers.run(started)


class _Server(uvicorn.Server):
    """One of several in a loop: signals are handled for all of them together."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._stopping = stopping

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            listening.listen(BACKLOG)  # asyncio has set it to what is accepted at once
        self.up.set()


def _config(application: Application, finishing: int, limits: Mapping[str, Any]) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=cast(Any, partial(Connection, **limits)),
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,  # it would join the times of both sides of a vote
        log_config=None,
        log_level="error",  # else a line for each request that is not HTTP
        proxy_headers=False,
        server_header=False,
        backlog=accepted_at_once(),
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=finishing,
    )
