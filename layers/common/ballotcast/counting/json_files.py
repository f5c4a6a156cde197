"""Values in JSON files of ballots, each of the expected type or refused by where it is."""

import json
from collections.abc import Sequence
from typing import Any, TypeGuard

from .ballot_file import BallotFileError
from .text import decode_text

Record = dict[str, Any]


def load(data: bytes | str) -> Record:
    """Return a JSON object. Raises BallotFileError for text that is not an object, and for a key that an object has
    twice.
    """
    text = decode_text(data).content
    try:
        found = json.loads(text, object_pairs_hook=_record, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BallotFileError(error.lineno, f"not JSON: {error.msg}") from None
    except (RecursionError, ValueError) as error:
        raise BallotFileError(1, f"not JSON that can be read: {error}") from None
    if not _is_record(found):
        raise BallotFileError(1, "not a JSON object")
    return found


def records(parent: Record, key: str, where: str, *, needed: bool = True) -> Sequence[Record]:
    """Return the objects in a list. A single object stands for a list of one. where: what is read, for the error."""
    found = parent.get(key)
    if found is None and not needed:
        return []
    listed = [found] if _is_record(found) else found
    if not isinstance(listed, list) or not all(map(_is_record, listed)):
        raise BallotFileError(1, f"{where}: no list {key!r} of objects")
    return listed


def text(parent: Record, key: str, where: str) -> str:
    """Return a text, or a whole number as text."""
    found = parent.get(key)
    if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
        raise BallotFileError(1, f"{where}: no text {key!r}")
    return str(found)


def number(parent: Record, key: str, where: str, usual: int | None = None) -> int:
    """Return a whole number from 0 to 999,999, also as text."""
    found = parent.get(key, usual)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 7:
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 10**6:
        raise BallotFileError(1, f"{where}: no whole number {key!r}")
    return found


def _is_record(value: object) -> TypeGuard[Record]:
    return isinstance(value, dict)


def _record(pairs: list[tuple[str, Any]]) -> Record:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"an object with the key {_twice([key for key, _ in pairs])!r} twice")
    return found


def _twice(keys: list[str]) -> str:
    return next(key for key in keys if keys.count(key) > 1)


def _constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")
