"""What people kept of an election, and proofs of absence: what holds against an export, and what convicts somebody."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ballotcast.ballots import issuance, receipt
from ballotcast.ballots.absence import Absence, Proven
from ballotcast.ballots.issuance import Issuance
from ballotcast.ballots.ledger import Ledger
from ballotcast.ballots.stated_turnout import StatedTurnout
from ballotcast.crypto import canonical
from ballotcast.crypto.merkle import inclusion_proof, leaf_hash
from ballotcast.crypto.signed_note import Signer
from forged_export import CLOSES, OPENS, ORIGIN, Entries
from vector_maker.bases import plain
from vector_maker.forger import SeededForger

HOUR = timedelta(hours=1)
TURNOUT = StatedTurnout(OPENS + HOUR, 2, 3)


def kept() -> dict[str, Any]:
    return {
        "about": (
            "Statements that people kept of the election in exports/plain.zip. refused_by: the checks of section 10"
            " that fail, if all of these notes are given."
        ),
        "cases": [
            {"what": what, "notes": [note.decode() for note in notes], "refused_by": [check] if check else []}
            for what, check, notes in _statements()
        ],
    }


def _statements() -> Iterator[tuple[str, str, list[bytes]]]:
    base = plain()
    forger, entries, other = base.forger, base.entries, base.forger.stranger()
    lines = Ledger.parse(base.files["issuance.csv"]).lines
    filled, empty = (next(line for line in lines if bool(line.blinded_sha256) is whether) for whether in (True, False))
    later, ballots = replace(TURNOUT, slot=TURNOUT.slot + HOUR), [leaf_hash(entry) for entry in entries[1:-1]]
    first, final = forger.note(entries[:1]), forger.note(entries)
    yield "a checkpoint from the start, and the final one", "", [first, final]
    yield "the door statement", "", [forger.door(entries)]
    yield (
        "turnout statements that grow",
        "",
        _stated(forger, TURNOUT, later, replace(later, slot=CLOSES, cast=6, issued=6)),
    )
    yield "the receipts of all ballots", "", [_receipt(forger, one) for one in ballots]
    yield "the issuance receipt of a line", "", [_issuance(forger, filled.tag, filled.blinded_sha256)]
    yield "a second end", "kept-checkpoints", [forger.note([*entries[:4], entries[-1]])]
    yield "a longer log", "kept-checkpoints", [forger.note([*entries, entries[-1]])]
    yield "a checkpoint of another election", "kept-checkpoints", [other.note(other.entries([]))]
    yield "a door with another number", "kept-doors", [forger.door(entries, ballots=5)]
    yield "a door with another time", "kept-doors", [forger.door(entries, closed_at=CLOSES - HOUR)]
    yield "a door of another election", "kept-doors", [other.door(entries)]
    for what, turnouts in {
        "two for one hour that differ": (TURNOUT, replace(TURNOUT, cast=1)),
        "a later one with fewer ballots": (TURNOUT, replace(later, cast=1)),
        "a later one with fewer credentials": (TURNOUT, replace(later, issued=2)),
        "more ballots than in the end": (replace(TURNOUT, cast=7, issued=7),),
        "more credentials than in the end": (replace(TURNOUT, issued=7),),
        "more ballots than credentials": (replace(TURNOUT, cast=4),),
        "one for a time after the end": (replace(TURNOUT, slot=CLOSES + HOUR),),
        "one that is not for a full hour": (replace(TURNOUT, slot=TURNOUT.slot.replace(minute=30)),),
    }.items():
        yield f"turnout statements: {what}", "kept-turnouts", _stated(forger, *turnouts)
    yield "the receipt of a ballot that is missing", "kept-receipts", [_receipt(forger, bytes(32))]
    yield "a receipt of another election", "kept-receipts", [_receipt(other, ballots[0])]
    yield "an issuance receipt for another value", "kept-issuances", [_issuance(forger, filled.tag, bytes(32))]
    yield "an issuance receipt for an empty line", "kept-issuances", [_issuance(forger, empty.tag, bytes(32))]
    yield "an issuance receipt for no line", "kept-issuances", [_issuance(forger, bytes(32), bytes(32))]


def _stated(forger: SeededForger, *turnouts: StatedTurnout) -> list[bytes]:
    return [one.sign(forger.manifest, Signer(ORIGIN, forger.log_key)).encode() for one in turnouts]


def _receipt(forger: SeededForger, hashed: bytes) -> bytes:
    return receipt.issue(Signer(f"{ORIGIN}/receipt", forger.receipt_key), forger.manifest, hashed).encode()


def _issuance(forger: SeededForger, tag: bytes, blinded: bytes) -> bytes:
    signer = Signer(f"{ORIGIN}/issuance", forger.issuance_key)
    return issuance.issue(signer, ORIGIN, forger.manifest.hash, Issuance(tag, blinded)).encode()


def absence() -> dict[str, Any]:
    base = plain()
    whole = _proof(base.forger, base.entries, _above(base.entries[3]), 3, 4)
    return {
        "about": (
            "Proofs of absence in the election of exports/plain.zip. A case is the proof `whole` with other `members`;"
            " holds: whether it is accepted."
        ),
        "whole": json.loads(whole),
        "cases": [
            {"what": what, "members": _difference(json.loads(whole), json.loads(proof)), "holds": holds}
            for what, holds, proof in _proofs(whole)
        ],
    }


def _difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in other.items() if one.get(name) != value}


def _proofs(whole: bytes) -> Iterator[tuple[str, bool, bytes]]:
    base = plain()
    forger, entries = base.forger, base.entries
    between = _above(entries[3])
    yield "between two ballots", True, whole
    yield "before the first", True, _proof(forger, entries, bytes(32), 1)
    yield "behind the last", True, _proof(forger, entries, b"\xff" * 32, 6)
    yield "in a log without ballots", True, _proof(forger, forger.entries([]), bytes(32))
    yield "a ballot that is there", False, _proof(forger, entries, leaf_hash(entries[3]), 3, 4)
    for what, places in {
        "no neighbour": (),
        "one neighbour": (3,),
        "neighbours with a place between them": (3, 5),
        "a neighbour that is not a ballot": (3, 7),
    }.items():
        yield what, False, _proof(forger, entries, between, *places)
    yield "neighbours on one side", False, _proof(forger, entries, _above(entries[5]), 3, 4)
    yield "a log that does not end", False, _proof(forger, entries[:-1], bytes(32), 1)
    yield "an end with too many ballots", False, _proof(forger, forger.closed(entries[:-1], ballots=9), bytes(32), 1)
    other = forger.stranger()
    theirs = json.loads(_proof(other, other.entries([]), bytes(32)))
    for member in ("manifest", "receipt", "checkpoint", "closing", "closing_proof"):
        yield f"another election's {member}", False, canonical.dumps(json.loads(whole) | {member: theirs[member]})
    yield "a member too many", False, canonical.dumps(json.loads(whole) | {"zz": 0})
    yield "another version", False, canonical.dumps(json.loads(whole) | {"v": "ballotcast/absence/2"})


def _above(entry: bytes) -> bytes:
    return (int.from_bytes(leaf_hash(entry)) + 1).to_bytes(32)


def _proof(forger: SeededForger, entries: Entries, missing: bytes, *neighbours: int) -> bytes:
    hashes = [leaf_hash(entry) for entry in entries]
    return Absence(
        manifest=forger.manifest.encode(),
        receipt=_receipt(forger, missing).decode(),
        checkpoint=forger.note(entries).decode(),
        closing=entries[-1],
        closing_proof=tuple(inclusion_proof(hashes, len(hashes) - 1)),
        neighbours=tuple(
            Proven(index=at, leaf_hash=hashes[at], proof=tuple(inclusion_proof(hashes, at))) for at in neighbours
        ),
    ).encode()
