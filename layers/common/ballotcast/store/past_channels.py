"""What is kept of channels that were deregistered: their records, until the retention is over or the owner purges them.

Channels  CHANNELS#past-<organiser> / <name>#<born>   which channel it was, and until when something of it is kept

The state machine `stop` writes the row in the transaction that removes the channel, under the organiser who may have
the records: the channel's owner, or the keeper of an election's channel. The records stay where they were
(store/segments.py), and the schema stays with them (store/channels.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ballotcast.channels.time_axis import TimeAxis
from ballotcast.store.channel import channel_pk, past_key, schema_sk
from ballotcast.store.segments import segments_prefix
from ballotcast.store.table import PRESENT, Refusal, Table
from ballotcast.store.transaction import LIMIT, transact


@dataclass(frozen=True)
class PastChannel:
    """`until`: epoch seconds after which nothing of it is left. `purging`: its owner has had its records removed."""

    name: str
    born: int
    organiser: str
    created_at: str
    gone_at: str
    fingerprint: str
    time: TimeAxis
    until: int
    purging: bool = False


def from_item(item: Mapping[str, Any]) -> PastChannel:
    return PastChannel(
        name=item["name"],
        born=int(item["born"]),
        organiser=item["pk"].partition("#past-")[2],
        created_at=item["created_at"],
        gone_at=item["gone_at"],
        fingerprint=item["fingerprint"],
        time=TimeAxis(item["field"], item["unit"]),
        until=int(item["expiration"]),
        purging=bool(item.get("purging")),
    )


class PastChannels:
    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, organiser: str, now: int, name: str = "") -> list[PastChannel]:
        """Return an organiser's, or those of one name, in order of name and time; none whose time is over."""
        rows = self._table.query(past_key(organiser, "", 0)[0], prefix=f"{name}#" if name else "")
        return [from_item(row) for row in rows if row["expiration"] > now]

    def find(self, organiser: str, name: str, born: int, now: int) -> PastChannel | None:
        item = self._table.get(*past_key(organiser, name, born))
        return from_item(item) if item and item["expiration"] > now else None

    def begin_purge(self, past: PastChannel) -> bool:
        """From now on its records are not given out. False if nothing of it is left."""
        try:
            self._table.update(
                *past_key(past.organiser, past.name, past.born), "SET purging = :yes", {":yes": True}, PRESENT
            )
        except Refusal:
            return False
        return True

    def forget(self, past: PastChannel) -> None:
        """Remove all its rows, the one that names it last: anyone who is killed before that is followed by another."""
        pk = channel_pk(past.name)
        rows = [row["sk"] for row in self._table.query(pk, prefix=segments_prefix(past.born))]
        for start in range(0, len(rows), LIMIT):
            transact(self._table.client, [self._table.deleting(pk, sk) for sk in rows[start : start + LIMIT]])
        own = past_key(past.organiser, past.name, past.born)
        transact(self._table.client, [self._table.deleting(pk, schema_sk(past.born)), self._table.deleting(*own)])
