"""The client: the same answers and errors as Step Functions gives."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumping_machines import FUNCTION, JumpingMachines, arn_of, machine

WAIT = {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 60, "End": True}}}
TOKEN = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "TimeoutSeconds": 10,
            "Parameters": {"token.$": "$$.Task.Token"},
            "End": True,
        }
    },
}
ARN = arn_of("Wait")
EXECUTION = ARN.replace(":stateMachine:", ":execution:")


class Asked:
    """Keeps the tokens that were sent."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    def __call__(self, _machine: Any, _resource: str, parameters: Any) -> None:
        self.tokens.append(parameters["token"])


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def machines(tmp_path: Path, asked: Asked) -> Iterator[JumpingMachines]:
    machines = JumpingMachines(tmp_path, [machine("Wait", WAIT), machine("Ask", TOKEN)], asked)
    yield machines
    machines.close()


def test_an_execution_is_described(machines: JumpingMachines) -> None:
    began = machines.clock()
    started = machines.client.start_execution(stateMachineArn=ARN, name="one", input='{"n": 1}')
    assert started == {"executionArn": f"{EXECUTION}:one", "startDate": began}
    running = machines.client.describe_execution(executionArn=f"{EXECUTION}:one")
    assert running == {
        "executionArn": f"{EXECUTION}:one",
        "stateMachineArn": ARN,
        "name": "one",
        "status": "RUNNING",
        "startDate": began,
        "input": '{"n": 1}',
    }
    machines.play()
    ended = machines.client.describe_execution(executionArn=f"{EXECUTION}:one")
    assert ended == {**running, "status": "SUCCEEDED", "output": '{"n": 1}', "stopDate": machines.clock()}


def test_starting_twice_with_the_same_input_is_starting_once(machines: JumpingMachines) -> None:
    first = machines.client.start_execution(stateMachineArn=ARN, name="one", input="{}")
    assert machines.client.start_execution(stateMachineArn=ARN, name="one", input="{}") == first
    assert len(machines.client.list_executions(stateMachineArn=ARN)["executions"]) == 1


def test_a_name_is_taken_by_another_input_and_after_the_end(machines: JumpingMachines) -> None:
    machines.start("Wait", {})
    with pytest.raises(machines.client.exceptions.ExecutionAlreadyExists):
        machines.start("Wait", {"n": 1})
    machines.play()
    with pytest.raises(machines.client.exceptions.ExecutionAlreadyExists) as raised:
        machines.start("Wait", {})
    assert raised.value.response["Error"]["Code"] == "ExecutionAlreadyExists"
    machines.start("Ask", {})


def test_an_execution_without_a_name_gets_one(machines: JumpingMachines) -> None:
    arns = {machines.client.start_execution(stateMachineArn=ARN)["executionArn"] for _ in range(2)}
    assert len(arns) == 2


@pytest.mark.parametrize(
    ("asked_for", "error"),
    [
        ({"stateMachineArn": f"{ARN}X"}, "StateMachineDoesNotExist"),
        ({"name": "a/b"}, "InvalidName"),
        ({"name": "x" * 81}, "InvalidName"),
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"input": json.dumps("x" * (1 << 18))}, "ValidationException"),
    ],
)
def test_a_start_that_is_refused(machines: JumpingMachines, asked_for: dict[str, Any], error: str) -> None:
    with pytest.raises(getattr(machines.client.exceptions, error)):
        machines.client.start_execution(**{"stateMachineArn": ARN, **asked_for})
    assert machines.client.list_executions(stateMachineArn=ARN)["executions"] == []


def test_what_is_not_there(machines: JumpingMachines) -> None:
    exceptions, missing = machines.client.exceptions, f"{EXECUTION}:missing"
    for call in (machines.client.describe_execution, machines.client.stop_execution):
        with pytest.raises(exceptions.ExecutionDoesNotExist):
            call(executionArn=missing)
    with pytest.raises(exceptions.ExecutionDoesNotExist):
        machines.client.get_execution_history(executionArn=missing)
    with pytest.raises(exceptions.StateMachineDoesNotExist):
        machines.client.list_executions(stateMachineArn=f"{ARN}X")


def test_an_execution_is_stopped_for_good(machines: JumpingMachines) -> None:
    execution = machines.start("Wait", {})
    machines.engine.advance()
    stopped = machines.client.stop_execution(executionArn=execution, error="By hand", cause="a test")
    machines.play()
    found = machines.client.describe_execution(executionArn=execution)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "By hand", "a test")
    assert found["stopDate"] == stopped["stopDate"]
    assert machines.client.stop_execution(executionArn=execution) == stopped
    assert machines.client.describe_execution(executionArn=execution) == found


def test_executions_are_listed_the_newest_first(machines: JumpingMachines) -> None:
    for name in ("a", "b", "c"):
        machines.start("Wait", {}, name)
    machines.client.stop_execution(executionArn=f"{EXECUTION}:b")

    def names(**asked_for: Any) -> list[str]:
        found = machines.client.list_executions(stateMachineArn=ARN, **asked_for)["executions"]
        return [execution["name"] for execution in found]

    assert names() == ["c", "b", "a"]
    assert names(statusFilter="RUNNING") == ["c", "a"]
    first = machines.client.list_executions(stateMachineArn=ARN, maxResults=2)
    assert names(nextToken=first["nextToken"]) == ["a"]
    assert "nextToken" not in machines.client.list_executions(stateMachineArn=ARN, maxResults=3)


def test_the_history_has_the_states(machines: JumpingMachines) -> None:
    execution = machines.run("Wait", {})["executionArn"]
    events = machines.client.get_execution_history(executionArn=execution)["events"]
    assert [event["type"] for event in events] == ["ExecutionStarted", "WaitStateEntered", "ExecutionSucceeded"]
    assert events[1]["stateEnteredEventDetails"] == {"name": "Pause"}
    assert [(event["previousEventId"], event["id"]) for event in events] == [(0, 1), (1, 2), (2, 3)]


def test_a_task_is_answered_once(machines: JumpingMachines, asked: Asked) -> None:
    execution = machines.start("Ask", {})
    machines.engine.advance()
    [token] = asked.tokens
    with pytest.raises(machines.client.exceptions.InvalidOutput):
        machines.client.send_task_success(taskToken=token, output="{")
    machines.client.send_task_success(taskToken=token, output='{"n": 1}')
    with pytest.raises(machines.client.exceptions.TaskDoesNotExist):
        machines.client.send_task_success(taskToken=token, output='{"n": 2}')
    found = machines.client.describe_execution(executionArn=execution)
    assert (found["status"], found["output"]) == ("SUCCEEDED", '{"n": 1}')


def test_a_task_is_failed_by_its_token(machines: JumpingMachines, asked: Asked) -> None:
    execution = machines.start("Ask", {})
    machines.engine.advance()
    machines.client.send_task_failure(taskToken=asked.tokens[0], error="Held", cause="stuck")
    found = machines.client.describe_execution(executionArn=execution)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Held", "stuck")


def test_an_answer_that_comes_too_late(machines: JumpingMachines, asked: Asked) -> None:
    machines.start("Ask", {})
    machines.engine.advance()
    machines.clock.jump_to(machines.engine.now() + 10)
    with pytest.raises(machines.client.exceptions.TaskTimedOut):
        machines.client.send_task_success(taskToken=asked.tokens[0], output="{}")


@pytest.mark.parametrize("token", ["", "short", "x" * 63 + "!"])
def test_a_token_that_cannot_be_one(machines: JumpingMachines, token: str) -> None:
    with pytest.raises(machines.client.exceptions.InvalidToken):
        machines.client.send_task_success(taskToken=token, output="{}")


def test_a_replaced_definition_is_followed_by_later_executions(machines: JumpingMachines) -> None:
    before = machines.start("Wait", {}, "before")
    machines.engine.advance()
    definition = json.loads(machines.client.describe_state_machine(stateMachineArn=ARN)["definition"])
    assert definition == WAIT
    definition["States"]["Pause"] = {"Type": "Pass", "Result": "replaced", "End": True}
    machines.client.update_state_machine(stateMachineArn=ARN, definition=json.dumps(definition))
    after = machines.start("Wait", {}, "after")
    machines.play()
    outputs = [machines.client.describe_execution(executionArn=arn)["output"] for arn in (before, after)]
    assert outputs == ["{}", '"replaced"']


@pytest.mark.parametrize("text", ["{", "{}", json.dumps({**WAIT, "Unknown": 1})])
def test_a_definition_that_is_not_known_is_refused(machines: JumpingMachines, text: str) -> None:
    with pytest.raises(machines.client.exceptions.InvalidDefinition):
        machines.client.update_state_machine(stateMachineArn=ARN, definition=text)
    found = machines.client.describe_state_machine(stateMachineArn=ARN)
    assert json.loads(found["definition"]) == WAIT


def test_functions_that_nobody_has_are_no_fault_of_a_definition(machines: JumpingMachines) -> None:
    state = {"Type": "Task", "Resource": f"{FUNCTION}Nowhere", "End": True}
    text = json.dumps({"StartAt": "State", "States": {"State": state}})
    machines.client.update_state_machine(stateMachineArn=ARN, definition=text)
    assert json.loads(machines.client.describe_state_machine(stateMachineArn=ARN)["definition"]) == json.loads(text)
