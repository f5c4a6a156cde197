"""The live window: one immutable row of decimated points per batch of the worker, gone after an hour.

Channels  CHANNEL#<name> / LIVE#<born>#<n>   points (JSON, deflated, at most 4 KB)
"""

from dataclasses import dataclass

from ballotcast.store.channel import Channel, channel_pk
from ballotcast.store.table import ABSENT, Table, TransactItem

SECONDS = 3600
ROWS = 50
"""In one answer: at most 200 KB deflated."""


@dataclass(frozen=True)
class LiveRow:
    number: int
    points: bytes
    stride: int
    """Points were thinned by this much more than the channel's decimation, to fit."""


def _sk(born: int, number: int) -> str:
    return f"LIVE#{born}#{number:012}"


class Live:
    def __init__(self, table: Table) -> None:
        self._table = table

    def adding(self, channel: Channel, row: LiveRow, now: int) -> TransactItem:
        """For the transaction that moves the lease."""
        key = {"pk": channel_pk(channel.name), "sk": _sk(channel.born, row.number)}
        return self._table.putting({**key, **vars(row), "expiration": now + SECONDS}, ABSENT)

    def since(self, channel: Channel, number: int | None, now: int) -> list[LiveRow]:
        """Rows from `number` on, at most ROWS; without it the newest ones. Oldest first, none that is over."""
        pk, prefix = channel_pk(channel.name), f"LIVE#{channel.born}#"
        if number is None:
            items = list(self._table.query(pk, prefix=prefix, limit=ROWS, newest=True))[::-1]
        else:
            after = _sk(channel.born, number - 1) if number else None
            items = list(self._table.query(pk, prefix=prefix, after=after, limit=ROWS))
        return [LiveRow(item["number"], item["points"], item["stride"]) for item in items if item["expiration"] > now]
