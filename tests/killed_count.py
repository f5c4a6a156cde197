"""A count whose execution is killed after chosen steps, and started again until none is left."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from state_machine import ExecutionFailed, StateMachine


class Killed(Exception):
    """The step is done, and the execution ends before it hears of it."""


class Killing:
    """Goes around each invocation of a step; kills an execution after each of those numbered `kills`, once."""

    def __init__(self, kills: Iterable[int]) -> None:
        self._left = list(kills)
        self.calls = 0
        """Since the execution began."""

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.calls += 1
        answer = call()
        if self._left and self.calls == self._left[0]:
            raise Killed
        return answer

    def kill_all(self, run: Callable[[], Any]) -> None:
        """Run an execution for each kill; the next may run to its end."""
        while self._left:
            self.calls = 0
            with pytest.raises(ExecutionFailed, match="Killed"):
                run()
            assert self.calls == self._left.pop(0)
        self.calls = 0


def without_retries(machine: StateMachine) -> StateMachine:
    """Return the machine, which fails at the first error from now on."""
    for retrier in _retriers(machine.definition):
        retrier["MaxAttempts"] = 0
    return machine


def _retriers(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for part in node for found in _retriers(part)]
    if isinstance(node, dict):
        return [*node.get("Retry", []), *(found for part in node.values() for found in _retriers(part))]
    return []
