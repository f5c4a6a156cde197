"""What amendments say of themselves; what they say of rolls is in `rolls`."""

import json
from collections.abc import Iterator

from ballotcast.crypto import canonical
from vector_maker.bases import Base, amended, plain
from vector_maker.doctored.case import Doctored, members, misshapen, relogged

SECOND = 2
"""The leaf of the second of four amendments: it ends two rights and adds nobody."""


def cases() -> Iterator[Doctored]:
    base = amended()
    body = base.entries[SECOND][1:]
    roll = json.loads(body)["roll"]
    for how, other in misshapen(body):
        yield _instead(base, how, other)
    for member in roll:
        rest = {name: value for name, value in roll.items() if name != member}
        yield _instead(base, f"its roll without {member}", members(body, roll=rest))
        yield _instead(base, f"{member} of its roll of another type", members(body, roll={**roll, member: True}))
    yield _instead(base, "its roll with a member too many", members(body, roll={**roll, "zz": 0}))
    ended = roll["ended"]
    for how, other in {
        "commitments in descending order": ended[::-1],
        "a commitment twice": [ended[0], *ended],
        "a commitment in capitals": [ended[0].upper(), *ended[1:]],
        "a commitment cut short": [ended[0][:-2], *ended[1:]],
        "too many commitments": [f"{number:064x}" for number in range(501)],
    }.items():
        yield _instead(base, how, members(body, roll={**roll, "ended": other}))
    for how, at in {
        "no such day": "2026-11-31T09:02:00Z",
        "a time without seconds": "2026-11-20T09:02Z",
        "a local time": "2026-11-20T09:02:00+01:00",
        "a fraction of a second": "2026-11-20T09:02:00.5Z",
    }.items():
        yield _instead(base, how, members(body, at=at))
    for how, reason in {"no reason": "", "a reason with a line end": "As\nwas", "a long reason": "a" * 201}.items():
        yield _instead(base, how, members(body, reason=reason))
    for revision in (0, 1, 3, -1):
        said = members(body, roll={**roll, "revision": revision})
        yield _instead(base, f"revision {revision} for the second", said)
    honest = plain()
    leaf = b"\2" + canonical.dumps({"at": "2026-11-20T09:00:00Z", "reason": "None", "roll": {}})
    entries = [*honest.entries[:1], leaf, *honest.entries[1:]]
    yield relogged(honest, "an amendment: without a roll", "leaves", entries)


def _instead(base: Base, how: str, body: bytes) -> Doctored:
    entries = [*base.entries[:SECOND], b"\2" + body, *base.entries[SECOND + 1 :]]
    return relogged(base, f"an amendment: {how}", "leaves", entries)
