"""The log's rows: one writer at a time, a leaf once, and no leaf without its tile."""

from dataclasses import replace

import pytest

from ballotcast.store.log import AlreadyLogged, Head, Leaf, Log, Overtaken, SignedCheckpoint
from ballotcast.store.table import Table

ELECTION = "0123456789abcdef"
A, B, C = (bytes([number]) * 32 for number in (1, 2, 3))
FIRST = Head(size=1, amendments=3)


@pytest.fixture
def log(board: Table) -> Log:
    return Log(board)


def test_before_the_first_leaf_there_is_nothing(log: Log) -> None:
    assert log.head(ELECTION) == Head()
    assert log.checkpoint(ELECTION) is None
    assert log.leaf(ELECTION, A) is None
    assert log.tiles(ELECTION, [(0, 0)]) == {}
    assert log.issued(ELECTION) == 0


def test_leaves_tiles_and_head_are_written_together(log: Log) -> None:
    head = log.append(ELECTION, FIRST, [Leaf(A, 0, b"entry")], {(0, 0): A})
    assert head == replace(FIRST, version=1)
    moved = replace(head, size=2, ballots=1, pending=(C,), final=True)
    assert log.append(ELECTION, moved, [Leaf(B, 1)], {(0, 0): A + B, (1, 0): C}) == replace(moved, version=2)
    assert log.head(ELECTION) == replace(moved, version=2)
    assert log.tiles(ELECTION, [(0, 0), (1, 0), (0, 1)]) == {(0, 0): A + B, (1, 0): C}
    assert log.leaf(ELECTION, A) == Leaf(A, 0, b"entry")
    assert log.leaves(ELECTION, [A, B, C]) == {A: Leaf(A, 0, b"entry"), B: Leaf(B, 1)}


def test_of_two_writers_of_one_head_the_second_is_refused_whole(log: Log) -> None:
    head = log.append(ELECTION, FIRST, [Leaf(A, 0)], {(0, 0): A})
    log.hold(ELECTION, replace(head, pending=(C,)))
    for attempt in (
        lambda: log.append(ELECTION, replace(head, size=2), [Leaf(B, 1)], {(0, 0): A + B}),
        lambda: log.hold(ELECTION, replace(head, pending=(B,))),
        lambda: log.hold(ELECTION, Head()),
    ):
        with pytest.raises(Overtaken):
            attempt()
    assert log.head(ELECTION) == replace(head, version=2, pending=(C,))
    assert log.leaf(ELECTION, B) is None
    assert log.tiles(ELECTION, [(0, 0)]) == {(0, 0): A}


def test_a_leaf_that_is_there_is_named_and_nothing_is_written(log: Log) -> None:
    head = log.append(ELECTION, FIRST, [Leaf(A, 0)], {(0, 0): A})
    with pytest.raises(AlreadyLogged) as refused:
        log.append(ELECTION, replace(head, size=3), [Leaf(B, 1), Leaf(A, 2)], {(0, 0): A + B + A})
    assert refused.value.hashes == {A}
    assert log.head(ELECTION) == head
    assert log.leaf(ELECTION, B) is None


def test_leaves_and_heads_of_two_elections_are_apart(log: Log) -> None:
    log.append(ELECTION, FIRST, [Leaf(A, 0)], {(0, 0): A})
    log.append("other", FIRST, [Leaf(A, 5)], {(0, 0): B})
    assert log.leaf(ELECTION, A) == Leaf(A, 0)
    assert log.leaf("other", A) == Leaf(A, 5)


def test_the_largest_checkpoint_stays(log: Log) -> None:
    first, second = (SignedCheckpoint(b"note", size, 2, size - 1, False) for size in (3, 5))
    final = SignedCheckpoint(b"final", 6, 9, 4, True)
    for checkpoint, then in ((first, first), (second, second), (first, second), (final, final), (second, final)):
        log.publish(ELECTION, checkpoint)
        assert log.checkpoint(ELECTION, consistent=True) == then
    log.publish(ELECTION, replace(final, issued=1))
    assert log.checkpoint(ELECTION) == final


def test_a_batch_of_issued_credentials_told_again_counts_once(log: Log) -> None:
    log.count_issued(ELECTION, 3, "first")
    log.count_issued(ELECTION, 3, "first")
    assert log.issued(ELECTION) == 3
    log.count_issued(ELECTION, 2, "second")
    assert log.issued(ELECTION) == 5


def test_a_whole_transaction_fits(log: Log) -> None:
    leaves = [Leaf(number.to_bytes(32), number) for number in range(90)]
    tiles = {(level, 0): bytes(256 * 32) for level in range(9)}
    assert log.append(ELECTION, replace(FIRST, size=90), leaves, tiles).size == 90
    assert len(log.leaves(ELECTION, [leaf.hash for leaf in leaves])) == 90
    assert len(log.tiles(ELECTION, tiles)) == 9
