"""Serves the front and the mailbox by uvicorn, in one event loop, until SIGTERM or SIGINT."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn

from .front.connections import Connection
from .front.descriptors import BACKLOG, accepted_at_once

Application = Callable[[Any, Any, Any], Awaitable[None]]
PATIENCE = 10
"""Seconds that running requests have to end after a signal."""
KEEP_ALIVE = 30
"""Seconds that a connection may be idle."""


@dataclass(frozen=True)
class Site:
    """An application, and the socket that it is reached by."""

    application: Application
    listening: socket.socket


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound and takes connections. Raises OSError if the port is taken."""
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


class _Server(uvicorn.Server):
    """One of several in a loop: signals are handled for all of them together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(sites: Sequence[Site], started: Callable[[], None]) -> None:
    """Serve until a signal asks for the end, then let running requests end. `started` is called once all listen."""
    asyncio.run(_serve(sites, started))


async def _serve(sites: Sequence[Site], started: Callable[[], None]) -> None:
    servers = [_Server(_config(site.application)) for site in sites]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    tasks = [
        asyncio.ensure_future(server.serve(sockets=[site.listening]))
        for server, site in zip(servers, sites, strict=True)
    ]
    while not all(server.started or task.done() for server, task in zip(servers, tasks, strict=True)):
        await asyncio.sleep(0.005)
    for site in sites:
        site.listening.listen(BACKLOG)
    started()
    await asyncio.gather(*tasks)


def _config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=Connection,
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
        timeout_graceful_shutdown=PATIENCE,
    )
