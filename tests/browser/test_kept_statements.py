"""What people kept is held against an export, and proofs of absence are checked, by the browser as by Python."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ballotcast.ballots import issuance, receipt
from ballotcast.ballots.absence import Absence, AbsenceError, Proven
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.ledger import Ledger
from ballotcast.ballots.stated_turnout import StatedTurnout
from ballotcast.crypto import canonical
from ballotcast.crypto.merkle import inclusion_proof, leaf_hash
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import verify_export
from forged_export import CLOSES, OPENS, ORIGIN, Entries, Forger, flipped, write

HOUR = timedelta(hours=1)
VERIFY = """async ({ zip, kept, leaves }) => {
  const load = (name) => import(`/js/${name}.js`);
  const [{ verifyExport }, { sortKept }, { ExportFile, MANIFEST }] = await Promise.all(
    ["verify/verification", "verify/kept", "verify/export_file"].map(load),
  );
  const [{ readBallot }, { parseManifest }] = await Promise.all(["verify/read_ballot", "protocol/manifest"].map(load));
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const blob = new Blob([bytes(zip)]);
  const found = [];
  let log = null;
  for (const notes of kept) {
    const statements = notes.map((note, at) => ({ name: `file ${at + 1}`, note }));
    const report = await verifyExport(blob, { kept: sortKept(statements) });
    found.push(Object.fromEntries(report.checks.map(({ name, outcome }) => [name, outcome])));
    log = report.log;
  }
  const exported = await ExportFile.open(blob);
  const manifest = await parseManifest(await exported.read(MANIFEST, 100_000));
  const read = [];
  for (const leaf of leaves) read.push(await readBallot(exported, manifest, log, bytes(leaf)));
  return { found, read };
}"""


@pytest.fixture(scope="module")
def forger() -> Forger:
    return Forger(voters=40)


@pytest.fixture(scope="module")
def entries(forger: Forger) -> Entries:
    """Thirty ballots, one of them spoilt."""
    return forger.entries([*(forger.ballot(b"\2\1\3") for _ in range(29)), forger.ballot(b"\1\1\0")])


def statements(forger: Forger, entries: Entries) -> list[list[bytes]]:
    """Sets of statements: honest ones, and one for each way to contradict the export or each other."""
    log, first = Signer(ORIGIN, forger.log_key), StatedTurnout(OPENS + HOUR, 10, 20)
    other = Forger(voters=40)

    def stated(*turnouts: StatedTurnout) -> list[bytes]:
        return [turnout.sign(forger.manifest, log).encode() for turnout in turnouts]

    def promised(hashed: bytes) -> bytes:
        return receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, hashed).encode()

    def issued(tag: bytes, blinded: bytes) -> bytes:
        signer = Signer(f"{ORIGIN}/issuance", forger.issuance_key)
        return issuance.issue(signer, ORIGIN, forger.manifest.hash, Issuance(tag, blinded)).encode()

    lines = Ledger.parse(forger.ledger(30)).lines
    filled, empty = (next(line for line in lines if bool(line.blinded_sha256) is whether) for whether in (True, False))
    later = replace(first, slot=first.slot + HOUR)
    return [
        [
            *stated(first, first, replace(first, slot=CLOSES, cast=30, issued=30)),
            forger.door(entries),
            forger.note(entries),
            forger.note(entries[:1]),
            promised(leaf_hash(entries[7])),
            issued(filled.tag, filled.blinded_sha256),
        ],
        stated(first, replace(first, cast=9)),
        stated(replace(later, cast=9), first),
        stated(replace(later, issued=19), first),
        stated(replace(first, cast=31, issued=40)),
        stated(replace(first, issued=31)),
        stated(replace(first, cast=21)),
        stated(replace(first, slot=CLOSES + HOUR)),
        stated(replace(first, slot=first.slot.replace(minute=30))),
        [forger.door(entries, ballots=29)],
        [forger.door(entries, closed_at=CLOSES - HOUR)],
        [forger.note(entries[:9]), forger.note([*entries[:8], entries[-1]])],
        [forger.note([*entries, entries[-1]])],
        [promised(bytes(32)), promised(leaf_hash(entries[3]))],
        [issued(filled.tag, bytes(32))],
        [issued(empty.tag, bytes(32))],
        [issued(bytes(32), bytes(32))],
        [other.door(entries)],
        [flipped(forger.door(entries), 90)],
        [flipped(promised(leaf_hash(entries[3])), 140)],
    ]


def by_python(path: Path, notes: Sequence[bytes]) -> dict[str, str]:
    kept = Kept.sort(Statement(f"file {number}", note) for number, note in enumerate(notes, 1))
    return {check.name: check.outcome.value for check in verify_export(path, kept=kept).checks}


def test_both_find_the_same_and_read_the_same_ballots(
    modules: Page, forger: Forger, entries: Entries, tmp_path: Path
) -> None:
    path, kept = write(tmp_path / "e.zip", forger.files(entries)), statements(forger, entries)
    leaves = [leaf_hash(entry) for entry in entries[1:-1]]
    given = {
        "zip": base64.b64encode(path.read_bytes()).decode(),
        "kept": [[note.decode() for note in notes] for notes in kept],
        "leaves": [base64.b64encode(leaf).decode() for leaf in (*leaves, bytes(32), b"\xff" * 32)],
    }
    there = modules.evaluate(VERIFY, given)
    here = [by_python(path, notes) for notes in kept]
    assert there["found"] == here
    assert "failed" not in here[0].values()
    assert [[name for name, outcome in found.items() if outcome == "failed"] for found in here[1:]] == [
        *[["kept-turnouts"]] * 8,
        *[["kept-doors"]] * 2,
        *[["kept-checkpoints"]] * 2,
        ["kept-receipts"],
        *[["kept-issuances"]] * 3,
        *[["kept-doors"]] * 2,
        ["kept-receipts"],
    ]
    *read, below, above = there["read"]
    assert (below, above) == (None, None)
    assert [ballot["index"] for ballot in read] == list(range(1, 31))
    spoilt = [ballot for ballot in read if ballot["choices"] is None]
    assert [ballot["reason"] for ballot in spoilt] == ["duplicate-rank"]
    assert all(ballot["choices"] == [[2, 1, 3]] for ballot in read if ballot not in spoilt)


def proofs(forger: Forger, entries: Entries) -> list[bytes]:
    """Proofs that hold, and what is left of one when any member is another."""
    hashes = [leaf_hash(entry) for entry in entries]

    def proof(missing: bytes, *places: int, told: Entries = entries) -> Absence:
        leaves = [leaf_hash(entry) for entry in told]
        return Absence(
            manifest=forger.manifest.encode(),
            receipt=receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, missing),
            checkpoint=forger.note(told).decode(),
            closing=told[-1],
            closing_proof=tuple(inclusion_proof(leaves, len(leaves) - 1)),
            neighbours=tuple(
                Proven(index=at, leaf_hash=leaves[at], proof=tuple(inclusion_proof(leaves, at))) for at in places
            ),
        )

    beside = (int.from_bytes(hashes[9]) + 1).to_bytes(32)
    other = Forger(voters=40)
    good = proof(beside, 9, 10)
    theirs = json.loads(good.model_copy(update={"manifest": other.manifest.encode()}).encode())
    members: list[dict[str, Any]] = [
        {"manifest": theirs["manifest"]},
        {"receipt": ""},
        {"checkpoint": forger.note(entries[:9]).decode()},
        {"closing": base64.urlsafe_b64encode(entries[0]).decode().rstrip("=")},
        {"closing_proof": []},
        {"neighbours": []},
        {"neighbours": [{"index": 1, "leaf_hash": "00" * 32, "proof": []}]},
        {"neighbours": [{"index": True, "leaf_hash": "00" * 32, "proof": []}]},
        {"v": "ballotcast/absence/2"},
        {"more": 1},
    ]
    return [
        good.encode(),
        proof(bytes(32), 1).encode(),
        proof(b"\xff" * 32, 30).encode(),
        proof(bytes(32), told=forger.entries([])).encode(),
        proof(hashes[9], 9, 10).encode(),
        proof(beside, 9).encode(),
        proof(beside, 9, 11).encode(),
        proof(beside, 8, 9).encode(),
        proof(beside, 30, 31).encode(),
        proof(bytes(32), 1, told=forger.closed(entries[:-1], ballots=40)).encode(),
        proof(bytes(32), 1, told=entries[:-1]).encode(),
        *(canonical.dumps(json.loads(good.encode()) | changes) for changes in members),
        good.encode() + b"\n",
        b"{}",
        b"x",
    ]


def holds(data: bytes) -> bool:
    try:
        Absence.parse(data).verify()
    except AbsenceError:
        return False
    return True


def test_proofs_of_absence(protocol: Any, forger: Forger, entries: Entries) -> None:
    files = proofs(forger, entries)
    there = protocol.run(
        """
        const { parseAbsence, verifyAbsence } = await load("absence");
        const holds = async (text) => {
          const refused = await refusal(async () => verifyAbsence(parseAbsence(text)));
          if (refused && refused.kind !== "AbsenceError") throw new Error(refused.kind);
          return refused === null;
        };
        const found = [];
        for (const text of given.files) found.push(await holds(text));
        return found;
        """,
        files=[data.decode() for data in files],
    )
    assert there == [holds(data) for data in files]
    assert there == [True] * 4 + [False] * (len(files) - 4)
