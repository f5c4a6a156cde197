"""JSON in which no object has a key twice: Python's own reader keeps the last value and says nothing."""

import json
from typing import Any


class RepeatedKey(ValueError):
    """An object has a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(f"an object has the key {key[:64]!r} twice")


def loads(text: str | bytes) -> Any:
    """As `json.loads`. Raises RepeatedKey, and ValueError or RecursionError for what is not JSON."""
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen = set[str]()
        for key, _ in pairs:
            if key in seen:
                raise RepeatedKey(key)
            seen.add(key)
    return made
