"""Exports as jobs: asked for by a request, made by the function `channel-jobs`, fetched by a link."""

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ballotcast.channels.exports import MEDIA_TYPES, Format, TooLong, write_export
from ballotcast.errors import NotFound, TooLarge, TooMany
from ballotcast.store.channel import Archived
from ballotcast.store.export_counts import MOST_A_DAY, AllUnderWay, DaySpent, Party
from ballotcast.store.export_jobs import ExportJob
from ballotcast.wiring import Wiring
from channel.exporting import Archive, Wanted, count, size, wanted_segments

KIND = "export"
MOST_BYTES, MOST_RECORDS = 640_000_000, 10_000_000
"""Of archive in one job, inflated: what the function reads and writes in half of its time."""
MOST_LENGTH: dict[Format, int] = {"avro": 450_000_000, "csv": 450_000_000, "parquet": 256_000_000}
"""Of the file, which is on the function's disk of 512 MB; of Parquet's columns, a part of which is in its memory."""
ATTEMPTS = 2
"""Times that a job may end the function; then it has failed."""
RACES = 5
"""Times that a compaction may come between."""
STEP = 2.0
"""Seconds between two looks at how far it is."""


@dataclass(frozen=True)
class _Channel:
    name: str
    born: int


def ask_for_export(wiring: Wiring, channel: Archived, wanted: Wanted, party: Party) -> ExportJob:
    """Return the job for this, which may be there already. Raises TooLarge, TooMany."""
    segments, now = wanted_segments(wiring, channel, wanted), int(wiring.clock().timestamp())
    if size(segments) > MOST_BYTES or count(segments) > MOST_RECORDS:
        raise TooLarge("export-too-large", f"over {MOST_RECORDS} records or {MOST_BYTES} bytes: narrow from and to")
    last = segments[-1].first + segments[-1].count if segments else 0
    words = json.dumps([channel.name, channel.born, asdict(wanted), last, count(segments)])
    job = ExportJob(
        id=sha256(words.encode()).hexdigest()[:32],
        name=channel.name,
        born=channel.born,
        form=wanted.form,
        since=None if wanted.since is None else json.dumps(wanted.since),
        until=None if wanted.until is None else json.dumps(wanted.until),
        fields=list(wanted.fields),
        total=count(segments),
        asked_at=now,
    )
    known = wiring.export_jobs.find(channel, job.id, now)
    if known is None or known.state == "failed":
        try:
            known = wiring.export_jobs.add(job, party)
        except AllUnderWay:
            detail = f"as many exports of {channel.name} as may be at once are being made"
            raise TooMany("exports-under-way", detail, retry_after=5) from None
        except DaySpent as spent:
            detail = f"{MOST_A_DAY} exports of {channel.name} were asked for today, as many as a day may have"
            raise TooMany("exports-spent", detail, retry_after=spent.wait) from None
    if known.state == "queued" and wiring.export_jobs.tell(known, now):
        # Told again by anyone who asks again later: a message that was lost with its sender is not missed.
        wiring.channel_jobs_queue.send({"kind": KIND, "channel": job.name, "born": job.born, "job": job.id})
    return known


def find_job(wiring: Wiring, channel: Archived, job: str) -> ExportJob:
    found = wiring.export_jobs.find(channel, job, int(wiring.clock().timestamp()))
    if found is None:
        raise NotFound("no-export", f"{channel.name} has no such export, or its day is over")
    return found


def make_export(wiring: Wiring, name: str, born: int, job: str) -> None:
    """Make the file of a job that is not over. Told twice it is made twice, and is the same."""
    channel = _Channel(name, born)
    found = wiring.export_jobs.find(channel, job, int(wiring.clock().timestamp()))
    begun = wiring.export_jobs.begin(found) if found else None
    if begun is None:
        return
    if begun.attempts > ATTEMPTS:
        wiring.export_jobs.fail(begun, f"making it did not come to an end {ATTEMPTS} times: narrow from and to")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        try:
            records = _written(wiring, begun, path)
        except TooLong as long:
            wiring.export_jobs.fail(begun, f"over {long} bytes as {begun.form}: narrow from and to")
            return
        except LookupError:
            wiring.export_jobs.fail(begun, "its records are not kept any more")
            return
        wiring.blobs.upload(begun.object, path, MEDIA_TYPES[begun.form])
        wiring.export_jobs.finish(begun, records, path.stat().st_size)


def _written(wiring: Wiring, job: ExportJob, path: Path) -> int:
    """Return how many records. Raises LookupError, TooLong."""
    schema, wanted = wiring.channels.schema(job), _wanted(job)
    for race in range(RACES):
        archive = Archive(wiring, schema, wanted_segments(wiring, job, wanted), wanted, _telling(wiring, job))
        try:
            with path.open("wb") as file:
                write_export(schema, archive, job.form, file, wanted.fields or None, MOST_LENGTH[job.form])
        except LookupError:  # the rows were read before a compaction, the objects after it
            if race == RACES - 1:
                raise
        else:
            return archive.records
    raise AssertionError("unreachable")


def _wanted(job: ExportJob) -> Wanted:
    since, until = (None if one is None else json.loads(str(one)) for one in (job.since, job.until))
    return Wanted(job.form, since, until, tuple(job.fields))


def _telling(wiring: Wiring, job: ExportJob) -> Callable[[int], None]:
    """Writes how far it is, every STEP seconds."""
    told = time.monotonic()

    def tell(read: int) -> None:
        nonlocal told
        if time.monotonic() - told >= STEP:
            told = time.monotonic()
            wiring.export_jobs.advance(job, min(read, job.total))

    return tell
