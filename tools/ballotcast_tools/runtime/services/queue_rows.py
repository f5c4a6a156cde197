"""Rows of messages: their schema, and the statements that keep groups in order.

    message         state, without the body: it changes with each receive
    message_body    the body, written once
    message_group   FIFO queues: one row for each group that has messages; `ready`: when its first may be received
    deduplication   FIFO queues: ids of the last five minutes

Times are milliseconds since 1970. A message with `visible` in the future is in flight, or waits to come again. A group
is ready once none of its messages is, so later ones never pass it. Each statement finds its rows by an index, however
many messages wait.
"""

from dataclasses import dataclass
from typing import Any

from ballotcast_tools.runtime.storage.writer import Transaction

SQS_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, grp TEXT, id TEXT NOT NULL, dedup TEXT,
    sent INTEGER NOT NULL, visible INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, first INTEGER,
    receipt TEXT, paused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS message_body (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_waiting ON message (queue, visible) WHERE grp IS NULL;
CREATE INDEX IF NOT EXISTS message_in_group ON message (queue, grp) WHERE grp IS NOT NULL;
CREATE INDEX IF NOT EXISTS message_received ON message (queue, grp, visible) WHERE receipt IS NOT NULL;
CREATE TABLE IF NOT EXISTS message_group (
    queue TEXT NOT NULL, grp TEXT NOT NULL, ready INTEGER NOT NULL, PRIMARY KEY (queue, grp)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS message_group_ready ON message_group (queue, ready);
CREATE TABLE IF NOT EXISTS deduplication (
    queue TEXT NOT NULL, scope TEXT NOT NULL, dedup TEXT NOT NULL,
    until INTEGER NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (queue, scope, dedup)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deduplication_until ON deduplication (until);
"""

COLUMNS = "seq, queue, grp, id, dedup, sent, visible, receives, first, receipt, paused"


@dataclass(frozen=True)
class Row:
    """`receipt`: the token of the last receive. `paused`: `visible` was set by the receiver of the message."""

    seq: int
    queue: str
    group: str | None
    id: str
    dedup: str | None
    sent: int
    visible: int
    receives: int
    first: int | None
    receipt: str | None
    paused: int


def add(transaction: Transaction, row: Row, body: str) -> int:
    """Store a message at the end of its queue, visible from `row.visible`. Return its sequence number."""
    values = (row.queue, row.group, row.id, row.dedup, row.sent, row.visible, row.receives, row.first)
    columns = "queue, grp, id, dedup, sent, visible, receives, first"
    added = transaction.execute(f"INSERT INTO message ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
    seq: Any = added.lastrowid
    transaction.execute("INSERT INTO message_body VALUES (?, ?)", (seq, body))
    if row.group is not None:
        new = "INSERT INTO message_group VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        transaction.execute(new, (row.queue, row.group, row.visible))
    return int(seq)


def find(transaction: Transaction, seq: int) -> Row | None:
    found = transaction.execute(f"SELECT {COLUMNS} FROM message WHERE seq = ?", (seq,)).fetchone()  # noqa: S608
    return Row(*found) if found else None


def body_of(transaction: Transaction, seq: int) -> str:
    return str(transaction.execute("SELECT body FROM message_body WHERE seq = ?", (seq,)).fetchone()[0])


def remove(transaction: Transaction, seq: int) -> None:
    """`arrange` the message's group afterwards."""
    transaction.execute("DELETE FROM message WHERE seq = ?", (seq,))
    transaction.execute("DELETE FROM message_body WHERE seq = ?", (seq,))


def visible_rows(transaction: Transaction, queue: str, now: int, limit: int) -> list[Row]:
    """Return the messages of a standard queue that may be received, those that have waited longest first."""
    sql = f"SELECT {COLUMNS} FROM message WHERE queue = ? AND grp IS NULL AND visible <= ? ORDER BY visible LIMIT ?"  # noqa: S608
    return [Row(*found) for found in transaction.execute(sql, (queue, now, limit))]


def first_rows(transaction: Transaction, queue: str, group: str, limit: int) -> list[Row]:
    """Return the first messages of a group that is ready."""
    sql = f"SELECT {COLUMNS} FROM message WHERE queue = ? AND grp = ? ORDER BY seq LIMIT ?"  # noqa: S608
    return [Row(*found) for found in transaction.execute(sql, (queue, group, limit))]


def ready_groups(transaction: Transaction, queue: str, now: int, limit: int) -> list[str]:
    """Return groups of a FIFO queue that are ready, those that have waited longest first."""
    sql = "SELECT grp FROM message_group WHERE queue = ? AND ready <= ? ORDER BY ready LIMIT ?"
    return [group for (group,) in transaction.execute(sql, (queue, now, limit))]


def arrange(transaction: Transaction, queue: str, group: str | None, now: int) -> None:
    """Say when the group is ready, after a change of its messages. One that has none left is forgotten.

    A group that is ready at once goes behind those that have been ready for longer, so that each has its turn.
    """
    if group is None:
        return
    last = "SELECT MAX(visible) FROM message WHERE queue = ? AND grp = ? AND receipt IS NOT NULL"
    held = transaction.execute(last, (queue, group)).fetchone()[0]
    ready = max(held or 0, now)
    some = "SELECT 1 FROM message WHERE queue = ? AND grp = ? LIMIT 1"
    if held is None and transaction.execute(some, (queue, group)).fetchone() is None:
        transaction.execute("DELETE FROM message_group WHERE queue = ? AND grp = ?", (queue, group))
    else:
        transaction.execute("UPDATE message_group SET ready = ? WHERE queue = ? AND grp = ?", (ready, queue, group))
