"""How much an election may be amended in all: the sums as they are counted, and what is refused at each bound."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.errors import Conflict
from ballotcast.store.due_counts import DueCount
from ballotcast.store.election import META, Election, election_pk
from ballotcast.store.table import Condition
from election_fixture import FrozenElection, frozen_election
from organise.amendment_room import MOST_AMENDMENTS, MOST_BYTES, MOST_LINES
from organise.rights import end_rights
from organising import Organiser
from problem import assert_problem
from running_rolls import ADA, BEN, CEM, NEW, REASON, amendments, end, move, what_is_left
from world import World

DAY = timedelta(days=1)


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


def now(election: FrozenElection) -> Election:
    found = election.wiring.elections.find(election.id)
    assert found
    return found


def closes_at(election: FrozenElection) -> datetime:
    return Manifest.parse(now(election).manifest or b"").closes_at


def extend(organiser: Organiser, election: FrozenElection) -> Any:
    body = {"closes_at": to_rfc3339(closes_at(election) + DAY), "reason": REASON}
    return organiser.post(f"/elections/{election.id}/extensions", json=body)


def add_and_invite(organiser: Organiser, election: FrozenElection, email: str) -> Any:
    assert organiser.post(f"/elections/{election.id}/voters", json={"email": email}).status_code == 201
    return organiser.invite(election.id)


def amended_before(election: FrozenElection, **sums: int) -> None:
    """As if other amendments had brought it to these sums."""
    for name, value in sums.items():
        there = Condition("attribute_exists(manifest)", {})
        update = f"SET {name} = :value"
        election.wiring.roll.update(election_pk(election.id), META, update, {":value": value}, there)


def test_each_amendment_is_counted_once(organiser: Organiser, election: FrozenElection) -> None:
    for _ in range(2):  # sent again because its response was lost
        assert end(organiser, election.id, ADA).status_code == 202
        assert move(organiser, election.id, (BEN, NEW)).status_code == 202
        assert extend(organiser, election).status_code == 200
    assert add_and_invite(organiser, election, "dan@example.org").status_code == 202
    leaves = list(election.wiring.amendments.behind(election.id, 0))
    sums = now(election)
    assert (sums.amendments, sums.amendment_bytes) == (4, sum(map(len, leaves)))
    assert sums.roll_lines == 4 + 5, "an end adds no line, and an extension has no roll"


@pytest.mark.parametrize("full", [{"amendments": MOST_AMENDMENTS}, {"amendment_bytes": MOST_BYTES}])
def test_a_full_election_is_amended_no_more(
    organiser: Organiser, election: FrozenElection, full: dict[str, int]
) -> None:
    amended_before(election, **full)
    left, until = what_is_left(organiser, election), now(election).closes_at
    assert_problem(end(organiser, election.id, ADA), 409, "amendments-full")
    assert_problem(move(organiser, election.id, (ADA, NEW)), 409, "amendments-full")
    assert_problem(extend(organiser, election), 409, "amendments-full")
    assert what_is_left(organiser, election) == left
    assert now(election).closes_at == until
    assert organiser.invite(election.id, only="all").status_code == 202, "the stated roll is still invited"
    assert_problem(add_and_invite(organiser, election, NEW), 409, "amendments-full")
    organiser.post(f"/elections/{election.id}/voters/removals", json={"voters": [NEW]})
    assert organiser.invite(election.id, only="all").status_code == 202
    assert amendments(election) == []


def test_the_last_bytes_are_taken_and_none_beyond(organiser: Organiser, election: FrozenElection) -> None:
    assert end(organiser, election.id, ADA).status_code == 202
    one = now(election).amendment_bytes
    amended_before(election, amendment_bytes=MOST_BYTES - one)
    assert end(organiser, election.id, BEN).status_code == 202
    assert now(election).amendment_bytes == MOST_BYTES
    assert_problem(end(organiser, election.id, CEM), 409, "amendments-full")
    assert end(organiser, election.id, BEN).status_code == 202, "asked again, it states nothing"


def test_of_two_at_once_one_gets_the_last_room(organiser: Organiser, election: FrozenElection) -> None:
    assert end(organiser, election.id, ADA).status_code == 202
    amended_before(election, amendment_bytes=MOST_BYTES - now(election).amendment_bytes)
    read_before = now(election)
    assert end(organiser, election.id, BEN).status_code == 202
    with pytest.raises(Conflict) as refused:
        end_rights(organiser.wiring, read_before, [CEM], REASON)
    assert refused.value.slug == "amendments-full"
    assert (now(election).amendment_bytes, len(amendments(election))) == (MOST_BYTES, 2)


def test_a_roll_grows_up_to_the_lines_of_all_revisions_and_rights_still_end(deployment: World) -> None:
    organiser, election = Organiser(deployment, DAILY_MAILS="2"), frozen_election(deployment)
    amended_before(election, roll_lines=MOST_LINES - 4)
    assert move(organiser, election.id, (ADA, NEW)).status_code == 202
    assert now(election).roll_lines == MOST_LINES
    for _ in range(3):
        refused = move(organiser, election.id, (BEN, "ben@example.net"))
        assert_problem(refused, 409, "amendments-full")  # and the mail that it took is given back each time
    assert organiser.wiring.mail_allowance.mails_left(organiser.id, f"{deployment.clock():%Y-%m-%d}", 2) == 1
    assert end(organiser, election.id, BEN).status_code == 202
    assert extend(organiser, election).status_code == 200


def test_no_roll_is_stated_once_the_count_may_have_started(organiser: Organiser, election: FrozenElection) -> None:
    """A process that was suspended since before the end: its transaction comes when the ledger may be written."""
    left = what_is_left(organiser, election)
    assert organiser.post(f"/elections/{election.id}/voters", json={"email": NEW}).status_code == 201
    assert election.wiring.due_counts.take(DueCount(election.election.closes_at, election.id))
    assert_problem(end(organiser, election.id, ADA), 409, "changed-meanwhile")
    assert_problem(move(organiser, election.id, (BEN, "ben@example.net")), 409, "changed-meanwhile")
    assert_problem(organiser.invite(election.id), 409, "changed-meanwhile")
    assert amendments(election) == []
    organiser.post(f"/elections/{election.id}/voters/removals", json={"voters": [NEW]})
    assert what_is_left(organiser, election) == left
