"""Rates of the template's MethodSettings, each by a token bucket.

A method with a setting of its own has its own bucket; all others share the bucket of `*` and `/*`.
"""

from collections.abc import Callable, Iterable
from time import monotonic

from ballotcast_tools.runtime.template.deployment import Throttle

EVERY_METHOD, EVERY_RESOURCE = "*", "/*"


class Bucket:
    """`burst` requests at once, and `rate` more each second. `now` in seconds."""

    __slots__ = ("_burst", "_rate", "_since", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate, self._burst = rate, float(burst)
        self._tokens, self._since = float(burst), now

    def take(self, now: float) -> bool:
        """Take a token. False if there is none."""
        tokens = min(self._burst, self._tokens + (now - self._since) * self._rate)
        self._since = now
        if tokens < 1:
            self._tokens = tokens
            return False
        self._tokens = tokens - 1
        return True


class Throttles:
    """Used by one thread. Raises ValueError for a setting of all methods of one resource, or the reverse."""

    def __init__(self, settings: Iterable[Throttle], clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._rest: Bucket | None = None
        self._named: dict[tuple[str, str], Bucket] = {}
        for setting in settings:
            bucket, resource = Bucket(setting.rate, setting.burst, clock()), _resource(setting.resource)
            if (setting.method, resource) == (EVERY_METHOD, EVERY_RESOURCE):
                self._rest = bucket
            elif EVERY_METHOD in setting.method or resource == EVERY_RESOURCE:
                raise ValueError(f"{setting.method} {setting.resource}: name one method of one resource, or all")
            else:
                self._named[setting.method, resource] = bucket

    def admits(self, method: str, resource: str) -> bool:
        """Count a request. False if it comes too soon."""
        bucket = self._named.get((method, resource), self._rest)
        return bucket is None or bucket.take(self._clock())


def _resource(path: str) -> str:
    """`/~1links~1otp` → `/links/otp`: MethodSettings escape slashes as JSON pointers do."""
    return path[1:].replace("~1", "/").replace("~0", "~") if path.startswith("/~1") else path
