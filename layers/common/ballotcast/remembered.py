"""The one cache with a lifetime: what is read of elections and channels, remembered for some seconds by a process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from ballotcast.clock import Clock

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by name, read again when they are `seconds` old, or when the clock went back since.

    Args:
        read: Returns the value of a name. It also gets the value that was remembered before, or None, so that it can
            keep a part that never changes. What it raises is not remembered.
        seconds: A value's age is counted from before it was read.
        kept: How many are in memory at most; then all are forgotten.
    """

    def __init__(self, read: Callable[[str, Value | None], Value], clock: Clock, *, seconds: int, kept: int) -> None:
        self._read = read
        self._clock = clock
        self._lifetime = timedelta(seconds=seconds)
        self._kept = kept
        self._known: dict[str, tuple[datetime, Value]] = {}

    def get(self, name: str) -> Value:
        """Return the remembered value, or read it."""
        now = self._clock()
        at, before = self._known.get(name, (None, None))
        if at is not None and before is not None and timedelta() <= now - at < self._lifetime:
            return before
        self._known.pop(name, None)
        value = self._read(name, before)
        if len(self._known) >= self._kept:
            self._known.clear()
        self._known[name] = now, value
        return value
