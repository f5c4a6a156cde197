"""Codes to set a new password: turns by minutes and days, tries counted first, one write that changes everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ballotcast.store.organisers import Organiser, Organisers
from ballotcast.store.password_resets import PasswordResets
from ballotcast.store.table import Table

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = Organiser("o1", "ada@example.org", "old", NOON - timedelta(days=2), verification_hash="v")
NOW, MOST, TRIES = int(NOON.timestamp()), 3, 5
LATER = NOW + 1800


@pytest.fixture
def organisers(roll: Table) -> Organisers:
    store = Organisers(roll)
    assert store.add(ADA)
    return store


@pytest.fixture
def resets(roll: Table, organisers: Organisers) -> PasswordResets:
    return PasswordResets(roll)


def offer(
    resets: PasswordResets, request: str, mac: bytes = b"mac", at: datetime = NOON, organiser: str = "o1"
) -> bool:
    until = int((at + timedelta(minutes=10)).timestamp())
    return resets.offer(organiser, request, mac, LATER, at, until, MOST)


def spend(resets: PasswordResets, mac: bytes = b"mac", password: str = "new", now: int = NOW) -> str:
    return resets.spend("o1", mac, password, now, TRIES)


def test_one_write_sets_the_password_verifies_and_ends_the_lock(resets: PasswordResets, organisers: Organisers) -> None:
    assert offer(resets, "first")
    assert spend(resets) == "new"
    assert organisers.find("o1") == Organiser("o1", ADA.email, "new", ADA.created_at, verified=True)
    assert not organisers.verify("o1", "v", 0), "the code of the sign-up is void"


@pytest.mark.parametrize(("mac", "now"), [(b"other", NOW), (b"mac", LATER), (b"", NOW)])
def test_a_wrong_code_or_an_old_one_changes_nothing(
    resets: PasswordResets, organisers: Organisers, mac: bytes, now: int
) -> None:
    assert spend(resets, mac, now=now) == "", "before there is one"
    assert offer(resets, "first")
    before = organisers.find("o1")
    assert spend(resets, mac, now=now) == ""
    assert organisers.find("o1") == before


def test_a_newer_code_replaces_the_one_before(resets: PasswordResets) -> None:
    assert offer(resets, "first", b"1")
    assert offer(resets, "second", b"2", NOON + timedelta(minutes=10))
    assert spend(resets, b"1") == ""
    assert spend(resets, b"2") == "new"


def test_a_spent_code_tells_which_password_stands_and_changes_nothing(
    resets: PasswordResets, organisers: Organisers
) -> None:
    offer(resets, "first")
    spend(resets)
    assert spend(resets, password="another") == "new"
    assert spend(resets, password="another", now=LATER) == ""
    assert not offer(resets, "first"), "told again after it was spent"
    found = organisers.find("o1")
    assert found
    assert found.password_hash == "new"


def test_after_five_tries_the_right_code_is_void_until_there_is_another(resets: PasswordResets) -> None:
    offer(resets, "first")
    for _ in range(TRIES + 1):
        resets.count_try("o1")
    assert spend(resets) == ""
    assert offer(resets, "second", b"2", NOON + timedelta(minutes=10))
    resets.count_try("o1")
    assert spend(resets, b"2") == "new"


def test_turns_are_ten_minutes_apart_and_three_a_day(resets: PasswordResets) -> None:
    minutes = (0, 9, 10, 20, 30, 700)
    turns = [offer(resets, str(n), at=NOON + timedelta(minutes=n)) for n in minutes]
    assert turns == [True, False, True, True, False, False]
    midnight = NOON + timedelta(hours=12)
    assert offer(resets, "tomorrow", at=midnight)
    assert not offer(resets, "tomorrow too", at=midnight + timedelta(minutes=9))


def test_midnight_does_not_shorten_the_ten_minutes(resets: PasswordResets) -> None:
    midnight = NOON + timedelta(hours=12)
    assert offer(resets, "today", at=midnight - timedelta(minutes=1))
    assert not offer(resets, "tomorrow", at=midnight + timedelta(minutes=8))
    assert offer(resets, "tomorrow", at=midnight + timedelta(minutes=9))


def test_the_same_request_told_again_keeps_its_turn_and_replaces_its_code(resets: PasswordResets) -> None:
    assert all(offer(resets, "first", mac) for mac in (b"1", b"2", b"3", b"4"))
    assert spend(resets, b"3") == ""
    assert spend(resets, b"4") == "new"


def test_who_takes_the_address_over_voids_the_code(resets: PasswordResets, organisers: Organisers) -> None:
    offer(resets, "first")
    before = organisers.find("o1")
    assert before
    assert organisers.take_over(replace(before, password_hash="other", created_at=NOON), before)
    assert spend(resets) == ""


def test_an_address_that_a_code_verified_is_not_taken_over(resets: PasswordResets, organisers: Organisers) -> None:
    before = organisers.find("o1")
    assert before
    offer(resets, "first")
    spend(resets)
    assert not organisers.take_over(replace(before, created_at=NOON), before)


def test_an_unknown_organiser_gets_no_item(resets: PasswordResets, organisers: Organisers) -> None:
    assert not offer(resets, "first", organiser="o2")
    resets.count_try("o2")
    assert resets.spend("o2", b"mac", "new", NOW, TRIES) == ""
    assert organisers.find("o2") is None
