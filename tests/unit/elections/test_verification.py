"""Verification: an honest export passes, and anyone who holds every key of the election still cannot doctor one."""

from hashlib import sha256
from pathlib import Path

import pytest

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.roll import roll_root
from ballotcast.elections.verification import CHECKS, Outcome, Report, verify_export
from forged_export import OPENS, Entries, Forger, flipped, write


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


@pytest.fixture(scope="module")
def honest(forger: Forger) -> Entries:
    """Four good ballots and two spoilt ones."""
    plaintexts = (b"\1\2\3", b"\2\1\0", b"\1\0\0", b"\0\0\0", b"\1\1\0", b"\1\3\0")
    return forger.entries([forger.ballot(plaintext) for plaintext in plaintexts])


def failures(report: Report) -> set[str]:
    return {check.name for check in report.checks if check.outcome is Outcome.FAILED}


def test_an_honest_export_passes_every_check(forger: Forger, honest: Entries, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify_export(write(tmp_path / "e.zip", forger.files(honest)), lambda *step: told.append(step))
    assert report.ok, report.checks
    assert [check.name for check in report.checks] == list(CHECKS)
    assert report.manifest_hash == forger.manifest.hash.hex()
    assert told == [(8, 8)]


def test_a_log_of_several_tiles(tmp_path: Path) -> None:
    forger = Forger(voters=300)
    one = forger.ballot()
    ballots = [one, *(forger.ballot() for _ in range(270))]
    told: list[tuple[int, int]] = []
    path = write(tmp_path / "e.zip", forger.files(forger.entries(ballots)))
    report = verify_export(path, lambda *step: told.append(step))
    assert report.ok, report.checks
    assert told == [(256, 273), (273, 273)]
    for name in ("tile/0/000", "tile/1/000.p/1", "tile/entries/001.p/17"):
        files = forger.files(forger.entries(ballots))
        files[name] = flipped(files[name], 9)
        assert "log" in failures(verify_export(write(path, files)))


def test_several_processes_find_what_one_does(tmp_path: Path) -> None:
    """Also where a bundle that cannot be read comes behind a ballot that is refused."""
    forger = Forger(voters=600)
    ballots = [forger.ballot(), forger.ballot(b"\1\1\0"), Forger().ballot()] * 100
    entries = forger.entries([*ballots, *(forger.ballot(),) * 300])
    honest, cut = forger.files(entries), forger.files(entries)
    cut["tile/entries/001"] = cut["tile/entries/001"][:-1]
    for number, files in enumerate((honest, cut)):
        path = write(tmp_path / f"{number}.zip", files)
        alone = verify_export(path)
        assert verify_export(path, processes=2) == alone
        assert "one-ballot-each" in failures(alone)
        assert ("log" in failures(alone)) is bool(number)


def test_an_end_in_the_last_second_that_can_be_written(tmp_path: Path) -> None:
    forger = Forger(changes={"closes_at": "9999-12-31T23:59:59Z"})
    assert verify_export(write(tmp_path / "e.zip", forger.files(forger.entries([forger.ballot()])))).ok


def test_no_ballots_at_all(forger: Forger, tmp_path: Path) -> None:
    assert verify_export(write(tmp_path / "e.zip", forger.files(forger.entries([])))).ok


def test_a_voter_who_is_on_the_roll_twice_is_found(forger: Forger, honest: Entries, tmp_path: Path) -> None:
    """The log itself says of such a roll, so that its root fits the ledger."""
    tags = sorted([*forger.tags, forger.tags[0]])
    roll = RollRevision(revision=1, roll_size=len(tags), roll_root=roll_root(tags))
    amendment = AmendmentLeaf(at=OPENS, reason="One more", roll=roll).encode()
    ledger = Ledger(LedgerLine(tag, blinded_sha256=bytes(32)) for tag in tags).encode()
    stated = {"issued": len(tags), "ledger_sha256": sha256(ledger).digest()}
    files = forger.files(forger.closed([honest[0], amendment, *honest[1:-1]], **stated))
    files["issuance.csv"] = ledger
    report = verify_export(write(tmp_path / "e.zip", files))
    assert failures(report) == {"ledger"}


FLIPPED = {
    "manifest.json": {"manifest", "checkpoint", "leaves"},
    "checkpoint": {"checkpoint"},
    "door": {"door"},
    "issuance.csv": {"ledger"},
    "election_key.hex": {"election-key"},
    "result.json": {"result"},
    "tile/0/000.p/8": {"log"},
    "tile/entries/000.p/8": {"log"},
}


@pytest.mark.parametrize("name", FLIPPED)
def test_a_bit_flipped_in_any_file_is_found(forger: Forger, honest: Entries, tmp_path: Path, name: str) -> None:
    files = forger.files(honest)
    assert set(FLIPPED) == set(files)
    places = range(0, len(files[name]), max(1, len(files[name]) // 11))
    for at in places:
        doctored = {**files, name: flipped(files[name], at)}
        found = failures(verify_export(write(tmp_path / "e.zip", doctored)))
        assert found & FLIPPED[name], (at, found)


def test_what_was_issued_to_whom_is_bound_by_the_closing_leaf(forger: Forger, honest: Entries, tmp_path: Path) -> None:
    """Only the voter knows the blinded value: nobody else can tell one hash in the ledger from another."""
    files = forger.files(honest)
    line = next(line for line in files["issuance.csv"].split(b"\n")[1:] if len(line) > 69)
    files["issuance.csv"] = files["issuance.csv"].replace(line, line[:69] + b"0" * 64)
    assert failures(verify_export(write(tmp_path / "e.zip", files))) == {"ledger"}
