"""The log's rows: one writer at a time, no statement without its head, and an end that stays."""

from dataclasses import replace

import pytest

from ballotcast.store.log import Head, Log, Overtaken, Sealed, SignedCheckpoint, SignedTurnout
from ballotcast.store.manifests import State
from ballotcast.store.table import Table

ELECTION = "0123456789abcdef"
ROOT = bytes([1]) * 32
FIRST = Head(amendments=3)
SEALED = Sealed(ROOT, 5, b"closing")


@pytest.fixture
def log(board: Table) -> Log:
    return Log(board)


def test_before_the_first_leaf_there_is_nothing(log: Log) -> None:
    assert log.head(ELECTION) == Head()
    assert log.checkpoint(ELECTION) is None
    assert list(log.entries(ELECTION)) == []
    assert log.turnout(ELECTION) == (0, 0)
    assert log.glance(ELECTION) == (None, (0, 0), None, State())


def test_statements_and_head_are_written_together(log: Log) -> None:
    head = log.append(ELECTION, FIRST, b"manifest")
    assert head == replace(FIRST, version=1, size=1)
    grown = log.append(ELECTION, replace(head, amendments=4), b"amendment")
    assert grown == Head(2, 2, 4)
    assert log.head(ELECTION) == grown
    assert list(log.entries(ELECTION)) == [b"manifest", b"amendment"]


def test_statements_are_read_from_a_place_on_and_as_many_as_are_wanted(log: Log) -> None:
    head = FIRST
    for number in range(12):
        head = log.append(ELECTION, head, bytes([number]))
    assert list(log.entries(ELECTION, 9)) == [b"\x09", b"\x0a", b"\x0b"]
    assert list(log.entries(ELECTION, 1, 2)) == [b"\x01", b"\x02"]
    assert list(log.entries(ELECTION, 12)) == []


def test_the_end_keeps_what_it_was_sealed_with(log: Log) -> None:
    head = log.append(ELECTION, FIRST, b"manifest")
    ended = log.seal(ELECTION, replace(head, size=7, sealed=SEALED))
    assert log.head(ELECTION) == ended == Head(2, 7, 3, SEALED)


def test_the_first_door_statement_stays(log: Log) -> None:
    assert log.door(ELECTION) is None
    assert [log.shut(ELECTION, note) for note in (b"one", b"one", b"other")] == [b"one"] * 3
    assert log.door(ELECTION) == b"one"


def test_of_two_writers_of_one_head_the_second_is_refused_whole(log: Log) -> None:
    head = log.append(ELECTION, FIRST, b"manifest")
    ended = log.seal(ELECTION, replace(head, size=7, sealed=SEALED))
    for attempt in (
        lambda: log.append(ELECTION, head, b"amendment"),
        lambda: log.append(ELECTION, Head(), b"amendment"),
        lambda: log.seal(ELECTION, replace(head, size=9, sealed=SEALED._replace(ballots=7))),
        lambda: log.seal(ELECTION, replace(FIRST, size=9, sealed=SEALED)),
    ):
        with pytest.raises(Overtaken):
            attempt()
    assert log.head(ELECTION) == ended
    assert list(log.entries(ELECTION)) == [b"manifest"]


def test_logs_of_two_elections_are_apart(log: Log) -> None:
    log.append(ELECTION, FIRST, b"one")
    log.append("other", FIRST, b"other")
    assert (list(log.entries(ELECTION)), list(log.entries("other"))) == ([b"one"], [b"other"])


def test_the_largest_checkpoint_stays(log: Log) -> None:
    first, second = (SignedCheckpoint(b"note", size, 0, 0, False) for size in (3, 5))
    final = SignedCheckpoint(b"final", 6, 9, 4, True)
    for checkpoint, then in ((first, first), (second, second), (first, second), (final, final), (second, final)):
        log.publish(ELECTION, checkpoint)
        assert log.checkpoint(ELECTION, consistent=True) == then
    log.publish(ELECTION, replace(final, issued=1))
    assert log.checkpoint(ELECTION) == final
    assert log.glance(ELECTION)[0] == final


def test_a_batch_told_again_counts_once_in_each_sum(log: Log) -> None:
    log.add(ELECTION, "issued", 3, "first")
    log.add(ELECTION, "issued", 3, "first")
    log.add(ELECTION, "cast", 1, "first")
    assert log.turnout(ELECTION) == (3, 1)
    log.add(ELECTION, "issued", 2, "second")
    assert log.glance(ELECTION)[1] == log.turnout(ELECTION) == (5, 1)


def test_a_later_statement_is_never_lower_and_an_hour_has_one(log: Log) -> None:
    def stated(hour: int, cast: int, issued: int) -> SignedTurnout:
        return SignedTurnout(b"%d" % hour, f"2026-11-20T{hour:02}:00:00Z", cast, issued)

    assert log.stated(ELECTION) is None
    for one, published in (
        (stated(10, 10, 20), True),
        (stated(10, 10, 20), False),
        (stated(10, 20, 30), False),
        (stated(9, 10, 20), False),
        (stated(11, 9, 20), False),
        (stated(11, 10, 19), False),
        (stated(12, 10, 20), True),
        (stated(13, 30, 30), True),
    ):
        assert log.state(ELECTION, one) is published
        assert (log.stated(ELECTION) == one) is (published or one == stated(10, 10, 20))
    assert log.glance(ELECTION).stated == log.stated(ELECTION) == stated(13, 30, 30)
