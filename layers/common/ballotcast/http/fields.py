"""Field types that requests of several functions share."""

from typing import Annotated

from fastapi import Header, Path
from pydantic import BeforeValidator, WithJsonSchema

from ballotcast.crypto.encoding import EncodingError, b64u_decode

ElectionId = Annotated[str, Path(alias="id", max_length=64)]
"""The `{id}` of a path. Which ids there are, the tables know; the bound keeps theirs."""

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]
"""Of a request that creates something: sent again with it, the request counts once."""


def _decode(value: object) -> bytes:
    if not isinstance(value, str):
        raise EncodingError("must be text")
    return b64u_decode(value)


Base64Url = Annotated[
    bytes, BeforeValidator(_decode), WithJsonSchema({"type": "string", "contentEncoding": "base64url"})
]
"""Bytes as unpadded base64url, in the one spelling that encoding them gives."""
