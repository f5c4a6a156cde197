"""Elections: what a draft allows, what freezing ends, and who wins when two write at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ballotcast.clock import to_rfc3339
from ballotcast.store.election import Election, Keys
from ballotcast.store.elections import Elections
from ballotcast.store.events import Events, event
from ballotcast.store.table import Table
from ballotcast.store.transaction import Cancelled, transact
from fake_clock import START

DRAFT = Election(
    id="e1",
    organiser="o1",
    title="Council",
    description="",
    opens_at="2026-11-20T10:00:00Z",
    closes_at="2026-11-21T10:00:00Z",
    contests=[{"id": "c1", "title": "Chair", "options": ["Ada", "Bob"]}],
    second_factor="none",
    mode="managed",
    created_at="2026-11-20T09:00:00Z",
)
FROZEN = replace(
    DRAFT,
    revision=2,
    manifest=b'{"v":1}',
    base_url="https://vote.example.org",
    keys=Keys(b"i", b"e", b"s", b"r", b"l"),
    roll_size=3,
    roll_root=b"root",
    roll_bounds=[0],
)


@pytest.fixture
def elections(roll: Table) -> Elections:
    store = Elections(roll)
    assert store.add(DRAFT)
    return store


def test_an_election_comes_back_as_added_draft_and_frozen(elections: Elections) -> None:
    assert elections.find("e1") == DRAFT
    assert elections.freeze(FROZEN, revision=1)
    assert elections.find("e1") == FROZEN
    assert elections.find("e2") is None


def test_an_id_is_taken_once(elections: Elections) -> None:
    assert not elections.add(replace(DRAFT, organiser="o2"))
    assert elections.owned_by("o2", after=None, limit=10) == ([], None)


def test_an_election_is_added_with_its_event_or_not_at_all(elections: Elections, roll: Table) -> None:
    events = Events(roll)
    told = event("e1", "o1", "election-created", {}, START)
    assert not elections.add(DRAFT, events.adding(told))
    assert events.page("e1", after=None, limit=10) == []


def test_owners_see_their_own_page_by_page_without_what_is_being_deleted(elections: Elections) -> None:
    for number in range(2, 6):
        elections.add(replace(DRAFT, id=f"e{number}", organiser="o2" if number == 4 else "o1"))
    elections.mark_deleting("e2", DRAFT.created_at)
    pages, after = [], None
    while True:
        page, after = elections.owned_by("o1", after=after, limit=2)
        pages.append([election.id for election in page])
        if after is None:
            break
    assert pages == [["e1"], ["e3", "e5"], []]


def test_of_two_edits_of_one_revision_one_wins(elections: Elections) -> None:
    assert elections.edit(replace(DRAFT, title="One", revision=2), revision=1)
    assert not elections.edit(replace(DRAFT, title="Two", revision=2), revision=1)
    found = elections.find("e1")
    assert found
    assert (found.title, found.revision) == ("One", 2)


def test_a_frozen_election_is_not_edited_frozen_or_deleted(elections: Elections) -> None:
    assert elections.freeze(FROZEN, revision=1)
    assert not elections.edit(replace(DRAFT, revision=3), revision=2)
    assert not elections.freeze(replace(FROZEN, manifest=b"{}", revision=3), revision=2)
    assert not elections.mark_deleting("e1", DRAFT.created_at)
    with pytest.raises(Cancelled):
        elections.remove(FROZEN)
    assert elections.find("e1") == FROZEN


def test_a_draft_being_deleted_is_not_edited_or_frozen_and_takes_no_voters(elections: Elections, roll: Table) -> None:
    transact(roll.client, [elections.accepting_voters("e1", 0, START)])
    assert elections.mark_deleting("e1", DRAFT.created_at)
    assert elections.mark_deleting("e1", DRAFT.created_at)
    assert not elections.edit(replace(DRAFT, revision=2), revision=1)
    assert not elections.freeze(FROZEN, revision=1)
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.accepting_voters("e1", 0, START)])


def test_a_roll_grows_until_the_closing_time_and_a_drafts_at_any_time(elections: Elections, roll: Table) -> None:
    closes_at = START + timedelta(days=1, hours=1)
    transact(roll.client, [elections.accepting_voters("e1", 0, closes_at)])
    elections.freeze(FROZEN, revision=1)
    last = closes_at - timedelta(seconds=1)
    transact(roll.client, [elections.accepting_voters("e1", 0, last)])
    assert not amends(roll, elections.amending_roll(FROZEN, stated(4, b"four", 1, to_rfc3339(closes_at))))
    assert amends(roll, elections.amending_roll(FROZEN, stated(4, b"four", 1, to_rfc3339(last))))
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.accepting_voters("e1", 0, closes_at)])


def test_removing_takes_everything_that_lies_with_the_draft_and_may_be_repeated(
    elections: Elections, roll: Table
) -> None:
    Events(roll).add(event("e1", "o1", "voter-added", {}, START))
    elections.mark_deleting("e1", DRAFT.created_at)
    for _ in range(2):
        elections.forget("e1")
        elections.remove(DRAFT)
    assert list(roll.query("ELECTION#e1")) == []
    assert list(roll.query("ORGANISER#o1")) == []
    assert not elections.mark_deleting("e1", DRAFT.created_at)


def stated(size: int, root: bytes, bound: int, at: str) -> Election:
    return replace(FROZEN, roll_size=size, roll_root=root, roll_bounds=[0, bound], amended_at=at, amendments=1)


def amends(roll: Table, write: dict[str, Any]) -> bool:
    try:
        transact(roll.client, [write])
    except Cancelled:
        return False
    return True


def test_a_roll_is_stated_only_over_the_one_that_was_read(elections: Elections, roll: Table) -> None:
    at = to_rfc3339(START)
    assert not amends(roll, elections.amending_roll(DRAFT, stated(4, b"four", 1, at))), "a draft has no roll in the log"
    elections.freeze(FROZEN, revision=1)
    assert amends(roll, elections.amending_roll(FROZEN, stated(4, b"four", 1, at)))
    assert not amends(roll, elections.amending_roll(FROZEN, stated(5, b"five", 2, at)))
    found = elections.find("e1")
    assert found
    assert (found.roll_size, found.roll_root, found.amendments, found.amended_at) == (4, b"four", 1, at)
    assert found.roll_bounds == [0, 1]
    assert [found.added(generation) for generation in (0, 1, 2)] == [0, 1, None]


def test_a_roll_whose_voters_were_changed_is_read_again_before_it_is_stated(elections: Elections, roll: Table) -> None:
    last, over = START + timedelta(days=1), START + timedelta(days=1, hours=1)
    assert not amends(roll, elections.editing_roll(DRAFT, START)), "a draft's voters move its revision"
    elections.freeze(FROZEN, revision=1)
    assert not amends(roll, elections.editing_roll(FROZEN, over))
    assert amends(roll, elections.editing_roll(FROZEN, last))
    four = stated(4, b"four", 1, to_rfc3339(START))
    assert not amends(roll, elections.amending_roll(FROZEN, four))
    assert amends(roll, elections.amending_roll(replace(FROZEN, roll_edits=1), four))
    assert not amends(roll, elections.editing_roll(FROZEN, last)), "one of these voters may be stated by now"


def test_once_the_roll_is_cut_nobody_joins_an_older_generation(elections: Elections, roll: Table) -> None:
    cut = elections.cut_roll("e1")
    assert cut
    assert (cut.roll_generation, cut.title) == (1, DRAFT.title)
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.accepting_voters("e1", 0, START)])
    transact(roll.client, [elections.accepting_voters("e1", 1, START)])
    assert not elections.freeze(FROZEN, revision=1), "the draft was read before the cut"
    assert elections.freeze(replace(FROZEN, roll_generation=1), revision=1)
    assert elections.cut_roll("unknown") is None


def test_an_early_close_is_marked_once_and_only_when_frozen(elections: Elections, roll: Table) -> None:
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.closing(FROZEN, "2026-11-20T12:00:00Z")])
    elections.freeze(FROZEN, revision=1)
    transact(roll.client, [elections.closing(FROZEN, "2026-11-20T12:00:00Z")])
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.closing(FROZEN, "2026-11-20T13:00:00Z")])
    with pytest.raises(Cancelled):
        transact(roll.client, [elections.accepting_voters("e1", 0, START)])
    assert not amends(roll, elections.amending_roll(FROZEN, stated(4, b"four", 1, to_rfc3339(START))))
    found = elections.find("e1")
    assert found
    assert found.closed_at == "2026-11-20T12:00:00Z"


def test_erasure_is_marked_when_frozen(elections: Elections) -> None:
    elections.freeze(FROZEN, revision=1)
    elections.mark_erased("e1")
    assert elections.find("e1") == replace(FROZEN, erased=True)
