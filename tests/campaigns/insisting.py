"""People who do not give up: what got no response, or a response that says "later", is asked for again."""

import time
from collections.abc import Callable
from typing import TypeVar

from ballotcast.client.errors import ApiError, NotYet, Unreachable

PATIENCE = 900.0
"""Seconds until even these people give up."""
PAUSE = 0.3
LATER = frozenset({"in-progress", "changed-meanwhile"})

Found = TypeVar("Found")


def passes(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, ApiError):
        return error.status >= 500 or error.status == 429 or error.slug in LATER
    return isinstance(error, (Unreachable, NotYet))


def insist(act: Callable[[], Found], again: Callable[[Exception], None] = lambda _error: None) -> Found:
    """Return what `act` returns, in as many attempts as it takes; `again` hears of each that failed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (ApiError, NotYet, Unreachable) as error:
            if not passes(error) or time.monotonic() > deadline:
                raise
            again(error)
            time.sleep(min(30, getattr(error, "retry_after", None) or PAUSE))
