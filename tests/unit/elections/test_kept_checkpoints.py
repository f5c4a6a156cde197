"""Checkpoints that somebody kept, held against an export: a log has one past and one end."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.export_files import CHECKPOINT
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import Outcome, Report, verify_export
from ballotcast_cli.main import main
from forged_export import CLOSES, ORIGIN, Entries, Forger, flipped, write


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger(voters=300)


@pytest.fixture(scope="module")
def entries(forger: Forger) -> Entries:
    """A full tile and a partial one."""
    return forger.entries([forger.ballot() for _ in range(262)])


@pytest.fixture(scope="module")
def export(forger: Forger, entries: Entries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("export") / "e.zip", forger.files(entries))


def checkpoints(*notes: bytes) -> Kept:
    return Kept(checkpoints=[Statement(str(number), note) for number, note in enumerate(notes, 1)])


def kept(report: Report) -> tuple[Outcome, str]:
    [check] = [check for check in report.checks if check.name == "kept-checkpoints"]
    return check.outcome, check.detail


def test_every_beginning_of_the_log_is_confirmed(forger: Forger, entries: Entries, export: Path) -> None:
    notes = [forger.note(entries[:size]) for size in (1, 2, 100, 255, 256, 257, 263)] + [forger.note(entries)]
    report = verify_export(export, kept=checkpoints(*notes))
    assert report.ok
    assert kept(report) == (Outcome.PASSED, "8 kept, each of them a beginning of this log or its end")
    assert verify_export(export).ok
    assert "kept-checkpoints" not in {check.name for check in verify_export(export).checks}


def test_a_second_end_is_proof_of_fraud(forger: Forger, entries: Entries, export: Path) -> None:
    """Two final checkpoints: of the same size, of a longer log, of a shorter one that was closed."""
    other = [*entries[:-1], *forger.closed(entries[:-1], closed_at=CLOSES.replace(hour=17))[-1:]]
    longer = [*entries[:-1], *entries[1:2], entries[-1]]
    shorter = [*entries[:100], entries[-1]]
    for end, reason in (
        (other, "its 264 leaves are not the first ones of this log: its key signed two logs"),
        (longer, "signed over 265 leaves, but this log ended with 264: its key signed two logs"),
        (shorter, "its 101 leaves are not the first ones of this log: its key signed two logs"),
    ):
        report = verify_export(export, kept=checkpoints(forger.note(entries), forger.note(end)))
        assert not report.ok
        assert kept(report) == (Outcome.FAILED, f"2: {reason}")


def test_what_is_no_checkpoint_of_this_log_is_refused(forger: Forger, entries: Entries, export: Path) -> None:
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate())
    for note in (b"", b"\xff", forger.note(entries, stranger), flipped(forger.note(entries), 3)):
        outcome, detail = kept(verify_export(export, kept=checkpoints(note)))
        assert outcome is Outcome.FAILED
        assert detail.startswith("1: not a checkpoint of this log")


def test_they_are_not_compared_with_tiles_that_do_not_verify(forger: Forger, entries: Entries, tmp_path: Path) -> None:
    files = forger.files(entries)
    files["tile/0/000"] = flipped(files["tile/0/000"], 9)
    report = verify_export(write(tmp_path / "e.zip", files), kept=checkpoints(files[CHECKPOINT]))
    assert kept(report)[0] is Outcome.SKIPPED


def test_the_command_takes_any_number(forger: Forger, entries: Entries, export: Path, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.write_bytes(forger.note(entries[:7]))
    theirs.write_bytes(forger.note(entries[:6] + entries[7:9]))
    run = CliRunner().invoke(main, ["verify", str(export), "--checkpoint", str(mine)])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(main, ["verify", str(export), "--checkpoint", str(mine), "--checkpoint", str(theirs)])
    assert run.exit_code == 1
    assert "theirs: its 8 leaves are not the first ones of this log" in run.output
