"""A channel's records by their number, a page at a time: what somebody follows who wants every one of them.

A page is made once for all who ask for it within a while: those at the newest record ask for the same page. It costs a
process two queries of small rows, and of the bucket the objects that it shows, one of which stays in memory.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from ballotcast.channels.containers import read_from
from ballotcast.channels.records import Record, decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.shown import cut, shown
from ballotcast.clock import Clock
from ballotcast.store.channel import Channel
from ballotcast.store.leases import Leases
from ballotcast.store.segments import Segment, Segments

MOST_RECORDS = 10_000
MOST_BYTES = 1_000_000
"""Of a page as JSON, without its last record."""
MOST_SPELLED = 8_000_000
"""Bytes of JSON that are spelled out for a page, those too that are cut: without the last record."""
MOST_OF_ONE = 500_000
"""Bytes of one record as JSON; a larger one is shown without its largest fields."""
MOST_SEGMENTS = 20
"""That one page is read from."""
KEPT = 32_000_000
"""Bytes of pages in memory."""
FULL, GROWING = 60.0, 0.5
"""Seconds for which a page is kept: one that has another behind it, and the newest."""
FARTHEST = 10**15


@dataclass(frozen=True)
class Page:
    """`text`: the records as a JSON array. `next`: number of the first record after it. `skipped`: records before it,
    from the one that was asked for on, that are not kept any more. `more`: another page follows at once."""

    text: bytes = field(repr=False)
    count: int
    next: int
    skipped: int
    more: bool
    until: float
    """Epoch seconds."""


class RecordPages:
    """The pages that a process remembers."""

    def __init__(self, segments: Segments, leases: Leases, clock: Clock) -> None:
        self._segments, self._leases, self._clock = segments, leases, clock
        self._pages: OrderedDict[tuple[str, int, int], Page] = OrderedDict()
        self._ends: dict[tuple[str, int], tuple[int, float]] = {}
        self._size = 0
        self._container = ("", b"")
        self._batch: tuple[str, int, list[Record]] = ("", 0, [])

    def page(self, channel: Channel, schema: ChannelSchema, since: int) -> Page:
        """Return the page that begins with the record `since`, the first being 0; what is beyond the end counts as the
        end. Raises LookupError where a compaction came between."""
        now, key = self._clock().timestamp(), (channel.name, channel.born, min(since, FARTHEST))
        known = self._pages.get(key)
        if known and now < known.until:
            return known
        page = self._make(channel, schema, key[2], now)
        self._remember(key, page)
        return page

    def end(self, channel: Channel) -> int:
        """Return the number that the next record will have."""
        now, key = self._clock().timestamp(), (channel.name, channel.born)
        known = self._ends.get(key)
        if known and now < known[1]:
            return known[0]
        lease = self._leases.find(channel.name)
        end = lease.records if lease and lease.born == channel.born else 0
        if len(self._ends) > MOST_RECORDS:
            self._ends.clear()
        self._ends[key] = end, now + GROWING
        return end

    def _remember(self, key: tuple[str, int, int], page: Page) -> None:
        before = self._pages.pop(key, None)
        self._size += len(page.text) - (len(before.text) if before else 0)
        self._pages[key] = page
        while self._size > KEPT or len(self._pages) > MOST_RECORDS:
            self._size -= len(self._pages.popitem(last=False)[1].text)

    def _make(self, channel: Channel, schema: ChannelSchema, since: int, now: float) -> Page:
        found = self._segments.holding(channel, since, int(now), MOST_SEGMENTS)
        if not found or found[-1].first + found[-1].count < since:
            # Beyond the newest segment: so many are not kept, or there never were. The end is read before the segments
            # are once more: what comes between the two is among them.
            lease = self._leases.find(channel.name)
            end = lease.records if lease and lease.born == channel.born else 0
            found = self._segments.holding(channel, since, int(now), MOST_SEGMENTS)
            if not found or found[-1].first + found[-1].count <= since:
                return _page([], end, max(0, end - since), more=False, until=now + GROWING)
        return self._read(schema, found, since, now)

    def _read(self, schema: ChannelSchema, found: list[Segment], since: int, now: float) -> Page:
        parts: list[bytes] = []
        at, skipped, size, spelled, more = since, 0, 0, 0, len(found) == MOST_SEGMENTS
        for segment in found:
            if segment.first > at:  # what was between is not kept any more
                if parts:
                    more = True
                    break
                skipped, at = segment.first - since, segment.first
            for text, whole in self._texts(schema, segment, at):
                if parts and (size + len(text) > MOST_BYTES or len(parts) == MOST_RECORDS or spelled > MOST_SPELLED):
                    return _page(parts, at, skipped, more=True, until=now + FULL)
                parts.append(text)
                size += len(text) + 1
                spelled += whole
                at += 1
        return _page(parts, at, skipped, more=more, until=now + (FULL if more else GROWING))

    def _texts(self, schema: ChannelSchema, segment: Segment, at: int) -> Iterator[tuple[bytes, int]]:
        """The segment's records from the number `at` on, each as JSON, and how long it was before it was cut."""
        if segment.first + segment.count <= at:
            return
        axis = schema.time.field
        for record in self._records(schema, segment, at - segment.first):
            point = shown(record)
            text = json.dumps(point, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            whole = len(text)
            if whole > MOST_OF_ONE:
                text = json.dumps(cut(point, axis, MOST_OF_ONE), separators=(",", ":"), allow_nan=False).encode()
            yield text, whole

    def _records(self, schema: ChannelSchema, segment: Segment, first: int) -> Iterator[Record]:
        known, before, records = self._batch
        if known == segment.object and before <= first < before + len(records):
            yield from records[first - before :]
            first = before + len(records)
        if first >= segment.count:
            return
        if self._container[0] != segment.object:
            self._container = segment.object, self._segments.read(segment)
        for before, batch in read_from(self._container[1], first):
            records = decode(schema, batch)
            self._batch = segment.object, before, records
            yield from records[max(0, first - before) :]


def _page(parts: list[bytes], at: int, skipped: int, *, more: bool, until: float) -> Page:
    return Page(b"[" + b",".join(parts) + b"]", len(parts), at, skipped, more, until)
