"""What came of an imported file, row by row, as the API tells it and a job keeps it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ballotcast.elections.roll_file import RollFile, Row
from ballotcast.faults import Fault, fault

LISTED = 2000
LISTED_BYTES = {"rejected": 150_000, "duplicate_rows": 80_000, "mended": 80_000}
"""Rows that are listed, so that a job keeps within one item; all are counted."""
NOTHING: dict[str, Any] = {
    "added": 0,
    "duplicates": 0,
    "duplicate_rows": [],
    "rejected": [],
    "rejected_count": 0,
    "mended": [],
    "mended_count": 0,
    "ignored_columns": [],
    "columns": {},
    "warnings": [],
}
"""What came of a file before anything did."""


def outcome_of(roll: RollFile, daily_mails: int) -> dict[str, Any]:
    """Before the first row is written. `daily_mails`: the allowance."""
    read = {"email": [roll.columns.email], "name": roll.columns.name}
    single = {"phone": roll.columns.phone, "language": roll.columns.language}
    read |= {what: [place] for what, place in single.items() if place is not None}
    return {
        "added": 0,
        "duplicates": len(roll.duplicates),
        "duplicate_rows": _listed("duplicate_rows", (row._asdict() for row in roll.duplicates)),
        "rejected": _listed("rejected", (_row(row.line, row.value, row.reason) for row in roll.rejected)),
        "rejected_count": len(roll.rejected),
        "mended": _listed("mended", (_row(row.line, row.value, row.note) for row in roll.mended)),
        "mended_count": len(roll.mended),
        "ignored_columns": list(roll.ignored),
        "columns": {what: [place + 1 for place in places] for what, places in read.items()},
        "warnings": [one.to_json() for one in (*roll.warnings, *_days_of_mails(len(roll.rows), daily_mails))],
    }


def _days_of_mails(voters: int, most: int) -> list[Fault]:
    """Said at once, because anyone who invites late reaches some voters after the close."""
    if voters <= most:
        return []
    return [fault("days-of-mails", voters=voters, days=-(-voters // most), most=most)]


def _row(line: int, value: str, found: Fault) -> dict[str, Any]:
    """With the fault's code and values: the reader of the row has it worded."""
    return {"line": line, "value": value, **found.to_json()}


def _listed(what: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many of the rows as there is room for."""
    kept: list[dict[str, Any]] = []
    room = LISTED_BYTES[what]
    for row in rows:
        room -= len(json.dumps(row))
        if room < 0 or len(kept) == LISTED:
            break
        kept.append(row)
    return kept


def with_duplicates(outcome: dict[str, Any], known: Sequence[Row], count: int) -> dict[str, Any]:
    """The outcome once these rows turned out to be on the roll already."""
    rows = ({"line": row.line, "value": row.email, "first_line": None} for row in known)
    listed = _listed("duplicate_rows", [*outcome["duplicate_rows"], *rows]) if known else outcome["duplicate_rows"]
    return {**outcome, "duplicates": outcome["duplicates"] + count, "duplicate_rows": listed}
