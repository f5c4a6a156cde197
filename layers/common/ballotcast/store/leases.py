"""A relay is its lease: one row that the shared worker obeys.

Channels  CHANNEL#<name> / LEASE   the relay's id, the queue's sequence number up to which all is done, how many records
                                   that were, the open bucket of the live window, and a message that it is stuck at

The state machines write it and take it away (functions/relay/*.asl.yaml); the worker moves it. A batch's outcome is one
transaction: the cursor on the condition of its old value and relay, the segment's row, the live row, and the keys of
its publishes. Whoever is fenced off, by another delivery or a newer generation, writes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotcast.channels.decimation import State
from ballotcast.store.channels import channel_pk
from ballotcast.store.table import Condition, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

LEASE = "LEASE"


@dataclass(frozen=True)
class Stuck:
    """A message that was not processed when it was delivered; nothing after it may pass."""

    message: str
    sequence: int
    reason: str


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

    def move(self, old: Lease, new: Lease, beside: Sequence[dict[str, Any]]) -> None:
        """The lease from `old` to `new`, and the writes `beside` it, or nothing. FencedOff."""
        values = {
            ":new": new.cursor,
            ":records": new.records,
            ":rows": new.rows,
            ":applied": new.applied,
            ":period": new.period,
            ":first": new.open_first,
            ":count": new.open_count,
            ":beat": new.beat_at,
            ":bucket": json.dumps(new.bucket),
        }
        update = (
            "SET #cursor = :new, records = :records, #rows = :rows, applied = :applied, #period = :period, "
            "open_first = :first, open_count = :count, beat_at = :beat, #bucket = :bucket REMOVE stuck"
        )
        moving = self._table.updating(channel_pk(old.channel), LEASE, update, values, _unmoved(old))
        try:
            transact(self._table.client, [moving, *beside])
        except Cancelled:
            raise FencedOff from None

    def get_stuck(self, lease: Lease, stuck: Stuck) -> None:
        """Remember what holds the relay up; nothing if it has been moved since."""
        found = vars(stuck)
        try:
            self._table.update(
                channel_pk(lease.channel), LEASE, "SET stuck = :stuck", {":stuck": found}, _unmoved(lease)
            )
        except Refusal:
            return

    def pass_over(self, lease: Lease) -> None:
        """Leave out the message that it is stuck at: it can never be read, and is kept elsewhere. FencedOff."""
        assert lease.stuck
        try:
            self._table.update(
                channel_pk(lease.channel),
                LEASE,
                "SET #cursor = :sequence REMOVE stuck",
                {":sequence": lease.stuck.sequence},
                _unmoved(lease),
            )
        except Refusal:
            raise FencedOff from None


def _unmoved(lease: Lease) -> Condition:
    return Condition("#relay = :relay AND #cursor = :cursor", {":relay": lease.relay, ":cursor": lease.cursor})
