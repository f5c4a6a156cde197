"""The one SQLite file of a runtime: a writer thread, and a read-only connection for each thread that reads."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, Literal, TypeVar

from ballotcast_tools.thread_connection import ThreadConnection

from .signals import Signals
from .writer import Commits, Transaction, Writer

Result = TypeVar("Result")
FORMAT = 1
"""Of the tables in the file; raised when a release cannot read what an older one wrote."""
PAGES = 4000
"""Of 4 KB, in the write-ahead log, before it is carried over into the file."""


class WrongFormat(RuntimeError):
    """The file was written by another release, whose tables this one cannot read."""


class Database:
    """`schema`: statements that make tables where they are missing. `synchronous` OFF is for what may be lost.

    `mapped`: bytes of the file that each reader maps into its memory, at most.

    Reads see what is committed and nothing else: a write that others have not yet been told of is not shown.
    `was_closed`: the last run closed the file, or there was none; else what the log holds is carried over now.
    """

    def __init__(
        self, path: Path, schema: Sequence[str], *, synchronous: Literal["FULL", "OFF"] = "FULL", mapped: int = 1 << 28
    ) -> None:
        self.path = path
        self._mapped = mapped
        self._readers = threading.local()
        self._signals = Signals()
        log = path.with_name(f"{path.name}-wal")
        self.was_closed = not log.exists() or log.stat().st_size == 0
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        try:
            prepare(connection, schema, synchronous)
        except BaseException:
            connection.close()
            raise
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
            found = self._readers.connection = open_reader(self.path)
            found.execute(f"PRAGMA mmap_size = {self._mapped}")
        return found

    def watch(self, *topics: str) -> Event:
        """Return an event that is set after each commit that woke one of the topics (see Signals.watch)."""
        return self._signals.watch(*topics)

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more; None while it can."""
        return self._writer.failure

    @property
    def commits(self) -> Commits:
        """Counters of the writer; they move on."""
        return self._writer.commits

    def empty_log(self) -> bool:
        """Carry the write-ahead log over into the file and empty it; return False if somebody was using it.

        It holds what both sides of a vote wrote last, in its order. Readers and the writer are not stopped for it.
        """
        with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as connection:
            [busy] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[:1]
        return not busy

    def close(self) -> None:
        """Carry out what was asked before, and put everything into the file itself.

        After a failure the log is left as it is: the next start reads what is on disk.
        """
        self._writer.stop()
        if self.failure is None:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot write. From another thread or process it shows what is committed."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(
        address,
        uri=True,
        isolation_level=None,
        cached_statements=256,
        check_same_thread=False,  # whichever thread collects it closes it
        factory=ThreadConnection,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def prepare(connection: sqlite3.Connection, schema: Sequence[str], synchronous: str) -> None:
    """Make the file's tables, and have a commit return once it is on disk. Raises WrongFormat."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != 0:
        check_format(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES}")
    connection.execute("PRAGMA secure_delete = ON")  # of links and addresses nothing stays; not every build does so
    for statements in schema:
        connection.executescript(statements)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def check_format(connection: sqlite3.Connection) -> None:
    """Raises WrongFormat if this release does not read what the file holds."""
    found: Any = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != FORMAT:
        raise WrongFormat(f"the data is of format {found}, and this release reads format {FORMAT}")
