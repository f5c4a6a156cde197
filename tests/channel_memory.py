"""What the channels' functions hold at their bounds, as a program of its own: prints MB, seconds and what was counted.

python channel_memory.py publish-json | publish-avro | relay | follow | export | job FORMAT
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.containers import Batch, block, header
from ballotcast.channels.decimation import Decimator, pack
from ballotcast.channels.exports import Format, export, write_export
from ballotcast.channels.reading import MOST_RECORDS as AT_ONCE
from ballotcast.channels.records import MOST_BYTES as PUBLISHED
from ballotcast.channels.records import check_binary, decode, encode_records
from ballotcast.clock import system_clock
from ballotcast.http.access import MOST_TEXT
from ballotcast.store.channel import Archived, new_channel
from ballotcast.store.leases import Leases
from ballotcast.store.record_pages import KEPT, MOST_BYTES, RecordPages
from ballotcast.store.segments import Segment, Segments
from channel import export_jobs, exporting
from relay.compaction import MOST_BYTES as MERGED
from sensor import sample, sensor

SCHEMA = sensor()
SIZE = len(encode_records(SCHEMA, [sample(100_000)]).data)
COMPACTED = 500_000
"""Bytes of records in a block of the archive."""


def publish_json() -> int:
    """As many records as may be published at once, as JSON."""
    body = json.dumps({"records": [sample(n) for n in range(PUBLISHED // SIZE)]})
    assert len(body) <= MOST_TEXT
    return encode_records(SCHEMA, json.loads(body)["records"]).count


def published() -> Batch:
    batch = encode_records(SCHEMA, [sample(n) for n in range(PUBLISHED // SIZE)])
    assert PUBLISHED * 0.8 < len(batch.data) <= PUBLISHED
    return batch


def publish_avro() -> int:
    return check_binary(SCHEMA, published().data).count


def relay() -> int:
    """As many records as the worker takes together, each a point."""
    batch = published()
    records = [record for _ in range(AT_ONCE // batch.count) for record in decode(SCHEMA, batch)]
    points = Decimator(SCHEMA, "minmax", 1).take(records)
    pack(points, SCHEMA.time.field)
    return len(records)


def archive(records: int) -> Iterator[Batch]:
    batch = encode_records(SCHEMA, [sample(n) for n in range(COMPACTED // SIZE)])
    for _ in range(records // batch.count):
        yield batch


def at_once(form: Format) -> int:
    export(SCHEMA, archive(exporting.MOST_RECORDS), form)
    return exporting.MOST_RECORDS


def job(form: Format) -> int:
    """A tenth of its bound: what it holds does not grow with it."""
    records = export_jobs.MOST_RECORDS // 10
    with open(os.devnull, "wb") as file:  # noqa: PTH123 - the null device has no path of ours
        write_export(SCHEMA, archive(records), form, file, most=export_jobs.MOST_LENGTH[form])
    return records


class Bucket:
    """A channel whose archive is one merged object, as large as it may be."""

    def __init__(self) -> None:
        [batch] = archive(COMPACTED // SIZE)
        one = block(SCHEMA.text, batch)
        blocks = MERGED // len(one)
        self._container = header(SCHEMA.text) + one * blocks
        size, count = len(self._container), blocks * batch.count
        self._segment = Segment(0, count, "object", size, 0, 0, 0, 2**40)

    def holding(self, channel: Archived, record: int, now: int, most: int) -> list[Segment]:
        return [self._segment]

    def read(self, segment: Segment) -> bytes:
        return self._container


def follow() -> int:
    """More pages than a process keeps."""
    channel = new_channel(
        name="lab", port=None, owner="", key_hash="", schema=SCHEMA, config=ChannelConfig(), now=system_clock()
    )
    pages, at = RecordPages(cast(Segments, Bucket()), cast(Leases, None), system_clock), 0
    for _ in range(2 * KEPT // MOST_BYTES):
        at = pages.page(channel, SCHEMA, at).next
    return at


WORK = {
    "follow": follow,
    "publish-json": publish_json,
    "publish-avro": publish_avro,
    "relay": relay,
    "export-csv": lambda: at_once("csv"),
    "export-parquet": lambda: at_once("parquet"),
    "job-csv": lambda: job("csv"),
    "job-avro": lambda: job("avro"),
}


def peak_megabytes() -> float:
    """Of this program alone: `ru_maxrss` would begin with that of the process which started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    begun = time.process_time()
    count = WORK[sys.argv[1]]()
    spent = time.process_time() - begun
    peak = peak_megabytes()
    sys.stdout.write(json.dumps({"megabytes": round(peak), "seconds": round(spent, 2), "records": count}))
