"""What a start finds: right numbers, in a time that does not grow with the data."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ballotcast_tools.runtime.found import MOST, Found, found
from ballotcast_tools.runtime.machines.executions import MACHINES_SCHEMA
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA
from ballotcast_tools.runtime.services.mails import MAILS_SCHEMA
from ballotcast_tools.runtime.services.queue_rows import SQS_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction

SCHEMA = [DYNAMODB_SCHEMA, MAILS_SCHEMA, SQS_SCHEMA, MACHINES_SCHEMA]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", SCHEMA)
    yield database
    database.close()


def add(transaction: Transaction, elections: int, rows: int, others: int) -> None:
    numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
    for sql, count in (
        (f"{numbers} INSERT INTO item SELECT 'Roll', 'ELECTION#' || (n % {elections}), 'E#' || n, '', 0 FROM n", rows),
        (f"{numbers} INSERT INTO item SELECT 'Roll', 'VOTER#e#' || n, 'v', '', 0 FROM n", rows),
        (f"{numbers} INSERT INTO item SELECT 'Board', 'ELECTION#' || n, 'none of these', '', 0 FROM n", 3),
        (f"{numbers} INSERT INTO mail SELECT n, '', '', '', '', 0, 'waiting', 0, 0 FROM n", others),
        (f"{numbers} INSERT INTO mail SELECT -n, '', '', '', '', 0, 'sent', 0, 0 FROM n", others),
        (f"{numbers} INSERT INTO message (queue, id, sent, visible) SELECT 'MailQueue', n, 0, 0 FROM n", others),
        (f"{numbers} INSERT INTO machine_branch (execution, state, data, phase) SELECT n / 2, '', '', 'ready' FROM n",
         2 * others - 1),
    ):  # fmt: skip
        transaction.execute(sql, [count])


def test_nothing_is_found_in_new_data(database: Database) -> None:
    assert found(database) == Found(0, 0, 0, 0)
    assert str(found(database)) == "Found no elections."


def test_each_is_counted_once(database: Database) -> None:
    database.write(lambda transaction: add(transaction, elections=7, rows=500, others=3))
    assert found(database) == Found(elections=7, mails=3, executions=3, messages=3)
    assert str(found(database)) == "Found 7 elections, 3 mails to send, 3 tasks in progress, 3 queued messages."


def test_many_are_counted_up_to_a_limit(database: Database) -> None:
    database.write(lambda transaction: add(transaction, elections=2000, rows=300_000, others=20_000))
    began = time.perf_counter()
    assert found(database) == Found(MOST, MOST, MOST, MOST)
    assert time.perf_counter() - began < 1  # a scan of these rows takes longer on its own; 10 ms are usual
    assert "1,000 or more elections" in str(found(database))


def test_a_kill_is_noticed_and_a_stop_is_not(tmp_path: Path) -> None:
    database = Database(tmp_path / "one", SCHEMA)
    database.write(lambda transaction: add(transaction, elections=1, rows=1, others=1))
    for name in ("one", "one-wal"):
        (tmp_path / name.replace("one", "killed")).write_bytes((tmp_path / name).read_bytes())
    database.close()
    for name, clean in (("one", True), ("killed", False)):
        again = Database(tmp_path / name, SCHEMA)
        assert found(again) == Found(1, 1, 1, 1, clean=clean)
        again.close()
