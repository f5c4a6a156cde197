"""The thread that writes: it takes operations that wait, runs each in a savepoint, and commits them together.

    caller A ── write(f) ──┐                    ┌─ savepoint f, savepoint g ─ COMMIT (one fsync) ─┐
    caller B ── write(g) ──┴─ wait ─────────────┘                                                 └─ both return

Nobody is told an outcome, not even that a condition was false, before the commit that holds it: an outcome may rest on
a write of the same group. An operation that raises is rolled back alone; the others of its group stay.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import perf_counter
from typing import Any

from . import deadline
from .signals import Signals

GROUP = 256
"""Operations of one commit at most, so that the first of them does not wait for ever."""
PASSING = {"SQLITE_FULL": "the disk is full", "SQLITE_BUSY": "another program holds the database"}
Operation = Callable[["Transaction"], Any]


class StorageFailed(RuntimeError):
    """The disk is full, and nothing was stored; or it failed, and the next start shows what was stored."""


class Transaction:
    """What an operation writes with; only the writer's thread has one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self.topics: set[str] = set()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._execute(sql, parameters)

    def wake(self, topic: str) -> None:
        """Wake those who watch `topic`, after the commit."""
        self.topics.add(topic)


@dataclass
class Commits:
    """Since the start: how many, the operations in them, and how long COMMIT took, which is mostly fsync."""

    number: int = 0
    operations: int = 0
    seconds: float = 0.0


class _Waiting:
    __slots__ = ("done", "error", "operation", "result", "until")

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.until = deadline.current()
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = Lock()
        self.done.acquire()


class Writer:
    """Owns `connection`, which no other thread may use. `stop` ends it after what was asked before."""

    def __init__(self, connection: sqlite3.Connection, signals: Signals) -> None:
        self._connection = connection
        self._signals = signals
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        self._broken: str | None = None
        self.commits = Commits()
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def failure(self) -> str | None:
        """Why nothing can be written any more; None while it can."""
        return self._broken

    def write(self, operation: Operation) -> Any:
        """Run `operation` and return what it returned, once it is on disk.

        Raises what it raised, StorageFailed, and TooLate if the time of the call that asks is over (deadline.py).
        """
        waiting = _Waiting(operation)
        with self._closing:
            if self._closed or self._broken:
                raise StorageFailed(self._broken or "the database is closed")
            self._queue.put(waiting)
        waiting.done.acquire()
        if waiting.error is not None:
            raise waiting.error
        return waiting.result

    def stop(self) -> None:
        with self._closing:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            transaction = Transaction(self._connection)
            error = self._carry_out(group, transaction)
            for waiting in group:
                if error is not None:
                    waiting.error = error
                waiting.done.release()
            if error is None:
                self._signals.wake(transaction.topics)

    def _next_group(self) -> list[_Waiting] | None:
        first = self._queue.get()
        if first is None:
            return None
        group = [first]
        while len(group) < GROUP:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if following is None:
                self._queue.put(None)  # after this group
                break
            group.append(following)
        return group

    def _carry_out(self, group: list[_Waiting], transaction: Transaction) -> StorageFailed | None:
        if self._broken:
            return StorageFailed(self._broken)
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            for waiting in group:
                execute("SAVEPOINT one")
                topics = set(transaction.topics)
                try:
                    if deadline.now() > waiting.until:
                        raise deadline.TooLate("the call took longer than its function may")
                    waiting.result = waiting.operation(transaction)
                except BaseException as error:  # it is raised where the operation came from
                    if _is_of_the_disk(error):  # so of the whole group
                        raise
                    waiting.error = error
                    transaction.topics = topics
                    execute("ROLLBACK TO one")
                execute("RELEASE one")
            began = perf_counter()
            execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - those who wait would wait for ever
            return self._failed(error)
        self.commits.number += 1
        self.commits.operations += len(group)
        self.commits.seconds += perf_counter() - began
        return None

    def _failed(self, error: Exception) -> StorageFailed:
        """Give the group up. After these two writing may continue; after any other fault nothing is certain.

        A full disk, and somebody who holds the file (`sqlite3 ballotcast.sqlite`): nothing was written, for certain.
        A failed fsync is not tried again: the system may have dropped what it could not write.
        """
        code = getattr(error, "sqlite_errorname", "")
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                code = code or "rollback"
        if (passing := PASSING.get(code)) is None:
            self._broken = f"the database failed ({error}); stop the runtime, look at the disk, start it again"
        return StorageFailed(self._broken or passing)


def _is_of_the_disk(error: BaseException) -> bool:
    """Return False for what an operation itself did wrong: a constraint, or a mistake in its SQL."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorname", "") != "SQLITE_ERROR"
    return type(error) is sqlite3.DatabaseError or isinstance(error, sqlite3.InternalError)
