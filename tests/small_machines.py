"""Small definitions of state machines, and a lab that runs them with plain functions for tasks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ballotcast_tools.runtime.machines.errors import TaskFailed
from jumping_machines import FUNCTION, JumpingMachines, machine

Definition = dict[str, Any]
TASK: Definition = {"Type": "Task", "Resource": f"{FUNCTION}One", "End": True}
TOKEN: Definition = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"token.$": "$$.Task.Token"},
    "End": True,
}
ALWAYS = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}
FAILED = {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def of(state: dict[str, Any], **others: dict[str, Any]) -> Definition:
    return {"StartAt": "State", "States": {"State": state, **others}}


def mapping(**fields: Any) -> Definition:
    processor = {"StartAt": "Each", "States": {"Each": TASK}}
    return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True, **fields}


def failing(*errors: str) -> Callable[[Any], Any]:
    """A task that fails with these errors, one after another, and then succeeds."""
    left = list(errors)

    def perform(_parameters: Any) -> str:
        if left:
            raise TaskFailed(left.pop(0), "cause")
        return "done"

    return perform


class Lab:
    """Runs one definition whose tasks are done by `perform`, which gets the parameters."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._opened: list[JumpingMachines] = []

    def machines(self, definition: Definition, perform: Callable[[Any], Any] = lambda given: given) -> JumpingMachines:
        directory = self._directory / str(len(self._opened))
        directory.mkdir()
        machines = JumpingMachines(directory, [machine("M", definition)], lambda _m, _r, given: perform(given))
        self._opened.append(machines)
        return machines

    def run(self, definition: Definition, data: Any, perform: Callable[[Any], Any] = lambda given: given) -> Any:
        """Return the output, or error and cause."""
        ended = self.machines(definition, perform).run("M", data)
        return (
            json.loads(ended["output"]) if ended["status"] == "SUCCEEDED" else (ended.get("error"), ended.get("cause"))
        )

    def close(self) -> None:
        for machines in self._opened:
            machines.close()
