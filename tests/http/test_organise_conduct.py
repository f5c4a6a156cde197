"""Opening now, closing early, and the account of it."""

import json
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from dying import DyingWiring, Killed
from organise.closing import close_election, open_election
from organise.drafts import owned_election
from organise.jobs import handler, work
from organising import BASE_URL, Organiser, sqs_event
from problem import assert_problem
from world import World


def executions(organiser: Organiser, election: str) -> list[str]:
    machine = organiser.wiring.settings.close_machine
    found = organiser.wiring.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return sorted(execution["name"] for execution in found if execution["name"].startswith(election))


def on_board(organiser: Organiser, election: str) -> Manifest:
    published = organiser.wiring.manifests.find(election)
    assert published
    return Manifest.parse(published.manifest)


def test_opening_now_freezes_with_the_time_of_opening(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    answer = organiser.post(f"/elections/{election}/open")
    assert answer.status_code == 200
    assert answer.json() == organiser.show(election)
    assert (answer.json()["status"], answer.json()["opens_at"]) == ("open", "2026-11-20T09:00:00Z")
    manifest = on_board(organiser, election)
    assert manifest.opens_at == deployment.clock().replace(microsecond=0)
    assert manifest.roll_size == 1
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_opening_again_changes_nothing(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    opened = organiser.post(f"/elections/{election}/open").json()
    deployment.clock.advance(minutes=1)
    again = organiser.post(f"/elections/{election}/open")
    assert (again.status_code, again.json()) == (200, opened)


def test_a_frozen_election_opens_by_its_manifest_only(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    before = organiser.show(election)
    assert_problem(organiser.post(f"/elections/{election}/open"), 409, "frozen")
    assert organiser.show(election) == before
    deployment.clock.advance(hours=1)
    assert organiser.show(election)["status"] == "open"
    deployment.clock.advance(days=1)
    assert_problem(organiser.post(f"/elections/{election}/open"), 409, "frozen")


def test_a_draft_that_would_close_in_the_past_does_not_open(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    deployment.clock.advance(days=2)
    assert_problem(organiser.post(f"/elections/{election}/open"), 409, "closing-time-past")


def test_opening_while_somebody_freezes_by_inviting_is_told(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    read = owned_election(organiser.wiring, organiser.id, election)
    organiser.invite(election)
    with pytest.raises(Exception, match="frozen"):
        open_election(organiser.wiring, read, BASE_URL)
    assert organiser.show(election)["status"] == "scheduled"


def test_the_same_call_again_completes_an_opening_that_was_killed(organiser: Organiser, deployment: World) -> None:
    for last in range(10):
        election = organiser.create("ada@example.org")
        dying = DyingWiring(deployment, last)
        try:
            open_election(dying, owned_election(dying, organiser.id, election), BASE_URL)
            break
        except Killed:
            shown = organiser.show(election)["status"]
            assert shown == ("draft" if last <= 1 else "open")
        assert organiser.post(f"/elections/{election}/open").status_code == 200
        assert on_board(organiser, election).hash.hex() == organiser.show(election)["manifest_hash"]
        assert [m["election"] for m in deployment.take_messages("SEQUENCE_QUEUE")].count(election) >= 1
    assert last == 5


@pytest.mark.parametrize("frozen", [False, True])
def test_closing_before_opening_is_refused(organiser: Organiser, frozen: bool) -> None:
    election = organiser.create("ada@example.org")
    if frozen:
        organiser.invite(election)
    before = organiser.show(election)
    assert_problem(organiser.post(f"/elections/{election}/close"), 409, "not-open")
    assert organiser.show(election) == before
    assert executions(organiser, election) == []


def test_closing_early_marks_both_sides_and_starts_the_count(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.post(f"/elections/{election}/open")
    deployment.clock.advance(minutes=5)
    answer = organiser.post(f"/elections/{election}/close")
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["closed_at"]) == ("closed", "2026-11-20T09:05:00Z")
    assert organiser.wiring.manifests.state(election).closed_at == "2026-11-20T09:05:00Z"
    assert executions(organiser, election) == [f"{election}-1"]
    assert organiser.actions(election)[-1] == "election-closed"


def test_closing_again_keeps_the_time_and_the_count(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    closed = organiser.post(f"/elections/{election}/close").json()
    deployment.clock.advance(minutes=5)
    again = organiser.post(f"/elections/{election}/close")
    assert (again.status_code, again.json()) == (202, closed)
    assert executions(organiser, election) == [f"{election}-1"]
    assert organiser.actions(election).count("election-closed") == 1


def test_after_the_closing_time_only_the_count_is_started(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    deployment.clock.advance(days=2)
    answer = organiser.post(f"/elections/{election}/close")
    assert (answer.status_code, answer.json()["closed_at"]) == (202, None)
    assert organiser.wiring.manifests.state(election).closed_at is None
    assert executions(organiser, election) == [f"{election}-1"]


def test_closing_publishes_what_was_frozen_and_never_published(organiser: Organiser, deployment: World) -> None:
    """Killed right after the freeze, and nobody called until the clock had closed the election."""
    election = organiser.create("ada@example.org")
    dying = DyingWiring(deployment, last=2)
    with pytest.raises(Killed):
        open_election(dying, owned_election(dying, organiser.id, election), BASE_URL)
    assert organiser.wiring.manifests.find(election) is None
    deployment.clock.advance(days=2)
    assert organiser.post(f"/elections/{election}/close").status_code == 202
    assert on_board(organiser, election).hash.hex() == organiser.show(election)["manifest_hash"]
    assert executions(organiser, election) == [f"{election}-1"]


def test_the_same_call_again_completes_a_close_that_was_killed(organiser: Organiser, deployment: World) -> None:
    for last in range(10):
        election = organiser.create()
        organiser.post(f"/elections/{election}/open")
        dying = DyingWiring(deployment, last)
        try:
            close_election(dying, owned_election(dying, organiser.id, election))
            break
        except Killed:
            marked = organiser.show(election)["closed_at"]
            assert organiser.wiring.manifests.state(election).closed_at == marked, "both sides or none"
            assert executions(organiser, election) == []
        assert organiser.post(f"/elections/{election}/close").json()["status"] == "closed"
        assert executions(organiser, election) == [f"{election}-1"]
    assert last == 5


def test_of_two_closes_at_once_one_counts(organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    read = owned_election(organiser.wiring, organiser.id, election)
    first = organiser.post(f"/elections/{election}/close").json()
    deployment.clock.advance(minutes=1)
    assert close_election(organiser.wiring, read).closed_at == first["closed_at"]
    assert executions(organiser, election) == [f"{election}-1"]


def test_events_are_told_page_by_page_and_say_who(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    organiser.ask("PATCH", f"/elections/{election}", json={"title": "New"})
    organiser.post(f"/elections/{election}/open")
    organiser.post(f"/elections/{election}/close")
    told: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = organiser.get(f"/elections/{election}/events", params=query).json()
        told += page["events"]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert [event["action"] for event in told] == [
        "election-created",
        "roll-imported",
        "election-edited",
        "election-frozen",
        "election-closed",
    ]
    assert {event["organiser"] for event in told} == {organiser.id}
    assert {event["at"] for event in told} == {"2026-11-20T09:00:00Z"}
    assert "ada@" not in json.dumps(told)


def test_a_message_of_no_known_kind_is_told_again_rather_than_dropped(deployment: World) -> None:
    answer = work(sqs_event({"kind": "dance", "election": "e1"}), deployment.wiring())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_the_handler_of_jobs_works_in_an_empty_environment_until_it_needs_it() -> None:
    class Context:
        function_name, memory_limit_in_mb, aws_request_id = "jobs", 128, "r1"
        invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:jobs"

    assert handler({"Records": []}, Context()) == {"batchItemFailures": []}
