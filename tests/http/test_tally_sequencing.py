"""What enters the log while voting lasts, and how and when it is sealed."""

from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from deliveries import FIRST_ROLL, LAST_ROLL, Deliveries, amendment, runs
from election_fixture import frozen_election
from faulty_writes import FaultyWrites, LostConnection
from tally.closed import CountStopped
from tally.log.sequencing import sequence
from world import world


@pytest.fixture(scope="module")
def manifest() -> Iterator[Manifest]:
    with world() as deployment:
        yield frozen_election(deployment, voters=()).manifest.model_copy(update={"roll_size": FIRST_ROLL})


@pytest.fixture
def election(manifest: Manifest) -> Deliveries:
    return Deliveries(manifest)


def test_a_warm_process_writes_only_what_is_new(election: Deliveries) -> None:
    client = FaultyWrites(election.database)
    log = election.process(client)
    sequence(log, election.amend(4))
    client.calls.clear()
    sequence(log, 1)
    assert client.calls == ["get_item"]
    client.calls.clear()
    sequence(log, election.amend(5))
    # The head; the amendment, and that there is no other; the statement and the head; all statements, for their root;
    # the checkpoint.
    assert client.calls == ["get_item", "get_item", "transact_write_items", "get_item", "query", "put_item"]


def test_an_old_roll_adds_no_leaf(election: Deliveries) -> None:
    log, sizes = election.process(), (3, 4, 6, 4, 6, 5)
    for size in sizes:
        sequence(log, election.amend(size))
    assert (election.head.size, election.head.amendments) == (3, 2)
    election.check([amendment(1, 4).encode(), amendment(2, 6).encode()])
    election.seal([], [sizes])


def test_a_sealed_log_takes_nothing_more(election: Deliveries) -> None:
    election.seal(range(5))
    sealed = election.head
    sequence(election.process(), 99)
    election.seal(range(5))
    assert election.head == sealed


@pytest.mark.parametrize("ballots", [0, 1, 254, 255, 700])
def test_a_seal_of_any_size(election: Deliveries, ballots: int) -> None:
    """So that the closing leaf is alone in its tile, or the last of a full one."""
    election.seal(range(ballots))


STOPS: dict[str, dict[str, Any]] = {
    "the ledger was written before the last amendment": {"amendments": 0},
    "the ledger was written for an amendment that is not there": {"amendments": 2},
    "the ledger has another roll": {"rolls": bytes(32)},
}


@pytest.mark.parametrize("changes", STOPS.values(), ids=STOPS)
def test_a_log_is_not_sealed_if(election: Deliveries, changes: dict[str, Any]) -> None:
    sequence(election.process(), election.amend(LAST_ROLL))
    with pytest.raises(CountStopped, match="amendments"):
        election.sealed(range(8), closing=election.ledger()._replace(**changes))
    assert not election.head.sealed
    election.seal(range(8))


OTHERWISE: dict[str, tuple[range, dict[str, Any], str]] = {
    "a ballot is put in the box": (range(6), {}, "door was shut with 5 ballots, and the box has 6"),
    "a ballot is taken out of it": (range(4), {}, "door was shut with 5 ballots, and the box has 4"),
    "a ballot is exchanged": (range(1, 6), {}, "with other ballots"),
    "the roll grows": (range(5), {"amendments": 2}, "other amendments"),
    "the ledger is another": (range(5), {"sha256": bytes(32)}, "another ledger"),
}


@pytest.mark.parametrize(("numbers", "changes", "reason"), OTHERWISE.values(), ids=OTHERWISE)
def test_after_the_seal_the_count_stops_if(
    election: Deliveries, numbers: range, changes: dict[str, Any], reason: str
) -> None:
    election.seal(range(5))
    with pytest.raises(CountStopped, match=reason):
        election.sealed(numbers, closing=election.ledger()._replace(**changes))
    election.seal(range(5))


def test_between_door_and_seal_the_count_stops_if_a_ballot_comes(election: Deliveries) -> None:
    """A process was killed after it had stated how many there are."""
    client = FaultyWrites(election.database)
    client.plan[1] = "before"
    with pytest.raises(LostConnection):
        election.sealed(range(5), client)
    assert election.store.door(election.manifest.election)
    assert not election.head.sealed
    with pytest.raises(CountStopped, match="shut with 5 ballots, and the box has 6"):
        election.sealed(range(6))
    election.seal(range(5))


def test_ballots_collected_twice_or_out_of_order_stop_the_count(
    election: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, *_ = runs(range(5))
    for damaged in ([one, one], [one[32:] + one[:32], other]):
        monkeypatch.setattr("deliveries.runs", lambda _, damaged=damaged: damaged)
        with pytest.raises(CountStopped, match="out of order"):
            election.sealed(range(5))
    assert not election.head.sealed
