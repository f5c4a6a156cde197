"""Runs a state machine as Step Functions would, with plain functions as its Lambda functions, and without waiting.

As much of the States Language as close.asl.json uses; what it does not know is an error.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ballotcast_cli.machine_definitions import read_definition

State = dict[str, Any]
Function = Callable[[dict[str, Any]], Any]


class ExecutionFailed(Exception):
    """The machine ended in a Fail state."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error


class StateError(Exception):
    def __init__(self, raised: Exception) -> None:
        super().__init__(str(raised))
        self.name = type(raised).__name__


class StateMachine:
    def __init__(self, definition: Path, functions: Mapping[str, Function], **substitutions: str) -> None:
        self._functions = functions
        names = {**{name: name for name in functions}, **substitutions}
        self.definition = read_definition(definition, names)

    def run(self, data: dict[str, Any]) -> Any:
        return self._run(self.definition, data, {})

    def _run(self, machine: dict[str, Any], data: Any, context: dict[str, Any]) -> Any:
        name = machine["StartAt"]
        while True:
            state: State = machine["States"][name]
            try:
                result = self._retrying(state, data, context)
            except StateError as error:
                for catcher in state.get("Catch", []):
                    assert catcher["ErrorEquals"] == ["States.ALL"]
                    data = _placed(data, catcher["ResultPath"], {"Error": error.name, "Cause": str(error)})
                    name = catcher["Next"]
                    break
                else:
                    raise
                continue
            data = _placed(data, state.get("ResultPath", "$"), result)
            if state.get("End") or state["Type"] == "Succeed":
                return data
            name = state["Next"]

    def _retrying(self, state: State, data: Any, context: dict[str, Any]) -> Any:
        failures = 0
        while True:
            try:
                return self._result(state, data, context)
            except StateError as error:
                failures += 1
                retriers = [r for r in state.get("Retry", []) if {error.name, "States.ALL"} & set(r["ErrorEquals"])]
                if not retriers or failures > retriers[0]["MaxAttempts"]:
                    raise

    def _result(self, state: State, data: Any, context: dict[str, Any]) -> Any:
        match state["Type"]:
            case "Task":
                try:
                    return self._functions[state["Resource"]](_filled(state.get("Parameters"), data, context))
                except Exception as raised:
                    raise StateError(raised) from raised
            case "Pass":
                return _filled(state["Parameters"], data, context)
            case "Map":
                items = _value(state["ItemsPath"], data, context)
                each = [{"Map": {"Item": {"Value": item}}} for item in items]
                return [
                    self._run(state["ItemProcessor"], _filled(state["ItemSelector"], data, one), one) for one in each
                ]
            case "Wait":
                assert isinstance(state["Seconds"], int)
                return data
            case "Succeed":
                return data
            case "Fail":
                raise ExecutionFailed(_value(state["ErrorPath"], data, {}), _value(state["CausePath"], data, {}))
        raise AssertionError(state["Type"])


def _placed(data: Any, path: str | None, result: Any) -> Any:
    if path is None:
        return data
    return result if path == "$" else {**data, path.removeprefix("$."): result}


def _filled(template: dict[str, Any] | None, data: Any, context: dict[str, Any]) -> Any:
    if template is None:
        return data
    return {
        name.removesuffix(".$"): _value(value, data, context) if name.endswith(".$") else value
        for name, value in template.items()
    }


def _value(path: str, data: Any, context: dict[str, Any]) -> Any:
    if path == "States.ArrayPartition(States.ArrayRange(0, 255, 1), 32)":
        return [list(range(start, start + 32)) for start in range(0, 256, 32)]
    found = [context if path.startswith("$$.") else data]
    for field in path.removeprefix("$").removeprefix("$").removeprefix(".").split("."):
        name, _, every = field.partition("[")
        found = [value[name] for value in found]
        if every:
            found = [item for value in found for item in value]
    return found if "[*]" in path else found[0]
