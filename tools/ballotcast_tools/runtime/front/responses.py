"""What functions return to API Gateway, as HTTP responses.

`isBase64Encoded` bodies become bytes only for a client whose `Accept` names a binary type first; others get the base64
as it is. Longer bodies are compressed for a client that accepts gzip.
"""

import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

OURS = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "upgrade"})
"""Headers that the server sets itself."""
WITHOUT_BODY = frozenset({204, 304})
CACHED_BYTES, CACHED_BODIES = 500_000, 256
Header = tuple[bytes, bytes]


class Malformed(Exception):
    """A function returned what API Gateway would not take for a response. The message holds none of it."""


class Answer(NamedTuple):
    """A response; names of headers are in lower case."""

    status: int
    headers: list[Header]
    body: bytes


class Responses:
    """`compress_from`: bytes from which bodies are compressed, None for never."""

    def __init__(self, binary_types: tuple[str, ...], compress_from: int | None) -> None:
        if wild := [kind for kind in binary_types if "*" in kind]:
            raise ValueError(f"{wild[0]}: only whole media types are known")
        self._binary = frozenset(kind.encode() for kind in binary_types)
        self._compress_from = compress_from

    def answer(self, returned: Any, asked: Mapping[bytes, bytes], *, head: bool = False) -> Answer:
        """Return the response to a request.

        Args:
            returned: What the function returned.
            asked: The request's headers, by name in lower case.
            head: Whether the method is HEAD. The response then has no `Content-Length`, because the body whose length
                it would tell was not made.

        Raises:
            Malformed: If API Gateway would not take it for a response.
        """
        try:
            status, headers = int(returned["statusCode"]), list(_headers(returned))
            body = self._body(returned, asked)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed(f"not a response of API Gateway's form ({type(error).__name__})") from None
        if not 200 <= status <= 599:
            raise Malformed("the status is not one of a response")
        if status in WITHOUT_BODY or head:
            return Answer(status, headers, b"")
        if self._compress_from is not None and len(body) >= self._compress_from:
            body = _compressed(body, headers, asked)
        headers.append((b"content-length", b"%d" % len(body)))
        return Answer(status, headers, body)

    def _body(self, returned: Mapping[str, Any], asked: Mapping[bytes, bytes]) -> bytes:
        text: str = returned.get("body") or ""
        if returned.get("isBase64Encoded") and _first(asked.get(b"accept", b"")) in self._binary:
            return b64decode(text, validate=True)
        return text.encode()


def _headers(returned: Mapping[str, Any]) -> Iterator[Header]:
    """Both kinds together; where a name is in both, the values of `multiValueHeaders` count."""
    many: Mapping[str, Any] = returned.get("multiValueHeaders") or {}
    names = {name.lower() for name in many} if many else ()
    for name, value in (returned.get("headers") or {}).items():
        lowered = name.lower()
        if lowered not in OURS and lowered not in names:
            yield lowered.encode("latin-1"), _text(value).encode("latin-1")
    for name, values in many.items():
        lowered = name.lower()
        if lowered not in OURS:
            for value in values:
                yield lowered.encode("latin-1"), _text(value).encode("latin-1")


def _text(value: Any) -> str:
    """Raises ValueError for a text that would end the header and begin another: uvicorn writes what it is given."""
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    if "\n" in text or "\r" in text or "\0" in text:
        raise ValueError("a header has one line")
    return text


def _first(accept: bytes) -> bytes:
    """The first type of an `Accept` header."""
    return accept.partition(b",")[0].partition(b";")[0].strip().lower()


def _compressed(body: bytes, headers: list[Header], asked: Mapping[bytes, bytes]) -> bytes:
    """Return the body as gzip if the client takes it, and change `headers` accordingly."""
    known = dict(headers)
    if b"content-encoding" in known:
        return body
    if b"accept-encoding" not in known.get(b"vary", b"").lower():
        headers.append((b"vary", b"Accept-Encoding"))
    if not accepts_gzip(asked.get(b"accept-encoding", b"")):
        return body
    headers.append((b"content-encoding", b"gzip"))
    lasts = b"immutable" in known.get(b"cache-control", b"")
    return _gzip_once(body) if lasts and len(body) <= CACHED_BYTES else _gzip(body)


def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether `Accept-Encoding` names gzip, or `*`, with a weight above zero."""
    weights = dict[bytes, bytes]()
    for part in accept_encoding.lower().split(b","):
        name, _, weight = part.partition(b";")
        weights[name.strip()] = weight.replace(b" ", b"")
    weight = weights.get(b"gzip", weights.get(b"*", b"q=0"))
    return weight not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}


def _gzip(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=31)
    return compressor.compress(body) + compressor.flush()


_gzip_once = lru_cache(CACHED_BODIES)(_gzip)
"""For files that never change: every voter's first visit asks for the same ones."""
