"""Streams of tables: the rows that DynamoDB writes with each change of an item, and how far each consumer has read.

A table's stream is one shard: its records are in the order of their commits.
"""

import sqlite3
from dataclasses import dataclass

from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

STREAM_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT, event TEXT, keys TEXT, old TEXT, new TEXT, at INTEGER
);
CREATE INDEX IF NOT EXISTS stream_of_table ON stream (tbl, seq);
CREATE TABLE IF NOT EXISTS stream_position (consumer TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""
"""`event`: INSERT, MODIFY or REMOVE. `keys`, `old`, `new`: items as JSON, bytes in base64; `at`: seconds since 1970."""


@dataclass(frozen=True)
class Change:
    """A record of a stream."""

    seq: int
    table: str
    event: str
    keys: str
    old: str | None
    new: str | None
    at: int

    @property
    def size(self) -> int:
        """Characters of its items."""
        return len(self.keys) + len(self.old or "") + len(self.new or "")


def topic(table: str) -> str:
    """What DynamoDB wakes after a commit with records of that table."""
    return f"stream:{table}"


def position(reader: sqlite3.Connection, consumer: str) -> int:
    """Return the number of the last record that the consumer has dealt with; 0 for a new one, which reads all."""
    found = reader.execute("SELECT seq FROM stream_position WHERE consumer = ?", (consumer,)).fetchone()
    return int(found[0]) if found else 0


def advance(transaction: Transaction, consumer: str, seq: int) -> None:
    transaction.execute("INSERT OR REPLACE INTO stream_position VALUES (?, ?)", (consumer, seq))


def changes(reader: sqlite3.Connection, table: str, after: int, limit: int) -> list[Change]:
    sql = "SELECT seq, tbl, event, keys, old, new, at FROM stream WHERE tbl = ? AND seq > ? ORDER BY seq LIMIT ?"
    return [Change(*found) for found in reader.execute(sql, (table, after, limit))]


def trim(database: Database, table: str, through: int | None, limit: int) -> int:
    """Delete at most `limit` records up to number `through`, None for all; return how many.

    Not after a day, as on AWS: the records of both sides of a vote, in their order and with times, join a voter with a
    ballot.
    """
    sql = "SELECT seq FROM stream WHERE tbl = ? AND (? IS NULL OR seq <= ?) ORDER BY seq LIMIT ?"
    found = database.reader().execute(sql, (table, through, through, limit)).fetchall()
    if not found:
        return 0
    [last] = found[-1]
    delete = "DELETE FROM stream WHERE tbl = ? AND seq <= ?"
    return database.write(lambda transaction: transaction.execute(delete, (table, last)).rowcount)


def record(
    transaction: Transaction, table: str, view: str, keys: str, old: str | None, new: str | None, now: float
) -> None:
    """Add a change to the stream of `table`; nothing if the item is as it was."""
    if old == new:
        return
    event = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    transaction.execute(
        "INSERT INTO stream (tbl, event, keys, old, new, at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(table, event, keys),
            old if view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES") else None,
            new if view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES") else None,
            int(now),
        ),
    )
    transaction.wake(topic(table))
