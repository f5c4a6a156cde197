"""Faults put into a state machine's own definition, so that anyone who interprets it meets them at exactly one step."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

Definition = dict[str, Any]
NOWHERE = "nowhere"
FAR = 600
"""Seconds that an execution stands still where it is to be killed."""
HALT = "HaltedByTest"


def steps(definition: Definition) -> list[str]:
    """The steps that touch the world on the way to success, in order."""
    found, name = [], definition["StartAt"]
    while name:
        state = definition["States"][name]
        if state["Type"] == "Task":
            found.append(name)
        branches = [choice["Next"] for choice in state.get("Choices", [])]
        name = branches[0] if branches else state.get("Next")
    return found


def without_waits(definition: Definition) -> Definition:
    """Without the pauses before its steps; steps that fail are still tried again."""
    changed = copy.deepcopy(definition)
    for name, state in changed["States"].items():
        if state["Type"] == "Wait":
            changed["States"][name] = {"Type": "Pass", "Next": state["Next"]}
    return changed


def hurried(definition: Definition) -> Definition:
    """Without pauses and repetitions, so that outcomes come at once."""
    changed = without_waits(definition)
    for state in changed["States"].values():
        state.pop("Retry", None)
    return changed


def fails(definition: Definition, step: str) -> Definition:
    """Whatever the step calls is not there."""
    changed = copy.deepcopy(definition)
    state = changed["States"][step]
    if state["Resource"].startswith("arn:aws:states:::"):
        changed["States"][step] = {**state, "Parameters": _misled(state["Parameters"])}
    else:
        state["Resource"] += NOWHERE
    return changed


def _misled(parameters: Any) -> Any:
    if isinstance(parameters, list):
        return [_misled(part) for part in parameters]
    if not isinstance(parameters, dict):
        return parameters
    return {
        name.removesuffix(".$") if name.startswith("QueueUrl") else name: NOWHERE
        if name == "TableName" or name.startswith("QueueUrl")
        else _misled(value)
        for name, value in parameters.items()
    }


def loses_its_answer(definition: Definition, step: str) -> Definition:
    """The step does its work, and is taken for failed."""
    changed = copy.deepcopy(definition)
    state = changed["States"][step]
    handler = next(catcher["Next"] for catcher in state["Catch"] if catcher["ErrorEquals"] == ["States.ALL"])
    lost = {"Type": "Pass", "Result": {"Error": "AnswerLost"}, "ResultPath": "$.failure", "Next": handler}
    return _followed_by(changed, step, "Lost", lost)


def happens_twice(definition: Definition, step: str) -> Definition:
    changed = copy.deepcopy(definition)
    return _followed_by(changed, step, f"{step}Again", copy.deepcopy(changed["States"][step]))


def halts_before(definition: Definition, step: str) -> Definition:
    """Stands still before the step, so that it can be killed there."""
    changed = copy.deepcopy(definition)
    changed["States"][HALT] = {"Type": "Wait", "Seconds": FAR, "Next": step}
    for state in changed["States"].values():
        for choice in state.get("Choices", []):
            if choice["Next"] == step:
                choice["Next"] = HALT
        if state.get("Next") == step and state["Type"] != "Wait":
            state["Next"] = HALT
        if state.get("Default") == step:
            state["Default"] = HALT
    if changed["StartAt"] == step:
        changed["StartAt"] = HALT
    return changed


def halts_after(definition: Definition, step: str) -> Definition:
    changed = copy.deepcopy(definition)
    halt: dict[str, Any] = {"Type": "Wait", "Seconds": FAR}
    halt |= {"Next": changed["States"][step]["Next"]} if "Next" in changed["States"][step] else {"End": True}
    return _followed_by(changed, step, HALT, halt)


def _followed_by(changed: Definition, step: str, name: str, state: dict[str, Any]) -> Definition:
    changed["States"][step].pop("End", None)
    changed["States"][step]["Next"] = name
    changed["States"][name] = state
    return changed


FAULTS: Mapping[str, Callable[[Definition, str], Definition]] = {
    "fails": fails,
    "does its work, its answer is lost": loses_its_answer,
    "happens twice": happens_twice,
    "killed before it": halts_before,
    "killed after it": halts_after,
}


def text(definition: Definition) -> str:
    return json.dumps(definition)
