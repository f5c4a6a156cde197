"""Exporting: every accepted record once and in order, read off the segments that count."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ballotcast.channels.containers import Batch, read_container
from ballotcast.channels.exports import MEDIA_TYPES, Format, TooLong, export, within
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import TooLarge
from ballotcast.store.channels import Channel
from ballotcast.store.segments import Segment
from ballotcast.wiring import Wiring

MOST_BYTES, MOST_RECORDS = 64_000_000, 1_000_000
"""Of archive in one export, inflated: what a request can read and write in its time and memory."""
DIRECT = 4_000_000
"""Bytes that are answered directly; Lambda's answers end at 6 MB, base64 included."""
LINK_SECONDS = 900


@dataclass(frozen=True)
class Exported:
    """Either the content or a presigned link to it."""

    format: Format
    records: int
    size: int
    content: bytes | None
    link: str | None


def export_channel(
    wiring: Wiring,
    channel: Channel,
    schema: ChannelSchema,
    *,
    start: datetime | None,
    end: datetime | None,
    form: Format,
    direct: bool,
) -> Exported:
    """Records from `start` on and before `end`. TooLarge. `direct`: whether the caller can take the content itself."""
    since, until = (schema.time.at(moment) if moment else None for moment in (start, end))
    segments = [
        one
        for one in wiring.segments.all(channel, int(wiring.clock().timestamp()))
        if (since is None or one.latest >= since) and (until is None or one.earliest < until)
    ]
    if (
        sum(max(one.bytes, one.inflated) for one in segments) > MOST_BYTES
        or sum(one.count for one in segments) > MOST_RECORDS
    ):
        raise TooLarge("export-too-large", f"over {MOST_RECORDS} records or {MOST_BYTES} bytes: narrow from and to")
    counted = _Counted(_batches(wiring, schema, segments, since, until))
    try:
        content = export(schema, counted, form)
    except TooLong as long:
        raise TooLarge("export-too-large", f"over {long} bytes as {form}: narrow from and to") from None
    if direct and len(content) <= DIRECT:
        return Exported(form, counted.records, len(content), content, None)
    key = f"exports/{channel.name}/{secrets.token_hex(8)}.{form}"
    wiring.blobs.put(key, content, MEDIA_TYPES[form])
    link = wiring.blobs.link(key, f"{channel.name}.{form}", LINK_SECONDS)
    return Exported(form, counted.records, len(content), None, link)


class _Counted:
    """Batches on their way, counted."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self.records = 0

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._batches:
            self.records += batch.count
            yield batch


def _batches(
    wiring: Wiring, schema: ChannelSchema, segments: list[Segment], since: int | None, until: int | None
) -> Iterator[Batch]:
    for segment in segments:
        whole = (since is None or segment.earliest >= since) and (until is None or segment.latest < until)
        for batch in read_container(wiring.segments.read(segment))[1]:
            yield batch if whole else within(schema, batch, since, until)
