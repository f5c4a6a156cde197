"""Tables: streams, expiry and repeated transactions. What calls return is held to moto in tests/unit/scale."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table, to_wire
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.items import from_text, to_text
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA, topic
from ballotcast_tools.runtime.storage.database import Database
from fake_clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", [DYNAMODB_SCHEMA, STREAM_SCHEMA])
    yield database
    database.close()


@pytest.fixture
def client(database: Database, clock: FakeClock) -> DynamoDB:
    kinds = {
        "Roll": TableKind("NEW_AND_OLD_IMAGES", "expiration"),
        "Board": TableKind("NEW_IMAGE"),
        "Plain": TableKind(),
    }
    return DynamoDB(database, kinds, clock)


def stream(database: Database, table: str) -> list[tuple[str, Any, Any]]:
    rows = database.reader().execute("SELECT event, old, new FROM stream WHERE tbl = ? ORDER BY seq", (table,))
    return [(event, old and json.loads(old), new and json.loads(new)) for event, old, new in rows]


def test_a_stream_shows_each_change_as_its_view_says(client: DynamoDB, database: Database) -> None:
    roll, board, plain = (Table(client, name) for name in ("Roll", "Board", "Plain"))
    for table in (roll, board, plain):
        table.put({"pk": "p", "sk": "s", "n": 1, "b": b"\x00\xff"})
        table.update("p", "s", "ADD n :one", {":one": 1}, PRESENT)
        table.put({"pk": "p", "sk": "s", "n": 2, "b": b"\x00\xff"})  # no change
        table.delete("p", "s")
        table.delete("p", "s")
    one, two = ({"pk": {"S": "p"}, "sk": {"S": "s"}, "n": {"N": n}, "b": {"B": "AP8="}} for n in "12")
    assert stream(database, "Roll") == [("INSERT", None, one), ("MODIFY", one, two), ("REMOVE", two, None)]
    assert stream(database, "Board") == [("INSERT", None, one), ("MODIFY", None, two), ("REMOVE", None, None)]
    assert stream(database, "Plain") == []


def test_a_refused_write_is_in_no_stream(client: DynamoDB, database: Database) -> None:
    table = Table(client, "Board")
    table.put({"pk": "p", "sk": "s"}, ABSENT)
    news = database.watch(topic("Board"))
    with pytest.raises(Refusal) as refused:
        table.put({"pk": "p", "sk": "s", "n": 1}, ABSENT)
    assert refused.value.item == {"pk": "p", "sk": "s"}
    assert not news.is_set()
    assert len(stream(database, "Board")) == 1


def test_of_many_puts_at_once_one_is_taken(client: DynamoDB) -> None:
    """All of them may share a commit, and those that are refused see the one that was taken."""
    table = Table(client, "Board")

    def put(number: int) -> int:
        try:
            table.put({"pk": "p", "sk": "s", "n": number}, ABSENT)
        except Refusal as refused:
            return int(refused.item["n"])
        return number

    with ThreadPoolExecutor(32) as pool:
        assert len(set(pool.map(put, range(200)))) == 1


def test_items_expire_and_the_stream_shows_it(client: DynamoDB, database: Database, clock: FakeClock) -> None:
    table = Table(client, "Roll")
    for number in range(5):
        table.put({"pk": "p", "sk": str(number), "expiration": int(clock.now.timestamp()) + 60 * number})
    table.put({"pk": "p", "sk": "stays"})
    clock.now += timedelta(seconds=121)
    assert client.expire(2) == 2
    assert client.expire(2) == 1
    assert client.expire(2) == 0
    assert [item["sk"] for item in table.query("p")] == ["3", "4", "stays"]
    assert [event for event, _, _ in stream(database, "Roll")[6:]] == ["REMOVE"] * 3


def test_a_transaction_with_its_token_is_carried_out_once(client: DynamoDB, clock: FakeClock) -> None:
    table = Table(client, "Board")
    writes = [table.updating("p", "s", "ADD n :one", {":one": 1}, Condition("attribute_not_exists(m)", {}))]
    for _ in range(2):
        client.transact_write_items(TransactItems=writes, ClientRequestToken="token")
    assert table.get("p", "s") == {"pk": "p", "sk": "s", "n": 1}
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(TransactItems=[table.putting({"pk": "p", "sk": "t"})], ClientRequestToken="token")
    clock.now += timedelta(minutes=11)
    client.transact_write_items(TransactItems=writes, ClientRequestToken="token")
    assert table.get("p", "s") == {"pk": "p", "sk": "s", "n": 2}


def test_of_a_cancelled_transaction_nothing_is_written(client: DynamoDB, database: Database) -> None:
    table = Table(client, "Board")
    writes = [table.putting({"pk": "p", "sk": "1"}), table.putting({"pk": "p", "sk": "2"}, PRESENT)]
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=writes)
    assert list(table.query("p")) == []
    assert stream(database, "Board") == []


@pytest.mark.parametrize("key", [{"pk": "", "sk": "s"}, {"pk": "p" * 2049, "sk": "s"}, {"pk": "p", "sk": "s" * 1025}])
def test_a_key_that_dynamodb_does_not_take_is_refused(client: DynamoDB, key: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        Table(client, "Board").put(key)


def test_a_table_that_is_not_there_is_not_found(client: DynamoDB) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        Table(client, "nowhere").get("p", "s")


@given(prefix=st.text(max_size=4), others=st.lists(st.text(min_size=1, max_size=6), max_size=12))
def test_a_prefix_finds_what_begins_with_it(
    prefix: str, others: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = Database(tmp_path_factory.mktemp("data") / "data", [DYNAMODB_SCHEMA, STREAM_SCHEMA])
    table = Table(DynamoDB(database, {"Plain": TableKind()}), "Plain")
    keys = {*others, *(prefix + other for other in others)} - {""}
    for key in keys:
        table.put({"pk": "p", "sk": key})
    found = [item["sk"] for item in table.query("p", prefix=prefix)] if prefix else []
    assert found == (sorted(key for key in keys if key.startswith(prefix)) if prefix else [])
    database.close()


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("BSNLM"), inner, max_size=3),
    max_leaves=8,
)


@given(item=st.dictionaries(st.sampled_from(["B", "S", "a", "é"]), values, max_size=4))
def test_an_item_comes_back_as_it_was(item: dict[str, Any]) -> None:
    wire = to_wire(item)
    assert from_text(to_text(wire)) == wire
