"""The runtime's server in a thread of its own, around an application of a test."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any

from ballotcast_tools.runtime.server import NO_LIMITS, Application, Servers, Site


class ThreadedServer:
    """Serves `application` on a listening socket from `start` to `stop`; `finishing` and `limits` as for Servers."""

    def __init__(
        self,
        application: Application,
        listening: socket.socket,
        finishing: int = 30,
        limits: Mapping[str, Any] = NO_LIMITS,
        stopping: Callable[[], None] = lambda: None,
    ) -> None:
        self._site, self._finishing, self._limits = Site(application, listening, stopping), finishing, limits
        self.port: int = listening.getsockname()[1]
        self._up = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> None:
        """Return once requests are taken."""
        self._thread.start()
        assert self._up.wait(20)

    def stop(self) -> None:
        """Take no more connections, finish what runs, and return."""
        self._servers.stop()  # sets flags that the loop looks at
        self._thread.join()

    async def _serve(self) -> None:
        self._servers = Servers([self._site], self._finishing, self._limits)
        await self._servers.run(self._up.set)
