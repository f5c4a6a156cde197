"""Statements and receipts that people kept, held against an export; each contradiction is a named check."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from ballotcast.ballots import receipt
from ballotcast.ballots.door import Door
from ballotcast.ballots.stated_turnout import StatedTurnout
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.kept import Kept, NotKept, Statement
from ballotcast.elections.verification import Outcome, Report, verify_export
from ballotcast_cli.main import main
from forged_export import CLOSES, OPENS, ORIGIN, Entries, Forger, flipped, write

HOUR = timedelta(hours=1)
FIRST = StatedTurnout(OPENS + HOUR, 10, 20)


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger(voters=40)


@pytest.fixture(scope="module")
def entries(forger: Forger) -> Entries:
    """30 ballots of 30 credentials; the last one cast is spoilt."""
    return forger.entries([*(forger.ballot() for _ in range(29)), forger.ballot(b"\1\1\0")])


@pytest.fixture(scope="module")
def export(forger: Forger, entries: Entries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("export") / "e.zip", forger.files(entries))


def log_signer(forger: Forger) -> Signer:
    return Signer(ORIGIN, forger.log_key)


def receipt_for(forger: Forger, hashed: bytes) -> bytes:
    return receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, hashed).encode()


def held(export: Path, *notes: bytes) -> Report:
    return verify_export(export, kept=Kept.sort(Statement(f"file {number}", n) for number, n in enumerate(notes, 1)))


def refused_by(report: Report) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if check.outcome is Outcome.FAILED}


def stated(forger: Forger, *turnouts: StatedTurnout) -> list[bytes]:
    return [turnout.sign(forger.manifest, log_signer(forger)).encode() for turnout in turnouts]


def test_what_an_honest_operator_signed_is_confirmed(forger: Forger, entries: Entries, export: Path) -> None:
    turnouts = stated(forger, replace(FIRST, slot=CLOSES, cast=30, issued=30), FIRST, FIRST)
    promised = [receipt_for(forger, leaf_hash(entry)) for entry in entries[1:4]]
    report = held(export, *turnouts, forger.door(entries), *promised, forger.note(entries[:1]))
    assert report.ok, report.checks
    assert [check.name for check in report.checks][-4:] == [
        *("kept-checkpoints", "kept-doors", "kept-turnouts", "kept-receipts"),
    ]
    assert {name: found.index for name, found in report.found.items()} == {"file 5": 1, "file 6": 2, "file 7": 3}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (replace(FIRST, cast=9), "file 1 states other numbers for the same hour"),
        (replace(FIRST, slot=FIRST.slot + HOUR, cast=9), "file 1 states higher numbers for an earlier hour"),
        (replace(FIRST, slot=FIRST.slot + HOUR, issued=19), "file 1 states higher numbers for an earlier hour"),
        (replace(FIRST, cast=31, issued=40), "it states 31 ballots, and in the end there are 30"),
        (replace(FIRST, issued=31), "it states 31 credentials, and in the end there are 30"),
        (replace(FIRST, cast=21), "it states more ballots than credentials"),
        (replace(FIRST, slot=CLOSES + HOUR), "it was signed for a time when voting had ended"),
    ],
)
def test_turnouts_that_contradict_each_other_or_the_end(
    forger: Forger, export: Path, second: StatedTurnout, reason: str
) -> None:
    assert refused_by(held(export, *stated(forger, FIRST, second))) == {"kept-turnouts": f"file 2: {reason}"}


def test_a_second_door(forger: Forger, entries: Entries, export: Path) -> None:
    for changes in ({"ballots": 29}, {"issued": 31}, {"closed_at": CLOSES - HOUR}):
        door = Door(**{"closed_at": CLOSES, "ballots": 30, "issued": 30, **changes})
        report = held(export, forger.door(entries), door.sign(forger.manifest, log_signer(forger)).encode())
        assert "and the log ended otherwise" in refused_by(report)["kept-doors"]


def test_a_ballot_that_is_not_in_the_log(forger: Forger, entries: Entries, export: Path) -> None:
    report = held(export, receipt_for(forger, bytes(32)), receipt_for(forger, leaf_hash(entries[9])))
    assert refused_by(report) == {
        "kept-receipts": "file 1: its ballot is not in the log, though the receipt promises it"
    }
    assert list(report.found) == ["file 2"]


def test_what_somebody_else_signed_proves_nothing(forger: Forger, entries: Entries, export: Path) -> None:
    other = Forger(voters=40)
    notes = [other.door(entries), *stated(other, FIRST), receipt_for(other, leaf_hash(entries[1]))]
    found = refused_by(held(export, *notes, *(flipped(note, len(note) - 9) for note in notes)))
    assert set(found) == {"kept-doors", "kept-turnouts", "kept-receipts"}
    assert all("of this election" in detail for detail in found.values())


def test_they_are_not_compared_with_a_log_that_does_not_verify(
    forger: Forger, entries: Entries, tmp_path: Path
) -> None:
    files = forger.files(entries)
    files["tile/0/000.p/32"] = flipped(files["tile/0/000.p/32"], 9)
    report = held(write(tmp_path / "e.zip", files), receipt_for(forger, bytes(32)))
    [check] = [check for check in report.checks if check.name == "kept-receipts"]
    assert check.outcome is Outcome.SKIPPED
    assert not report.found


@pytest.mark.parametrize(
    "note", [b"", b"PK\3\4", b"ballotcast/lot/1\n", b"ballotcast/ballot/1\nx\n\n\xe2\x80\x94 x y\n"]
)
def test_what_is_no_statement_of_any_kind(note: bytes) -> None:
    with pytest.raises(NotKept, match="a file is none of"):
        Kept.sort([Statement("a file", note)])


def test_the_command_says_how_ballots_are_read(forger: Forger, entries: Entries, export: Path, tmp_path: Path) -> None:
    """Of a counted ballot, of a spoilt one; only if it is asked to."""
    spoilt = next(entry for entry in entries if leaf_hash(entry) in _spoilt(forger, export, entries))
    counted = next(entry for entry in entries[1:-1] if entry != spoilt)
    options = []
    for name, entry in (("mine", counted), ("spoilt", spoilt)):
        (tmp_path / name).write_bytes(receipt_for(forger, leaf_hash(entry)))
        options += ["--statement", str(tmp_path / name)]
    run = CliRunner().invoke(main, ["verify", str(export), *options])
    assert run.exit_code == 0, run.output
    assert "Ash" not in run.output
    run = CliRunner().invoke(main, ["verify", str(export), *options, "--show-ballots"])
    assert f"mine: leaf {entries.index(counted)}\n  Ward: 1. Ash\n" in run.output
    assert f"spoilt: leaf {entries.index(spoilt)}\n  spoilt and not counted: duplicate-rank\n" in run.output


def _spoilt(forger: Forger, export: Path, entries: Entries) -> set[bytes]:
    report = held(export, *(receipt_for(forger, leaf_hash(entry)) for entry in entries[1:-1]))
    return {leaf_hash(entries[found.index]) for found in report.found.values() if isinstance(found.said, str)}


def test_the_command_refuses_what_nobody_can_have_kept(export: Path, tmp_path: Path) -> None:
    for text, why in (("x", "x is none of"), ("{}", "not a recovery file")):
        (tmp_path / "x").write_text(text)
        run = CliRunner().invoke(main, ["verify", str(export), "--statement", str(tmp_path / "x")])
        assert run.exit_code == 1
        assert why in run.output
