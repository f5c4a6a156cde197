"""Messages that a relay could not take: kept with the reason, shown with the channel, redelivered where that can help.

Channels  CHANNEL#<name> / DEAD#<born>#<arrival>#<message>   reason, how many records, the outcome of it
Bucket    dead/<name>/<message>                              the message's body, for a month
Bucket    dead/-/<message>                                   a message whose group is no relay's, whole
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ballotcast.store.blobs import Blobs
from ballotcast.store.channel import channel_pk
from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table, TransactItem

MONTH = 30 * 86_400
SHOWN = 20
State = Literal["parked", "redelivered", "refused"]
_PARKED = Condition("#state = :parked", {":parked": "parked"})


@dataclass(frozen=True)
class DeadLetter:
    """`arrival`: the dead-letter queue's sequence number, which keeps their order. `state`: parked until a repair has
    looked at it, then redelivered in its place, or refused because it can never be read."""

    message: str
    arrival: int
    relay: str
    at: str
    reason: str
    records: int
    expiration: int
    sequence: int = 0
    """Its number in the relay's message group, where the lease is stuck at it; 0: not known."""
    state: State = "parked"
    attempts: int = 0
    """How many times a repair began to take it and did not come to an end."""


def _prefix(born: int) -> str:
    return f"DEAD#{born}#"


def _sk(born: int, letter: DeadLetter) -> str:
    return f"{_prefix(born)}{letter.arrival:040}#{letter.message}"


def from_item(item: Mapping[str, Any]) -> DeadLetter:
    return DeadLetter(**{name: item[name] for name in DeadLetter.__dataclass_fields__ if name in item})


class DeadLetters:
    def __init__(self, table: Table, blobs: Blobs) -> None:
        self._table = table
        self._blobs = blobs

    def park(self, channel: str, born: int, letter: DeadLetter, body: str) -> None:
        """Once; parking it again changes nothing."""
        self._blobs.put(self._object(channel, letter), body.encode(), "application/json")
        try:
            self._table.put({"pk": channel_pk(channel), "sk": _sk(born, letter), **vars(letter)}, ABSENT)
        except Refusal:
            return

    def set_aside(self, message: str, content: str) -> None:
        """Keep a message that belongs to no channel. No channel's name is `-`."""
        self._blobs.put(f"dead/-/{message}", content.encode(), "application/json")

    def parked(self, channel: str, born: int) -> list[DeadLetter]:
        """Those that wait for a repair, in the order they were sent."""
        rows = self._table.query(channel_pk(channel), prefix=_prefix(born))
        return [letter for letter in map(from_item, rows) if letter.state == "parked"]

    def newest(self, channel: str, born: int) -> list[DeadLetter]:
        rows = self._table.query(channel_pk(channel), prefix=_prefix(born), limit=SHOWN, newest=True)
        return [from_item(row) for row in rows]

    def body(self, channel: str, letter: DeadLetter) -> str:
        """Raise LookupError when its month is over."""
        content = self._blobs.get(self._object(channel, letter))
        if content is None:
            raise LookupError(letter.message)
        return content.decode()

    def forget(self, channel: str, born: int) -> None:
        """Remove all of a channel that is gone, with their bodies."""
        for row in self._table.query(channel_pk(channel), prefix=_prefix(born)):
            self._blobs.delete(self._object(channel, from_item(row)))
            self._table.delete(row["pk"], row["sk"])

    def settling(self, channel: str, born: int, letter: DeadLetter, state: State, reason: str) -> TransactItem:
        """For a transaction, which is refused where the letter is not parked any more."""
        update, values = "SET #state = :state, reason = :reason", {":state": state, ":reason": reason}
        return self._table.updating(channel_pk(channel), _sk(born, letter), update, values, _PARKED)

    def settle(self, channel: str, born: int, letter: DeadLetter, state: State, reason: str) -> None:
        """The outcome of it; nothing where it is not parked any more."""
        update, values = "SET #state = :state, reason = :reason", {":state": state, ":reason": reason}
        try:
            self._table.update(channel_pk(channel), _sk(born, letter), update, values, _PARKED)
        except Refusal:
            return

    def count_attempt(self, channel: str, born: int, letter: DeadLetter, by: int = 1) -> int:
        """Note that a repair begins to take it, or with -1 that it ended otherwise; how many there are."""
        item = self._table.update(channel_pk(channel), _sk(born, letter), "ADD attempts :by", {":by": by}, PRESENT)
        return int(item["attempts"])

    def _object(self, channel: str, letter: DeadLetter) -> str:
        return f"dead/{channel}/{letter.message}"
