"""Runs a state machine with plain functions for its Lambda functions, by the runtime's interpreter, without waiting."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ballotcast_tools.machine_definitions import read_definition
from ballotcast_tools.runtime.machines.definition import INVOKE
from ballotcast_tools.runtime.machines.errors import TaskFailed
from ballotcast_tools.runtime.services.stepfunctions import StepFunctions
from ballotcast_tools.runtime.template.deployment import Machine
from jumping_machines import FUNCTION, JumpingMachines, machine

Function = Callable[[dict[str, Any]], Any]
Between = Callable[[StepFunctions], bool]
"""What others do while the machine waits; whether they did anything."""


class ExecutionFailed(Exception):
    """The machine ended in a Fail state."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error


class StateMachine:
    """`functions` by the names that the definition has for them.

    They are called one after another, in the caller's thread. An error of theirs has the name of its class, and its
    text for a cause.
    """

    def __init__(
        self,
        definition: Path,
        functions: Mapping[str, Function],
        between: Between = lambda client: False,
        **substitutions: str,
    ) -> None:
        self._functions = functions
        self._between = between
        names = {**{name: f"{FUNCTION}{name}" for name in functions}, **substitutions}
        self.definition = read_definition(definition, names)
        for state in self.definition["States"].values():
            if state["Type"] == "Map":
                state["MaxConcurrency"] = 1

    def run(self, data: dict[str, Any]) -> Any:
        """Return the output of an execution. Raises ExecutionFailed."""
        with TemporaryDirectory() as directory:
            machines = JumpingMachines(
                Path(directory), [machine("Machine", self.definition)], self._perform, between=self._between
            )
            try:
                ended = machines.run("Machine", data)
            finally:
                machines.close()
        if ended["status"] != "SUCCEEDED":
            raise ExecutionFailed(ended["error"], ended["cause"])
        return json.loads(ended["output"])

    def _perform(self, _machine: Machine, resource: str, parameters: Any) -> Any:
        if resource == INVOKE:
            resource, parameters = parameters["FunctionName"], parameters["Payload"]
        try:
            return self._functions[resource.removeprefix(FUNCTION)](parameters)
        except Exception as raised:
            raise TaskFailed(type(raised).__name__, str(raised)) from raised
