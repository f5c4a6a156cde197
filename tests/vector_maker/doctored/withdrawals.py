"""Amendments that withdraw an option, and counts that do not heed them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ballotcast.ballots.amendment import AmendmentLeaf, Withdrawal
from ballotcast.clock import to_rfc3339
from ballotcast.elections.amendment_audit import Withdrawn
from ballotcast.elections.export_files import RESULT
from forged_export import OPENS, Entries
from vector_maker.bases import LATER, Base, conditions, withdrawn
from vector_maker.doctored.case import Doctored, members, misshapen, one_file, relogged

FIRST, SCHEDULE, LAST = 1, 2, 3
"""The leaves of three amendments: an option of contest 1 is withdrawn, the end is moved, an option of contest 2."""
HEEDED: Withdrawn = {"c1": {1}, "c2": {2}}
COUNTED: dict[str, Withdrawn] = {
    "none of them": {},
    "the one of contest 1 only": {"c1": {1}},
    "the one of contest 2 only": {"c2": {2}},
    "another one of contest 1": {"c1": {2}, "c2": {2}},
    "another one of contest 1 as well": {"c1": {1, 4}, "c2": {2}},
}
SAID: dict[str, dict[str, Any]] = {
    "of a contest that there is not": {"contest": "c3", "option": 1},
    "of a contest without a number": {"contest": "", "option": 1},
    "of a contest by its place": {"contest": 1, "option": 1},
    "with the number after the last": {"contest": "c1", "option": 5},
    "with the number 0": {"contest": "c1", "option": 0},
    "with a negative number": {"contest": "c1", "option": -1},
    "with a number that no option can have": {"contest": "c1", "option": 256},
    "by its name": {"contest": "c1", "option": "Ash"},
    "by true in place of 1": {"contest": "c1", "option": True},
    "of no contest": {"option": 1},
    "without saying which": {"contest": "c1"},
    "with a member too many": {"contest": "c1", "option": 1, "name": "Ash"},
}
STAYS = {
    "one side of a motion": ("c4", 2),
    "none of the above": ("c3", 3),
    "a default option": ("c5", 3),
}
MADE = {
    "before the amendment in front of it": OPENS,
    "at the end in force": LATER,
    "after the end in force": LATER + timedelta(seconds=1),
}


def cases() -> Iterator[Doctored]:
    base = withdrawn()
    one = base.entries
    for how, other in COUNTED.items():
        result = base.forger.result(one, other)
        yield one_file(base, f"of the withdrawn options the count heeds {how}", "result", RESULT, result)
    yield _recounted(base, "a withdrawal is missing, and the count heeds it", [*one[:LAST], *one[LAST + 1 :]])
    yield _recounted(base, "all withdrawals are missing, and the count heeds them", [one[0], one[SCHEDULE], *one[4:]])
    body = one[FIRST][1:]
    for how, told in SAID.items():
        yield _instead(base, f"an option is withdrawn {how}", FIRST, members(body, withdrawn=told))
    for how, other in misshapen(body):
        yield _instead(base, f"a withdrawal: {how}", FIRST, other)
    schedule = json.loads(one[SCHEDULE][1:])["schedule"]
    yield _instead(base, "a withdrawal that moves the end as well", FIRST, members(body, schedule=schedule))
    for how, at in MADE.items():
        later = members(one[LAST][1:], at=to_rfc3339(at))
        yield _instead(base, f"a withdrawal is made {how}", LAST, later)
    again = b"\2" + members(body, at=json.loads(one[LAST][1:])["at"])
    yield relogged(base, "an option is withdrawn twice", "leaves", [*one[: LAST + 1], again, *one[LAST + 1 :]])
    for contest, options in {"c1": (2, 3), "c2": (1, 3)}.items():
        more = [
            b"\2" + members(again[1:], withdrawn={"contest": contest, "option": option}, reason="So is this one")
            for option in options
        ]
        what = f"fewer options of contest {contest[1]} are left than there must be"
        yield relogged(base, what, "leaves", [*one[: LAST + 1], *more, *one[LAST + 1 :]])
    yield relogged(base, "a withdrawal behind a ballot", "leaves", [one[0], *one[2:5], one[FIRST], *one[5:]])
    yield relogged(base, "a withdrawal behind all ballots", "leaves", [one[0], *one[2:-1], one[FIRST], one[-1]])
    yield relogged(base, "a withdrawal before the manifest", "leaves", [one[FIRST], one[0], *one[2:]])
    exchanged = [one[0], one[LAST], one[SCHEDULE], one[FIRST], *one[4:]]
    yield relogged(base, "withdrawals in another order", "leaves", exchanged)
    yield from _what_stays()


def _what_stays() -> Iterator[Doctored]:
    """Options without which a contest would ask something else, or votes against others would be gone."""
    base = conditions()
    for what, (contest, option) in STAYS.items():
        said = Withdrawal(contest=contest, option=option)
        leaf = AmendmentLeaf(at=OPENS + timedelta(hours=1), reason="She stands no more", withdrawn=said)
        entries = [base.entries[0], leaf.encode(), *base.entries[1:]]
        yield relogged(base, f"{what} is withdrawn", "leaves", entries)


def _recounted(base: Base, what: str, entries: Entries) -> Doctored:
    """The log is made again without them, and the result is that of the log with them, but for the new root."""
    files = {**base.forger.files(entries), RESULT: base.forger.result(entries, HEEDED)}
    return Doctored(what, base.name, "result", files)


def _instead(base: Base, how: str, leaf: int, body: bytes) -> Doctored:
    entries = [*base.entries[:leaf], b"\2" + body, *base.entries[leaf + 1 :]]
    return relogged(base, how, "leaves", entries)
