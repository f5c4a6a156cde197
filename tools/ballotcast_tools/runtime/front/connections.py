"""uvicorn's connections with an end to what uvicorn leaves open.

a head that is endless, or never comes     the connection ends
an answer that its client does not take    the connection ends
more connections than there is room for    the one that has been idle longest ends; if none is, the new one gets 503
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .descriptors import connections_at_once

HEAD_BYTES = 65_536
"""Request line and headers together; API Gateway takes 10,240."""
HEAD_SECONDS = 30.0
STALL_SECONDS = 30.0
"""In which a client must take some of its answer."""
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Crowd:
    """The connections of a process: at most `most`, those without a request in the order in which they became idle."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._idle: dict[Connection, None] = {}

    def admits(self) -> bool:
        """Count a new connection, and end an idle one for it if need be. False if there is no room."""
        self._count += 1
        if self._count <= self._most:
            return True
        longest = next(iter(self._idle), None)
        if longest is None:
            return False
        self.is_busy(longest)
        longest.transport.abort()
        return True

    def is_idle(self, connection: "Connection") -> None:
        self._idle[connection] = None

    def is_busy(self, connection: "Connection") -> None:
        self._idle.pop(connection, None)

    def leaves(self, connection: "Connection") -> None:
        self._count -= 1
        self.is_busy(connection)


CROWD = Crowd(connections_at_once())


class Connection(HttpToolsProtocol):
    """Closes once a request's head is longer than HEAD_BYTES, or takes longer than `head_seconds`."""

    def __init__(
        self,
        *arguments: Any,
        head_seconds: float = HEAD_SECONDS,
        stall_seconds: float = STALL_SECONDS,
        crowd: Crowd = CROWD,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._head_seconds, self._stall_seconds, self._crowd = head_seconds, stall_seconds, crowd
        self._in_head, self._head_bytes = True, 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._crowd.admits():
            self._crowd.is_idle(self)
            self._expect_head()
        else:
            transport.write(BUSY)
            transport.close()
            self._expect_progress()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leaves(self)
        self._expect_nothing()
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._expect_nothing()
        self._crowd.is_busy(self)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_progress()
        if not self.transport.is_closing() and self.cycle.response_complete:
            self._crowd.is_idle(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_progress()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:  # rarely: a head usually comes whole
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.transport.close()
            elif self._head_timer is None:
                self._expect_head()

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(self._head_seconds, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _expect_progress(self) -> None:
        """End the connection if of what is to be sent nothing is taken for too long; closing alone waits for ever."""
        left = self.transport.get_write_buffer_size()
        if left and self._stall_timer is None:
            self._stall_timer = self.loop.call_later(self._stall_seconds, self._check_progress, left)

    def _check_progress(self, before: int) -> None:
        self._stall_timer = None
        if self.transport.get_write_buffer_size() == before:
            self.transport.abort()
        else:
            self._expect_progress()
