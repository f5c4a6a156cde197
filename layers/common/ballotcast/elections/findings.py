"""What a verification found: one outcome for each named check."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """An earlier check left nothing to look at."""


@dataclass(frozen=True)
class Check:
    """detail: what was found, in one sentence or less."""

    name: str
    outcome: Outcome
    detail: str


class Stopped(Exception):
    """A check failed, and what comes after it cannot be checked."""


class Findings:
    """The first failure of each check, and what passed. `meanings`: every check there is, in order, in words."""

    def __init__(self, meanings: Mapping[str, str]) -> None:
        self._meanings = dict(meanings)
        self._found: dict[str, Check] = {}

    def include(self, meanings: Mapping[str, str]) -> None:
        """More checks, which are made after those that were known so far."""
        self._meanings |= meanings

    def failed(self, name: str) -> bool:
        return name in self._found and self._found[name].outcome is Outcome.FAILED

    def fail(self, name: str, detail: str) -> None:
        """The first failure of a check is kept."""
        if not self.failed(name):
            self._found[name] = Check(name, Outcome.FAILED, detail)

    def stop(self, name: str, detail: str) -> Stopped:
        """Fail, and be raised."""
        self.fail(name, detail)
        return Stopped()

    def complete(self, name: str, detail: str) -> None:
        """The check has looked at everything: it has passed, unless it failed."""
        if name not in self._found:
            self._found[name] = Check(name, Outcome.PASSED, detail)

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(
            self._found.get(name, Check(name, Outcome.SKIPPED, meaning)) for name, meaning in self._meanings.items()
        )
