"""Just enough of HTTP/1.1 to load a server from the machine it runs on: the client must cost next to nothing.

A response of any framing is understood: Content-Length, chunks, or the end of the connection.
"""

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

END = b"\r\n\r\n"
NO_BODY = frozenset({204, 304})


class BrokenOff(ConnectionError):
    """The connection ended before the response did."""


@dataclass(frozen=True, slots=True)
class Response:
    """`retry_after`: seconds, 0 if the server names none. `keeps`: the connection may be used again."""

    status: int
    body: bytes
    retry_after: int
    keeps: bool


class Reader:
    """Takes bytes as they come and returns the response once it is whole."""

    def __init__(self) -> None:
        self._data = b""

    @property
    def empty(self) -> bool:
        """Whether nothing of a response has come."""
        return not self._data

    def feed(self, data: bytes) -> Response | None:
        """Return the response if this was its last piece. Raises BrokenOff for what is not HTTP/1."""
        self._data = self._data + data if self._data else data
        return self._read(ended=False)

    def end(self) -> Response:
        """Return the response that the end of the connection completes. Raises BrokenOff if it is not whole."""
        found = self._read(ended=True)
        if found is None:
            raise BrokenOff
        return found

    def _read(self, *, ended: bool) -> Response | None:
        head, separator, rest = self._data.partition(END)
        if not separator:
            return None
        try:
            version, status = head[:8], int(head[9:12])
            fields = head.lower()
            length = _field(fields, b"content-length")
            if 100 <= status < 200:  # an interim response; the one that counts follows
                self._data = rest
                return self._read(ended=ended)
            keeps = version == b"HTTP/1.1" and _field(fields, b"connection") != b"close"
            body: bytes | None
            if status in NO_BODY:
                body = b""
            elif length:
                if len(rest) > int(length):
                    raise ValueError
                body = rest if len(rest) == int(length) else None
            elif _field(fields, b"transfer-encoding") == b"chunked":
                body = _unchunk(rest)
            else:
                body, keeps = (rest, False) if ended else (None, False)
        except ValueError:
            raise BrokenOff from None
        if body is None:
            return None
        self._data = b""
        asked = _field(fields, b"retry-after")
        return Response(status, body, int(asked) if asked.isdigit() else 0, keeps)


def _field(fields: bytes, name: bytes) -> bytes:
    """Return the value of a header in a lower-case head, empty if it is not there."""
    _, found, rest = fields.partition(b"\r\n" + name + b":")
    return rest.partition(b"\r\n")[0].strip() if found else b""


def _unchunk(data: bytes) -> bytes | None:
    """Return the content of chunks, None if the last is not there. Raises ValueError for what is not chunks."""
    content: list[bytes] = []
    position = 0
    while True:
        end = data.find(b"\r\n", position)
        if end < 0:
            return None
        size = int(data[position:end].partition(b";")[0], 16)
        start, position = end + 2, end + 2 + size + 2
        if len(data) < position:
            return None
        if size == 0:
            return b"".join(content)
        content.append(data[start : start + size])


class _Exchange(asyncio.Protocol):
    """One connection: a request is written, its response is waited for."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reader = Reader()
        self._waits: asyncio.Future[Response] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        waits = self._waits
        if waits is None or waits.done():  # nothing was asked: the connection is of no use any more
            self.close()
            return
        try:
            found = self.reader.feed(data)
        except BrokenOff as error:
            waits.set_exception(error)
            return
        if found is not None:
            waits.set_result(found)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        waits = self._waits
        if waits is None or waits.done():
            return
        try:
            waits.set_result(self.reader.end())
        except BrokenOff as broken:
            waits.set_exception(broken)

    async def ask(self, request: bytes) -> Response:
        assert self.transport is not None
        self._waits = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._waits

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()
            self.transport = None


class Connection:
    """A connection to the server of `address` that is opened when it is needed and kept for as long as possible."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._open: _Exchange | None = None

    async def ask(self, request: bytes) -> Response:
        """Send a request that may be sent twice, and return its response. Raises OSError if there is none.

        A kept connection may have been closed by the server meanwhile; then a new one is opened at once.
        """
        kept = self._open
        if kept is not None and kept.transport is not None:
            try:
                return await self._ask(kept, request)
            except ConnectionError:
                if not kept.reader.empty:
                    raise
        loop = asyncio.get_running_loop()
        _, fresh = await loop.create_connection(_Exchange, self._host, self._port, ssl=self._tls)
        self._open = fresh
        return await self._ask(fresh, request)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._open is not None:
            self._open.close()
            self._open = None

    async def _ask(self, exchange: _Exchange, request: bytes) -> Response:
        try:
            response = await exchange.ask(request)
        except BaseException:
            exchange.close()
            raise
        if not response.keeps:
            self.close()
        return response


def request(address: str, method: str, path: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request for `path` below `address`; `body` is JSON."""
    parts = urlsplit(address)
    lines = [f"{method} {parts.path.rstrip('/')}{path} HTTP/1.1", f"Host: {parts.netloc}", "Accept: */*"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + END + body
