"""What was done to an export, as edits of its files: short enough to read, and to apply in any language."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from vector_maker.doctored.case import Doctored

Edit = dict[str, Any]
KEPT = 24
"""So many equal bytes between two changes make two edits of them."""


def patch(case: Doctored, files: Mapping[str, bytes], archive: bytes) -> str:
    """A case as a line of JSON; files and archive: of its base."""
    edits = list(_edits({}, archive, case.archive) if not case.files else _all_edits(files, case.files))
    told = {"what": case.what, "base": case.base, "check": case.check}
    return json.dumps({**told, **({"place": case.place} if case.place else {}), "edits": edits}, ensure_ascii=False)


def _all_edits(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Edit]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield {"file": name, "remove": True}
        elif before.get(name) != after[name]:
            yield from _edits({"file": name}, before.get(name, b""), after[name])


def _edits(where: Edit, before: bytes, after: bytes) -> Iterator[Edit]:
    if len(before) == len(after):
        yield from _turned(where, before, after)
        return
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    cut, put = before[start : len(before) - end], after[start : len(after) - end]
    yield _edit(where, start, len(cut), put)


def _turned(where: Edit, before: bytes, after: bytes) -> Iterator[Edit]:
    """Bytes at the same places: a run of other bytes ends where enough are the same."""
    start = last = -1
    for at, (one, other) in enumerate(zip(before, after, strict=True)):
        if one == other:
            continue
        if start >= 0 and at - last > KEPT:
            yield _edit(where, start, last + 1 - start, after[start : last + 1])
            start = at
        start, last = (at if start < 0 else start), at
    if start >= 0:
        yield _edit(where, start, last + 1 - start, after[start : last + 1])


def _alike(one: bytes, other: bytes) -> int:
    """So many bytes are the same at the beginning of both."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _edit(where: Edit, at: int, cut: int, put: bytes) -> Edit:
    edit = {**where, "at": at}
    if cut:
        edit["cut"] = cut
    if len(put) > 64 and len(set(put)) == 1:
        return {**edit, "put": b64encode(put[:1]).decode(), "times": len(put)}
    return {**edit, "put": b64encode(put).decode()} if put else edit
