"""Rules and schedules: when they fire, what they send, and what a restart makes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent

from ballotcast.store.schedules import Schedules
from ballotcast_tools.runtime.services.scheduler import SCHEDULE_SCHEMA, TOPIC, Scheduler
from ballotcast_tools.runtime.sources.clock import ATTEMPTS, Rule, Timetable
from ballotcast_tools.runtime.template.deployment import ScheduleSource
from runtime_queues import Lab, lab
from runtime_sources import PATIENCE, Calls, fail, until

DUE = "arn:aws:lambda:eu-west-1:000000000000:function:DueFunction"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path / "data", SCHEDULE_SCHEMA) as made:
        yield made


@pytest.fixture
def scheduler(aws: Lab) -> Any:
    return Scheduler(aws.database)


@pytest.fixture
def calls(aws: Lab) -> Iterator[Calls]:
    """The timetable runs."""
    calls = Calls()
    timetable = Timetable(aws.database, calls, aws.clock)
    timetable.start()
    yield calls
    assert timetable.stop(PATIENCE)


def schedules(scheduler: Any) -> Schedules:
    return Schedules(scheduler, "Schedules", "arn:aws:iam::000000000000:role/SchedulerRole", DUE)


def move_on(aws: Lab, seconds: float) -> None:
    aws.clock.advance(seconds=seconds)
    aws.database.write(lambda transaction: transaction.wake(TOPIC))


def names(scheduler: Any) -> list[str]:
    return [one["Name"] for one in scheduler.list_schedules(NamePrefix="close-")["Schedules"]]


def test_a_schedule_fires_when_it_is_due_and_is_gone(aws: Lab, scheduler: Any, calls: Calls) -> None:
    schedules(scheduler).wake_at("e1", aws.clock() + timedelta(minutes=5))
    found = scheduler.get_schedule(Name="close-e1", GroupName="Schedules")
    assert (found["ScheduleExpression"], found["Target"]["Arn"]) == ("at(2026-11-20T09:05:00)", DUE)
    move_on(aws, 299)
    assert names(scheduler) == ["close-e1"]
    move_on(aws, 1)
    event = EventBridgeEvent(calls.wait_for(1)[0])
    assert calls.functions == ["DueFunction"]
    assert (event.source, event.detail_type) == ("aws.scheduler", "Scheduled Event")
    assert event.resources == ["arn:aws:scheduler:eu-west-1:000000000000:schedule/Schedules/close-e1"]
    assert event.time == "2026-11-20T09:05:00Z"
    until(lambda: names(scheduler) == [], aws.database)


def test_the_earliest_fires_first_whatever_the_order_of_making(aws: Lab, scheduler: Any, calls: Calls) -> None:
    for election, minutes in (("late", 20), ("early", 10)):
        schedules(scheduler).wake_at(election, aws.clock() + timedelta(minutes=minutes))
    move_on(aws, 600)
    event = EventBridgeEvent(calls.wait_for(1)[0])
    assert [arn.rpartition("/")[2] for arn in event.resources] == ["close-early"]
    until(lambda: names(scheduler) == ["close-late"], aws.database)


def test_one_that_was_missed_fires_at_the_start(aws: Lab, scheduler: Any) -> None:
    schedules(scheduler).wake_at("e1", datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    calls = Calls()
    timetable = Timetable(aws.database, calls, aws.clock)
    timetable.start()
    calls.wait_for(1)
    assert timetable.stop(PATIENCE)


def test_a_call_that_fails_is_repeated_later(aws: Lab, scheduler: Any, calls: Calls) -> None:
    calls.handler = fail
    schedules(scheduler).wake_at("e1", aws.clock())
    for number in range(1, ATTEMPTS + 1):
        calls.wait_for(number)
        until(lambda number=number: attempts(aws) in (number, None), aws.database)  # type: ignore[misc]
        assert len(calls.events) == number
        move_on(aws, 60 * number)
    assert names(scheduler) == []


def attempts(aws: Lab) -> int | None:
    found = aws.database.reader().execute("SELECT attempts FROM schedule").fetchone()
    return None if found is None else int(found[0])


def test_a_name_is_used_once_in_a_group(aws: Lab, scheduler: Any) -> None:
    made = schedules(scheduler)
    made.wake_at("e1", aws.clock() + timedelta(hours=1))
    made.wake_at("e1", aws.clock() + timedelta(hours=2))
    assert scheduler.get_schedule(Name="close-e1", GroupName="Schedules")["ScheduleExpression"].endswith("10:00:00)")
    asked: dict[str, Any] = {
        "Name": "close-e1",
        "GroupName": "Schedules",
        "ScheduleExpression": "at(2026-11-20T10:00:00)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": DUE, "RoleArn": ""},
    }
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule(**asked)
    scheduler.create_schedule(**asked | {"GroupName": "other"})
    scheduler.delete_schedule(Name="close-e1", GroupName="Schedules")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name="close-e1", GroupName="Schedules")


@pytest.mark.parametrize("expression", ["rate(1 minute)", "at(2026-13-40T10:00:00)", "at(tomorrow)", ""])
def test_other_expressions_are_refused(scheduler: Any, expression: str) -> None:
    with pytest.raises(scheduler.exceptions.ValidationException):
        scheduler.create_schedule(
            Name="n", ScheduleExpression=expression, FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": DUE}
        )


def test_a_rule_fires_at_the_start_and_then_every_so_often(aws: Lab) -> None:
    calls = Calls(fail)
    rule = Rule("DueFunction", ScheduleSource("EveryMinute", 1), calls, aws.clock)
    rule.start()
    first = EventBridgeEvent(calls.wait_for(2)[0])
    assert (first.source, first.detail) == ("aws.events", {})
    assert first.resources == ["arn:aws:events:eu-west-1:000000000000:rule/EveryMinute"]
    assert rule.stop(PATIENCE)
