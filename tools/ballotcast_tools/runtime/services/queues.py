"""Queues as SQS has them: visibility timeouts, FIFO groups, deduplication, dead letters, retention.

A message is in one place at any time, and every change of it is part of one commit.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import NamedTuple
from uuid import uuid4

from ballotcast.clock import Clock
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import Queue

from .queue_rows import Row, add, arrange, body_of, find, first_rows, ready_groups, remove, visible_rows

WINDOW = 5 * 60 * 1000
"""Milliseconds in which an id of deduplication counts."""


class UnknownQueue(LookupError):
    """The deployment has no queue of that name."""


class InvalidReceipt(ValueError):
    """The text is not a receipt handle."""


class Expired(ValueError):
    """FIFO queues: the message is visible again, or somebody else has received it since."""


class NotInFlight(ValueError):
    """The message is visible, so there is no timeout to change."""


class Sent(NamedTuple):
    """`seq` is the sequence number. Of the first message, if this one repeats it."""

    id: str
    seq: int


@dataclass(frozen=True)
class Received:
    row: Row
    body: str
    handle: str


class Queues:
    def __init__(self, database: Database, queues: Mapping[str, Queue], clock: Clock) -> None:
        self.database = database
        self._queues = queues
        self._clock = clock

    def now(self) -> int:
        """Return milliseconds since 1970."""
        return round(self._clock().timestamp() * 1000)

    def find(self, name: str) -> Queue:
        """Raises UnknownQueue."""
        if name not in self._queues:
            raise UnknownQueue(name)
        return self._queues[name]

    def put(
        self, transaction: Transaction, queue: str, body: str, group: str | None = None, dedup: str | None = None
    ) -> Sent:
        """Send a message as part of `transaction`. FIFO queues need `group` and `dedup`, others take neither.

        A FIFO message whose `dedup` was sent within five minutes (in its group, if the queue says so) is not stored.
        """
        found, now = self.find(queue), self.now()
        if not found.fifo:
            return self._add(transaction, Row(0, queue, None, str(uuid4()), None, now, now, 0, None, None, 0), body)
        if group is None or dedup is None:
            raise ValueError("a message of a FIFO queue needs a group and an id of deduplication")
        scope = group if found.deduplicates_per_group else ""
        same = "SELECT id, seq FROM deduplication WHERE queue = ? AND scope = ? AND dedup = ? AND until > ?"
        if first := transaction.execute(same, (queue, scope, dedup, now)).fetchone():
            return Sent(*first)
        sent = self._add(transaction, Row(0, queue, group, str(uuid4()), dedup, now, now, 0, None, None, 0), body)
        remember = "INSERT OR REPLACE INTO deduplication VALUES (?, ?, ?, ?, ?, ?)"
        transaction.execute(remember, (queue, scope, dedup, now + WINDOW, sent.id, sent.seq))
        return sent

    def receive(self, transaction: Transaction, queue: str, limit: int, milliseconds: int) -> list[Received]:
        """Return at most `limit` messages, invisible to others for so long. FIFO: of the same group, while it has any.

        A message that was received too often goes to the dead-letter queue instead; one that is too old is deleted.
        """
        found, now = self.find(queue), self.now()
        received: list[Received] = []
        groups: Sequence[str | None] = ready_groups(transaction, queue, now, limit) if found.fifo else [None]
        for group in groups:
            left = limit - len(received)
            if not left:
                break
            if group is None:
                rows = visible_rows(transaction, queue, now, left)
            else:
                rows = first_rows(transaction, queue, group, left)
            for row in rows:
                if row.sent + found.retention * 1000 <= now:
                    remove(transaction, row.seq)
                elif found.dead_letters and found.max_receives and row.receives >= found.max_receives:
                    self._give_up(transaction, row, self.find(found.dead_letters), now)
                else:
                    received.append(_receive(transaction, row, now, milliseconds))
            arrange(transaction, queue, group, now)
        return received

    def delete(self, transaction: Transaction, queue: str, handle: str) -> None:
        """Raises InvalidReceipt and Expired. A standard queue takes a handle that is out of date, and does nothing."""
        row, now = self._held(transaction, queue, handle), self.now()
        if row is None:
            return
        if self.find(queue).fifo and row.visible <= now:
            raise Expired(queue)
        remove(transaction, row.seq)
        arrange(transaction, queue, row.group, now)
        transaction.wake(f"queue:{queue}")

    def show_in(self, transaction: Transaction, queue: str, handle: str, milliseconds: int) -> None:
        """Make a received message visible again after so long. Raises InvalidReceipt, Expired and NotInFlight."""
        row, now = self._held(transaction, queue, handle), self.now()
        if row is None or row.visible <= now:
            raise NotInFlight(queue)
        transaction.execute("UPDATE message SET visible = ?, paused = 1 WHERE seq = ?", (now + milliseconds, row.seq))
        arrange(transaction, queue, row.group, now)
        transaction.wake(f"queue:{queue}")

    def settle(
        self, transaction: Transaction, queue: str, done: Sequence[Received], failed: Sequence[Received], again: int
    ) -> None:
        """Delete what is `done`; let what `failed` be visible at `again`, or when its receiver has said.

        A message that somebody else has received since is left to them.
        """
        now = self.now()
        for one in done:
            if _is_held(transaction, one):
                remove(transaction, one.row.seq)
        for one in failed:
            if _is_held(transaction, one):
                sql = "UPDATE message SET visible = ? WHERE seq = ? AND NOT paused"
                transaction.execute(sql, (max(again, now), one.row.seq))
        for group in {one.row.group for one in (*done, *failed)}:
            arrange(transaction, queue, group, now)
        transaction.wake(f"queue:{queue}")

    def next_due(self, queue: str) -> int | None:
        """Return when something can be received, in milliseconds since 1970; None if nothing waits."""
        if self.find(queue).fifo:
            sql = "SELECT MIN(ready) FROM message_group WHERE queue = ?"
        else:
            sql = "SELECT MIN(visible) FROM message WHERE queue = ? AND grp IS NULL"
        found = self.database.reader().execute(sql, (queue,)).fetchone()[0]
        return None if found is None else int(found)

    def counts(self, queue: str) -> tuple[int, int]:
        """Return the number of messages that are visible, and of those that are not."""
        fifo = "NOT NULL" if self.find(queue).fifo else "NULL"
        reader = self.database.reader()
        every = f"SELECT COUNT(*) FROM message WHERE queue = ? AND grp IS {fifo}"  # noqa: S608
        hidden = "SELECT COUNT(*) FROM message WHERE queue = ? AND visible > ? AND receipt IS NOT NULL"
        total = reader.execute(every, (queue,)).fetchone()[0]
        invisible = reader.execute(hidden, (queue, self.now())).fetchone()[0]
        return max(0, total - invisible), invisible

    def _add(self, transaction: Transaction, row: Row, body: str) -> Sent:
        transaction.wake(f"queue:{row.queue}")
        return Sent(row.id, add(transaction, row, body))

    def _give_up(self, transaction: Transaction, row: Row, letters: Queue, now: int) -> None:
        """Move a message to the dead-letter queue. As in SQS, its age starts again there if that is a FIFO queue."""
        body = body_of(transaction, row.seq)
        remove(transaction, row.seq)
        sent = now if letters.fifo else row.sent
        self._add(transaction, replace(row, queue=letters.name, sent=sent, visible=now), body)

    def _held(self, transaction: Transaction, queue: str, handle: str) -> Row | None:
        seq, receipt = _read(handle)
        row = find(transaction, seq)
        if row is None or row.queue != queue:
            return None
        if row.receipt != receipt:
            if self.find(queue).fifo:
                raise Expired(queue)
            return None
        return row


def _is_held(transaction: Transaction, received: Received) -> bool:
    row = find(transaction, received.row.seq)
    return row is not None and row.receipt == received.row.receipt


def _receive(transaction: Transaction, row: Row, now: int, milliseconds: int) -> Received:
    receipt = token_hex(8)
    changed = replace(
        row, visible=now + milliseconds, receives=row.receives + 1, first=row.first or now, receipt=receipt, paused=0
    )
    transaction.execute(
        "UPDATE message SET visible = ?, receives = ?, first = ?, receipt = ?, paused = 0 WHERE seq = ?",
        (changed.visible, changed.receives, changed.first, receipt, row.seq),
    )
    return Received(changed, body_of(transaction, row.seq), b64encode(f"{row.seq} {receipt}".encode()).decode())


def _read(handle: str) -> tuple[int, str]:
    try:
        seq, receipt = b64decode(handle, validate=True).decode().split(" ")
        return int(seq), receipt
    except ValueError:
        raise InvalidReceipt("not a receipt handle") from None
