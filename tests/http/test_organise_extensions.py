"""A later end while voting runs: what it moves, why it is refused, and the old end that must not close anything."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api_events import TestClient
from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import LATEST, AmendmentLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.crypto.encoding import b64u_decode, b64u_encode
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.verification import verify_export
from ballotcast.store.due_counts import MARGIN, DueCount
from counted_election import close_machine, sqs_event
from dying import DyingWiring, Killed
from organise.drafts import owned_election
from organise.due import start_due_counts
from organise.extending import extend_voting
from organising import DRAFT, Organiser
from problem import assert_problem
from register.issuers import Issuers
from tally import work
from tally.app import create_app as tally_app
from tally.log.sequencer import Sequencer
from vote.polls import Polls
from world import World

CLOSES = from_rfc3339(DRAFT["closes_at"])
LATER = CLOSES + timedelta(hours=3)
REASON = "The hall was locked until noon"
THREE = ("ada@example.org", "bob@example.org", "cid@example.org")


@pytest.fixture
def election(organiser: Organiser) -> str:
    """Open, with three voters invited."""
    election = organiser.create(*THREE)
    organiser.post(f"/elections/{election}/open")
    return election


def extend(organiser: Organiser, election: str, closes_at: datetime = LATER, reason: str = REASON) -> Any:
    body = {"closes_at": to_rfc3339(closes_at), "reason": reason}
    return organiser.post(f"/elections/{election}/extensions", json=body)


def left(organiser: Organiser, election: str) -> Any:
    """All that an extension moves: both sides' end, the amendments, when the count is due, and the history."""
    wiring = organiser.wiring
    found = wiring.elections.find(election)
    assert found
    amendments = [leaf.parse(entry) for entry in wiring.amendments.behind(election, 0)]
    ends = [one.schedule.closes_at for one in amendments if isinstance(one, AmendmentLeaf) and one.schedule]
    return (
        (found.closes_at, wiring.manifests.state(election).closes_at),
        ends,
        [due.closes_at for due in wiring.due_counts.until(CLOSES + LATEST) if due.election == election],
        [action for action in organiser.actions(election) if action == "voting-extended"],
    )


def test_a_later_end_holds_everywhere(organiser: Organiser, election: str, deployment: World) -> None:
    polls, issuers = Polls(deployment.wiring()), Issuers(deployment.wiring())
    for _ in range(2):  # sent again because its response was lost
        answer = extend(organiser, election)
        assert (answer.status_code, answer.json()["closes_at"]) == (200, to_rfc3339(LATER))
    end = to_rfc3339(LATER)
    assert left(organiser, election) == ((end, end), [LATER], [end], ["voting-extended"])
    told = organiser.get(f"/elections/{election}/events").json()["events"][-1]
    assert told["detail"] == {"closes_at": end, "reason": REASON}
    published = deployment.wiring().manifests.find(election)
    assert published
    assert Manifest.parse(published.manifest).closes_at == CLOSES, "the manifest stays"
    names = deployment.wiring().client("scheduler").list_schedules(GroupName="default")["Schedules"]
    assert sorted(one["Name"] for one in names) == [
        f"close-{election}",
        f"close-{election}-{int((LATER + MARGIN).timestamp())}",
    ]
    deployment.clock.now = LATER - timedelta(seconds=1)
    assert (polls.look(election).status, issuers.closed(election)) == (Status.OPEN, False)
    deployment.clock.now = LATER
    assert (polls.look(election).status, issuers.closed(election)) == (Status.CLOSED, True)
    assert_problem(extend(organiser, election, LATER + timedelta(hours=1)), 409, "closed")


def test_whoever_remembers_the_old_end_looks_again_before_they_refuse(
    organiser: Organiser, election: str, deployment: World
) -> None:
    polls, issuers = Polls(deployment.wiring()), Issuers(deployment.wiring())
    deployment.clock.now = CLOSES - timedelta(seconds=2)
    assert (polls.look(election).status, issuers.closed(election)) == (Status.OPEN, False)
    assert extend(organiser, election).status_code == 200
    deployment.clock.now = CLOSES  # the same five seconds
    assert (polls.look(election).status, issuers.closed(election)) == (Status.OPEN, False)


def test_the_old_end_closes_nothing_and_the_new_one_is_counted(
    organiser: Organiser, election: str, deployment: World, tmp_path: Path
) -> None:
    extend(organiser, election)
    organiser.post(f"/elections/{election}/voters", json={"email": "dee@example.org"})
    organiser.invite(election)
    deployment.clock.now = CLOSES + timedelta(minutes=1)
    start_due_counts(deployment.wiring())
    machines = deployment.wiring().client("stepfunctions")
    machine = deployment.environment["CLOSE_MACHINE"]
    assert machines.list_executions(stateMachineArn=machine)["executions"] == []
    assert_problem(TestClient(tally_app(deployment.wiring())).get(f"/elections/{election}/results"), 403, "not-counted")
    deployment.clock.now = LATER + timedelta(minutes=1)
    start_due_counts(deployment.wiring())
    assert len(machines.list_executions(stateMachineArn=machine)["executions"]) == 1
    close_machine(deployment.wiring()).run({"election": election})
    path = tmp_path / "export.zip"
    path.write_bytes(work.read(deployment.wiring().blobs, work.export_key(election)))
    report = verify_export(path)
    assert report.ok, report.checks
    details = {check.name: check.detail for check in report.checks}
    assert details["rolls"].startswith("2 revisions")
    view = TestClient(tally_app(deployment.wiring())).get(f"/elections/{election}/turnout").json()
    assert (view["closes_at"], view["closed_at"]) == (to_rfc3339(LATER), None)


def test_a_count_that_may_have_started_is_not_overtaken_by_a_late_extension(
    organiser: Organiser, election: str, deployment: World
) -> None:
    """A process that was paused since before the end: its transaction comes when the row is taken."""
    owned = owned_election(organiser.wiring, organiser.id, election)
    assert deployment.wiring().due_counts.take(DueCount(owned.closes_at, election))
    with pytest.raises(Exception, match="changed by other requests"):
        extend_voting(organiser.wiring, owned, LATER, REASON)
    assert left(organiser, election)[:2] == ((DRAFT["closes_at"], None), [])


def test_a_count_does_not_start_by_a_row_that_was_moved_since_it_was_read(
    organiser: Organiser, election: str, deployment: World
) -> None:
    wiring = deployment.wiring()
    read = wiring.due_counts.until

    def read_and_extend(moment: datetime) -> list[DueCount]:
        found = list(read(moment))
        now, deployment.clock.now = deployment.clock.now, CLOSES - timedelta(seconds=1)
        assert extend(organiser, election).status_code == 200
        deployment.clock.now = now
        return found

    wiring.due_counts.until = read_and_extend  # type: ignore[method-assign,assignment]
    deployment.clock.now = CLOSES + MARGIN
    start_due_counts(wiring)
    machines, machine = wiring.client("stepfunctions"), deployment.environment["CLOSE_MACHINE"]
    assert machines.list_executions(stateMachineArn=machine)["executions"] == []
    assert left(organiser, election)[2] == [to_rfc3339(LATER)]


@pytest.mark.slow
def test_killed_anywhere_the_same_request_completes(deployment: World) -> None:
    organiser = Organiser(deployment)
    expected = None
    for last in range(12):
        election = organiser.create(*THREE)
        organiser.post(f"/elections/{election}/open")
        try:
            extend_voting(
                DyingWiring(deployment, last), owned_election(organiser.wiring, organiser.id, election), LATER, REASON
            )
        except Killed:
            assert extend(organiser, election).status_code == 200
            expected = expected or left(organiser, election)
            assert left(organiser, election) == expected, last
        else:
            break
    assert expected == ((to_rfc3339(LATER),) * 2, [LATER], [to_rfc3339(LATER)], ["voting-extended"])
    assert last > 1


def test_closed_early_after_it_was_extended(organiser: Organiser, election: str, deployment: World) -> None:
    extend(organiser, election)
    assert organiser.post(f"/elections/{election}/close").status_code == 202
    state = deployment.wiring().manifests.state(election)
    assert state.closes_at == to_rfc3339(LATER)
    assert state.closed_at
    assert Polls(deployment.wiring()).look(election).status is Status.CLOSED
    assert_problem(extend(organiser, election, LATER + timedelta(hours=1)), 409, "closed")


def test_what_is_refused_changes_nothing(organiser: Organiser, election: str) -> None:
    before = left(organiser, election)
    for closes_at in (CLOSES - timedelta(hours=1), CLOSES + LATEST + timedelta(seconds=1)):
        assert_problem(extend(organiser, election, closes_at), 422, "invalid", "/closes_at")
    assert_problem(extend(organiser, election, reason=""), 422, "invalid", "/reason")
    assert left(organiser, election) == before
    assert_problem(extend(organiser, organiser.create(*THREE)), 409, "draft")


def test_the_statements_are_all_that_the_checkpoint_is_over(
    organiser: Organiser, election: str, deployment: World
) -> None:
    extend(organiser, election)
    for message in deployment.take_messages("SEQUENCE_QUEUE"):
        Sequencer(deployment.wiring()).handle(sqs_event(message))
    view = TestClient(tally_app(deployment.wiring())).get(f"/elections/{election}/log/statements").json()
    first, second = map(b64u_decode, view["leaves"])
    assert b64u_encode(first[1:]) == b64u_encode(bytes.fromhex(organiser.show(election)["manifest_hash"]))
    stated = leaf.parse(second)
    assert isinstance(stated, AmendmentLeaf)
    assert stated.schedule
    assert (stated.schedule.closes_at, stated.reason) == (LATER, REASON)
    assert view["checkpoint"].split("\n")[1] == "2"
