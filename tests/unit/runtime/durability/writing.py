"""Threads that write through the runtime's writer, and what must be found of it afterwards.

Each operation writes two rows, one of them over several pages; every fifth fails after its first row.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ballotcast_tools.runtime.storage.database import Database, prepare
from ballotcast_tools.runtime.storage.signals import Signals
from ballotcast_tools.runtime.storage.writer import StorageFailed, Transaction, Writer

from .disk import Disk

SCHEMA = [
    "CREATE TABLE IF NOT EXISTS short (name TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS long (name TEXT PRIMARY KEY, content TEXT NOT NULL)"
]
LONG = 1000
FILE = "kept.data"


@dataclass
class Outcome:
    """`acknowledged`: each name with the number of events on the disk by then."""

    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


class Refused(Exception):
    pass


@contextmanager
def writer_on(disk: Disk, synchronous: Literal["FULL", "OFF"] = "FULL") -> Iterator[Writer]:
    connection = disk.connect(FILE)
    prepare(connection, SCHEMA, synchronous)  # type: ignore[arg-type]
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # the connection has its own
    writer = Writer(connection, Signals())  # type: ignore[arg-type]
    yield writer
    writer.stop()
    connection.close()


def adding(name: str) -> Callable[[Transaction], None]:
    def operation(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO short VALUES (?)", [name])
        if name.endswith("4"):
            raise Refused
        transaction.execute("INSERT INTO long VALUES (?, ?)", [name, name * LONG])

    return operation


def write_all(writer: Writer, disk: Disk, threads: int, each: int, prefix: str = "") -> Outcome:
    """Write from several threads at once. Returns what they were told."""
    outcome = Outcome()

    def write(thread: int) -> None:
        for number in range(each):
            name = f"{prefix}{thread}-{number}"
            try:
                writer.write(adding(name))
            except Refused:
                outcome.refused.add(name)
            except StorageFailed:
                outcome.failed.add(name)
            else:
                outcome.acknowledged.append((len(disk.events), name))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))
    return outcome


def names_after(folder: Path) -> set[str]:
    """Open what is in a folder as a start does, and return what is in it; nothing of it may be half."""
    database = Database(folder / FILE, SCHEMA)
    reader = database.reader()
    assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    short = {name for (name,) in reader.execute("SELECT name FROM short")}
    rows = reader.execute("SELECT name, content FROM long").fetchall()
    assert all(content == name * LONG for name, content in rows)
    assert {name for name, _ in rows} == short
    database.write(adding("afterwards"))
    reader.close()
    database.close()
    with closing(sqlite3.connect(folder / FILE)) as again:
        assert again.execute("SELECT count(*) FROM long").fetchone() == (len(short) + 1,)
    return short
