"""Executions of one state: what each type does, retries, catches, and iterations."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from ballotcast_tools.runtime.machines.errors import TaskFailed
from ballotcast_tools.runtime.machines.retries import Retrier
from small_machines import ALWAYS, CATCH, FAILED, TASK, Definition, Lab, failing, mapping, of


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
