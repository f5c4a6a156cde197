"""Counts that are due: found by time, kept with what makes them due, removed once."""

from datetime import datetime, timedelta

import pytest

from ballotcast.clock import to_rfc3339
from ballotcast.store.due_counts import DueCount, DueCounts
from ballotcast.store.table import ABSENT, Table
from ballotcast.store.transaction import Cancelled, transact
from fake_clock import START

CLOSES = START + timedelta(hours=1)


@pytest.fixture
def due_counts(roll: Table) -> DueCounts:
    return DueCounts(roll)


def due(election: str, closes_at: datetime = CLOSES) -> DueCount:
    return DueCount(to_rfc3339(closes_at), election)


def add(roll: Table, *added: DueCount) -> None:
    transact(roll.client, [DueCounts(roll).adding(one) for one in added])


def test_a_count_is_due_from_the_second_of_the_close(due_counts: DueCounts, roll: Table) -> None:
    add(roll, due("e1"))
    assert list(due_counts.until(CLOSES - timedelta(microseconds=1))) == []
    assert list(due_counts.until(CLOSES)) == [due("e1")]
    assert list(due_counts.until(CLOSES + timedelta(days=400))) == [due("e1")]


def test_what_closed_first_comes_first_and_no_more_than_asked_for(due_counts: DueCounts, roll: Table) -> None:
    second = timedelta(seconds=1)
    later, same, first = due("e1", CLOSES + second), due("ffffffffffffffff"), due("0000000000000000")
    add(roll, later, same, first, due("e9", CLOSES + 2 * second))
    assert list(due_counts.until(CLOSES + second)) == [first, same, later]


def test_a_count_is_removed_alone_and_once(due_counts: DueCounts, roll: Table) -> None:
    add(roll, due("e1"), due("e2"))
    transact(roll.client, [due_counts.removing(due("e1"))])
    transact(roll.client, [due_counts.removing(due("e1"))])
    assert list(due_counts.until(CLOSES)) == [due("e2")]


def test_another_time_replaces_the_one_before(due_counts: DueCounts, roll: Table) -> None:
    add(roll, due("e1"))
    later = CLOSES + timedelta(days=1)
    transact(roll.client, due_counts.moving(due("e1"), to_rfc3339(later)))
    assert list(due_counts.until(CLOSES)) == []
    assert list(due_counts.until(later)) == [due("e1", later)]


def test_nothing_is_due_when_what_makes_it_due_is_refused(due_counts: DueCounts, roll: Table) -> None:
    roll.put({"pk": "A", "sk": "1"})
    with pytest.raises(Cancelled):
        transact(roll.client, [roll.putting({"pk": "A", "sk": "1"}, ABSENT), due_counts.adding(due("e1"))])
    assert list(due_counts.until(CLOSES)) == []
