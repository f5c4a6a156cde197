"""What was sent to a channel's relay: how many messages, and the keys of those publishes that had one.

Channels  CHANNEL#<name> / SENT#<born>              n = messages sent; against the lease's `applied`, the backlog
Channels  CHANNEL#<name> / KEY#<born>#<sha256>      body = SHA-256 of what was published with this Idempotency-Key;
                                                    done once the relay has it. Gone after a day.

A queue forgets what it has seen after five minutes. A key is remembered for a day: the publisher's side writes it
before it sends, the worker marks it done in the transaction that moves the lease, and drops what is done already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ballotcast.store.channel import Channel, channel_pk
from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table, TransactItem

DAY = 86_400
_ALWAYS = Condition("attribute_exists(pk) OR attribute_not_exists(pk)", {})


@dataclass(frozen=True)
class Key:
    """`fresh`: it was not there before. `done`: the relay has its records."""

    id: str
    body: str
    fresh: bool
    done: bool


def _sk(born: int, key: str) -> str:
    return f"KEY#{born}#{key}"


class Publishes:
    def __init__(self, table: Table) -> None:
        self._table = table

    def remember(self, channel: Channel, key: str, body: str, now: datetime) -> Key:
        """Before sending; returns what stands there."""
        name, seconds = sha256(key.encode()).hexdigest(), int(now.timestamp())
        over = Condition(f"{ABSENT.expression} OR expiration <= :now", {":now": seconds})
        item = {"pk": channel_pk(channel.name), "sk": _sk(channel.born, name), "body": body}
        try:
            self._table.put({**item, "expiration": seconds + DAY}, over)
        except Refusal as refused:
            return Key(name, refused.item["body"], fresh=False, done=refused.item.get("done", False))
        return Key(name, body, fresh=True, done=False)

    def count_sent(self, channel: Channel) -> None:
        self._table.update(channel_pk(channel.name), f"SENT#{channel.born}", "ADD n :one", {":one": 1}, _ALWAYS)

    def sent(self, channel: Channel) -> int:
        item = self._table.get(channel_pk(channel.name), f"SENT#{channel.born}")
        return item["n"] if item else 0

    def done(self, channel: Channel, keys: Iterable[str]) -> dict[str, bool]:
        """Return whether the relay has the records of each key; a key that is over by now is left out."""
        wanted = {(channel_pk(channel.name), _sk(channel.born, key)): key for key in keys}
        return {wanted[at]: item.get("done", False) for at, item in self._table.get_many(list(wanted)).items()}

    def finishing(self, channel: Channel, key: str) -> TransactItem:
        """For the transaction that moves the lease."""
        pk, sk = channel_pk(channel.name), _sk(channel.born, key)
        return self._table.updating(pk, sk, "SET done = :yes", {":yes": True}, PRESENT)
