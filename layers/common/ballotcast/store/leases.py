"""A relay is its lease: one row that the shared worker obeys.

Channels  CHANNEL#<name> / LEASE   the relay's id, the queue's sequence number up to which all is done, how many records
                                   that were, the open bucket of the live window, and the messages that it is stuck at

The state machines write it and take it away (functions/relay/*.asl.json); the worker moves it. A batch's outcome is one
transaction: the cursor on the condition of its old value and relay, the segment's row, the live row, and the keys of
its publishes. Anyone who is fenced off, by another delivery or a newer generation, writes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ballotcast.channels.decimation import State
from ballotcast.store.channel import channel_pk
from ballotcast.store.table import Condition, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

LEASE = "LEASE"


@dataclass(frozen=True)
class Stuck:
    """Messages that failed together, by id with their sequence numbers; nothing behind the first of them may pass."""

    messages: dict[str, int]
    reason: str

    @property
    def first(self) -> int:
        return min(self.messages.values())

    def behind(self, cursor: int) -> "Stuck | None":
        """Return what is left when all up to the cursor is done."""
        left = {message: sequence for message, sequence in self.messages.items() if sequence > cursor}
        return Stuck(left, self.reason) if left else None


@dataclass(frozen=True)
class Lease:
    channel: str
    relay: str
    queue: int
    born: int
    cursor: int = 0
    """Sequence number, within the relay's message group, of the last message that is done."""
    records: int = 0
    """All that were relayed since the channel was registered: the number of the next record."""
    rows: int = 0
    """Live rows written: the number of the next one."""
    applied: int = 0
    """Messages of records that are done: against those sent, it tells the backlog."""
    period: int = 0
    """Rotation period that the newest segment belongs to."""
    open_first: int = 0
    """The first of the segments that are not compacted yet, by its first record."""
    open_count: int = 0
    """How many those are."""
    bytes: int = 0
    """Of all segments that were written: where the newest one ends."""
    beat_at: str | None = None
    """When the worker last moved it."""
    bucket: State = field(default_factory=dict)
    stuck: Stuck | None = None


def from_item(item: Mapping[str, Any]) -> Lease:
    values = {name: item[name] for name in Lease.__dataclass_fields__ if name in item}
    values["channel"] = item["pk"].partition("#")[2]
    values["bucket"] = json.loads(item.get("bucket", "{}"))
    values["stuck"] = Stuck(**item["stuck"]) if "stuck" in item else None
    return Lease(**values)


class FencedOff(Exception):
    """Nothing was written: the lease was moved by somebody else, or is gone."""


class Leases:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, channel: str) -> Lease | None:
        item = self._table.get(channel_pk(channel), LEASE)
        return from_item(item) if item else None

    def move(self, old: Lease, new: Lease, beside: Sequence[TransactItem]) -> Lease:
        """Return the lease from `old` to `new`, and the writes `beside` it, or nothing; what it is stuck at follows the
        cursor. Raises FencedOff."""
        new = replace(new, stuck=old.stuck.behind(new.cursor) if old.stuck else None)
        values: dict[str, Any] = {
            ":new": new.cursor,
            ":records": new.records,
            ":rows": new.rows,
            ":applied": new.applied,
            ":period": new.period,
            ":first": new.open_first,
            ":count": new.open_count,
            ":bytes": new.bytes,
            ":beat": new.beat_at,
            ":bucket": json.dumps(new.bucket),
        }
        update = (
            "SET #cursor = :new, records = :records, #rows = :rows, applied = :applied, #period = :period, "
            "open_first = :first, open_count = :count, #bytes = :bytes, beat_at = :beat, #bucket = :bucket"
        )
        if new.stuck:
            update, values[":stuck"] = f"{update}, stuck = :stuck", vars(new.stuck)
        else:
            update = f"{update} REMOVE stuck"
        moving = self._table.updating(channel_pk(old.channel), LEASE, update, values, _unmoved(old))
        try:
            transact(self._table.client, [moving, *beside])
        except Cancelled:
            raise FencedOff from None
        return new

    def get_stuck(self, lease: Lease, stuck: Stuck) -> None:
        """Remember what holds the relay up; nothing if it has been moved since."""
        found = vars(stuck)
        try:
            self._table.update(
                channel_pk(lease.channel), LEASE, "SET stuck = :stuck", {":stuck": found}, _unmoved(lease)
            )
        except Refusal:
            return


def _unmoved(lease: Lease) -> Condition:
    return Condition("#relay = :relay AND #cursor = :cursor", {":relay": lease.relay, ":cursor": lease.cursor})
