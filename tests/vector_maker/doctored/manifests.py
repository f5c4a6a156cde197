"""The manifest: bytes that are no manifest, and other manifests than the log's."""

import json
from collections.abc import Iterator
from typing import Any

from ballotcast.crypto import p256
from ballotcast.crypto.encoding import b64u_encode
from vector_maker import seeded
from vector_maker.bases import Base, plain
from vector_maker.doctored.case import Doctored, members, misshapen, one_file

NAME = "manifest.json"
SMALL_ORDER = b64u_encode((1).to_bytes(32, "little"))
NO_POINT = b64u_encode((2).to_bytes(32, "little"))
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "another title": ("leaves", {"title": "Hillheat"}),
    "another election": ("leaves", {"election": "e2"}),
    "an earlier start": ("leaves", {"opens_at": "2026-11-20T08:00:00Z"}),
    "a later end": ("leaves", {"closes_at": "2026-11-20T19:00:00Z"}),
    "a larger roll": ("leaves", {"roll_size": 9}),
    "another roll": ("leaves", {"roll_root": "00" * 32}),
    "another origin": ("checkpoint", {"origin": "vote.example.org/v1/elections/e2/log"}),
}
"""Whole, and of another election; `leaves` finds that leaf 0 does not name it."""

VALUES: dict[str, dict[str, Any]] = {
    "v": {"another version": 2, "version 0": 0},
    "election": {"an id with a slash": "a/b", "an empty id": "", "a long id": "e" * 65},
    "origin": {
        "a space": "a b",
        "a plus": "a+b",
        "nothing": "",
        "a letter that is not ASCII": "ä",
        "too much": "a" * 201,
    },
    "title": {
        "nothing": "",
        "too much": "a" * 201,
        "a space before it": " a",
        "a space behind it": "a ",
        "a mark of direction": "a\u202eb",
        "a control character": "a\u009fb",
        "a line separator": "a\u2028b",
        "a zero-width space": "a\u200bb",
        "a byte order mark": "\ufeffa",
        "a tag character": "a\U000e0041",
    },
    "opens_at": {"its end": "2026-11-20T18:00:00Z", "year 0000": "0000-11-20T09:00:00Z", "no time": "2026-11-20"},
    "closes_at": {"its start": "2026-11-20T09:00:00Z", "a leap second": "2026-11-20T18:00:60Z"},
    "mode": {"another mode": "trustees"},
    "t": {"a trustee": 1},
    "n": {"a trustee": 1},
    "roll_size": {"a negative number": -1},
    "roll_root": {"capitals": "AA" * 32, "31 bytes": "00" * 31},
    "log_pk": {"a key of small order": SMALL_ORDER, "no point": NO_POINT},
    "receipt_pk": {"a key of small order": SMALL_ORDER, "no point": NO_POINT},
    "issuance_pk": {"a key of small order": SMALL_ORDER, "no point": NO_POINT},
    "election_pk": {
        "a point off the curve": b64u_encode(b"\4" + bytes(64)),
        "a compressed point": b64u_encode(b"\2" * 33),
    },
    "issuer_pk": {"no key": "", "other DER": b64u_encode(b"\x30\x03\2\1\1")},
}
CONTEST: dict[str, dict[str, Any]] = {
    "id": {"another id": "c2"},
    "title": {"nothing": ""},
    "method": {"an unknown method": "coin"},
    "options": {
        "none": [],
        "one twice": ["Ash", "Ash", "Cedar"],
        "a zero-width space": ["As\u200bh", "Birch", "Cedar"],
        "256 of them": [f"Option {number}" for number in range(256)],
    },
    "seats": {"none": 0, "two under a method with one": 2, "more than options": 4},
    "min": {"a negative number": -1, "more than max": 4},
    "max": {"none": 0, "more than options": 4},
    "tie": {"another way": "coin"},
}
"""Of the contest, whose method is irv."""


def cases() -> Iterator[Doctored]:
    base = plain()
    data = base.files[NAME]
    for how, body in misshapen(data):
        yield one_file(base, f"the manifest: {how}", "manifest", NAME, body)
    for member, values in VALUES.items():
        for how, value in values.items():
            yield one_file(base, f"{member}: {how}", "manifest", NAME, members(data, **{member: value}))
    for how, (check, changes) in OTHERS.items():
        yield one_file(base, f"the manifest of {how}", check, NAME, members(data, **changes))
    yield from _keys(base)
    yield from _contest(base)


def _keys(base: Base) -> Iterator[Doctored]:
    data, manifest = base.files[NAME], json.loads(base.files[NAME])
    for member in ("issuance_pk", "receipt_pk", "log_pk"):
        other = b64u_encode(seeded.ed25519_key("another").public_key().public_bytes_raw())
        check = "checkpoint" if member == "log_pk" else "leaves"
        yield one_file(base, f"another {member}", check, NAME, members(data, **{member: other}))
    for one, two in (("receipt_pk", "log_pk"), ("issuance_pk", "log_pk"), ("receipt_pk", "issuance_pk")):
        same = members(data, **{one: manifest[two]})
        yield one_file(base, f"one key for {one} and {two}", "manifest", NAME, same)
    other = b64u_encode(p256.point(seeded.p256_key("another")))
    yield one_file(base, "another election_pk", "election-key", NAME, members(data, election_pk=other))
    other = b64u_encode(seeded.issuer_key("plain/stranger/issuer").public.spki())
    yield one_file(base, "another issuer_pk", "leaves", NAME, members(data, issuer_pk=other))
    yield one_file(base, "a list of witnesses", "manifest", NAME, members(data, witnesses=[]))
    yield one_file(base, "a witness", "manifest", NAME, members(data, witnesses=["witness.example+12345678+key"]))


def _contest(base: Base) -> Iterator[Doctored]:
    data = base.files[NAME]
    [contest] = json.loads(data)["contests"]
    for member in contest:
        rest = {name: value for name, value in contest.items() if name != member}
        yield one_file(base, f"a contest without {member}", "manifest", NAME, members(data, contests=[rest]))
        mistyped = {**contest, member: {}}
        yield one_file(
            base, f"{member} of a contest of another type", "manifest", NAME, members(data, contests=[mistyped])
        )
    for member, values in CONTEST.items():
        for how, value in values.items():
            body = members(data, contests=[{**contest, member: value}])
            yield one_file(base, f"{member} of a contest: {how}", "manifest", NAME, body)
    yield one_file(base, "no contest", "manifest", NAME, members(data, contests=[]))
    yield one_file(base, "a contest twice", "manifest", NAME, members(data, contests=[contest, contest]))
    body = members(data, contests=[{**contest, "zz": 0}])
    yield one_file(base, "a contest with a member too many", "manifest", NAME, body)
    for changes in ({"method": "borda"}, {"tie": "lot"}, {"options": ["Birch", "Ash", "Cedar"]}, {"max": 2}):
        body = members(data, contests=[{**contest, **changes}])
        yield one_file(base, f"a contest with another {next(iter(changes))}", "leaves", NAME, body)
