"""The one way to a table: what goes in comes out, and a refused condition says what stood there."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ballotcast.store import contention
from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact
from faulty_writes import FaultyWrites

THING = {"pk": "A", "sk": "1", "n": 7, "b": b"\x00\xff", "l": ["x", 1, {"y": b"z"}], "t": True, "state": "new"}
NEW, OLD = Condition("#state = :new", {":new": "new"}), Condition("#state = :old", {":old": "old"})


def test_items_come_back_as_they_were(roll: Table) -> None:
    roll.put(THING)
    assert roll.get("A", "1") == THING
    assert roll.get("A", "2") is None


def test_a_refused_put_tells_what_stands_there(roll: Table) -> None:
    roll.put(THING, ABSENT)
    with pytest.raises(Refusal) as refused:
        roll.put({**THING, "n": 8}, ABSENT)
    assert refused.value.item == THING
    assert roll.get("A", "1") == THING


def test_an_update_answers_the_new_item_and_a_refused_one_the_old(roll: Table) -> None:
    roll.put(THING)
    assert roll.update("A", "1", "SET #state = :old ADD n :one", {":old": "old", ":one": 1}, NEW)["n"] == 8
    with pytest.raises(Refusal) as refused:
        roll.update("A", "1", "SET n = :one", {":one": 1}, NEW)
    assert refused.value.item == {**THING, "n": 8, "state": "old"}


def test_a_refusal_by_absence_carries_nothing(roll: Table) -> None:
    with pytest.raises(Refusal) as refused:
        roll.update("A", "1", "SET n = :one", {":one": 1}, PRESENT)
    assert refused.value.item == {}
    assert roll.get("A", "1") is None


def conflict() -> None:
    """What a single write meets while a transaction is at its item."""
    raise ClientError({"Error": {"Code": "TransactionConflictException"}}, "PutItem")


def test_a_single_write_waits_for_the_transaction_at_its_item(roll: Table) -> None:
    client = FaultyWrites(roll.client)
    client.plan = {0: conflict, 1: conflict, 3: conflict, 5: conflict}
    contended = Table(client, roll.name)
    contended.put(THING, ABSENT)
    assert contended.update("A", "1", "ADD n :one", {":one": 1}, PRESENT)["n"] == 8
    contended.delete("A", "1")
    assert roll.get("A", "1") is None
    assert client.calls == ["put_item"] * 3 + ["update_item"] * 2 + ["delete_item"] * 2


def test_a_single_write_does_not_wait_for_ever(roll: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention.random, "uniform", lambda *_: 0.0)
    client = FaultyWrites(roll.client)
    client.plan = dict.fromkeys(range(100), conflict)
    with pytest.raises(ClientError, match="TransactionConflict"):
        Table(client, roll.name).put(THING)
    assert roll.get("A", "1") is None


def test_a_query_goes_through_one_partition_in_order(roll: Table) -> None:
    for sk in ("b3", "a1", "b1", "c1", "b2"):
        roll.put({"pk": "A", "sk": sk})
    roll.put({"pk": "B", "sk": "b0"})

    def keys(**options: Any) -> list[str]:
        return [item["sk"] for item in roll.query("A", **options)]

    assert keys() == ["a1", "b1", "b2", "b3", "c1"]
    assert keys(prefix="b") == ["b1", "b2", "b3"]
    assert keys(prefix="b", after="b1") == ["b2", "b3"]
    assert keys(limit=2) == ["a1", "b1"]
    assert keys(prefix="b", newest=True, limit=2) == ["b3", "b2"]
    assert keys(before="b2") == ["a1", "b1"]
    assert keys(after="a1", before="b3", limit=1) == ["b1"]


def test_a_query_goes_on_past_a_full_page(roll: Table) -> None:
    for number in range(5):
        roll.put({"pk": "A", "sk": str(number), "b": b"x" * 300_000})  # a page ends at 1 MB
    assert [item["sk"] for item in roll.query("A")] == ["0", "1", "2", "3", "4"]
    assert [item["sk"] for item in roll.query("A", limit=4)] == ["0", "1", "2", "3"]


def test_many_items_are_fetched_at_once_and_the_absent_left_out(roll: Table) -> None:
    for number in range(120):
        roll.put({"pk": "A", "sk": f"{number}"})
    found = roll.get_many([("A", f"{number}") for number in range(130)])
    assert sorted(found) == sorted(("A", f"{number}") for number in range(120))


def test_a_transaction_writes_all_or_nothing(roll: Table, board: Table) -> None:
    roll.put(THING)
    writes = [
        board.putting({"pk": "X", "sk": "1"}, ABSENT),
        roll.updating("A", "1", "SET #state = :old", {":old": "old"}, NEW),
        roll.putting({"pk": "A", "sk": "2"}),
    ]
    transact(roll.client, writes)
    assert board.get("X", "1")
    with pytest.raises(Cancelled) as cancelled:
        transact(roll.client, [roll.deleting("A", "2"), *writes[:2]])
    assert cancelled.value.refusals == {1: {"pk": "X", "sk": "1"}, 2: {**THING, "state": "old"}}
    assert roll.get("A", "2")


def test_a_check_writes_nothing_but_must_hold(roll: Table) -> None:
    roll.put(THING)
    transact(roll.client, [roll.checking("A", "1", NEW), roll.putting({"pk": "B", "sk": "1"})])
    with pytest.raises(Cancelled):
        transact(roll.client, [roll.checking("A", "1", OLD), roll.deleting("B", "1")])
    assert roll.get("A", "1") == THING
    assert roll.get("B", "1")
