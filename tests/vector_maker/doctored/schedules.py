"""Amendments that let voting end later, and when it ended."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ballotcast.ballots.leaf import ClosingLeaf
from ballotcast.clock import to_rfc3339
from forged_export import CLOSES, OPENS
from vector_maker.bases import LATER, LATEST, Base, extended
from vector_maker.doctored.case import Doctored, members, misshapen, relogged

FIRST, LAST = 3, 6
"""The leaves of the two amendments of the schedule, among four of the roll."""
SECOND = timedelta(seconds=1)
ENDS = {
    "to an earlier time": (FIRST, CLOSES - SECOND),
    "to where it is": (FIRST, CLOSES),
    "to before the start": (FIRST, OPENS - SECOND),
    "by more than 30 days": (LAST, LATEST + SECOND),
    "to where it was moved before": (LAST, LATER),
    "back again": (LAST, CLOSES + SECOND),
}
MADE = {
    "before the amendment in front of it": (LAST, OPENS),
    "at the end that was in force": (LAST, LATER),
    "after the last end": (LAST, LATEST),
}
CLOSED = {
    "after the last end": LATEST + SECOND,
    "before the last amendment": CLOSES - SECOND,
    "before the start": OPENS - SECOND,
}


def cases() -> Iterator[Doctored]:
    base = extended()
    for how, (leaf, closes_at) in ENDS.items():
        schedule = {"closes_at": to_rfc3339(closes_at)}
        yield _instead(base, f"the end is moved {how}", leaf, members(base.entries[leaf][1:], schedule=schedule))
    for how, (leaf, at) in MADE.items():
        body = members(base.entries[leaf][1:], at=to_rfc3339(at))
        yield _instead(base, f"an amendment of the schedule is made {how}", leaf, body)
    body = base.entries[FIRST][1:]
    for how, other in misshapen(body):
        yield _instead(base, f"an amendment of the schedule: {how}", FIRST, other)
    roll = json.loads(base.entries[1][1:])["roll"]
    yield _instead(base, "an amendment of schedule and roll", FIRST, members(body, roll=roll))
    for how, schedule in _schedules():
        yield _instead(base, f"an amendment of the schedule with {how}", FIRST, members(body, schedule=schedule))
    for how, closed_at in CLOSED.items():
        yield _closed(base, how, closed_at)
    one = base.entries
    yield relogged(base, "an amendment of the schedule is missing", "leaves", [*one[:LAST], *one[LAST + 1 :]])
    yield relogged(base, "an amendment of the schedule twice", "leaves", [*one[:FIRST], one[FIRST], *one[FIRST:]])
    exchanged = [*one[:FIRST], one[LAST], *one[FIRST + 1 : LAST], one[FIRST], *one[LAST + 1 :]]
    yield relogged(base, "two amendments of the schedule are exchanged", "leaves", exchanged)
    moved = [*one[:FIRST], *one[FIRST + 1 : LAST + 2], one[FIRST], *one[LAST + 2 :]]
    yield relogged(base, "an amendment of the schedule behind a ballot", "leaves", moved)


def _schedules() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "nothing in it", {}
    yield "a member too many", {"closes_at": to_rfc3339(LATER), "opens_at": to_rfc3339(OPENS)}
    yield "a number for a time", {"closes_at": 1}
    yield "no such day", {"closes_at": "2026-11-31T19:00:00Z"}
    yield "a local time", {"closes_at": "2026-11-20T20:00:00+01:00"}


def _closed(base: Base, how: str, closed_at: datetime) -> Doctored:
    told = ClosingLeaf.model_validate_json(base.entries[-1][1:]).model_copy(update={"closed_at": closed_at})
    return relogged(base, f"with a later end it closed {how}", "leaves", [*base.entries[:-1], told.encode()])


def _instead(base: Base, how: str, leaf: int, body: bytes) -> Doctored:
    entries = [*base.entries[:leaf], b"\2" + body, *base.entries[leaf + 1 :]]
    return relogged(base, how, "leaves", entries)
