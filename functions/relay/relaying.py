"""Relaying records: from messages to the archive and the live window, each record once and in order.

A batch's outcome is one object in the bucket and then one transaction (store/leases.py); dying between leaves an object
that nothing names. What is delivered again, in whatever grouping, is at or below the cursor and dropped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ballotcast.batches import Unreadable
from ballotcast.channels.config import PERIOD
from ballotcast.channels.containers import Batch, ContainerError, write_container
from ballotcast.channels.decimation import Decimator, pack, pack_all
from ballotcast.channels.records import decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.shown import Point
from ballotcast.clock import to_rfc3339
from ballotcast.store.channel import Channel
from ballotcast.store.leases import Lease
from ballotcast.store.live import LiveRow
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.store.segments import DAY, Segment
from ballotcast.store.table import TransactItem
from ballotcast.wiring import Wiring
from relay.compaction import OPEN, compact, trim

KEPT = 1000
"""Channels in memory."""
REMEMBERED = 5
"""Seconds after which a channel's config is read again: it can be changed, its schema cannot."""


@dataclass(frozen=True)
class Subject:
    channel: Channel
    schema: ChannelSchema
    until: float


@dataclass(frozen=True)
class Delivery:
    """`sequence`: the message's number in its group."""

    sequence: int
    message: RecordsMessage


class Relay:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._subjects: dict[tuple[str, int], Subject] = {}

    def subject(self, lease: Lease) -> tuple[Channel, ChannelSchema]:
        """Return the lease's channel as it was within the last REMEMBERED seconds.

        Raises LookupError when it is gone.
        """
        key, now = (lease.channel, lease.born), self._wiring.clock().timestamp()
        known = self._subjects.get(key)
        if known is None or now >= known.until:
            channel = self._wiring.channels.find(lease.channel)
            if channel is None or channel.born != lease.born:
                raise LookupError(lease.channel)
            if len(self._subjects) >= KEPT:
                self._subjects.clear()
            schema = known.schema if known else self._wiring.channels.schema(channel)
            known = self._subjects[key] = Subject(channel, schema, now + REMEMBERED)
        return known.channel, known.schema

    def read(self, lease: Lease, message: RecordsMessage) -> list[Point]:
        """Raise Unreadable if it does not hold what it says."""
        try:
            return decode(self.subject(lease)[1], message.batch)
        except ContainerError as error:
            raise Unreadable(str(error)) from None

    def apply(self, lease: Lease, deliveries: Sequence[Delivery], settling: Sequence[TransactItem] = ()) -> Lease:
        """Relay what is above the cursor, and write `settling` with it; the lease after it.

        Raises Unreadable, FencedOff.
        """
        fresh = [one for one in deliveries if one.sequence > lease.cursor]
        if not fresh:
            return lease
        channel, schema = self.subject(lease)
        keys = {one.message.key for one in fresh if one.message.key}
        done = self._wiring.publishes.done(channel, keys) if keys else {}
        new: dict[str | int, RecordsMessage] = {}
        for one in fresh:
            if not done.get(one.message.key or "", False):
                new.setdefault(one.message.key or one.sequence, one.message)  # of a key that came twice, the first
        points = [self.read(lease, message) for message in new.values()]
        records = [record for part in points for record in part]
        after = replace(lease, cursor=fresh[-1].sequence, applied=lease.applied + len(new))
        beside = [self._wiring.publishes.finishing(channel, key) for key in keys if done.get(key) is False]
        beside += settling
        if records:
            after, outcome = self._relay(channel, schema, after, [one.batch for one in new.values()], records)
            beside += outcome
        after = self._wiring.leases.move(lease, after, beside)
        if lease.open_count and after.open_first > lease.open_first:
            compact(self._wiring, channel, schema, lease.open_first, lease.open_count)
            if channel.config.quota:
                trim(self._wiring, channel, after.bytes)
        return after

    def pass_over(self, lease: Lease, sequence: int, settling: Sequence[TransactItem]) -> None:
        """Leave out a message that can never be relayed, and is kept elsewhere. Raises FencedOff."""
        self._wiring.leases.move(lease, replace(lease, cursor=sequence), settling)

    def flush(self, lease: Lease) -> Lease:
        """Show what waits in the open bucket of the live window."""
        if not lease.bucket:
            return lease
        channel, schema = self.subject(lease)
        decimator = Decimator(schema, channel.config.algorithm, channel.config.decimation, lease.bucket)
        after, beside = self._show(channel, replace(lease, bucket={}), decimator.flush())
        return self._wiring.leases.move(lease, after, beside)

    def _relay(
        self, channel: Channel, schema: ChannelSchema, lease: Lease, batches: list[Batch], records: list[Point]
    ) -> tuple[Lease, list[TransactItem]]:
        wiring, config, now = self._wiring, channel.config, self._wiring.clock()
        container = write_container(schema.text, batches)
        seconds = int(now.timestamp())
        times = [at for record in records if math.isfinite(at := record[schema.time.field])]
        segment = Segment(
            first=lease.records,
            count=len(records),
            object=wiring.segments.write(channel, lease.records, container),
            bytes=len(container),
            inflated=sum(len(batch.data) for batch in batches),
            ends=lease.bytes + len(container),
            earliest=math.floor(min(times, default=0)),
            latest=math.ceil(max(times, default=0)),
            period=seconds // int(PERIOD[config.rotation].total_seconds()),
            expiration=seconds + config.retention * DAY,
        )
        decimator = Decimator(schema, config.algorithm, config.decimation, lease.bucket)
        points = decimator.take(records)
        joins = 0 < lease.open_count < OPEN and lease.period == segment.period
        after = replace(
            lease,
            open_first=lease.open_first if joins else lease.records,
            open_count=lease.open_count + 1 if joins else 1,
            records=lease.records + len(records),
            bytes=segment.ends,
            period=segment.period,
            beat_at=to_rfc3339(now),
            bucket=decimator.state,
        )
        after, shown = self._show(channel, after, points)
        return after, [wiring.segments.adding(channel, segment), *shown]

    def _show(self, channel: Channel, lease: Lease, points: list[Point]) -> tuple[Lease, list[TransactItem]]:
        if not points:
            return lease, []
        axis, now = channel.time.field, int(self._wiring.clock().timestamp())
        packed = pack_all(points, axis) if channel.config.decimation == 1 else [pack(points, axis)]
        rows = [LiveRow(lease.rows + number, row, stride) for number, (row, stride) in enumerate(packed)]
        shown = [self._wiring.live.adding(channel, row, now) for row in rows]
        return replace(lease, rows=lease.rows + len(rows)), shown
