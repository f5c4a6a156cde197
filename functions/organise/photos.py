"""Photos of a draft's options: read where they are sent, stored once the draft is right, then named by their hashes.

A photo is stored before the draft that names it. Killed in between, it lies in the bucket and nobody names it; the same
draft sent again finds it there.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ballotcast.elections.photo import Photo, read_photo
from ballotcast.errors import FieldError, field_error, invalid
from ballotcast.faults import FaultError
from ballotcast.store.blobs import Blobs
from organise.contest_draft import JPEG_URL

Contests = Sequence[Mapping[str, Any]]


class Named(NamedTuple):
    """Contests in which each photo is a hash; the photos that came along; and where a hash came in place of one."""

    contests: list[dict[str, Any]]
    sent: dict[str, bytes]
    hashes: dict[str, str]


def name_photos(contests: Contests) -> Named:
    """Invalid, with a pointer for each value that is not a photo, or is too large."""
    named, wrong = Named([], {}, {}), list[FieldError]()
    for number, contest in enumerate(contests):
        about = [{**one} for one in contest.get("about", ())]
        for option, one in enumerate(about):
            pointer = f"/contests/{number}/about/{option}/photo"
            if not (given := one.get("photo", "")):
                continue
            if Photo.names(given):
                named.hashes[pointer] = given
                continue
            try:
                photo = read_photo(_decoded(given))
            except FaultError as error:
                wrong.append(FieldError(pointer, error.fault))
            else:
                named.sent[photo.hash] = photo.content
                one["photo"] = photo.hash
        named.contests.append({**contest, **({"about": about} if about else {})})
    if wrong:
        raise invalid(wrong)
    return named


def keep_photos(blobs: Blobs, named: Named, before: Contests) -> None:
    """Store what came along. Invalid, with pointers, where a hash is neither in `before` nor of a stored photo."""
    known = {*photos_in(before), *named.sent}
    unknown = {pointer: name for pointer, name in named.hashes.items() if name not in known}
    wrong = [pointer for pointer, name in unknown.items() if blobs.get(Photo.key(name)) is None]
    if wrong:
        raise invalid([field_error(pointer, "picture-unknown") for pointer in wrong])
    for name, content in named.sent.items():
        blobs.put(Photo.key(name), content, "image/jpeg")


def photos_in(contests: Contests) -> Iterator[str]:
    return (one["photo"] for contest in contests for one in contest.get("about", ()) if one.get("photo"))


def _decoded(sent: str) -> bytes:
    kind, _, encoded = sent.partition(",")
    try:
        return b64decode(encoded, validate=True) if kind == JPEG_URL else b""
    except ValueError:
        return b""
