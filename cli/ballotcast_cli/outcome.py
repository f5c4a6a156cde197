"""A published result as lines of text."""

from collections.abc import Iterator
from typing import Any


def describe(result: dict[str, Any], width: int) -> Iterator[str]:
    yield str(result)[:width]
