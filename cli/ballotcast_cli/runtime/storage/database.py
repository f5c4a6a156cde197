"""The one SQLite file of a runtime: a writer thread, and a read-only connection for each thread that reads."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Literal, TypeVar

from .signals import Signals
from .writer import Transaction, Writer

Result = TypeVar("Result")
FORMAT = 1
"""Of the tables in the file; raised when a release cannot read what an older one wrote."""
PAGES = 4000
"""Of 4 KB, in the write-ahead log, before it is carried over into the file."""


class WrongFormat(RuntimeError):
    """The file was written by another release, whose tables this one cannot read."""


class Database:
    """`schema`: statements that make tables where they are missing. `synchronous` OFF is for what may be lost.

    Reads see what is committed and nothing else: a write that others have not yet been told of is not shown.
    """

    def __init__(self, path: Path, schema: Sequence[str], *, synchronous: Literal["FULL", "OFF"] = "FULL") -> None:
        self.path = path
        self._readers = threading.local()
        self._signals = Signals()
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        self._prepare(connection, schema, synchronous)
        self._writer = Writer(connection, self._signals)
        self._connection = connection

    def write(self, operation: Callable[[Transaction], Result]) -> Result:
        """Run `operation` on the writer's thread and return its result, once the commit that holds it is on disk.

        Raises what the operation raised, and StorageFailed if the database cannot be written. An operation must not
        call `write` itself, nor wait for anything: all writers wait with it.
        """
        result: Result = self._writer.write(operation)
        return result

    def reader(self) -> sqlite3.Connection:
        """Return this thread's own connection; each statement sees the last commit before it."""
        found: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if found is None:
            found = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None, cached_statements=256)
            found.execute("PRAGMA query_only = ON")
            found.execute(f"PRAGMA mmap_size = {1 << 28}")
            self._readers.connection = found
        return found

    def watch(self, *topics: str) -> Event:
        """Return an event that is set after each commit that woke one of the topics (see Signals.watch)."""
        return self._signals.watch(*topics)

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more; None while it can."""
        return self._writer.failure

    def close(self) -> None:
        """Carry out what was asked before, and put everything into the file itself."""
        self._writer.stop()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    @staticmethod
    def _prepare(connection: sqlite3.Connection, schema: Sequence[str], synchronous: str) -> None:
        found: Any = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise WrongFormat(f"the data is of format {found}, and this release reads format {FORMAT}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")
        for statements in schema:
            connection.executescript(statements)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
