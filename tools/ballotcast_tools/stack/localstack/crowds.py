"""A bounded number of environments for each function: a crowd waits in line instead of starting a process each.

The bound is per function because functions call each other through the API (`web` calls `organise`): one bound for all
could be used up by callers that wait for a function which may not start. Calls among functions form no circle.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

AT_ONCE = 6
"""Environments of one function; more do not make two cores faster."""


def patch_crowds() -> None:
    """Replace how `AssignmentService` finds an environment for an invocation."""
    from localstack.services.lambda_.invocation.assignment import AssignmentService

    find = AssignmentService.get_environment
    turns: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(AT_ONCE))

    @contextmanager
    def find_in_turn(service: Any, version_manager_id: str, *arguments: Any) -> Iterator[Any]:
        with turns[version_manager_id], find(service, version_manager_id, *arguments) as environment:
            yield environment

    AssignmentService.get_environment = find_in_turn
