"""The archive: Avro object container files in the bucket, and the rows that say which of them count.

Channels  CHANNEL#<name> / SEG#<born>#<first record>   object, how many records, their span on the time axis
Bucket    archive/<days>d/<name>/<born>/<first>-<random>.avro

Only what a row names is part of the archive. An object that no row came to name (its worker was fenced off) expires
with its folder's lifecycle rule, as all others do once their days are over; rows end with their time to live.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ballotcast.channels.config import RETENTIONS
from ballotcast.store.blobs import Blobs
from ballotcast.store.channel import Archived, Channel, channel_pk
from ballotcast.store.table import ABSENT, PRESENT, Condition, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

DAY = 86_400


@dataclass(frozen=True)
class Segment:
    """`first`: number of its first record, from 0. `earliest`, `latest`: on the channel's time axis, whole units."""

    first: int
    count: int
    object: str
    bytes: int
    earliest: int
    latest: int
    period: int
    expiration: int
    """Epoch seconds."""
    inflated: int = 0
    """Bytes of its records; 0 in rows that were written before they were counted."""
    ends: int = 0
    """Bytes of this segment and all before it, as they were written; 0 in rows of before that."""


def segments_prefix(born: int) -> str:
    return f"SEG#{born}#"


def _folder(channel: Archived, days: int) -> str:
    return f"archive/{days}d/{channel.name}/{channel.born}/"


def segment_sk(born: int, first: int) -> str:
    return f"{segments_prefix(born)}{first:020}"


def from_item(item: Mapping[str, Any]) -> Segment:
    return Segment(**{name: item[name] for name in Segment.__dataclass_fields__ if name in item})


class Segments:
    def __init__(self, table: Table, blobs: Blobs) -> None:
        self._table = table
        self._blobs = blobs

    def write(self, channel: Channel, first: int, container: bytes) -> str:
        """Return an object of its own, which does not count yet; its key."""
        days = channel.config.retention
        key = f"{_folder(channel, days)}{first:020}-{secrets.token_hex(4)}.avro"
        self._blobs.put(key, container, "application/avro")
        return key

    def adding(self, channel: Channel, segment: Segment) -> TransactItem:
        """For the transaction that moves the lease."""
        key = {"pk": channel_pk(channel.name), "sk": segment_sk(channel.born, segment.first)}
        return self._table.putting({**key, **vars(segment)}, ABSENT)

    def replace(self, channel: Channel, old: Sequence[Segment], merged: Segment) -> bool:
        """One segment for several that follow each other; False when they are not all there any more."""
        pk = channel_pk(channel.name)
        writes = [self._table.deleting(pk, segment_sk(channel.born, one.first), PRESENT) for one in old[1:]]
        put = {"pk": pk, "sk": segment_sk(channel.born, merged.first), **vars(merged)}
        try:
            transact(self._table.client, [self._table.putting(put, PRESENT), *writes])
        except Cancelled:
            return False
        return True

    def remove(self, channel: Archived, segment: Segment) -> None:
        """Remove a segment before its days are over, unless it is another by now. Killed between row and object it
        leaves one that nothing names."""
        there = Condition("#object = :object", {":object": segment.object})
        deleting = self._table.deleting(channel_pk(channel.name), segment_sk(channel.born, segment.first), there)
        try:
            transact(self._table.client, [deleting])
        except Cancelled:
            return
        self._blobs.delete(segment.object)

    def all(self, channel: Archived, now: int, *, first: int = 0, limit: int | None = None) -> Iterator[Segment]:
        """In order, from the one that starts with the record `first`; those whose days are over are left out."""
        prefix = segments_prefix(channel.born)
        start = segment_sk(channel.born, first - 1) if first else None
        for item in self._table.query(channel_pk(channel.name), prefix=prefix, after=start, limit=limit):
            if item["expiration"] > now:
                yield from_item(item)

    def holding(self, channel: Archived, record: int, now: int, most: int) -> list[Segment]:
        """Return the newest segment that begins at or before the record, and those after it, `most` of them together;
        without those whose days are over."""
        pk, prefix = channel_pk(channel.name), segments_prefix(channel.born)
        last = next(self._table.query(pk, before=segment_sk(channel.born, record + 1), limit=1, newest=True), None)
        after = last["sk"] if last and last["sk"].startswith(prefix) else None
        items = [last] if last and after else []
        items += self._table.query(pk, prefix=prefix, after=after, limit=most - len(items))
        return [from_item(item) for item in items if item["expiration"] > now]

    def read(self, segment: Segment) -> bytes:
        """Raise LookupError when the object is gone: its days are over."""
        content = self._blobs.get(segment.object)
        if content is None:
            raise LookupError(segment.object)
        return content

    def objects(self, channel: Archived) -> Iterator[str]:
        """Keys of all objects that were written for the channel, those too that never came to count."""
        for days in RETENTIONS:
            yield from self._blobs.keys(_folder(channel, days))
