"""Executions of small machines: retries, catches, timeouts, iterations, and what happens at the same time."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Condition, Event
from typing import Any

import pytest

from ballotcast_cli.runtime.machines.engine import Engine
from ballotcast_cli.runtime.machines.errors import TaskFailed
from ballotcast_cli.runtime.machines.executions import KEPT, MACHINES_SCHEMA
from ballotcast_cli.runtime.machines.retries import Retrier
from ballotcast_cli.runtime.services.stepfunctions import StepFunctions
from ballotcast_cli.runtime.storage.database import Database
from ballotcast_cli.runtime.template.deployment import Machine
from jumping_machines import FUNCTION, AtOnce, JumpingClock, JumpingMachines, arn_of, machine

Definition = dict[str, Any]
TASK: Definition = {"Type": "Task", "Resource": f"{FUNCTION}One", "End": True}
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


def of(state: dict[str, Any], **others: dict[str, Any]) -> Definition:
    return {"StartAt": "State", "States": {"State": state, **others}}


def mapping(**fields: Any) -> Definition:
    processor = {"StartAt": "Each", "States": {"Each": TASK}}
    return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True, **fields}


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


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


def failing(*errors: str) -> Callable[[Any], Any]:
    """A task that fails with these errors, one after another, and then succeeds."""
    left = list(errors)

    def perform(_parameters: Any) -> str:
        if left:
            raise TaskFailed(left.pop(0), "cause")
        return "done"

    return perform


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Type": "Pass", "End": True}, {"n": 1}),
        ({"Type": "Pass", "Result": [1], "End": True}, [1]),
        ({"Type": "Pass", "Result": None, "ResultPath": "$.r", "End": True}, {"n": 1, "r": None}),
        ({"Type": "Pass", "Parameters": {"m.$": "$.n"}, "End": True}, {"m": 1}),
        ({"Type": "Pass", "Parameters": {"m.$": "$.x"}, "End": True}, None),
        ({"Type": "Wait", "Seconds": 9, "End": True}, {"n": 1}),
        ({"Type": "Wait", "SecondsPath": "$.n", "End": True}, {"n": 1}),
        ({"Type": "Wait", "SecondsPath": "$", "End": True}, None),
        ({"Type": "Succeed"}, {"n": 1}),
        ({**TASK, "Parameters": {"m.$": "$.n"}}, {"m": 1}),
        ({**TASK, "ResultPath": None}, {"n": 1}),
        ({**TASK, "ResultPath": "$.r"}, {"n": 1, "r": {"n": 1}}),
        ({**TASK, "Parameters": {"m.$": "$.x"}}, None),
        ({"Type": "Fail", "ErrorPath": "$.x"}, None),
    ],
)
def test_states(lab: Lab, state: Definition, expected: Any) -> None:
    """None: the execution fails with States.Runtime."""
    found = lab.run(of(state), {"n": 1})
    assert found == expected if expected is not None else found[0] == "States.Runtime"


def test_a_fail_state_says_why(lab: Lab) -> None:
    assert lab.run(of({"Type": "Fail", "Error": "E", "Cause": "c"}), {}) == ("E", "c")
    assert lab.run(of({"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"}), {"e": "E", "c": "c"}) == ("E", "c")
    assert lab.run(of({"Type": "Fail"}), {}) == (None, None)


@pytest.mark.parametrize(("data", "expected"), [({"x": None}, "there"), ({}, "not there"), ({"y": 1}, "not there")])
def test_a_choice(lab: Lab, data: Any, expected: str) -> None:
    there, missing = ({"Type": "Pass", "Result": text, "End": True} for text in ("there", "not there"))
    rule = {"Variable": "$.x", "IsPresent": True, "Next": "There"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "Not"}
    assert lab.run(of(choice, There=there, Not=missing), data) == expected


def test_a_choice_without_a_true_rule_fails(lab: Lab) -> None:
    rule = {"Variable": "$.x", "IsPresent": True, "Next": "There"}
    found = lab.run(of({"Type": "Choice", "Choices": [rule]}, There={"Type": "Succeed"}), {})
    assert found[0] == "States.NoChoiceMatched"


ALWAYS = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}
FAILED = {"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


@pytest.mark.parametrize(
    ("retry", "errors", "expected"),
    [
        ([ALWAYS], ["E", "F"], "done"),
        ([ALWAYS], ["E", "F", "G"], {"Error": "G", "Cause": "cause"}),
        ([{"ErrorEquals": ["E"], "MaxAttempts": 0}, ALWAYS], ["E"], {"Error": "E", "Cause": "cause"}),
        ([{"ErrorEquals": ["E"], "MaxAttempts": 1}, ALWAYS], ["E", "F", "F"], "done"),
        ([{"ErrorEquals": ["E"], "MaxAttempts": 1}, ALWAYS], ["E", "E"], {"Error": "E", "Cause": "cause"}),
        ([FAILED], ["E", "States.TaskFailed"], "done"),
        ([FAILED], ["States.Timeout"], {"Error": "States.Timeout", "Cause": "cause"}),
        ([ALWAYS], ["States.Timeout", "States.Timeout"], "done"),
        ([ALWAYS], ["States.Runtime"], ("States.Runtime", "cause")),
        ([], ["E"], {"Error": "E", "Cause": "cause"}),
    ],
)
def test_retry_and_catch(lab: Lab, retry: list[Any], errors: list[str], expected: Any) -> None:
    definition = of({**TASK, "Retry": retry, "Catch": CATCH}, Caught={"Type": "Succeed"})
    assert lab.run(definition, {}, failing(*errors)) == expected


def test_what_is_caught_is_put_beside_the_input(lab: Lab) -> None:
    catch = [{"ErrorEquals": ["E"], "ResultPath": "$.failure", "Next": "Caught"}]
    definition = of({**TASK, "Catch": catch}, Caught={"Type": "Succeed"})
    assert lab.run(definition, {"n": 1}, failing("E")) == {"n": 1, "failure": {"Error": "E", "Cause": "cause"}}
    assert lab.run(definition, {"n": 1}, failing("F")) == ("F", "cause")


def test_an_unexpected_exception_fails_the_task(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_parameters: Any) -> None:
        raise LookupError("of ours")

    assert lab.run(of(TASK), {}, broken) == ("States.TaskFailed", "LookupError")
    assert "a task failed unexpectedly" in caplog.text


@pytest.mark.parametrize(("jitter", "expected"), [(False, [2, 4, 8, 10, 10]), (True, None)])
def test_delays_grow_up_to_a_limit(jitter: bool, expected: list[float] | None) -> None:
    retrier = Retrier(("E",), interval=2, attempts=9, backoff=2, longest=10, jitter=jitter)
    delays = [retrier.delay(attempt, Random(7)) for attempt in range(5)]
    if expected:
        assert delays == expected
    else:
        assert all(0 <= delay <= most for delay, most in zip(delays, [2, 4, 8, 10, 10], strict=True))
        assert len({round(delay / most, 6) for delay, most in zip(delays, [2, 4, 8, 10, 10], strict=True)}) == 1


def test_a_retry_waits_for_its_delay(lab: Lab) -> None:
    times: list[float] = []
    fails = failing("E", "E", "E")

    def perform(_given: Any) -> Any:
        times.append(machines.engine.now())
        return fails(None)

    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 5, "BackoffRate": 3}]
    machines = lab.machines(of({**TASK, "Retry": retry}), perform)
    assert machines.run("M", {})["status"] == "SUCCEEDED"
    assert [round(after - before) for before, after in pairwise(times)] == [5, 15, 45]


def test_a_map_gives_its_results_in_the_order_of_its_items(lab: Lab) -> None:
    selector = {"index.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "from.$": "$.from"}
    definition = of(mapping(ItemSelector=selector, MaxConcurrency=3, ResultPath="$.found"))
    data = {"items": list("abcdefgh"), "from": "here"}
    expected = [{"index": number, "item": item, "from": "here"} for number, item in enumerate("abcdefgh")]
    assert lab.run(definition, data) == {**data, "found": expected}


def test_a_map_of_nothing(lab: Lab) -> None:
    assert lab.run(of(mapping(ResultPath="$.found")), {"items": []}) == {"items": [], "found": []}


def test_a_map_of_something_that_is_no_array_fails(lab: Lab) -> None:
    assert lab.run(of(mapping(Catch=CATCH), Caught={"Type": "Succeed"}), {"items": "text"})[0] == "States.Runtime"


def test_an_iteration_that_fails_fails_the_map(lab: Lab) -> None:
    def perform(item: int) -> int:
        if item == 2:
            raise TaskFailed("E", "two")
        return item

    definition = of(mapping(Catch=CATCH, MaxConcurrency=1), Caught={"Type": "Succeed"})
    assert lab.run(definition, {"items": [1, 2, 3]}, perform) == {"Error": "E", "Cause": "two"}
    assert lab.run(of(mapping()), {"items": [2]}, perform) == ("E", "two")


def test_a_map_is_retried_as_a_whole(lab: Lab) -> None:
    done: list[int] = []

    def perform(item: int) -> int:
        done.append(item)
        if done.count(2) == 1 and item == 2:
            raise TaskFailed("E")
        return item * 10

    definition = of(mapping(Retry=[ALWAYS], MaxConcurrency=1))
    assert lab.run(definition, {"items": [1, 2, 3]}, perform) == [10, 20, 30]
    assert done == [1, 2, 1, 2, 3]


def test_a_task_without_an_answer_times_out_and_its_token_is_void(lab: Lab) -> None:
    sent: list[str] = []
    state = {"Type": "Task", "Resource": TOKEN, "TimeoutSeconds": 10, "Parameters": {"token.$": "$$.Task.Token"}}
    definition = of({**state, "Retry": [ALWAYS], "End": True})
    machines = lab.machines(definition, lambda parameters: sent.append(parameters["token"]))
    ended = machines.run("M", {})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    assert len(set(sent)) == 3
    for token in sent:
        with pytest.raises(machines.client.exceptions.TaskDoesNotExist):
            machines.client.send_task_success(taskToken=token, output="{}")


def test_an_answer_may_come_before_the_message_is_known_to_be_sent(lab: Lab) -> None:
    def perform(parameters: Any) -> None:
        machines.client.send_task_success(taskToken=parameters["token"], output='{"from": "worker"}')

    state = {"Type": "Task", "Resource": TOKEN, "Parameters": {"token.$": "$$.Task.Token"}, "End": True}
    machines = lab.machines(of(state), perform)
    assert json.loads(machines.run("M", {})["output"]) == {"from": "worker"}


def test_a_message_that_cannot_be_sent_fails_the_task(lab: Lab) -> None:
    state = {"Type": "Task", "Resource": TOKEN, "Parameters": {"token.$": "$$.Task.Token"}, "End": True}
    assert lab.run(of(state), {}, failing("Sqs.QueueDoesNotExist")) == ("Sqs.QueueDoesNotExist", "cause")


def test_a_definition_that_this_release_cannot_run_fails_its_execution(lab: Lab) -> None:
    machines = lab.machines(of({"Type": "Wait", "Seconds": 5, "End": True}))
    execution = machines.start("M", {})
    machines.engine.advance()
    machines.engine.programs._loaded.clear()
    machines.database.write(lambda t: t.execute("UPDATE machine_definition SET content = '{}'"))
    machines.play()
    ended = machines.client.describe_execution(executionArn=execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_old_executions_are_forgotten(lab: Lab) -> None:
    machines = lab.machines(of({"Type": "Succeed"}))
    machines.run("M", {})
    machines.clock.jump_to(machines.engine.now() + KEPT - 1)
    machines.run("M", {}, "two")
    machines.clock.jump_to(machines.engine.now() + 2)
    machines.engine.recover()
    [kept] = machines.client.list_executions(stateMachineArn=arn_of("M"))["executions"]
    assert kept["name"] == "two"
    rows = machines.database.reader().execute("SELECT count(DISTINCT execution) FROM machine_event").fetchone()
    assert rows == (1,)


class Gate:
    """Tasks wait in it until they are let through."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self.most = 0
        self.open = Event()

    def __call__(self, _machine: Machine, _resource: str, parameters: Any) -> Any:
        with self._changed:
            self._inside += 1
            self.most = max(self.most, self._inside)
            self._changed.notify_all()
        assert self.open.wait(30)
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()
        return parameters

    def wait_for(self, inside: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._inside == inside, 30)


class Threaded:
    """The engine as the runtime has it: a thread of its own, and pools."""

    def __init__(self, directory: Path, definition: Definition, gate: Gate) -> None:
        self._pool = ThreadPoolExecutor(8)
        self.database = Database(directory / "data", [MACHINES_SCHEMA], synchronous="OFF")
        self.engine = Engine(
            self.database,
            {arn_of("M"): machine("M", definition)},
            gate,
            services=AtOnce(),
            functions=self._pool,
            clock=JumpingClock(),
        )
        self.client = StepFunctions(self.engine)
        self.engine.start()

    def start(self, data: Any) -> str:
        started = self.client.start_execution(stateMachineArn=arn_of("M"), name="one", input=json.dumps(data))
        return str(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        news = self.database.watch("machines")
        while (found := self.client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert news.wait(30)
            news.clear()
        return found

    def phases(self) -> list[str]:
        rows = self.database.reader().execute(
            "SELECT phase FROM machine_branch WHERE parent IS NOT NULL ORDER BY phase"
        )
        return [phase for (phase,) in rows]

    def close(self) -> None:
        self._pool.shutdown()
        self.engine.stop()
        self.database.close()


def test_no_more_iterations_run_at_once_than_are_allowed(tmp_path: Path) -> None:
    gate = Gate()
    threaded = Threaded(tmp_path, of(mapping(MaxConcurrency=4)), gate)
    try:
        execution = threaded.start({"items": list(range(10))})
        gate.wait_for(4)
        assert threaded.phases() == ["held"] * 6 + ["task"] * 4
        gate.open.set()
        assert json.loads(threaded.ended(execution)["output"]) == list(range(10))
        assert gate.most == 4
    finally:
        gate.open.set()
        threaded.close()


def test_a_result_that_comes_after_the_execution_was_stopped_is_dropped(tmp_path: Path) -> None:
    gate = Gate()
    threaded = Threaded(tmp_path, of(TASK), gate)
    try:
        execution = threaded.start({})
        gate.wait_for(1)
        threaded.client.stop_execution(executionArn=execution)
        gate.open.set()
        gate.wait_for(0)
        threaded.close()
        again = Database(tmp_path / "data", [])
        assert again.reader().execute("SELECT status FROM machine_execution").fetchall() == [("ABORTED",)]
        again.close()
    finally:
        gate.open.set()
