"""Options that are withdrawn while voting runs: stated once, heeded by the count, and not after the end."""

from pathlib import Path
from typing import Any

import pytest

from api_events import TestClient
from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import AmendmentLeaf, Withdrawal
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.elections.verification import verify_export
from ballotcast.errors import Conflict
from ballotcast.store.due_counts import DueCount
from ballotcast.store.table import PRESENT
from counted_election import close_and_count, vote
from dying import DyingWiring, Killed
from election_fixture import VOTERS, frozen_election
from organise.amendment_room import MOST_AMENDMENTS
from organise.drafts import owned_election
from organise.withdrawing import Order, withdraw_option
from organising import DRAFT, Organiser
from problem import assert_problem
from tally import work
from tally.app import create_app as tally_app
from world import World

CLOSES = from_rfc3339(DRAFT["closes_at"])
REASON = "She has moved to another town"
CONTESTS = [
    {"title": "Ward", "method": "irv", "options": ["Ash", "Birch", "Cedar"], "min": 2, "max": 3},
    {"title": "Days", "method": "approval", "options": ["Mon", "Tue"], "seats": 1},
]
FROZEN = [
    {"id": f"c{number}", "seats": 1, "min": 0, "max": 2, "tie": "lot", **one} for number, one in enumerate(CONTESTS, 1)
]
THREE = ("ada@example.org", "bob@example.org", "cid@example.org")


@pytest.fixture
def election(organiser: Organiser) -> str:
    """Open, with three voters invited."""
    return opened(organiser)


def opened(organiser: Organiser) -> str:
    election = organiser.create(*THREE, contests=CONTESTS)
    organiser.post(f"/elections/{election}/open")
    return election


def withdraw(organiser: Organiser, election: str, contest: Any = "c1", option: Any = 1, reason: str = REASON) -> Any:
    body = {"contest": contest, "option": option, "reason": reason}
    return organiser.post(f"/elections/{election}/withdrawals", json=body)


def left(organiser: Organiser, election: str) -> Any:
    """All that a withdrawal leaves: on the election, on the board, and in the history."""
    wiring = organiser.wiring
    amendments = [leaf.parse(entry) for entry in wiring.amendments.behind(election, 0)]
    stated = [one.withdrawn for one in amendments if isinstance(one, AmendmentLeaf)]
    actions = [action for action in organiser.actions(election) if action == "option-withdrawn"]
    return organiser.show(election)["withdrawn"], stated, actions


ONE = ({"c1": [1]}, [Withdrawal(contest="c1", option=1)], ["option-withdrawn"])


def test_it_is_stated_once_however_often_it_is_asked_for(organiser: Organiser, election: str) -> None:
    for reason in (REASON, "sent again because its response was lost"):
        answer = withdraw(organiser, election, reason=reason)
        assert (answer.status_code, answer.json()["withdrawn"]) == (200, {"c1": [1]})
    assert left(organiser, election) == ONE
    told = organiser.get(f"/elections/{election}/events").json()["events"][-1]
    assert told["detail"] == {"contest": "c1", "option": 1, "reason": REASON}


def test_what_is_refused_changes_nothing(organiser: Organiser, election: str) -> None:
    withdraw(organiser, election)
    assert_problem(withdraw(organiser, election, option=2), 409, "last-options")  # a ballot has to name two
    assert withdraw(organiser, election, "c2", 2).status_code == 200
    before = left(organiser, election)
    assert_problem(withdraw(organiser, election, "c2", 1), 409, "last-options")
    assert_problem(withdraw(organiser, election, "c3", 1), 422, "invalid", "/contest")
    assert_problem(withdraw(organiser, election, "c1", 4), 422, "invalid", "/option")
    for option in (0, 256, "1", True, 1.0):
        assert_problem(withdraw(organiser, election, "c1", option), 422, "invalid", "/option")
    assert_problem(withdraw(organiser, election, "c1", 2, reason=""), 422, "invalid", "/reason")
    assert left(organiser, election) == before
    assert_problem(withdraw(organiser, organiser.create(*THREE, contests=CONTESTS)), 409, "draft")


def test_a_motion_keeps_both_its_options(organiser: Organiser) -> None:
    """Else anyone who may withdraw an option carries it: the ballots against it would be blank."""
    motion = {"title": "Dues", "method": "plurality", "options": ["For", "Against"], "motion": True}
    election = organiser.create(*THREE, contests=[motion])
    organiser.post(f"/elections/{election}/open")
    for option in (1, 2):
        assert_problem(withdraw(organiser, election, option=option), 409, "last-options")
    assert left(organiser, election) == ({}, [], [])


@pytest.mark.parametrize(
    "which", [{"method": "irv", "none_of_the_above": True}, {"method": "schulze", "default_option": True}], ids=str
)
def test_none_of_the_above_and_a_default_option_stay(organiser: Organiser, which: dict[str, Any]) -> None:
    """Else somebody whom nine of ten ballots refuse is elected by the tenth."""
    contest = {"title": "Chair", "options": ["Ash", "Birch", "Neither"], **which}
    election = organiser.create(*THREE, contests=[contest])
    organiser.post(f"/elections/{election}/open")
    assert_problem(withdraw(organiser, election, option=3), 409, "last-options")
    assert withdraw(organiser, election, option=2).status_code == 200
    manifest = Manifest.parse(organiser.wiring.elections.find(election).manifest)  # type: ignore[union-attr, arg-type]
    for option, fault in ((3, "none of the above and a default option stay"), (2, "")):
        stated = AmendmentLeaf(at=manifest.opens_at, reason=REASON, withdrawn=Withdrawal(contest="c1", option=option))
        assert AmendmentAudit(manifest).take(stated) == fault


def test_it_takes_room_like_every_amendment(organiser: Organiser, election: str) -> None:
    withdraw(organiser, election)
    found = organiser.wiring.elections.find(election)
    assert found
    [entry] = organiser.wiring.amendments.behind(election, 0)
    assert (found.amendments, found.amendment_bytes) == (1, len(entry))
    organiser.wiring.roll.update(
        f"ELECTION#{election}", "META", "SET amendments = :all", {":all": MOST_AMENDMENTS}, PRESENT
    )
    assert_problem(withdraw(organiser, election, "c2", 2), 409, "amendments-full")


def test_of_two_at_once_the_second_counts_again(organiser: Organiser, election: str) -> None:
    """Both had read that two options may go of which one must stay."""
    read_before = owned_election(organiser.wiring, organiser.id, election)
    withdraw(organiser, election, "c2", 1)
    with pytest.raises(Conflict) as refused:
        withdraw_option(organiser.wiring, read_before, Order("c2", 2, REASON))
    assert refused.value.slug == "last-options"
    withdraw_option(organiser.wiring, read_before, Order("c1", 1, REASON))
    assert organiser.show(election)["withdrawn"] == {"c1": [1], "c2": [1]}


def test_none_is_withdrawn_once_the_count_may_have_started(
    organiser: Organiser, election: str, deployment: World
) -> None:
    """A process that was suspended since before the end: its transaction comes when the row is taken."""
    owned = owned_election(organiser.wiring, organiser.id, election)
    assert deployment.wiring().due_counts.take(DueCount(owned.closes_at, election))
    with pytest.raises(Conflict, match="changed by other requests"):
        withdraw_option(organiser.wiring, owned, Order("c1", 1, REASON))
    assert left(organiser, election) == ({}, [], [])
    deployment.clock.now = CLOSES
    assert_problem(withdraw(organiser, election), 409, "closed")


@pytest.mark.slow
def test_killed_anywhere_the_same_request_completes(deployment: World) -> None:
    organiser = Organiser(deployment)
    for last in range(12):
        election = opened(organiser)
        try:
            owned = owned_election(organiser.wiring, organiser.id, election)
            withdraw_option(DyingWiring(deployment, last), owned, Order("c1", 1, REASON))
        except Killed:
            assert withdraw(organiser, election).status_code == 200
            assert left(organiser, election) == ONE, last
        else:
            break
    assert last > 1


def test_the_count_passes_over_it_on_ballots_cast_before_and_after(
    organiser: Organiser, deployment: World, tmp_path: Path
) -> None:
    election = frozen_election(deployment, contests=FROZEN)
    vote(election, VOTERS[0], [(1, 2), (1,)])
    assert withdraw(organiser, election.id).status_code == 200
    vote(election, VOTERS[1], [(3, 2), ()])
    vote(election, VOTERS[2], [(1, 2, 3), ()])
    close_and_count(deployment, election)
    told = TestClient(tally_app(deployment.wiring())).get(f"/elections/{election.id}/results").json()["contests"][0]
    assert (told["withdrawn"], told["winners"], told["rounds"][0]["votes"]) == ([1], [2], ["0", "2", "1"])
    path = tmp_path / "export.zip"
    path.write_bytes(work.read(deployment.wiring().blobs, work.export_key(election.id)))
    report = verify_export(path)
    assert report.ok, report.checks
