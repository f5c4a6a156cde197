"""The turnout statement: when one is made, what it counts, and that it never exceeds or contradicts what is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from api_events import TestClient
from ballotcast.ballots.stated_turnout import StatedTurnout
from ballotcast.clock import to_rfc3339
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import verify_export
from ballotcast.store.log import TURNOUT, log_pk
from ballotcast.store.table import to_wire
from checkout import ROOT
from counted_election import close_and_count, close_machine, vote
from election_fixture import FrozenElection, frozen_election
from log_fixture import start_log
from register import ledger
from state_machine import ExecutionFailed, StateMachine
from tally import work
from tally.app import create_app
from tally.count import steps
from tally.log.announcer import announce
from tally.log.sequencer import Sequencer
from tally.log.stating import hour_to_state
from world import World

DEFINITION = ROOT / "functions/tally/turnout.asl.json"
VOTERS = [f"voter{number}@example.org" for number in range(32)]
HOUR = timedelta(hours=1)


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    frozen = frozen_election(deployment, voters=VOTERS)
    start_log(frozen)
    return frozen


@pytest.fixture
def client(deployment: World) -> Iterator[TestClient]:
    with TestClient(create_app(deployment.wiring())) as client:
        yield client


def state(election: FrozenElection, slot: datetime, between: Any = lambda step: None) -> None:
    """Run the machine for an hour; `between` is called with each step before it."""
    wiring = election.wiring

    def perform(step: str, handle: Any) -> Any:
        return lambda event: (between(step), handle(event))[1]

    functions = {
        "CountFunction": perform("box", lambda event: steps.handle(event, wiring)),
        "LedgerFunction": perform("roll", lambda event: ledger.handle(event, wiring)),
        "SequencerFunction": perform("state", lambda event: Sequencer(wiring).handle(event)),
    }
    StateMachine(DEFINITION, functions).run({"election": election.id, "slot": to_rfc3339(slot)})


def published(client: TestClient, election: FrozenElection) -> StatedTurnout | None:
    note = client.get(f"/elections/{election.id}/turnout").json()["statement"]
    return StatedTurnout.open(note, election.manifest) if note else None


def test_what_is_stated_is_counted_and_rounded_down(
    deployment: World, client: TestClient, election: FrozenElection
) -> None:
    """Whatever the running sums say, which a stream that delivers twice makes too high."""
    slot = hour_to_state(deployment.clock())
    state(election, slot)
    assert published(client, election) is None
    for voter in VOTERS[:12]:
        vote(election, voter, [(1,)])
    election.wiring.log.add(election.id, "cast", 90, "batch")
    state(election, slot)
    assert published(client, election) == StatedTurnout(slot, 10, 10)


def test_an_hour_has_one_statement_and_a_later_one_is_not_lower(
    deployment: World, client: TestClient, election: FrozenElection
) -> None:
    slot = hour_to_state(deployment.clock())
    for voter in VOTERS[:11]:
        vote(election, voter, [(1,)])
    state(election, slot + HOUR)
    for voter in VOTERS[11:21]:
        vote(election, voter, [(1,)])
    steps: list[str] = []
    for late in (slot, slot + HOUR):
        state(election, late, steps.append)
    assert steps == ["box", "box"]
    assert published(client, election) == StatedTurnout(slot + HOUR, 10, 10)
    state(election, slot + 2 * HOUR)
    assert published(client, election) == StatedTurnout(slot + 2 * HOUR, 20, 20)


def test_two_machines_at_once(deployment: World, client: TestClient, election: FrozenElection) -> None:
    """The one that counted first is overtaken by the one that counted more: what it would state is not published."""
    slot = hour_to_state(deployment.clock())
    for voter in VOTERS[:11]:
        vote(election, voter, [(1,)])

    def overtake(step: str) -> None:
        if step == "state":
            for voter in VOTERS[11:21]:
                vote(election, voter, [(1,)])
            state(election, slot - HOUR)

    state(election, slot, overtake)
    assert published(client, election) == StatedTurnout(slot - HOUR, 20, 20)


def test_a_cast_between_the_counts_makes_no_more_ballots_than_credentials(
    deployment: World, client: TestClient, election: FrozenElection
) -> None:
    for voter in VOTERS[:9]:
        vote(election, voter, [(1,)])
    late = iter(VOTERS[9:])
    slot = hour_to_state(deployment.clock())
    state(election, slot, lambda step: vote(election, next(late), [(1,)]))
    assert published(client, election) == StatedTurnout(slot, 10, 10)


def test_a_box_with_ballots_of_nobodys_is_reported(deployment: World, election: FrozenElection) -> None:
    ballots = [vote(election, voter, [(1,)]).encode() for voter in VOTERS[:11]]
    for number, ballot in enumerate(ballots):
        forged = ballot[:33] + bytes([number]) * 65 + ballot[98:]
        election.wiring.ballots.cast(election.id, forged)
    with pytest.raises(ExecutionFailed, match="20 ballots and 10 credentials"):
        state(election, hour_to_state(deployment.clock()))


def test_nothing_is_stated_of_a_time_after_the_end(
    deployment: World, client: TestClient, election: FrozenElection
) -> None:
    for voter in VOTERS[:11]:
        vote(election, voter, [(1,)])
    end = election.manifest.closes_at
    state(election, end.replace(minute=0, second=0) + HOUR)
    assert published(client, election) is None
    election.close()
    state(election, hour_to_state(deployment.clock() + 2 * HOUR))
    assert published(client, election) is None


def test_a_ballot_that_came_too_late_is_in_no_statement(
    deployment: World, client: TestClient, election: FrozenElection
) -> None:
    """The hour of the end is stated after it: nothing while the log is built, and then no more than the door says."""
    for email in VOTERS[:19]:
        vote(election, email, [(1,)])
    end = election.manifest.closes_at
    deployment.clock.now = end + timedelta(minutes=2)
    state(election, end)
    assert published(client, election) is None
    close_machine(election.wiring).run({"election": election.id})
    vote(election, VOTERS[19], [(1,)])
    state(election, end)
    stated = published(client, election)
    assert stated
    assert stated.cast == 10


def test_every_statement_holds_against_the_export(
    deployment: World, client: TestClient, election: FrozenElection, tmp_path: Any
) -> None:
    kept = []
    for number, voter in enumerate(VOTERS):
        vote(election, voter, [(1,)])
        if number % 9 == 8:
            state(election, hour_to_state(deployment.clock()))
            note = client.get(f"/elections/{election.id}/turnout").json()["statement"]
            kept += [Statement(f"after {number}", note.encode())] if note else []
        deployment.clock.advance(minutes=5)
    close_and_count(deployment, election)
    assert len(kept) > 1
    (tmp_path / "e.zip").write_bytes(work.read(election.wiring.blobs, work.export_key(election.id)))
    report = verify_export(tmp_path / "e.zip", kept=Kept.sort(kept))
    assert report.ok, report.checks
    assert published(client, election) is not None


def test_a_rise_of_the_turnout_starts_the_machine_once_an_hour(deployment: World, election: FrozenElection) -> None:
    wiring = election.wiring
    for before, after in ((0, 9), (9, 12), (12, 21)):
        images = [to_wire({"pk": log_pk(election.id), "sk": TURNOUT, "issued": number}) for number in (before, after)]
        change = {"OldImage": images[0], "NewImage": images[1], "Keys": {}, "SequenceNumber": "1"}
        change["ApproximateCreationDateTime"] = int(deployment.clock().timestamp())
        for _ in range(2):
            announce(DynamoDBStreamEvent({"Records": [{"eventName": "MODIFY", "dynamodb": change}]}), wiring)
    started = wiring.client("stepfunctions").list_executions(stateMachineArn=wiring.settings.turnout_machine)
    slot = hour_to_state(deployment.clock())
    assert [one["name"] for one in started["executions"]] == [f"{election.id}-{slot:%Y%m%dT%H}"]


def test_the_hour_before_is_stated_in_the_first_minute() -> None:
    """A close that two clocks see a moment apart is then never before the hour that is stated."""
    assert hour_to_state(datetime(2026, 11, 20, 9, 0, 59, tzinfo=UTC)).hour == 8
    assert hour_to_state(datetime(2026, 11, 20, 9, 1, tzinfo=UTC)).hour == 9
