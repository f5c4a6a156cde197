"""Exporting: every accepted record once and in order, read off the segments that count."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ballotcast.channels.containers import Batch, read_container
from ballotcast.channels.exports import MEDIA_TYPES, Format, TooLong, export, within
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import TooLarge
from ballotcast.store.channel import Archived
from ballotcast.store.export_jobs import export_folder
from ballotcast.store.segments import Segment
from ballotcast.wiring import Wiring

MOST_BYTES, MOST_RECORDS = 64_000_000, 1_000_000
"""Of archive in one export, inflated: what a request can read and write in its time and memory."""
DIRECT, ANSWER = 4_000_000, 6_000_000
"""Bytes that are returned directly. Lambda's answers end at 6 MiB (6,291,456 bytes): in them bytes are base64, a third
more, and CSV is a JSON string, in which quotes and ends of lines take two characters and others up to six."""
LINK_SECONDS = 900


@dataclass(frozen=True)
class Wanted:
    """`since` (included) and `until` (not): on the channel's time axis, in its units. `fields`: none for all."""

    form: Format
    since: int | float | None = None
    until: int | float | None = None
    fields: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Exported:
    """Either the content or a presigned link to it."""

    format: Format
    records: int
    size: int
    content: bytes | None
    link: str | None


def export_channel(
    wiring: Wiring, channel: Archived, schema: ChannelSchema, wanted: Wanted, *, direct: bool
) -> Exported:
    """Raise TooLarge; raises LookupError where a compaction came between. `direct`: whether the caller can take the
    content.
    """
    segments = wanted_segments(wiring, channel, wanted)
    if size(segments) > MOST_BYTES or count(segments) > MOST_RECORDS:
        raise TooLarge(
            "export-too-large",
            f"over {MOST_RECORDS} records or {MOST_BYTES} bytes: narrow from and to, or have it made: POST …/exports",
        )
    archive = Archive(wiring, schema, segments, wanted)
    try:
        content = export(schema, archive, wanted.form, wanted.fields or None)
    except TooLong as long:
        raise TooLarge(
            "export-too-large",
            f"over {long} bytes as {wanted.form}: narrow from and to, or have it made: POST …/exports",
        ) from None
    if direct and _fits(content, wanted.form):
        return Exported(wanted.form, archive.records, len(content), content, None)
    key = f"{export_folder(channel)}{secrets.token_hex(8)}.{wanted.form}"
    wiring.blobs.put(key, content, MEDIA_TYPES[wanted.form])
    link = wiring.blobs.link(key, f"{channel.name}.{wanted.form}", LINK_SECONDS)
    return Exported(wanted.form, archive.records, len(content), None, link)


def _fits(content: bytes, form: Format) -> bool:
    """Return whether a function can return it."""
    if len(content) > DIRECT:
        return False
    return form != "csv" or len(json.dumps(content.decode())) <= ANSWER


def wanted_segments(wiring: Wiring, channel: Archived, wanted: Wanted) -> list[Segment]:
    """Those that hold something of it, in order."""
    return [
        one
        for one in wiring.segments.all(channel, int(wiring.clock().timestamp()))
        if (wanted.since is None or one.latest >= wanted.since)
        and (wanted.until is None or one.earliest < wanted.until)
    ]


def size(segments: Sequence[Segment]) -> int:
    """Bytes, inflated as far as that is known."""
    return sum(max(one.bytes, one.inflated) for one in segments)


def count(segments: Sequence[Segment]) -> int:
    return sum(one.count for one in segments)


class Archive:
    """The batches of segments, read one after the other. `records`: that were wanted so far; `read`: that were looked
    at."""

    def __init__(
        self,
        wiring: Wiring,
        schema: ChannelSchema,
        segments: Sequence[Segment],
        wanted: Wanted,
        advanced: Callable[[int], None] = lambda read: None,
    ) -> None:
        self._wiring, self._schema, self._segments, self._wanted = wiring, schema, segments, wanted
        self._advanced = advanced
        self.records = self.read = 0

    def __iter__(self) -> Iterator[Batch]:
        """Raise LookupError when an object is gone: it was compacted since its row was read."""
        since, until = self._wanted.since, self._wanted.until
        for segment in self._segments:
            whole = (since is None or segment.earliest >= since) and (until is None or segment.latest < until)
            for batch in read_container(self._wiring.segments.read(segment))[1]:
                found = batch if whole else within(self._schema, batch, since, until)
                self.read += batch.count
                self.records += found.count
                yield found
                self._advanced(self.read)
