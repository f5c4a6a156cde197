"""Organisers: an address is taken once, attempts are counted before they are judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ballotcast.store.organisers import Organiser, Organisers
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
