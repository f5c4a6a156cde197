"""A doctored export, and ways to doctor that several subjects share."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto import canonical
from ballotcast.elections.export_files import LEDGER
from forged_export import Entries
from vector_maker.bases import Base

BALLOT = BallotLeaf(b"").encode()


class Doctored(NamedTuple):
    """what: was done. base: to which export. check: that refuses it.

    files: all of them afterwards; archive: the whole zip, where what is around the files was doctored. place: what the
    detail of the check names, if anything.
    """

    what: str
    base: str
    check: str
    files: Mapping[str, bytes] = {}
    archive: bytes = b""
    place: str = ""


def one_file(base: Base, what: str, check: str, name: str, content: bytes) -> Doctored:
    """One file is another, and nothing else fits it."""
    assert content != base.files[name], what
    return Doctored(what, base.name, check, {**base.files, name: content})


def relogged(base: Base, what: str, check: str, entries: Entries) -> Doctored:
    """Tiles, root, signature and result are made again to fit: only what the entries say gives it away."""
    assert entries != base.entries, what
    return Doctored(what, base.name, check, {**base.forger.files(entries), LEDGER: base.files[LEDGER]})


def members(data: bytes, **changes: Any) -> bytes:
    """Canonical JSON with other values of members, or more of them."""
    return canonical.dumps(json.loads(data) | changes)


def without(data: bytes, member: str) -> bytes:
    value = json.loads(data)
    del value[member]
    return canonical.dumps(value)


def misshapen(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Ways in which an object in canonical JSON is not what it must be, whatever it says."""
    value = json.loads(data)
    for member, told in value.items():
        yield f"without {member}", without(data, member)
        yield f"{member} of another type", members(data, **{member: True if told != [] else {}})
    yield "a member too many", members(data, zz=0)
    first = next(iter(value))
    again = canonical.dumps({first: value[first]})[1:-1]
    yield f"{first} twice", data.replace(again, again + b"," + again, 1)
    yield "a space in it", data.replace(b",", b", ", 1)
    yield "a line end behind it", data + b"\n"
    yield (
        "its members in another order",
        json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False).encode(),
    )
    yield "nothing", b""
    yield "an array", b"[]"
    yield "not UTF-8", data[:-1] + b"\xff}"
