"""The streams of tables: what changed, in order, written in the commit of the change itself."""

from ballotcast_cli.runtime.storage.writer import Transaction

STREAM_SCHEMA = """
    CREATE TABLE IF NOT EXISTS stream (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        tbl TEXT NOT NULL,
        event TEXT NOT NULL, -- INSERT, MODIFY or REMOVE
        keys TEXT NOT NULL, old TEXT, new TEXT, -- items as JSON (items.py), as far as the table's view has them
        at REAL NOT NULL -- seconds since 1970
    );
"""


def topic(table: str) -> str:
    """What those watch who follow a table's stream."""
    return f"stream:{table}"


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
            now,
        ),
    )
    transaction.wake(topic(table))
