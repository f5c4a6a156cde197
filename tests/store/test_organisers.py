"""Organisers: an address is taken once, attempts are counted before they are judged, allowances are by the day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ballotcast.errors import Conflict
from ballotcast.store.organisers import MailRun, Organiser, Organisers
from ballotcast.store.table import Table

ADA = Organiser("o1", "ada@example.org", "hash", datetime(2026, 11, 20, 9, tzinfo=UTC))
NOW = 1_800_000_000


@pytest.fixture
def organisers(roll: Table) -> Organisers:
    store = Organisers(roll)
    assert store.add(ADA)
    return store


def test_an_organiser_comes_back_as_added_and_only_the_first_one(organisers: Organisers) -> None:
    assert not organisers.add(Organiser("o1", "eve@example.org", "other", ADA.created_at))
    assert organisers.find("o1") == ADA
    assert organisers.find("o2") is None


def test_only_the_newest_verification_counts_once_and_in_time(organisers: Organisers) -> None:
    assert organisers.offer_verification("o1", "first", NOW + 10)
    assert organisers.offer_verification("o1", "second", NOW + 10)
    assert not organisers.verify("o1", "first", NOW)
    assert not organisers.verify("o1", "second", NOW + 10)
    assert not organisers.verify("o2", "second", NOW)
    assert organisers.verify("o1", "second", NOW)
    assert not organisers.verify("o1", "second", NOW)
    found = organisers.find("o1")
    assert found
    assert found.verified
    assert not organisers.offer_verification("o1", "third", NOW + 10)


def test_who_takes_over_voids_the_code_before_unless_the_address_is_verified(organisers: Organisers) -> None:
    before = organisers.find("o1")
    assert before
    later = replace(before, password_hash="other", created_at=before.created_at + timedelta(days=1))
    organisers.offer_verification("o1", "first", NOW + 10)
    assert organisers.take_over(later, before)
    assert not organisers.take_over(later, before), "of two at once, one"
    assert not organisers.verify("o1", "first", NOW)
    organisers.offer_verification("o1", "second", NOW + 10)
    assert organisers.verify("o1", "second", NOW)
    assert not organisers.take_over(before, later)
    found = organisers.find("o1")
    assert found
    assert found.password_hash == "other"


def test_verification_mails_are_counted_by_the_day(organisers: Organisers) -> None:
    spent = [organisers.spend_verification(f"2026-11-{day}", 2) for day in (20, 20, 20, 21, 20, 21, 21)]
    assert spent == [True, True, False, True, False, True, False]


def test_verification_is_asked_for_once_in_a_while_until_verified(organisers: Organisers) -> None:
    assert organisers.ask_verification("o1", NOW, NOW + 600)
    assert not organisers.ask_verification("o1", NOW + 599, NOW + 1199)
    assert organisers.ask_verification("o1", NOW + 600, NOW + 1200)
    organisers.offer_verification("o1", "token", NOW + 10)
    organisers.verify("o1", "token", NOW)
    assert not organisers.ask_verification("o1", NOW + 9999, NOW + 10_599)


def test_an_unknown_organiser_gets_no_item(organisers: Organisers) -> None:
    assert not organisers.approve("o2")
    assert organisers.find("o2") is None


def test_approval(organisers: Organisers) -> None:
    assert organisers.approve("o1")
    found = organisers.find("o1")
    assert found
    assert found.approved


def test_mails_are_taken_from_the_allowance_of_a_day(organisers: Organisers) -> None:
    assert organisers.spend_mails("o1", "2026-11-20", 6, most=10)
    assert not organisers.spend_mails("o1", "2026-11-20", 5, most=10)
    assert organisers.spend_mails("o1", "2026-11-20", 4, most=10)
    assert not organisers.spend_mails("o1", "2026-11-20", 1, most=10)
    assert not organisers.spend_mails("o1", "2026-11-21", 11, most=10)
    assert organisers.spend_mails("o1", "2026-11-21", 10, most=10)
    organisers.return_mails("o1", "2026-11-20", 5)
    assert not organisers.spend_mails("o1", "2026-11-21", 1, most=10), "mails of another day"
    organisers.return_mails("o1", "2026-11-21", 3)
    assert organisers.spend_mails("o1", "2026-11-21", 3, most=10)
    assert not organisers.spend_mails("o1", "2026-11-20", 1, most=10), "a day that is over grants nothing more"


def test_a_run_is_stored_with_the_mails_it_takes_and_goes_with_them(organisers: Organisers) -> None:
    run, day = MailRun("r1", "request", NOW), "2026-11-20"
    assert organisers.find_run("o1", "request", NOW) is None
    assert not organisers.spend_mails("o1", day, 11, 10, run)
    assert organisers.find_run("o1", "request", NOW) is None
    assert organisers.spend_mails("o1", day, 6, 10, run)
    first = organisers.find_run("o1", "request", NOW)
    assert first == replace(run, mails=6)
    with pytest.raises(Conflict):
        organisers.spend_mails("o1", day, 1, 10, replace(run, id="r2"))
    assert organisers.spend_mails("o1", day, 3, 10, first)
    assert organisers.find_run("o1", "request", NOW) == replace(run, mails=9)
    organisers.return_mails("o1", day, 3, first)
    assert organisers.find_run("o1", "request", NOW) == first
    organisers.return_mails("o1", day, 6, run)
    assert organisers.find_run("o1", "request", NOW) is None
    assert organisers.spend_mails("o1", day, 10, 10, run)


def test_a_run_is_over_after_a_day(organisers: Organisers) -> None:
    assert organisers.spend_mails("o1", "2026-11-20", 6, 10, MailRun("r1", "request", NOW))
    assert organisers.find_run("o1", "request", NOW + 86_399)
    assert organisers.find_run("o1", "request", NOW + 86_400) is None
    later = MailRun("r2", "request", NOW + 86_400)
    assert organisers.spend_mails("o1", "2026-11-21", 6, 10, later)
    assert organisers.find_run("o1", "request", NOW + 86_400) == replace(later, mails=6)
