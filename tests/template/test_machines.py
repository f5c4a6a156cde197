"""State machines: what they may do is what they do, and they are drawn as they are."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast_tools.documents.drawings import PAGE, page
from ballotcast_tools.machine_definitions import read_definition
from checkout import ROOT

MACHINES = ["CloseMachine", "TurnoutMachine", "SpawnMachine", "StopMachine", "RepairMachine"]
Resources = dict[str, dict[str, Any]]
TRANSACTED = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
}
INTEGRATED = {"dynamodb:getItem": "dynamodb:GetItem", "sqs:sendMessage.waitForTaskToken": "sqs:SendMessage"}


def states_of(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in definition["States"].values():
        yield state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def needs(state: dict[str, Any]) -> Iterator[str]:
    if state["Type"] != "Task":
        return
    called = state["Resource"].rpartition(":::")[2]
    if called == "aws-sdk:dynamodb:transactWriteItems":
        for item in state["Parameters"]["TransactItems"]:
            yield from (TRANSACTED[kind] for kind in item)
    elif called == "lambda:invoke.waitForTaskToken":
        yield f"invoke {state['Parameters']['FunctionName'].strip('${}')}"
    else:
        yield INTEGRATED[called] if called in INTEGRATED else f"invoke {called.strip('${}')}"


def allows(role: dict[str, Any]) -> Iterator[str]:
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            if actions == ["lambda:InvokeFunction"]:
                yield from (f"invoke {re.findall('[A-Z][A-Za-z]+Function', str(one))[0]}" for one in resources)
            else:
                yield from actions


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_may_do_exactly_what_its_steps_do(name: str, template: dict[str, Any]) -> None:
    machine = template["Resources"][name]["Properties"]
    definition = read_definition(ROOT / machine["DefinitionUri"])
    needed = {action for state in states_of(definition) for action in needs(state)}
    assert set(allows(template["Resources"][f"{name}Role"])) == needed


@pytest.mark.parametrize("name", MACHINES)
def test_every_substitution_is_used_and_every_placeholder_substituted(name: str, template: dict[str, Any]) -> None:
    machine = template["Resources"][name]["Properties"]
    text = (ROOT / machine["DefinitionUri"]).read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(machine["DefinitionSubstitutions"])


@pytest.mark.parametrize("name", MACHINES)
def test_every_step_leads_somewhere_and_gives_up_somewhere(name: str, template: dict[str, Any]) -> None:
    definition = read_definition(ROOT / template["Resources"][name]["Properties"]["DefinitionUri"])
    names = set(definition["States"])
    for step, state in definition["States"].items():
        targets = [state[key] for key in ("Next", "Default") if key in state]
        targets += [branch["Next"] for branch in (*state.get("Choices", []), *state.get("Catch", []))]
        assert set(targets) <= names, step
        ends = state.get("End") or state["Type"] in ("Succeed", "Fail")
        assert targets or ends, step
        if state["Type"] == "Task":
            assert state["Retry"], step
            assert "Catch" in state or state.get("Next") == "Failed", step


def test_the_machines_are_all_here(template: dict[str, Any]) -> None:
    machines = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::Serverless::StateMachine"]
    assert sorted(machines) == sorted(MACHINES)


def test_the_drawings_are_current() -> None:
    assert PAGE.read_text() == page(), "run make documents"


def test_cfn_lint_finds_nothing_in_the_definitions(template: dict[str, Any]) -> None:
    """It reads definitions only where they stand in a template."""
    from cfnlint.api import lint  # takes more than a second, and each worker collects this file

    machines = {name: definition_of(template["Resources"][name]["Properties"]) for name in MACHINES}
    assert [str(match) for match in lint(alone(machines), regions=["eu-central-1"])] == []
    for machine in machines.values():
        machine["States"][machine["StartAt"]]["Type"] = "Tusk"
    found = {match.path[1] for match in lint(alone(machines), regions=["eu-central-1"])}
    assert found == {*MACHINES}, "it does not look into definitions"


def definition_of(machine: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for variable in machine["DefinitionSubstitutions"]:
        function = f"arn:aws:lambda:eu-central-1:123456789012:function:{variable}"
        values[variable] = (
            function if variable.endswith("Function") else "5" if variable.endswith("Seconds") else variable
        )
    return read_definition(ROOT / machine["DefinitionUri"], values)


def alone(machines: dict[str, Any]) -> str:
    """A template of these definitions and nothing else."""
    role, kind = "arn:aws:iam::123456789012:role/relay", "AWS::StepFunctions::StateMachine"
    made = {
        name: {"Type": kind, "Properties": {"RoleArn": role, "Definition": definition}}
        for name, definition in machines.items()
    }
    return json.dumps({"Resources": made})
