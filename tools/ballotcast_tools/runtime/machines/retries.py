"""Retry and Catch: which errors they match, and how long to wait before another attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .errors import ALL, RUNTIME, TASK_FAILED, TIMEOUT
from .paths import ResultPath


@dataclass(frozen=True)
class Retrier:
    """Times in seconds. `jitter`: wait a random part of the delay (JitterStrategy FULL)."""

    errors: tuple[str, ...]
    interval: int
    attempts: int
    backoff: float
    longest: int | None
    jitter: bool

    def delay(self, attempts: int, random: Random) -> float:
        """Return the seconds to wait, after `attempts` attempts of this retrier."""
        delay = self.interval * self.backoff**attempts
        if self.longest is not None:
            delay = min(delay, self.longest)
        return random.uniform(0, delay) if self.jitter else delay


@dataclass(frozen=True)
class Catcher:
    errors: tuple[str, ...]
    result_path: ResultPath
    next: str


def matches(names: Sequence[str], error: str) -> bool:
    """Return whether ErrorEquals `names` matches `error`.

    As on AWS, States.ALL does not match States.Runtime, and States.TaskFailed does not match States.Timeout.
    """
    if error in names:
        return True
    if error == RUNTIME:
        return False
    return ALL in names or (TASK_FAILED in names and error != TIMEOUT)
