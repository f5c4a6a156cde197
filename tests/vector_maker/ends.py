"""The end of an election as trustees check it, and files that look like one (docs/protocol.md, section 12)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ballotcast.clock import to_rfc3339
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.merkle import consistency_proof, inclusion_proof, leaf_hash
from forged_export import CLOSES, Entries
from vector_maker.bases import LATEST, Base, extended, plain

Json = dict[str, Any]
SECOND = timedelta(seconds=1)


def ends() -> Json:
    base = extended()
    whole = _end(base, base.entries)
    return {
        "about": "The end of the election of exports/extended.zip, with six amendments. A case is the file `whole` with"
        " other `members`, read `at` that time by a trustee who has confirmed this manifest. reason: why it is refused,"
        " or empty.",
        "manifest_hash": base.forger.manifest.hash.hex(),
        "checkpoint": {"size": len(base.entries), "root": base.forger.root(base.entries).hex()},
        "whole": whole,
        "cases": [
            {
                "what": what,
                "at": to_rfc3339(at),
                "members": {name: value for name, value in end.items() if whole.get(name) != value},
                "reason": reason,
            }
            for what, reason, end, at in _cases(base, whole)
        ],
    }


def _cases(base: Base, whole: Json) -> Iterator[tuple[str, str, Json, datetime]]:
    entries, first = base.entries, base.entries[0]
    yield "in the second of the end", "", whole, LATEST
    yield "a second earlier", "still-open", whole, LATEST - SECOND
    yield "at the manifest's end, which was put off", "still-open", whole, CLOSES
    early = base.forger.closed(entries[:-1], closed_at=CLOSES, issued=4)
    yield "ended early, before the end in force", "still-open", _end(base, early), CLOSES + SECOND
    for what, changed in {
        "an amendment left out of the file": {"amendments": whole["amendments"][:-1]},
        "amendments in another order": {"amendments": whole["amendments"][::-1]},
        "a ballot in the place of an amendment": {"amendments": [*whole["amendments"][:-1], b64u_encode(entries[7])]},
        "an amendment that cannot be read": {"amendments": [*whole["amendments"][:-1], b64u_encode(b"\2{}")]},
        "another start of the log": {"start_proof": whole["start_proof"][::-1]},
        "no proof of the start": {"start_proof": []},
        "no proof of the end": {"closing_proof": []},
        "a ballot for the last leaf": {"closing": b64u_encode(entries[7])},
        "a checkpoint that nobody signed": {"checkpoint": whole["checkpoint"].replace("— ", "— x")},
    }.items():
        yield what, "not-final", {**whole, **changed}, LATEST
    hidden = base.forger.closed([first, *entries[1:3], *entries[7:-1]], roll_revision=2)
    yield "another log, without the later end", "still-open", _end(base, hidden, 2), CLOSES - SECOND
    many = base.forger.closed(entries[:-1], ballots=5, closed_at=LATEST)
    yield "an end that states more ballots", "not-final", _end(base, many), LATEST
    late = base.forger.closed(entries[:-1], closed_at=LATEST + SECOND)
    yield "an end after the end in force", "not-final", _end(base, late), LATEST + SECOND
    unclosed = {**whole, "checkpoint": base.forger.note(entries[:-1]).decode(), "closing": b64u_encode(entries[-2])}
    yield "a log that has not ended", "not-final", unclosed, LATEST
    other = plain()
    yield "the end of another election", "other-manifest", _end(other, other.entries, 0), LATEST
    yield "a member too many", "malformed", {**whole, "zz": 0}, LATEST
    yield "another version", "malformed", {**whole, "v": "ballotcast/end/2"}, LATEST


def _end(base: Base, entries: Entries, amendments: int = 6) -> Json:
    hashes = [leaf_hash(entry) for entry in entries]
    return {
        "v": "ballotcast/end/1",
        "manifest": b64u_encode(base.forger.manifest.encode()),
        "checkpoint": base.forger.note(entries).decode(),
        "amendments": [b64u_encode(entry) for entry in entries[1 : 1 + amendments]],
        "start_proof": [one.hex() for one in consistency_proof(hashes, 1 + amendments)],
        "closing": b64u_encode(entries[-1]),
        "closing_proof": [one.hex() for one in inclusion_proof(hashes, len(hashes) - 1)],
    }
