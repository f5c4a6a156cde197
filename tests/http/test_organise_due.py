"""Counts that start by the clock: anyone who wakes the function, what is due is started once and nothing else is."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ballotcast.clock import from_rfc3339
from ballotcast.elections.lifecycle import Status
from ballotcast.store.due_counts import MARGIN, DueCount
from ballotcast.wiring import Wiring
from checkout import ROOT
from dying import DyingWiring, Killed
from organise import due
from organise.closing import close_election, open_election
from organise.drafts import owned_election
from organise.due import handler, start_due_counts
from organising import BASE_URL, DRAFT, Organiser
from world import World

CLOSES = from_rfc3339(DRAFT["closes_at"])
EVER = timedelta(days=1000)


def executions(deployment: World) -> list[str]:
    machines = deployment.wiring().client("stepfunctions")
    found = machines.list_executions(stateMachineArn=deployment.environment["CLOSE_MACHINE"])["executions"]
    return sorted(execution["name"] for execution in found)


def waiting(deployment: World) -> list[DueCount]:
    return list(deployment.wiring().due_counts.until(deployment.clock() + EVER))


def opened(organiser: Organiser, **changes: Any) -> str:
    election = organiser.create(**changes)
    assert organiser.post(f"/elections/{election}/open").status_code == 200
    return election


def refuse(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, service: str, refused: Callable[[str], bool]) -> None:
    """Have AWS refuse the requests of a service whose body `refused` finds."""
    make = wiring.client

    def refusing(asked: Any) -> Any:
        client = make(asked)
        if asked == service:
            client.meta.events.register("before-call", refuse_one)
        return client

    def refuse_one(model: Any, params: dict[str, Any], **_: Any) -> None:
        if refused(str(params["body"])):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, model.name)

    monkeypatch.setattr(wiring, "client", refusing)


def test_the_freeze_makes_the_count_due_at_the_close(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    assert waiting(deployment) == []
    organiser.invite(election)
    assert waiting(deployment) == [DueCount(DRAFT["closes_at"], election)]
    organiser.invite(election, only="all")
    assert waiting(deployment) == [DueCount(DRAFT["closes_at"], election)]


def test_the_row_names_the_election_and_its_close_and_nothing_else(organiser: Organiser, deployment: World) -> None:
    election = opened(organiser)
    [row] = deployment.wiring().roll.query("DUE")
    assert row == {"pk": "DUE", "sk": f"{DRAFT['closes_at']}#{election}"}


def test_a_refused_freeze_makes_nothing_due(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    read = owned_election(organiser.wiring, organiser.id, election)
    organiser.ask("PATCH", f"/elections/{election}", json={"title": "Edited"})
    with pytest.raises(Exception, match="changed by another request"):
        open_election(organiser.wiring, read, BASE_URL)
    assert waiting(deployment) == []


def test_a_count_starts_when_the_election_has_closed_and_once(organiser: Organiser, deployment: World) -> None:
    election = opened(organiser)
    deployment.clock.now = CLOSES + MARGIN - timedelta(microseconds=1)
    start_due_counts(deployment.wiring())
    assert executions(deployment) == []

    deployment.clock.now = CLOSES + MARGIN
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]
    assert waiting(deployment) == []

    deployment.clock.advance(minutes=1)
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]


def test_the_schedule_wakes_the_function_when_the_count_has_just_become_due(
    organiser: Organiser, deployment: World
) -> None:
    election = opened(organiser)
    schedule = deployment.wiring().client("scheduler").get_schedule(Name=f"close-{election}", GroupName="default")
    assert schedule["Target"]["Arn"] == deployment.environment["DUE_FUNCTION"]
    assert datetime.fromisoformat(schedule["ScheduleExpression"][3:-1] + "+00:00") == CLOSES + MARGIN


def test_no_schedule_is_no_failure_and_the_count_starts_all_the_same(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(organiser.wiring, monkeypatch, "scheduler", lambda _body: True)
    election = organiser.create("ada@example.org")
    assert organiser.invite(election).status_code == 202
    schedules = deployment.wiring().client("scheduler")
    assert schedules.list_schedules(GroupName="default")["Schedules"] == []

    deployment.clock.now = CLOSES + timedelta(minutes=1)
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]


def test_an_early_close_is_due_at_once_and_no_more_at_the_end(organiser: Organiser, deployment: World) -> None:
    election = opened(organiser)
    deployment.clock.advance(minutes=5)
    closed = organiser.post(f"/elections/{election}/close").json()
    assert waiting(deployment) == [DueCount(closed["closed_at"], election)]

    deployment.clock.advance(minutes=1)
    start_due_counts(deployment.wiring())
    assert waiting(deployment) == []
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]


def test_a_close_that_was_killed_before_the_count_is_completed_by_the_clock(
    organiser: Organiser, deployment: World
) -> None:
    election = opened(organiser)
    deployment.clock.advance(minutes=5)
    dying = DyingWiring(deployment, last=4)
    with pytest.raises(Killed):
        close_election(dying, owned_election(dying, organiser.id, election))
    assert organiser.show(election)["closed_at"]
    assert executions(deployment) == []

    deployment.clock.advance(minutes=1)
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]


def test_two_closes_at_once_leave_one_row(organiser: Organiser, deployment: World) -> None:
    election = opened(organiser)
    read = owned_election(organiser.wiring, organiser.id, election)
    closed = organiser.post(f"/elections/{election}/close").json()
    deployment.clock.advance(minutes=1)
    assert read.status(deployment.clock()) is Status.OPEN
    close_election(organiser.wiring, read)
    assert waiting(deployment) == [DueCount(closed["closed_at"], election)]


def test_a_call_that_is_killed_is_completed_by_the_next(organiser: Organiser, deployment: World) -> None:
    """Before the row is taken, before the start, and between the start and the deletion of the row."""
    election = opened(organiser)
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    for last, started in ((0, []), (1, []), (2, [f"{election}-1"])):
        with pytest.raises(Killed):
            start_due_counts(DyingWiring(deployment, last))
        assert executions(deployment) == started
        assert waiting(deployment) == [DueCount(DRAFT["closes_at"], election)]
    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1"]
    assert waiting(deployment) == []


def test_a_count_that_failed_is_left_to_a_person(organiser: Organiser, deployment: World) -> None:
    election = opened(organiser)
    wiring = deployment.wiring()
    wiring.counting_machine.start(election)
    machines = wiring.client("stepfunctions")
    [running] = machines.list_executions(stateMachineArn=wiring.settings.close_machine)["executions"]
    machines.stop_execution(executionArn=running["executionArn"])

    deployment.clock.now = CLOSES + timedelta(minutes=1)
    start_due_counts(wiring)
    assert executions(deployment) == [f"{election}-1"]
    assert waiting(deployment) == []
    assert organiser.post(f"/elections/{election}/close").status_code == 202
    assert executions(deployment) == [f"{election}-1", f"{election}-2"]


def test_even_a_callful_that_cannot_be_started_keeps_nobody_back(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "A_CALL", 2)
    elections = sorted(opened(organiser) for _ in range(4))
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    wiring = deployment.wiring()
    refuse(wiring, monkeypatch, "stepfunctions", lambda body: any(one in body for one in elections[:2]))
    with pytest.raises(ExceptionGroup):
        start_due_counts(wiring)
    assert executions(deployment) == [f"{election}-1" for election in elections[2:]]


def test_one_that_cannot_be_started_keeps_nobody_back_and_is_tried_again(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    elections = sorted(opened(organiser) for _ in range(3))
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    wiring = deployment.wiring()
    refuse(wiring, monkeypatch, "stepfunctions", lambda body: elections[0] in body)
    with pytest.raises(ExceptionGroup, match="not started") as raised:
        start_due_counts(wiring)
    [failure] = raised.value.exceptions
    assert elections[0] in failure.__notes__[0]
    assert executions(deployment) == [f"{election}-1" for election in elections[1:]]
    assert [one.election for one in waiting(deployment)] == [elections[0]]

    start_due_counts(deployment.wiring())
    assert executions(deployment) == [f"{election}-1" for election in elections]
    assert waiting(deployment) == []


def test_more_than_a_call_takes_are_left_to_the_next(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "A_CALL", 2)
    elections = [opened(organiser) for _ in range(3)]
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    start_due_counts(deployment.wiring())
    assert len(executions(deployment)) == 2
    start_due_counts(deployment.wiring())
    assert executions(deployment) == sorted(f"{election}-1" for election in elections)


def test_the_handler_understands_the_event_of_the_rule(
    deployment: World, monkeypatch: pytest.MonkeyPatch, organiser: Organiser
) -> None:
    class Context:
        function_name, memory_limit_in_mb, aws_request_id = "due", 512, "r1"
        invoked_function_arn = deployment.environment["DUE_FUNCTION"]

    election = opened(organiser)
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    monkeypatch.setattr(due, "deployed", deployment.wiring)
    handler(json.loads((ROOT / "events/DueFunction-minute.json").read_text()), Context())
    assert executions(deployment) == [f"{election}-1"]
