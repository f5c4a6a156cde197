"""Definitions: ours are loaded, and whatever the interpreter does not run is refused when it is loaded."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ballotcast_tools.runtime.machines.definition import load
from ballotcast_tools.runtime.machines.errors import InvalidDefinition
from deployed_machines import definition
from jumping_machines import FUNCTION
from machine_faults import FAULTS, hurried, steps

Definition = dict[str, Any]
TASK = {"Type": "Task", "Resource": f"{FUNCTION}One", "End": True}
MAP = {
    "Type": "Map",
    "ItemSelector": {"item.$": "$$.Map.Item.Value"},
    "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "One", "States": {"One": TASK}},
    "End": True,
}


def of(state: dict[str, Any], **others: dict[str, Any]) -> Definition:
    return {"StartAt": "State", "States": {"State": state, **others}}


@pytest.mark.parametrize("name", ["close", "spawn", "stop", "repair"])
def test_our_definitions_are_loaded(name: str) -> None:
    written = definition(name)
    assert load(written).states.keys() == written["States"].keys()


@pytest.mark.parametrize("name", ["spawn", "stop", "repair"])
def test_definitions_with_faults_are_loaded(name: str) -> None:
    written = definition(name)
    for step in steps(written):
        for fault in FAULTS.values():
            faulty = fault(hurried(written), step)
            assert load(faulty).states.keys() == faulty["States"].keys()


def without(*path: str | int) -> Callable[[Definition], None]:
    def change(written: Definition) -> None:
        *way, last = path
        at: Any = written
        for key in way:
            at = at[key]
        del at[last]

    return change


def with_(value: Any, *path: str | int) -> Callable[[Definition], None]:
    def change(written: Definition) -> None:
        *way, last = path
        at: Any = written
        for key in way:
            at = at[key]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("spawn", without("StartAt")),
        ("spawn", with_("Nowhere", "StartAt")),
        ("spawn", with_(60, "TimeoutSeconds")),
        ("spawn", with_("JSONata", "QueryLanguage")),
        ("spawn", with_("JSONata", "States", "Probe", "QueryLanguage")),
        ("spawn", with_("$.x", "States", "Probe", "InputPath")),
        ("spawn", with_("$.x", "States", "Probe", "OutputPath")),
        ("spawn", with_({"x": 1}, "States", "Probe", "ResultSelector")),
        ("spawn", with_(5, "States", "Probe", "HeartbeatSeconds")),
        ("spawn", with_(0, "States", "Probe", "TimeoutSeconds")),
        ("spawn", with_("10", "States", "Probe", "TimeoutSeconds")),
        ("spawn", with_("Nowhere", "States", "Probe", "Next")),
        ("spawn", with_(True, "States", "Probe", "End")),
        ("spawn", without("States", "Probe", "Next")),
        ("spawn", with_("arn:aws:states:::sqs:sendMessage", "States", "Probe", "Resource")),
        ("spawn", with_("arn:aws:states:::lambda:invoke", "States", "Probe", "Resource")),
        ("spawn", with_("$$.Execution.Id", "States", "Probe", "Parameters", "MessageBody", "id.$")),
        ("spawn", with_("$$.Task.Token", "States", "WriteLease", "Parameters", "token.$")),
        ("spawn", with_("Nowhere", "States", "Probe", "Catch", 0, "Next")),
        ("spawn", with_(["States.ALL"], "States", "Probe", "Catch", 0, "ErrorEquals")),
        ("spawn", with_(["States.ALL", "Other"], "States", "Probe", "Catch", 1, "ErrorEquals")),
        ("spawn", with_([], "States", "Probe", "Catch", 1, "ErrorEquals")),
        ("spawn", with_("HALF", "States", "Probe", "Retry", 0, "JitterStrategy")),
        ("spawn", with_(-1, "States", "Probe", "Retry", 0, "MaxAttempts")),
        ("spawn", with_(0.5, "States", "Probe", "Retry", 0, "BackoffRate")),
        ("spawn", with_(1, "States", "Probe", "Retry", 0, "Unknown")),
        ("spawn", with_("Parallel", "States", "AssignQueue", "Type")),
        ("spawn", with_({}, "States", "AssignQueue", "Result")),
        ("spawn", with_("$.at[0]", "States", "AssignQueue", "ResultPath")),
        ("spawn", with_("States.Hash($.a, 'MD5')", "States", "AssignQueue", "Parameters", "pk.$")),
        ("spawn", with_("Undo", "States", "Failed", "Next")),
        ("stop", with_("Nowhere", "States", "IsLeased", "Default")),
        ("stop", with_("x", "States", "IsLeased", "Choices", 0, "StringEquals")),
        ("stop", with_([{"Not": {}, "Next": "Drain"}], "States", "IsLeased", "Choices")),
        ("stop", without("States", "AwaitPublishers", "Seconds")),
        ("stop", with_("5", "States", "AwaitPublishers", "Seconds")),
        ("stop", with_("2026-01-01T00:00:00Z", "States", "AwaitPublishers", "Timestamp")),
        ("repair", with_(5, "States", "BackOff", "Seconds")),
        ("close", with_("DISTRIBUTED", "States", "Collect", "ItemProcessor", "ProcessorConfig", "Mode")),
        ("close", with_(5, "States", "Collect", "ToleratedFailurePercentage")),
        ("close", with_({}, "States", "Collect", "ItemReader")),
        ("close", with_({}, "States", "Collect", "ItemBatcher")),
        ("close", with_("$$.Map.Item.Name", "States", "Collect", "ItemSelector", "name.$")),
        ("close", with_("Text", "States", "Failed", "Cause")),
    ],
)
def test_what_is_not_known_is_refused(name: str, change: Callable[[Definition], None]) -> None:
    written = copy.deepcopy(definition(name))
    change(written)
    with pytest.raises(InvalidDefinition):
        load(written)


@pytest.mark.parametrize(
    "written",
    [
        [],
        {},
        of({**TASK, "Resource": "One"}),
        of({**MAP, "ItemProcessor": of(MAP)}),
        of({"Type": "Pass", "Next": "State"}),
        of({"Type": "Pass", "Next": 1}),
        of({**TASK, "Parameters": "text"}),
    ],
)
def test_a_broken_definition_is_refused(written: Any) -> None:
    with pytest.raises(InvalidDefinition):
        load(written)


def test_an_error_says_where_it_is() -> None:
    written = definition("close")
    chunk = written["States"]["Collect"]["ItemProcessor"]["States"]["CollectChunk"]
    chunk["Retry"][0]["Colour"] = "red"
    with pytest.raises(InvalidDefinition, match=r"Collect.*CollectChunk.*Retry\[0\].*Colour"):
        load(written)
