"""Which ballots enter the log when, what a roll adds to it, and when it may be sealed."""

from collections.abc import Iterator
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import merkle, tiles
from ballotcast.store.log import HASH, ISSUED, log_pk
from ballotcast.store.table import Table
from deliveries import CLOSED, FIRST_ROLL, LAST_ROLL, MINIMUM, Deliveries
from election_fixture import frozen_election
from faulty_writes import FaultyWrites
from memory_dynamodb import ITEM
from tally.closed import CountStopped
from tally.election_log import MOST
from tally.forwarder import MOST as LEAVES_IN_A_MESSAGE
from tally.sealing import seal
from tally.sequencing import choose_batch, sequence
from world import world


@pytest.fixture(scope="module")
def manifest() -> Iterator[Manifest]:
    with world() as deployment:
        changes = {"log_batch_min": MINIMUM, "roll_size": FIRST_ROLL}
        yield frozen_election(deployment, voters=()).manifest.model_copy(update=changes)


@pytest.fixture
def election(manifest: Manifest) -> Deliveries:
    return Deliveries(manifest)


def test_a_batch_is_all_but_the_minimum_and_sorted() -> None:
    pending = {bytes([number]) * 32 for number in range(9)}
    batch = choose_batch(pending, 3)
    assert len(batch) == 6
    assert batch == sorted(set(batch))
    assert set(batch) < pending
    assert choose_batch(set(list(pending)[:5]), 3) == []


def test_a_batch_is_chosen_by_chance() -> None:
    pending = {bytes([number]) * 32 for number in range(8)}
    assert len({tuple(choose_batch(pending, 4)) for _ in range(60)}) > 20


def test_ballots_wait_until_there_are_enough_and_some_always_wait(election: Deliveries) -> None:
    log, ballots = election.process(), election.ballots(range(2 * MINIMUM))
    sequence(log, ballots[:-1], 0)
    election.check([])
    assert set(election.head.pending) == set(ballots[:-1])
    sequence(log, ballots[-1:], 0)
    assert len(election.head.pending) == MINIMUM
    election.check(set(ballots) - set(election.head.pending))


def test_a_warm_process_reads_only_the_head(election: Deliveries) -> None:
    client = FaultyWrites(election.database)
    log = election.process(client)
    sequence(log, election.ballots(range(6)), 0)
    client.calls.clear()
    sequence(log, election.ballots(range(6, 8)), 0)
    # The head; leaves, tiles and head; the last checkpoint and how many were issued; the new checkpoint.
    assert client.calls == ["get_item", "transact_write_items", "get_item", "get_item", "put_item"]
    client.calls.clear()
    sequence(log, election.ballots(range(8, 9)), 0)
    assert client.calls == ["get_item", "put_item"]  # all go on waiting
    client.calls.clear()
    sequence(log, election.ballots(range(8, 9)), 0)
    assert client.calls == ["get_item"]


def test_a_batch_larger_than_a_transaction(election: Deliveries) -> None:
    sequence(election.process(), election.ballots(range(600)), election.amend(4))
    assert (election.head.size, election.head.ballots, len(election.head.pending)) == (600, 598, MINIMUM)
    election.seal([(range(600), [4])])


def test_an_old_roll_adds_no_leaf(election: Deliveries) -> None:
    log, sizes = election.process(), (3, 4, 6, 4, 6, 5)
    for size in sizes:
        sequence(log, [], election.amend(size))
    assert (election.head.size, election.head.amendments) == (3, 2)
    election.seal([([], sizes)])


def test_a_ballot_told_again_does_not_make_a_batch_smaller_than_it_seems(election: Deliveries) -> None:
    sequence(election.process(), election.ballots(range(8)), 0)
    waiting = set(election.head.pending)
    sequence(election.process(), election.ballots(range(8)), 0)
    assert set(election.head.pending) == waiting
    assert election.head.ballots == 8 - MINIMUM


def issue(election: Deliveries, number: int) -> None:
    """The running count of issued credentials is now this."""
    Table(election.database, "board").put({"pk": log_pk(election.manifest.election), "sk": ISSUED, "n": number})


def turnout(election: Deliveries) -> tuple[int, int, bool]:
    told = election.store.checkpoint(election.manifest.election)
    assert told
    return told.issued, told.cast, told.final


def test_the_turnout_is_published_with_the_checkpoint(election: Deliveries) -> None:
    issue(election, 9)
    sequence(election.process(), election.ballots(range(8)), 0)
    assert turnout(election) == (9, 8 - MINIMUM, False)
    election.seal([(range(8), [])])
    assert turnout(election) == (77, 8, True)


def test_a_roll_that_grows_does_not_show_who_has_just_got_a_credential(election: Deliveries) -> None:
    """An organiser may amend it with each voter, and look at the turnout in between."""
    issue(election, 1)
    sequence(election.process(), [], election.amend(4))
    assert turnout(election) == (0, 0, False)
    sequence(election.process(), election.ballots(range(8)), 0)
    assert turnout(election) == (1, 8 - MINIMUM, False)
    issue(election, 2)
    sequence(election.process(), [], election.amend(5))
    sequence(election.process(), election.ballots(range(8, 9)), election.amend(6))
    assert turnout(election) == (1, 8 - MINIMUM, False)
    assert election.head.amendments == 3
    sequence(election.process(), election.ballots(range(9, 12)), 0)
    assert turnout(election) == (2, 12 - MINIMUM, False)


def test_ballots_after_the_seal_are_told_unless_they_are_in(election: Deliveries) -> None:
    election.seal([(range(5), [])])
    sealed = election.head
    assert sequence(election.process(), election.ballots(range(5)), 99) == 0
    assert sequence(election.process(), election.ballots(range(3, 7)), 0) == 2
    election.seal([(range(5), [])])
    assert election.head == sealed


def test_a_seal_needs_no_message_before_it(election: Deliveries) -> None:
    election.seal([(range(200), [])])


def test_a_seal_of_more_ballots_than_an_item_holds_hashes(election: Deliveries) -> None:
    ballots = set(election.ballots(range(ITEM // HASH + MOST)))
    ledger = election.ledger(issued=len(ballots))
    assert seal(election.process(), ballots, ledger, CLOSED).ballots == len(ballots)


def test_a_head_has_room_for_all_that_waits_at_the_largest_minimum(election: Deliveries) -> None:
    largest = Deliveries(election.manifest.model_copy(update={"log_batch_min": 4_000}))
    log, waiting, told = largest.process(), 2 * 4_000 - 1, 10 * LEAVES_IN_A_MESSAGE
    sequence(log, largest.ballots(range(waiting)), 0)
    assert len(largest.head.pending) == waiting
    sequence(log, largest.ballots(range(waiting, waiting + told)), 0)
    assert len(largest.head.pending) == 4_000


STOPS: dict[str, tuple[range, dict[str, Any]]] = {
    "a ballot of the log is not in the box": (range(7), {}),
    "a ballot that waits is not in the box": (range(1), {}),
    "the ledger was written before the last amendment": (range(8), {"amendments": 0}),
    "the ledger has another roll": (range(8), {"rolls": bytes(32)}),
}


@pytest.mark.parametrize(("box", "changes"), STOPS.values(), ids=STOPS)
def test_a_log_is_not_sealed_if(election: Deliveries, box: range, changes: dict[str, Any]) -> None:
    sequence(election.process(), election.ballots(range(8) if len(box) > 1 else range(3)), election.amend(LAST_ROLL))
    with pytest.raises(CountStopped):
        seal(election.process(), set(election.ballots(box)), election.ledger()._replace(**changes), CLOSED)
    assert not election.head.final
    seal(election.process(), set(election.ballots(range(8) if len(box) > 1 else range(3))), election.ledger(), CLOSED)
    assert election.head.final


def test_a_ballot_put_in_the_box_after_the_seal_stops_the_count(election: Deliveries) -> None:
    election.seal([(range(5), [])])
    with pytest.raises(CountStopped, match="1 ballots are in the box"):
        seal(election.process(), set(election.ballots(range(6))), election.ledger(), CLOSED)


def test_tiles_of_several_levels_prove_inclusion(election: Deliveries) -> None:
    election.seal([(range(700), [])])
    leaves = election.process()
    size = leaves.refresh().size

    def read(level: int, n: int, width: int) -> bytes:
        return election.store.tiles(election.manifest.election, [(level, n)])[level, n][: width * 32]

    proof = tiles.inclusion_proof_from_tiles(300, size, read)
    hashes = leaves.leaf_hashes()
    assert merkle.verify_inclusion(hashes[300], 300, size, proof, merkle.root(hashes))
