"""Verification: an honest export passes, and whoever holds every key of the election still cannot doctor one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots.leaf import AmendmentLeaf, BallotLeaf, ClosingLeaf
from ballotcast.ballots.ledger import Ledger, LedgerLine
from ballotcast.ballots.roll import roll_root
from ballotcast.crypto import p256
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.verification import CHECKS, Outcome, Report, verify_export
from forged_export import CLOSES, ORIGIN, Forger, flipped, write

Entries = list[bytes]


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


def test_no_ballots_at_all(forger: Forger, tmp_path: Path) -> None:
    assert verify_export(write(tmp_path / "e.zip", forger.files(forger.entries([])))).ok


def amended(forger: Forger, size: int) -> bytes:
    tags = [bytes([number]) * 32 for number in range(size)]
    return AmendmentLeaf(roll_size=size, roll_root=roll_root(tags)).encode()


def other_issuer(forger: Forger) -> bytes:
    other = Forger()
    forged = other.ballot()
    stranger = replace(forged, manifest_hash=forger.manifest.hash)
    return BallotLeaf(stranger.encode()).encode()


def twice(forger: Forger) -> Entries:
    return [BallotLeaf(ballot.encode()).encode() for ballot in forger.second_ballot()]


FORGED: dict[str, tuple[str, Callable[[Forger, Entries], Entries]]] = {
    "a ballot stands there twice": ("one-ballot-each", lambda f, e: [*e[:2], *e[1:]]),
    "a credential was used twice": ("one-ballot-each", lambda f, e: [*e[:3], *twice(f), *e[3:]]),
    "a credential is forged": ("credentials", lambda f, e: [*e[:2], flipped(e[2], 1 + 130), *e[3:]]),
    "a credential is of another election": ("credentials", lambda f, e: [e[0], other_issuer(f), e[-1]]),
    "a ballot is not signed by its key": ("ballots", lambda f, e: [*e[:2], flipped(e[2], -1 + len(e[2])), *e[3:]]),
    "a ballot's ciphertext was changed": ("ballots", lambda f, e: [*e[:2], flipped(e[2], -80 + len(e[2])), *e[3:]]),
    "a ballot's key is no key": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1 + 34), *e[3:]]),
    "a ballot is cut short": ("ballots", lambda f, e: [*e[:2], e[2][:-1], *e[3:]]),
    "a ballot names another manifest": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1 + 1), *e[3:]]),
    "a ballot's version is unknown": ("ballots", lambda f, e: [*e[:2], flipped(e[2], 1), *e[3:]]),
    "a leaf is of no kind": ("leaves", lambda f, e: [*e[:2], b"\7", *e[2:]]),
    "a leaf is empty": ("leaves", lambda f, e: [*e[:2], b"", *e[2:]]),
    "the first leaf is missing": ("leaves", lambda f, e: e[1:]),
    "the first leaf is another manifest": ("leaves", lambda f, e: [flipped(e[0], 5), *e[1:]]),
    "the manifest stands there again": ("leaves", lambda f, e: [*e[:2], e[0], *e[2:]]),
    "nothing closes the log": ("leaves", lambda f, e: e[:-1]),
    "the log goes on after the end": ("leaves", lambda f, e: [*e, e[-1]]),
    "a ballot came after the end": ("leaves", lambda f, e: [*e[:2], *e[3:], e[2]]),
    "only the manifest is there": ("leaves", lambda f, e: e[:1]),
    "it closed too late": ("leaves", lambda f, e: [*e[:-1], closing(CLOSES.replace(second=1))]),
    "it closed before it opened": ("leaves", lambda f, e: [*e[:-1], closing(datetime(2026, 11, 20, 8, tzinfo=UTC))]),
    "the roll shrank": ("leaves", lambda f, e: [e[0], amended(f, 7), *e[1:]]),
    "the roll was exchanged": ("leaves", lambda f, e: [e[0], amended(f, 8), *e[1:]]),
    "the roll grew and the ledger did not": ("ledger", lambda f, e: [e[0], amended(f, 9), *e[1:]]),
    "there are more ballots than credentials": ("turnout", lambda f, e: [*e[:-1], *more(f, 3), e[-1]]),
}


def closing(closed_at: datetime) -> bytes:
    return ClosingLeaf(closed_at=closed_at).encode()


def more(forger: Forger, number: int) -> Entries:
    return forger.entries([forger.ballot() for _ in range(number)])[1:-1]


@pytest.mark.parametrize(("check", "forge"), FORGED.values(), ids=FORGED)
def test_an_operator_with_every_key_is_found_out_when(
    forger: Forger, honest: Entries, tmp_path: Path, check: str, forge: Callable[[Forger, Entries], Entries]
) -> None:
    """Tiles, root, signature and result are made anew to fit: only what the entries say gives it away."""
    files = forger.files(forge(forger, honest), issued=len(honest) - 2)
    report = verify_export(write(tmp_path / "e.zip", files))
    assert check in failures(report), report.checks
    assert not {"archive", "checkpoint", "manifest", "log"} & failures(report), report.checks


def test_a_voter_who_is_on_the_roll_twice_is_found(forger: Forger, honest: Entries, tmp_path: Path) -> None:
    """The log itself tells of such a roll, so that its root fits the ledger."""
    tags = sorted([*forger.tags, forger.tags[0]])
    roll = AmendmentLeaf(roll_size=len(tags), roll_root=roll_root(tags)).encode()
    files = forger.files([honest[0], roll, *honest[1:]])
    files["issuance.csv"] = Ledger(LedgerLine(tag, bytes(32)) for tag in tags).encode()
    report = verify_export(write(tmp_path / "e.zip", files))
    assert failures(report) == {"ledger"}


LINE = 130


def other_log_key(forger: Forger, entries: Entries) -> bytes:
    return forger.note(entries, Signer(ORIGIN, Ed25519PrivateKey.generate()))


DOCTORED: dict[str, tuple[str, str, Callable[[Forger, Entries, bytes], bytes]]] = {
    "another log key": ("checkpoint", "checkpoint", lambda f, e, d: other_log_key(f, e)),
    "another origin": ("checkpoint", "checkpoint", lambda f, e, d: f.note(e, Signer("elsewhere", f.log_key))),
    "another root": ("checkpoint", "log", lambda f, e, d: f.note([*e[:-1], closing(CLOSES)[:-1]])),
    "a checkpoint of fewer leaves": ("checkpoint", "archive", lambda f, e, d: f.note(e[:-1])),
    "no signature": ("checkpoint", "checkpoint", lambda f, e, d: d[:-100]),
    "a manifest not canonical": ("manifest.json", "manifest", lambda f, e, d: d + b"\n"),
    "a manifest with other bytes": ("manifest.json", "leaves", lambda f, e, d: d.replace(b"Hillhead", b"Hillheat")),
    "an empty manifest": ("manifest.json", "manifest", lambda f, e, d: b""),
    "another election key": ("election_key.hex", "election-key", lambda f, e, d: key_hex(p256.generate())),
    "no key of the curve": ("election_key.hex", "election-key", lambda f, e, d: b"0" * 64),
    "a key in capitals": ("election_key.hex", "election-key", lambda f, e, d: d.upper()),
    "a key that is not text": ("election_key.hex", "election-key", lambda f, e, d: b"\xff" * 64),
    "a ledger without its header": ("issuance.csv", "ledger", lambda f, e, d: d.partition(b"\n")[2]),
    "an empty ledger": ("issuance.csv", "ledger", lambda f, e, d: b""),
    "a ledger line twice": ("issuance.csv", "ledger", lambda f, e, d: d + d[-LINE // 2 - 1 :]),
    "a ledger line lost": ("issuance.csv", "ledger", lambda f, e, d: b"\n".join(d.split(b"\n")[:-2]) + b"\n"),
    "a ledger out of order": ("issuance.csv", "ledger", lambda f, e, d: swapped(d)),
    "a ledger without its end": ("issuance.csv", "ledger", lambda f, e, d: d[:-1]),
    "a ledger in capitals": ("issuance.csv", "ledger", lambda f, e, d: d[:20] + d[20:].upper()),
    "a ledger line without end": ("issuance.csv", "ledger", lambda f, e, d: d + b"0" * 100_000),
    "fewer credentials than ballots": ("issuance.csv", "turnout", lambda f, e, d: f.ledger(5)),
    "another winner": ("result.json", "result", lambda f, e, d: d.replace(b'"winners":[1]', b'"winners":[2]')),
    "a ballot fewer": ("result.json", "result", lambda f, e, d: d.replace(b'"counted":4', b'"counted":3')),
    "a ballot not listed as spoilt": ("result.json", "spoilt", lambda f, e, d: without_first_spoilt(d)),
    "another reason": ("result.json", "spoilt", lambda f, e, d: d.replace(b"gap-in-ranks", b"unreadable")),
    "a result not canonical": ("result.json", "result", lambda f, e, d: d + b" "),
    "a result that is none": ("result.json", "result", lambda f, e, d: b"[]"),
    "a result nested deeply": ("result.json", "result", lambda f, e, d: b"[" * 100_000),
}


def key_hex(key: p256.PrivateKey) -> bytes:
    return p256.scalar(key).hex().encode()


def swapped(ledger: bytes) -> bytes:
    header, one, two, *rest = ledger.split(b"\n")
    return b"\n".join([header, two, one, *rest])


def without_first_spoilt(result: bytes) -> bytes:
    before, start, listed = result.partition(b'"spoilt":[')
    return before + start + listed.partition(b"},")[2]


@pytest.mark.parametrize(("name", "check", "doctor"), DOCTORED.values(), ids=DOCTORED)
def test_a_doctored_file_is_refused(
    forger: Forger,
    honest: Entries,
    tmp_path: Path,
    name: str,
    check: str,
    doctor: Callable[[Forger, Entries, bytes], bytes],
) -> None:
    files = forger.files(honest)
    doctored = doctor(forger, honest, files[name])
    assert doctored != files[name]
    report = verify_export(write(tmp_path / "e.zip", {**files, name: doctored}))
    assert check in failures(report), report.checks


FLIPPED = {
    "manifest.json": {"manifest", "checkpoint", "leaves"},
    "checkpoint": {"checkpoint"},
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
    for at in [place for place in places if not (name == "issuance.csv" and says_what_was_issued(files[name], place))]:
        doctored = {**files, name: flipped(files[name], at)}
        found = failures(verify_export(write(tmp_path / "e.zip", doctored)))
        assert found & FLIPPED[name], (at, found)


def says_what_was_issued(ledger: bytes, at: int) -> bool:
    return b"," in ledger[ledger.rfind(b"\n", 0, at) + 1 : at]


def test_what_was_issued_to_whom_only_the_voters_can_tell(forger: Forger, honest: Entries, tmp_path: Path) -> None:
    """Nobody else knows a voter's blinded value: the export alone cannot tell one hash in the ledger from another."""
    files = forger.files(honest)
    line = files["issuance.csv"].split(b"\n")[1]
    files["issuance.csv"] = files["issuance.csv"].replace(line, line[:65] + b"0" * 64)
    assert verify_export(write(tmp_path / "e.zip", files)).ok
