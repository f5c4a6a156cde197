"""The database: what is acknowledged is committed, groups share a commit, and one refusal leaves the others alone."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from pathlib import Path
from threading import Barrier, Event

import pytest

from ballotcast_tools.runtime.storage import deadline
from ballotcast_tools.runtime.storage.database import FORMAT, Database, WrongFormat
from ballotcast_tools.runtime.storage.deadline import TooLate, ends_within
from ballotcast_tools.runtime.storage.writer import StorageFailed, Transaction
from ballotcast_tools.stack.process import wait_for

SCHEMA = ["CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY)"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", SCHEMA)
    yield database
    if database.failure is None:
        database.close()


def adding(word: str) -> Callable[[Transaction], int]:
    return lambda transaction: transaction.execute("INSERT INTO word VALUES (?)", [word]).rowcount


def words(database: Database) -> set[str]:
    return {word for (word,) in database.reader().execute("SELECT word FROM word")}


def test_what_is_written_is_read_by_others_at_once(database: Database) -> None:
    assert database.write(adding("here")) == 1
    assert words(database) == {"here"}


def test_who_holds_the_file_stops_writing_only_as_long(tmp_path: Path) -> None:
    """An operator who looks into it with a program of their own, say."""
    database = Database(tmp_path / "data", SCHEMA)
    database.write(lambda transaction: transaction.execute("PRAGMA busy_timeout = 1").fetchone())
    with closing(sqlite3.connect(tmp_path / "data", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed, match="another program"):
            database.write(adding("refused"))
    assert database.write(adding("stored")) == 1
    assert words(database) == {"stored"}
    database.close()


def test_one_refusal_of_a_group_leaves_the_others(database: Database) -> None:
    """All wait behind one slow operation, so they are of one group."""
    database.write(adding("taken"))
    begun, go = Event(), Event()

    def slow(_: Transaction) -> None:
        begun.set()
        go.wait()

    def write(number: int) -> str:
        try:
            database.write(adding("taken" if number % 2 else f"word {number}"))
        except sqlite3.IntegrityError:
            return "refused"
        return "written"

    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(database.write, slow)
        begun.wait()
        outcomes = pool.map(write, range(20))
        go.set()
        first.result()
        assert list(outcomes) == ["written", "refused"] * 10
    assert words(database) == {"taken", *(f"word {number}" for number in range(0, 20, 2))}


def test_an_operation_that_fails_leaves_nothing_of_its_own(database: Database) -> None:
    def halfway(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO word VALUES ('half')")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(halfway)
    assert words(database) == set()


def test_nothing_is_shown_before_it_is_committed(database: Database) -> None:
    seen: list[set[str]] = []

    def look(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO word VALUES ('early')")
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(words, database).result())

    database.write(look)
    assert seen == [set()]
    assert words(database) == {"early"}


def test_watchers_are_woken_by_what_is_committed_only(database: Database) -> None:
    news = database.watch("news")

    def refused(transaction: Transaction) -> None:
        transaction.wake("news")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(refused)
    database.write(adding("other"))
    assert not news.is_set()
    database.write(lambda transaction: transaction.wake("news"))
    assert news.wait(10)


def test_many_writers_lose_nothing(database: Database) -> None:
    ready = Barrier(16)

    def write(number: int) -> None:
        ready.wait()
        for n in range(50):
            database.write(adding(f"{number} {n}"))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    assert len(words(database)) == 800


def test_a_full_disk_refuses_the_group_and_writing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    database = Database(tmp_path / "data", ["CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY)"])
    pages = database.write(lambda t: t.execute("PRAGMA page_count").fetchone()[0])
    database.write(lambda t: t.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(StorageFailed, match="the disk is full"):
        database.write(adding("x" * 100_000))
    assert words(database) == set()
    database.write(lambda t: t.execute("PRAGMA max_page_count = 100000").fetchone())
    database.write(adding("room"))
    assert words(database) == {"room"}
    database.close()


def test_closing_keeps_what_was_written(tmp_path: Path) -> None:
    database = Database(tmp_path / "data", SCHEMA)
    database.write(adding("kept"))
    database.close()
    with pytest.raises(StorageFailed, match="closed"):
        database.write(adding("late"))
    again = Database(tmp_path / "data", SCHEMA)
    assert words(again) == {"kept"}
    again.close()


def test_what_is_deleted_is_nowhere_in_the_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "data", SCHEMA)
    database.write(adding("secret " * 2000))
    database.write(lambda transaction: transaction.execute("DELETE FROM word").rowcount)
    database.close()
    assert b"secret" not in (tmp_path / "data").read_bytes()


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "100 %? #1").mkdir()
    database = Database(tmp_path / "100 %? #1" / "data", SCHEMA)
    database.write(adding("here"))
    assert words(database) == {"here"}
    database.close()


def test_a_mistake_in_an_operation_is_its_own(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.write(lambda transaction: transaction.execute("INSERT INTO missing VALUES (1)").rowcount)
    database.write(adding("next"))
    assert words(database) == {"next"}


def test_another_format_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data") as other:
        other.execute(f"PRAGMA user_version = {FORMAT + 1}")
    other.close()
    with pytest.raises(WrongFormat, match=str(FORMAT + 1)):
        Database(tmp_path / "data", SCHEMA)


def test_what_a_call_asks_for_after_its_time_is_not_written(database: Database) -> None:
    """It waits behind a slow operation until its time is over, as a cast would that the close must not miss."""
    begun, go = Event(), Event()

    def slow(_: Transaction) -> None:
        begun.set()
        go.wait()

    def late() -> None:
        with ends_within(0.05):
            until = deadline.current()
            with ThreadPoolExecutor(1) as waiting:
                asked = waiting.submit(copy_context().run, database.write, adding("late"))
                assert wait_for(lambda: deadline.now() > until, 10)
                go.set()
                asked.result()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(database.write, slow)
        begun.wait()
        with pytest.raises(TooLate):
            late()
    with ends_within(60):
        database.write(adding("in time"))
    database.write(adding("outside of calls"))
    assert words(database) == {"in time", "outside of calls"}


def test_the_log_of_writes_is_emptied_while_the_database_is_in_use(database: Database) -> None:
    log = database.path.with_name(database.path.name + "-wal")
    for number in range(100):
        database.write(adding(f"word {number}"))
    assert log.stat().st_size > 0
    assert database.empty_log()
    assert log.stat().st_size == 0
    database.write(adding("later"))
    assert len(words(database)) == 101
