"""Field types that requests of several functions share."""

from typing import Annotated

from fastapi import Header, Path
from pydantic import BeforeValidator, WithJsonSchema

from ballotcast.crypto.encoding import EncodingError, b64u_decode
from ballotcast.faults import FaultError

ID = "^[A-Za-z0-9_-]{1,64}$"
"""Ids and names in paths. They become parts of keys, addresses and file names, so nothing else is let through."""
ElectionId = Annotated[str, Path(alias="id", pattern=ID)]
JobId = Annotated[str, Path(alias="job", pattern=ID)]
ChannelName = Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,64}$")]


def _digits(value: object) -> object:
    """As text a number has digits alone: pydantic reads spaces, line feeds and underscores around them, too."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise FaultError("not-number")
    return value


Digits = BeforeValidator(_digits)
"""Of a number in a path: `Annotated[int, Digits, Path(le=100)]`."""

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]
"""Of a request that creates something: sent again with it, the request counts once."""


def _decode(value: object) -> bytes:
    if not isinstance(value, str):
        raise FaultError("not-text")
    try:
        return b64u_decode(value)
    except EncodingError:
        raise FaultError("not-bytes") from None


Base64Url = Annotated[
    bytes, BeforeValidator(_decode), WithJsonSchema({"type": "string", "contentEncoding": "base64url"})
]
"""Bytes as unpadded base64url, in the one spelling that encoding them gives."""
