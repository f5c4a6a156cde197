"""Mails of a day: taken before they are sent, given back by a run that is refused, and never more than are allowed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ballotcast.errors import Conflict
from ballotcast.store.mail_allowance import MailAllowance, MailRun
from ballotcast.store.organisers import Organiser, Organisers
from ballotcast.store.table import Table

NOW = 1_800_000_000


@pytest.fixture
def allowance(roll: Table) -> MailAllowance:
    assert Organisers(roll).add(Organiser("o1", "ada@example.org", "hash", datetime(2026, 11, 20, 9, tzinfo=UTC)))
    return MailAllowance(roll)


def test_verification_mails_are_counted_by_the_day(allowance: MailAllowance) -> None:
    spent = [allowance.spend_verification(f"2026-11-{day}", 2) for day in (20, 20, 20, 21, 20, 21, 21)]
    assert spent == [True, True, False, True, False, True, False]


def test_mails_are_taken_from_the_allowance_of_a_day(allowance: MailAllowance) -> None:
    assert allowance.spend_mails("o1", "2026-11-20", 6, most=10)
    assert not allowance.spend_mails("o1", "2026-11-20", 5, most=10)
    assert allowance.spend_mails("o1", "2026-11-20", 4, most=10)
    assert not allowance.spend_mails("o1", "2026-11-20", 1, most=10)
    assert not allowance.spend_mails("o1", "2026-11-21", 11, most=10)
    assert allowance.spend_mails("o1", "2026-11-21", 10, most=10)
    allowance.return_mails("o1", "2026-11-20", 5)
    assert not allowance.spend_mails("o1", "2026-11-21", 1, most=10), "mails of another day"
    allowance.return_mails("o1", "2026-11-21", 3)
    assert allowance.spend_mails("o1", "2026-11-21", 3, most=10)
    assert not allowance.spend_mails("o1", "2026-11-20", 1, most=10), "a day that is over grants nothing more"


def test_a_run_is_stored_with_the_mails_it_takes_and_goes_with_them(allowance: MailAllowance) -> None:
    run, day = MailRun("r1", "request", NOW), "2026-11-20"
    assert allowance.find_run("o1", "request", NOW) is None
    assert not allowance.spend_mails("o1", day, 11, 10, run)
    assert allowance.find_run("o1", "request", NOW) is None
    assert allowance.spend_mails("o1", day, 6, 10, run)
    first = allowance.find_run("o1", "request", NOW)
    assert first == replace(run, mails=6)
    with pytest.raises(Conflict):
        allowance.spend_mails("o1", day, 1, 10, replace(run, id="r2"))
    assert allowance.spend_mails("o1", day, 3, 10, first)
    assert allowance.find_run("o1", "request", NOW) == replace(run, mails=9)
    allowance.return_mails("o1", day, 3, first)
    assert allowance.find_run("o1", "request", NOW) == first
    allowance.return_mails("o1", day, 6, run)
    assert allowance.find_run("o1", "request", NOW) is None
    assert allowance.spend_mails("o1", day, 10, 10, run)


def test_a_run_is_over_after_a_day(allowance: MailAllowance) -> None:
    assert allowance.spend_mails("o1", "2026-11-20", 6, 10, MailRun("r1", "request", NOW))
    assert allowance.find_run("o1", "request", NOW + 86_399)
    assert allowance.find_run("o1", "request", NOW + 86_400) is None
    later = MailRun("r2", "request", NOW + 86_400)
    assert allowance.spend_mails("o1", "2026-11-21", 6, 10, later)
    assert allowance.find_run("o1", "request", NOW + 86_400) == replace(later, mails=6)
