"""Faults for tests: calls that functions make to the services fail as they do on AWS now and then.

Off until a test asks for them through the control socket (control.py), where this is the service `faults`. Nothing that
comes over HTTP can reach it.

    stack.client("faults").set(rate=0.2, seed=1)
    stack.client("faults").counts()

A call fails before it is carried out, or after, so that only its response is lost; the caller cannot tell which.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ReadTimeoutError

from .services.errors import EXCEPTIONS, error

LOCAL = frozenset({"generate_presigned_url"})
"""What boto3 does without a request."""
FAULTS: tuple[Callable[[str], Exception], ...] = (
    lambda _method: ReadTimeoutError(endpoint_url="https://faults.local/"),
    lambda method: _refused("InternalServerError", 500, method),
    lambda method: _refused("ServiceUnavailable", 503, method),
    lambda method: _refused("RequestTimeout", 400, method),
)


class Faults:
    """`rate`: the share of calls that fail, 0 to 1."""

    def __init__(self) -> None:
        self.rate = 0.0
        self._chance = random.Random()  # noqa: S311 - which calls fail, nothing secret
        self._counts: Counter[str] = Counter()

    def set(self, *, rate: float, seed: int) -> None:
        """Let this share of calls fail from now on, and count from zero. ValueError for what is no share."""
        if not 0 <= rate < 1:
            raise ValueError("a rate is 0 or more, and less than 1")
        self._chance, self._counts, self.rate = random.Random(seed), Counter(), rate  # noqa: S311 - as above

    def counts(self) -> dict[str, int]:
        """Return how many calls went `through`, and failed `before` and `after` they were carried out."""
        return dict(self._counts)

    def around(self, services: Mapping[str, Any]) -> dict[str, Any]:
        """Return the same services, whose calls fail while there is a rate."""
        return {name: _Faulty(service, self) for name, service in services.items()}

    def call(self, method: str, carry_out: Callable[..., Any], positional: Any, arguments: Any) -> Any:
        if self._chance.random() >= self.rate:
            self._counts["through"] += 1
            return carry_out(*positional, **arguments)
        fault = self._chance.choice(FAULTS)(method)
        if self._chance.random() < 0.5:
            self._counts["before"] += 1
            raise fault
        carry_out(*positional, **arguments)
        self._counts["after"] += 1
        raise fault


class _Faulty:
    """A service whose calls may fail."""

    exceptions = EXCEPTIONS

    def __init__(self, service: Any, faults: Faults) -> None:
        self._service, self._faults = service, faults

    def __getattr__(self, method: str) -> Callable[..., Any]:
        carry_out, faults = getattr(self._service, method), self._faults

        def call(*positional: Any, **arguments: Any) -> Any:
            if faults.rate:
                return faults.call(method, carry_out, positional, arguments)
            return carry_out(*positional, **arguments)

        found = carry_out if method in LOCAL else call
        self.__dict__[method] = found
        return found


def _refused(code: str, status: int, method: str) -> Exception:
    return error(code, method, "a fault for tests", ResponseMetadata={"HTTPStatusCode": status})
