"""What enters the log while voting lasts, and how and when it is sealed."""

from collections.abc import Iterator

import pytest

from ballotcast.ballots.manifest import Manifest
from deliveries import FIRST_ROLL, LAST_ROLL, Deliveries, ledger, roll, runs
from election_fixture import frozen_election
from faulty_writes import FaultyWrites, LostConnection
from tally.closed import CountStopped
from tally.sequencing import sequence
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
    sequence(log, [roll(4)])
    client.calls.clear()
    sequence(log, [roll(4)])
    assert client.calls == ["get_item"]
    client.calls.clear()
    sequence(log, [roll(5)])
    # The head; the statement and the head; all statements, for their root; the checkpoint.
    assert client.calls == ["get_item", "transact_write_items", "query", "put_item"]


def test_an_old_roll_adds_no_leaf(election: Deliveries) -> None:
    log, sizes = election.process(), (3, 4, 6, 4, 6, 5)
    for size in sizes:
        sequence(log, [roll(size)])
    assert (election.head.size, election.head.roll_size) == (3, 6)
    election.check([roll(4).encode(), roll(6).encode()])
    election.seal([], [sizes])


def test_a_sealed_log_takes_nothing_more(election: Deliveries) -> None:
    election.seal(range(5))
    sealed = election.head
    sequence(election.process(), [roll(99)])
    election.seal(range(5))
    assert election.head == sealed


@pytest.mark.parametrize("ballots", [0, 1, 254, 255, 700])
def test_a_seal_of_any_size(election: Deliveries, ballots: int) -> None:
    """So that the closing leaf is alone in its tile, or the last of a full one."""
    election.seal(range(ballots))


STOPS = {
    "the roll has shrunk": FIRST_ROLL - 1,
    "a roll of the same size is another": FIRST_ROLL,
}


@pytest.mark.parametrize("roll_size", STOPS.values(), ids=STOPS)
def test_a_log_is_not_sealed_if(election: Deliveries, roll_size: int) -> None:
    sequence(election.process(), [])
    with pytest.raises(CountStopped, match="ledger's roll"):
        election.sealed(range(8), closing=ledger(roll_size))
    assert not election.head.sealed


OTHERWISE = {
    "a ballot is put in the box": (range(6), LAST_ROLL, "door was shut with 5 ballots, and the box has 6"),
    "a ballot is taken out of it": (range(4), LAST_ROLL, "door was shut with 5 ballots, and the box has 4"),
    "a ballot is exchanged": (range(1, 6), LAST_ROLL, "with other ballots"),
    "the roll grows": (range(5), LAST_ROLL + 1, "ledger's roll"),
}


@pytest.mark.parametrize(("numbers", "size", "told"), OTHERWISE.values(), ids=OTHERWISE)
def test_after_the_seal_the_count_stops_if(election: Deliveries, numbers: range, size: int, told: str) -> None:
    election.seal(range(5))
    with pytest.raises(CountStopped, match=told):
        election.sealed(numbers, closing=ledger(size))
    election.seal(range(5))


def test_another_ledger_after_the_seal_stops_the_count(election: Deliveries) -> None:
    election.seal(range(5))
    with pytest.raises(CountStopped, match="another ledger"):
        election.sealed(range(5), closing=ledger()._replace(sha256=bytes(32)))


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
