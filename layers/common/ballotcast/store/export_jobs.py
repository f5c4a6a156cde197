"""Exports that take longer than a request may: jobs, each a row that says how far it is.

Channels  CHANNEL#<name> / EXPORT#<born>#<id>   what is asked for, how far it is; a day
Bucket    exports/<name>/<born>/<id>.<format>   the file; a day

The id follows from what is asked for and from how much there is of it: asking twice is asking once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ballotcast.channels.exports import Format
from ballotcast.store.channel import Archived, channel_pk
from ballotcast.store.export_counts import DAY, HOUR, AllUnderWay, ExportCounts, Party
from ballotcast.store.table import ABSENT, Condition, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

MINUTE = 60
RACES = 5
"""Times that others may be counted between reading the counts and writing them."""
JobState = Literal["queued", "running", "done", "failed"]
_OPEN = Condition("#state = :queued OR #state = :running", {":queued": "queued", ":running": "running"})


@dataclass(frozen=True)
class ExportJob:
    """`since`, `until`: on the channel's time axis, in its units, as JSON. `fields`: none for all. `total`: records
    that its segments hold, of which `done` are read. `asked_at`: epoch seconds."""

    id: str
    name: str
    born: int
    form: Format
    since: int | str | None = None
    until: int | str | None = None
    fields: Sequence[str] = field(default_factory=list)
    total: int = 0
    asked_at: int = 0
    state: JobState = "queued"
    done: int = 0
    records: int = 0
    """That were written, once it is done."""
    size: int = 0
    reason: str = ""
    attempts: int = 0

    @property
    def object(self) -> str:
        return f"{export_folder(self)}{self.id}.{self.form}"


def export_folder(channel: Archived) -> str:
    return f"exports/{channel.name}/{channel.born}/"


def _prefix(born: int) -> str:
    return f"EXPORT#{born}#"


def _counts_key(channel: Archived) -> str:
    return f"{_prefix(channel.born)}counts"


def _key(job: ExportJob) -> tuple[str, str]:
    return channel_pk(job.name), f"{_prefix(job.born)}{job.id}"


def from_item(item: Mapping[str, Any]) -> ExportJob:
    return ExportJob(**{name: item[name] for name in ExportJob.__dataclass_fields__ if name in item})


class ExportJobs:
    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: ExportJob, party: Party = "public") -> ExportJob:
        """Return the job; or the one that is there for the same, unless that has failed. Counted in the same
        transaction.

        AllUnderWay (also if too many others are asked for in this moment), DaySpent.
        """
        pk, sk = _key(job)
        values = {name: value for name, value in asdict(job).items() if value is not None}
        again = Condition(f"{ABSENT.expression} OR #state = :failed", {":failed": "failed"})
        row = self._table.putting({"pk": pk, "sk": sk, **values, "expiration": job.asked_at + DAY}, again)
        for _ in range(RACES):
            before = self._counts(job, job.asked_at)
            after = vars(before.and_one(party, job.id, job.asked_at))
            item = {"pk": pk, "sk": _counts_key(job), **after, "expiration": job.asked_at + 2 * DAY}
            try:
                transact(self._table.client, [row, self._table.putting(item, before.unchanged)])
            except Cancelled as cancelled:
                if 0 in cancelled.refusals:
                    return from_item(cancelled.refusals[0])
            else:
                return job
        raise AllUnderWay

    def find(self, channel: Archived, job: str, now: int) -> ExportJob | None:
        item = self._table.get(channel_pk(channel.name), f"{_prefix(channel.born)}{job}")
        is_job = item and "asked_at" in item  # the row that counts jobs lies next to them
        return from_item(item) if item and is_job and item["expiration"] > now else None

    def under_way(self, channel: Archived, now: int) -> int:
        """Return how many of a channel are neither done nor failed; one that is an hour old is not waited for."""
        return len(self._counts(channel, now).jobs)

    def _counts(self, channel: Archived, now: int) -> ExportCounts:
        """Return the day's; one read, and another of the few jobs that it names."""
        pk = channel_pk(channel.name)
        counts = ExportCounts.from_item(self._table.get(pk, _counts_key(channel)))
        keys = [(pk, f"{_prefix(channel.born)}{job}") for job in counts.jobs]
        rows = map(from_item, self._table.get_many(keys).values())
        under_way = (row for row in rows if row.state in ("queued", "running") and row.asked_at > now - HOUR)
        return counts.on(now // DAY, frozenset(row.id for row in under_way))

    def tell(self, job: ExportJob, now: int) -> bool:
        """Return whether anyone who makes exports is to be told of it now: at first, and each minute while it is
        queued.
        """
        waits = Condition(
            "#state = :queued AND (attribute_not_exists(#told) OR #told <= :before)",
            {":queued": "queued", ":before": now - MINUTE},
        )
        try:
            self._table.update(*_key(job), "SET #told = :now", {":now": now}, waits)
        except Refusal:
            return False
        return True

    def begin(self, job: ExportJob) -> ExportJob | None:
        """One more attempt at it; None if it is over."""
        return self._move(job, "SET #state = :running ADD attempts :one", {":one": 1})

    def advance(self, job: ExportJob, done: int) -> None:
        self._move(job, "SET done = :done", {":done": done})

    def finish(self, job: ExportJob, records: int, size: int) -> None:
        update = "SET #state = :state, done = :done, records = :records, #size = :size"
        self._move(job, update, {":state": "done", ":done": job.total, ":records": records, ":size": size})

    def fail(self, job: ExportJob, reason: str) -> None:
        self._move(job, "SET #state = :state, reason = :reason", {":state": "failed", ":reason": reason})

    def _move(self, job: ExportJob, update: str, values: Mapping[str, Any]) -> ExportJob | None:
        try:
            return from_item(self._table.update(*_key(job), update, values, _OPEN))
        except Refusal:
            return None
