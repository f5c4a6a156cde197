"""JSON bodies that an endpoint reads itself, strictly: what is taken can be stored and given back.

Python's own reader takes NaN and infinities, numbers that overflow to them, and halves of surrogate pairs, none of
which can be answered as JSON (RFC 8259) in UTF-8; and of a key that an object has twice the last value, in silence.
"""

import json
from typing import Any

from ballotcast.unique_json import loads

MOST_DEPTH = 200
"""Objects and lists within each other: writing them again then never depends on how deep the caller is."""


def read_unicode(body: bytes) -> Any:
    """JSON in UTF-8 whose texts are Unicode; its numbers may be none. RepeatedKey, ValueError, RecursionError."""
    text = body.decode("utf-8-sig")
    found = loads(text)
    if "\\u" in text:  # nothing but an escape can make half a pair, for UTF-8 has none
        json.dumps(found, ensure_ascii=False).encode()
    return found


def read_json(body: bytes) -> Any:
    """As `read_unicode`, with finite numbers only and nested at most MOST_DEPTH deep. ValueError, RecursionError."""
    found = read_unicode(body)
    json.dumps(found, ensure_ascii=False, allow_nan=False)
    level = [found]
    for _ in range(MOST_DEPTH):
        level = [part for one in level for part in _parts(one) if isinstance(part, dict | list)]
        if not level:
            return found
    raise ValueError(f"nested over {MOST_DEPTH} deep")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
