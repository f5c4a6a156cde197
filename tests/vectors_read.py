"""The vectors of tests/vectors, for tests in Python and in a browser."""

import json
from functools import cache
from typing import Any

from doctored_exports import VECTORS


@cache
def vectors(name: str) -> dict[str, Any]:
    """The file of this name, without its ending."""
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def unhex(*values: str) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]
