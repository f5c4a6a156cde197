"""Pages of a listing: `?limit=&cursor=` → `next_cursor`, where a cursor is opaque to callers."""

from typing import Annotated

from fastapi import Query

from ballotcast.crypto.encoding import EncodingError, b64u_decode, b64u_encode
from ballotcast.errors import invalid_field

Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[str | None, Query(max_length=400)]


def to_cursor(last: str) -> str:
    return b64u_encode(last.encode())


def from_cursor(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        return b64u_decode(cursor).decode()
    except (EncodingError, UnicodeDecodeError):
        raise invalid_field("/query/cursor", "bad-cursor") from None
