"""Attack 2 of protocol 1: the operator exchanges what the ledger says of single voters."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from ballotcast.ballots import issuance
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.receipt import issue as issue_receipt
from ballotcast.client.state import Cast, to_json
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.export_files import LEDGER
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import Outcome, Report, verify_export
from ballotcast_cli.main import main
from forged_export import ORIGIN, Forger, write

BLINDED = sha256(b"what Ada had signed").digest()
Lines = list[LedgerLine]


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger(voters=3)


@pytest.fixture(scope="module")
def entries(forger: Forger) -> list[bytes]:
    """A log with one ballot, which is Ada's."""
    return forger.entries([forger.ballot()])


@pytest.fixture(scope="module")
def files(forger: Forger, entries: list[bytes]) -> dict[str, bytes]:
    """Ada's tag is the first one."""
    ada, *others = forger.tags
    lines = [LedgerLine(ada, blinded_sha256=BLINDED), *map(LedgerLine, others)]
    return exported(forger, entries, lines)


def exported(forger: Forger, entries: list[bytes], lines: Lines) -> dict[str, bytes]:
    """An export whose closing leaf names this ledger: it is written before the log ends."""
    ledger = Ledger(lines).encode()
    entries = forger.closed(entries[:-1], ledger_sha256=sha256(ledger).digest())
    return {**forger.files(entries), LEDGER: ledger}


@pytest.fixture(scope="module")
def receipt(forger: Forger) -> str:
    return receipt_of(forger, forger.tags[0])


def receipt_of(forger: Forger, tag: bytes, key: str = "issuance") -> str:
    signer = Signer(f"{ORIGIN}/{key}", getattr(forger, f"{key}_key"))
    return issuance.issue(signer, ORIGIN, forger.manifest.hash, Issuance(tag, BLINDED))


def issuances(*notes: bytes) -> Kept:
    return Kept(issuances=[Statement(str(number), note) for number, note in enumerate(notes, 1)])


def refused_by(report: Report) -> dict[str, str]:
    return {check.name: check.detail for check in report.checks if check.outcome is Outcome.FAILED}


def emptied(forger: Forger, lines: Lines) -> Lines:
    """Ada's line is empty, and another one is filled instead."""
    ada, ben = forger.tags[:2]
    changes = {ada: b"", ben: BLINDED}
    return [line._replace(blinded_sha256=changes.get(line.tag, line.blinded_sha256)) for line in lines]


def exchanged(forger: Forger, lines: Lines) -> Lines:
    """Ada's line has what somebody else had signed in her name."""
    return [line._replace(blinded_sha256=bytes(32)) if line.blinded_sha256 else line for line in lines]


@pytest.mark.parametrize(("doctor", "shows"), [(emptied, "no credential"), (exchanged, "another credential")])
def test_a_ledger_that_shows_something_else_than_was_issued(
    forger: Forger,
    entries: list[bytes],
    files: dict[str, bytes],
    receipt: str,
    tmp_path: Path,
    doctor: Callable[[Forger, Lines], Lines],
    shows: str,
) -> None:
    """Nothing in the export gives it away; the registrar's own signature does, which the voter has kept."""
    lines = Ledger.parse(files[LEDGER]).lines
    place = 2 + [line.tag for line in lines].index(forger.tags[0])
    path = write(tmp_path / "e.zip", exported(forger, entries, doctor(forger, lines)))
    assert verify_export(path).ok
    found = refused_by(verify_export(path, kept=issuances(receipt.encode())))
    assert found == {"kept-issuances": f"1: line {place} of the ledger shows {shows}"}


def test_an_honest_ledger_agrees(files: dict[str, bytes], receipt: str, tmp_path: Path) -> None:
    report = verify_export(write(tmp_path / "e.zip", files), kept=issuances(receipt.encode()))
    assert report.ok
    assert report.checks[-1].name == "kept-issuances"


def test_what_is_no_receipt_of_this_election_proves_nothing(
    forger: Forger, files: dict[str, bytes], tmp_path: Path
) -> None:
    path, other = write(tmp_path / "e.zip", files), Forger(voters=3)
    for note in (receipt_of(forger, forger.tags[0], "receipt"), receipt_of(other, other.tags[0]), "", "\udc80"):
        found = refused_by(verify_export(path, kept=issuances(note.encode("utf-8", "surrogateescape"))))
        assert "not an issuance receipt" in found["kept-issuances"]
    stranger = receipt_of(forger, bytes(32))
    assert "no line" in refused_by(verify_export(path, kept=issuances(stranger.encode())))["kept-issuances"]


def test_the_command_takes_receipts_and_recovery_files(
    forger: Forger, entries: list[bytes], files: dict[str, bytes], receipt: str, tmp_path: Path
) -> None:
    receipt_key = Signer(f"{ORIGIN}/receipt", forger.receipt_key)
    promised = issue_receipt(receipt_key, forger.manifest, leaf_hash(entries[1]))
    checkpoint = forger.note(entries[:1]).decode()
    state = Cast("https://vote.example.org", "e1", forger.manifest.hash, checkpoint, BLINDED, receipt, promised)
    kept, bare = tmp_path / "ballot.json", tmp_path / "issuance.txt"
    kept.write_text(to_json(state))
    bare.write_text(receipt)
    lines = Ledger.parse(files[LEDGER]).lines
    honest = write(tmp_path / "honest.zip", files)
    doctored = write(tmp_path / "e.zip", exported(forger, entries, emptied(forger, lines)))
    for file in (kept, bare):
        assert CliRunner().invoke(main, ["verify", str(honest), "--issuance", str(file)]).exit_code == 0
        run = CliRunner().invoke(main, ["verify", str(doctored), "--issuance", str(file)])
        assert (run.exit_code, "kept-issuances" in run.output) == (1, True)
