"""Reading request bodies: none longer or slower than allowed, and together no more than memory is meant for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
LINGER_SECONDS, LINGER_LIMITS = 5.0, 5
"""How long a refused body is read on, at most: in seconds, and in multiples of the longest body."""


class TooLarge(Exception):
    """The body is longer than allowed; the rest of it was not read."""


class NoRoom(Exception):
    """Bodies that are held already leave no room for this one, or it came too slowly."""


class Gone(Exception):
    """The client closed the connection before the body was complete."""


class Bodies:
    """Used by one event loop. `limit`: bytes of one body; `held`: of all together; `seconds`: for one to arrive."""

    def __init__(self, limit: int, held: int, seconds: float) -> None:
        self._limit, self._free, self._seconds = limit, held, seconds

    async def read(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        """Return the body. It counts as held until `release`.

        Raises TooLarge (without reading anything, if `Content-Length` says so), NoRoom or Gone.
        """
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > self._limit:
            raise TooLarge
        if not length and b"transfer-encoding" not in headers:
            return await self._collect(receive)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._collect(receive)
        except TimeoutError:
            raise NoRoom from None

    def release(self, body: bytes) -> None:
        self._free += len(body)

    async def _collect(self, receive: Receive) -> bytes:
        parts, size = list[bytes](), 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part: bytes = message.get("body", b"")
                size += len(part)
                self._free -= len(part)
                if size > self._limit:
                    raise TooLarge
                if self._free < 0:
                    raise NoRoom
                if not message.get("more_body", False):
                    return b"".join([*parts, part]) if parts else part
                parts.append(part)
        except BaseException:
            self._free += size
            raise

    async def discard(self, receive: Receive) -> None:
        """Read on for a while, so that a client that still sends can read the response before the connection closes."""
        read = 0
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while read <= LINGER_LIMITS * self._limit:
                    message = await receive()
                    read += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            return
