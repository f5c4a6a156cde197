"""The proof that a ballot is missing: what it shows, and everything that makes it show nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ballotcast.ballots import receipt
from ballotcast.ballots.absence import Absence, AbsenceError, Proven
from ballotcast.crypto import canonical
from ballotcast.crypto.merkle import inclusion_proof, leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast_cli.main import main
from forged_export import ORIGIN, Forger

Entries = list[bytes]


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger()


@pytest.fixture(scope="module")
def entries(forger: Forger) -> Entries:
    return forger.entries([forger.ballot() for _ in range(6)])


def proof_of(forger: Forger, entries: Entries, missing: bytes, *neighbours: int) -> Absence:
    hashes = [leaf_hash(entry) for entry in entries]
    return Absence(
        manifest=forger.manifest.encode(),
        receipt=receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, missing),
        checkpoint=forger.note(entries).decode(),
        closing=entries[-1],
        closing_proof=tuple(inclusion_proof(hashes, len(hashes) - 1)),
        neighbours=tuple(
            Proven(index=at, leaf_hash=hashes[at], proof=tuple(inclusion_proof(hashes, at))) for at in neighbours
        ),
    )


def above(hashed: bytes) -> bytes:
    return (int.from_bytes(hashed) + 1).to_bytes(32)


def test_a_ballot_between_two_at_either_end_and_in_an_empty_log(forger: Forger, entries: Entries) -> None:
    third = leaf_hash(entries[3])
    for missing, places in ((above(third), (3, 4)), (bytes(32), (1,)), (b"\xff" * 32, (6,))):
        absence = proof_of(forger, entries, missing, *places)
        shown = Absence.parse(absence.encode()).verify()
        assert (shown.manifest, shown.leaf_hash, shown.closing.ballots) == (forger.manifest, missing, 6)
    assert proof_of(forger, forger.entries([]), bytes(32)).verify().closing.ballots == 0


@pytest.mark.parametrize(
    ("at", "beyond", "places", "reason"),
    [
        (3, 0, (3, 4), "one below and one above"),
        (3, 1, (), "leave a place"),
        (3, 1, (3,), "leave a place"),
        (3, 1, (4,), "leave a place"),
        (3, 1, (3, 5), "leave a place"),
        (3, 1, (2, 4), "leave a place"),
        (5, 1, (3, 4), "one below and one above"),
        (2, 1, (3, 4), "one below and one above"),
        (6, 1, (6, 7), "not a ballot"),
        (1, 1, (0, 1), "index"),
    ],
)
def test_neighbours_that_leave_a_place(
    forger: Forger, entries: Entries, at: int, beyond: int, places: tuple[int, ...], reason: str
) -> None:
    missing = above(leaf_hash(entries[at])) if beyond else leaf_hash(entries[at])
    with pytest.raises((AbsenceError, ValueError), match=reason):
        proof_of(forger, entries, missing, *places).verify()


def changed(absence: Absence, **members: Any) -> bytes:
    return canonical.dumps(json.loads(absence.encode()) | members)


def test_what_is_forged_or_of_another_election(forger: Forger, entries: Entries) -> None:
    honest, other = proof_of(forger, entries, bytes(32), 1), Forger()
    theirs = proof_of(other, other.entries([other.ballot()]), bytes(32), 1)
    told = json.loads(theirs.encode())
    for member, reason in (
        ("manifest", "receipt"),
        ("receipt", "receipt"),
        ("checkpoint", "checkpoint"),
        ("closing", "closing leaf"),
        ("closing_proof", "closing leaf"),
        ("neighbours", "neighbour"),
    ):
        with pytest.raises(AbsenceError, match=reason):
            Absence.parse(changed(honest, **{member: told[member]})).verify()
    with pytest.raises(AbsenceError, match="does not close"):
        proof_of(forger, entries[:-1], bytes(32), 1).verify()
    with pytest.raises(AbsenceError, match="more ballots"):
        proof_of(forger, forger.closed(entries[:-1], ballots=9), bytes(32), 1).verify()


def test_one_spelling(forger: Forger, entries: Entries) -> None:
    honest = proof_of(forger, entries, bytes(32), 1)
    for data in (
        b"",
        b"{}",
        honest.encode() + b"\n",
        changed(honest, extra=1),
        changed(honest, v="ballotcast/absence/2"),
        changed(honest, closing_proof=["AB" * 32]),
        changed(honest, manifest="A"),
        changed(honest, neighbours=[{"index": True, "leaf_hash": "00" * 32, "proof": []}]),
        changed(honest, receipt="x" * 300_000),
    ):
        with pytest.raises(AbsenceError):
            Absence.parse(data)


def test_the_command_checks_a_proof(forger: Forger, entries: Entries, tmp_path: Path) -> None:
    file = tmp_path / "absence.json"
    file.write_bytes(proof_of(forger, entries, bytes(32), 1).encode())
    run = CliRunner().invoke(main, ["verify", str(file)])
    assert run.exit_code == 0, run.output
    assert "The proof holds" in run.output
    assert forger.manifest.hash.hex() in run.output
    run = CliRunner().invoke(main, ["verify", str(file), "--manifest-hash", "00" * 32])
    assert (run.exit_code, "another election" in run.output) == (1, True)
    file.write_bytes(proof_of(forger, entries, above(leaf_hash(entries[2])), 1).encode())
    run = CliRunner().invoke(main, ["verify", str(file)])
    assert (run.exit_code, "does NOT hold" in run.output) == (1, True)
