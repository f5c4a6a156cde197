"""Attack 5 of protocol 1, and its kin: rolls and ledgers that do not fit each other, made with every key."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from amended_rolls import EXTENSIONS, LATER, Amendments, amendments, dropped, extended, files, history
from ballotcast.elections.verification import Outcome, Report, verify_export
from forged_export import OPENS, Forger, write


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


def refused_by(report: Report) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if check.outcome is Outcome.FAILED}


def found(report: Report) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks}


def test_an_honest_history_passes(forger: Forger, tmp_path: Path) -> None:
    """Whether somebody had voted before they were taken off shows at the end, and makes no difference before."""
    lines = history(forger)
    report = verify_export(write(tmp_path / "e.zip", files(forger, lines, amendments(forger, lines))))
    assert report.ok, report.checks
    assert found(report)["rolls"].startswith("5 revisions")
    assert found(report)["endings"] == "6 rights were asked to end, 4 ended"
    # of thirteen lines four ended, and one is the newest address of somebody who had voted by the first one
    assert found(report)["turnout"] == "4 ballots, 4 credentials, 8 voters"


def test_a_later_end_passes_with_the_roll_as_it_was(forger: Forger, tmp_path: Path) -> None:
    """An amendment that states no roll counts as none of its revisions."""
    lines = history(forger)
    stated = amendments(forger, lines)
    for end in (LATER, LATER + timedelta(hours=1)):
        stated = [*stated, extended(stated, end)]
    report = verify_export(write(tmp_path / "e.zip", files(forger, lines, stated, closed_at=LATER)))
    assert report.ok, report.checks
    assert found(report)["rolls"].startswith("5 revisions")
    late = files(forger, lines, stated[:-1], closed_at=LATER + timedelta(seconds=1))
    assert set(refused_by(verify_export(write(tmp_path / "late.zip", late)))) == {"leaves"}


def test_former_voters_cannot_be_dropped_from_the_roll(forger: Forger, tmp_path: Path) -> None:
    """The last roll's size and root fit the ledger, which was all that protocol 1 looked at."""
    lines, stated = dropped(forger, history(forger))
    report = verify_export(write(tmp_path / "e.zip", files(forger, lines, stated)))
    assert refused_by(report) == {"rolls": "revision 0: its tags are not the roll that the log states"}


def test_it_did_not_close_before_the_last_amendment(forger: Forger, tmp_path: Path) -> None:
    lines = history(forger)
    made = files(forger, lines, amendments(forger, lines), closed_at=OPENS + timedelta(minutes=3))
    assert set(refused_by(verify_export(write(tmp_path / "e.zip", made)))) == {"leaves"}


@pytest.mark.parametrize(("place", "doctor"), EXTENSIONS.values(), ids=EXTENSIONS)
def test_an_end_is_not_moved(
    forger: Forger, tmp_path: Path, place: str, doctor: Callable[[Amendments], Amendments]
) -> None:
    lines = history(forger)
    made = files(forger, lines, doctor(amendments(forger, lines)))
    refused = refused_by(verify_export(write(tmp_path / "e.zip", made)))
    assert place in refused["leaves"]
