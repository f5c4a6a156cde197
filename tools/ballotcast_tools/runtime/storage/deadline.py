"""The time by which a call must have written what it writes: its function's timeout, which on Lambda kills it.

A thread cannot be killed, but what it asks for too late is not carried out. The count relies on it: CloseGraceSeconds
after the close no cast can land any more (docs/architecture.md, parameters).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # runs on while the machine sleeps
_until: ContextVar[float] = ContextVar("until", default=inf)


class TooLate(RuntimeError):
    """The call's time was over before this write was carried out; nothing was written."""


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """What this thread writes meanwhile must be carried out within so many seconds from now."""
    token = _until.set(now() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def current() -> float:
    """Return the moment (of `now`) by which the running call must have written; infinity outside of calls."""
    return _until.get()


def now() -> float:
    """Seconds since the machine was started."""
    return time.clock_gettime(_CLOCK)
