"""Compaction: what the worker archived batch by batch becomes one object, once there is enough or its period is over.

Compaction changes only where records lie, in one transaction. Anyone who dies before it leaves the small ones, which
are as good; the objects that no row names any more are removed, or expire.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ballotcast.channels.containers import Batch, read_container, write_container
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.store.channel import Channel
from ballotcast.wiring import Wiring

OPEN = 64
"""Segments that become one; a transaction takes 100 items."""
MOST_BYTES = 32_000_000
"""Together more than this they stay as they are."""
MEGABYTE = 1_000_000
TRIMMED = 30
"""Segments that are removed at once; between two times there is one more, merged."""
BLOCK = 500_000
"""Bytes of records in a block of the new object."""


def compact(wiring: Wiring, channel: Channel, schema: ChannelSchema, first: int, count: int) -> None:
    """Merge the `count` segments that start with the record `first`."""
    found = list(wiring.segments.all(channel, int(wiring.clock().timestamp()), first=first, limit=count))
    if len(found) < 2 or found[0].first != first or sum(one.bytes for one in found) > MOST_BYTES:
        return
    with ThreadPoolExecutor(8) as pool:
        containers = list(pool.map(wiring.segments.read, found))
    batches = (batch for container in containers for batch in read_container(container)[1])
    container = write_container(schema.text, _joined(batches))
    merged = replace(
        found[0],
        count=sum(one.count for one in found),
        object=wiring.segments.write(channel, first, container),
        bytes=len(container),
        inflated=sum(one.inflated for one in found) if all(one.inflated for one in found) else 0,
        ends=found[-1].ends,
        earliest=min(one.earliest for one in found),
        latest=max(one.latest for one in found),
        expiration=max(one.expiration for one in found),
    )
    superseded = found if wiring.segments.replace(channel, found, merged) else [merged]
    for segment in superseded:
        wiring.blobs.delete(segment.object)


def trim(wiring: Wiring, channel: Channel, written: int) -> None:
    """Remove the oldest segments beyond the channel's quota, a few at a time. `written`: bytes of all that there were.

    It reads what it removes and one more. Segments count as they were written; merged they are smaller.
    """
    before = written - channel.config.quota * MEGABYTE
    if before <= 0:
        return
    # Those too whose days are over: DynamoDB may take days to remove them, and until then they come first.
    for segment in wiring.segments.all(channel, 0, limit=TRIMMED):
        if segment.ends > before:
            return
        wiring.segments.remove(channel, segment)


def _joined(batches: Iterable[Batch]) -> Iterator[Batch]:
    waiting: list[Batch] = []
    for batch in batches:
        if waiting and sum(len(one.data) for one in waiting) + len(batch.data) > BLOCK:
            yield _together(waiting)
            waiting = []
        waiting.append(batch)
    if waiting:
        yield _together(waiting)


def _together(batches: list[Batch]) -> Batch:
    return Batch(sum(one.count for one in batches), b"".join(one.data for one in batches))
