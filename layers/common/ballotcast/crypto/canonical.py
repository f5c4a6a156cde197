"""Canonical JSON: RFC 8785 (JCS) over the subset that hashes the same in every language.

The subset: objects, arrays, strings, booleans, integers of magnitude below 2**53, nested at most 32 deep. No floats, no
nulls. Strings are code points and never normalised: what that does depends on the version of Unicode.
"""

import json
from typing import Any

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32


class CanonicalError(ValueError):
    """A value outside the subset, or bytes that are not the one canonical encoding of a value."""


def dumps(value: Any) -> bytes:
    """Encode a value of dict, list, str, bool and int as canonical JSON. Raises CanonicalError for anything else."""
    try:
        # ensure_ascii=False makes json escape exactly what RFC 8785 section 3.2.2.2 escapes, in the same spelling.
        return json.dumps(_ordered(value, MAX_DEPTH), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise CanonicalError("text holds a lone surrogate") from None


def loads(data: bytes) -> Any:
    """Decode canonical JSON. Raises CanonicalError unless `dumps` of the result gives `data` back."""
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or numbers or nesting beyond Python's own limits
        raise CanonicalError("not JSON in UTF-8") from None
    # Parsing loses repeated members, spaces and other spellings of the same value; this comparison finds them.
    if dumps(value) != data:
        raise CanonicalError("JSON, but not in canonical form")
    return value


def _ordered(value: Any, depth: int) -> Any:
    """Return the value with every object's members in canonical order, after checking that it lies in the subset."""
    if depth == 0 and isinstance(value, list | dict):
        raise CanonicalError("nested too deeply")
    match value:
        case bool():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise CanonicalError("integer of 2**53 or more")
            return value
        case str():
            return value
        case list():
            return [_ordered(item, depth - 1) for item in value]
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise CanonicalError("object member names must be text")
            return {key: _ordered(value[key], depth - 1) for key in sorted(value, key=_utf16)}
        case _:
            raise CanonicalError(f"{type(value).__name__} has no canonical encoding here")


def _utf16(key: str) -> bytes:
    """RFC 8785 section 3.2.3 orders by UTF-16 code unit, which differs from code points beyond the BMP."""
    return key.encode("utf-16-be")
