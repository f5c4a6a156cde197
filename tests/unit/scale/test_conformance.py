"""The DynamoDB that measurements are made on answers, refuses and charges as moto does, and as DynamoDB Local does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ballotcast.store.table import ABSENT, PRESENT, Condition, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact
from ballotcast_tools.scale.capacity import Meter
from ballotcast_tools.scale.dynamodb import MeteredDynamoDB

from .conftest import create_table

TABLE = "conforming"
REFUSED = "ValidationException"


class Charged:
    """A client that has the charge of each call told, and adds it up."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.exceptions = client.exceptions
        self.units = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            answer = getattr(self._client, name)(**request, ReturnConsumedCapacity="TOTAL")
            told = answer.get("ConsumedCapacity", {})
            for each in told if isinstance(told, list) else [told]:
                self.units += each.get("CapacityUnits", 0)
            return answer

        return call


@pytest.fixture
def moto() -> Iterator[Charged]:
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1", aws_access_key_id="none", aws_secret_access_key="none")
        create_table(client, TABLE)
        yield Charged(client)


@pytest.fixture
def local(dynamodb_local: Any) -> Iterator[Charged]:
    create_table(dynamodb_local, TABLE)
    yield Charged(dynamodb_local)
    dynamodb_local.delete_table(TableName=TABLE)


def outcome(act: Callable[[], Any]) -> Any:
    """What a call answers, or what stood in its way."""
    try:
        answer = act()
    except Refusal as refused:
        return "refused", refused.item
    except Cancelled as cancelled:
        return "cancelled", cancelled.refusals
    except ClientError as error:
        return error.response["Error"]["Code"]
    return list(answer) if isinstance(answer, Iterator) else answer


def calls(table: Table) -> Iterator[Callable[[], Any]]:
    """Each kind of call and of expression that the stores have, on items of many sizes."""
    client, below = table.client, Condition("n < :most", {":most": 3})
    either = Condition("attribute_not_exists(pk) OR #n <> :n", {":n": 1})
    nested = Condition("attribute_exists(pk) AND (#state = :a OR (n >= :n AND n <= :n))", {":a": "a", ":n": 7})
    item = {"pk": "P", "sk": "a", "n": 1, "state": "a", "flag": True, "none": [1, "é"], "parts": {"x": b"y", "z": 0}}
    yield lambda: table.put(item, ABSENT)
    yield lambda: table.put(item, ABSENT)
    yield lambda: table.put({**item, "n": 100}, either)
    yield lambda: table.put(item, either)
    yield lambda: table.get("P", "a")
    yield lambda: table.get("P", "a", consistent=False)
    yield lambda: table.get("P", "nobody")
    yield lambda: table.update(
        "P", "a", "SET #n = :n, late = :late REMOVE flag, parts", {":n": 7, ":late": "x"}, nested
    )
    yield lambda: table.update("P", "a", "ADD n :one", {":one": 1}, below)
    yield lambda: table.update("P", "a", "ADD n :one, m :one", {":one": -20}, nested)
    yield lambda: table.update("P", "new", "SET #n = :one ADD m :one", {":one": 1}, either)
    yield lambda: table.update("P", "nobody", "SET #n = :one", {":one": 1}, PRESENT)
    yield lambda: table.put({**item, "sk": "within", "m": {"a": [1], "b": {"c": 2}}})
    yield lambda: table.update(
        "P", "within", "SET m.a = :none, m.b.d = :one, n = :one", {":none": [], ":one": 1}, PRESENT
    )
    yield lambda: table.get("P", "within")
    for kilobytes in (1, 4, 5, 130, 290):
        yield lambda size=kilobytes: table.put({"pk": "large", "sk": f"{size:03}", "b": bytes(size * 1024)})
        yield lambda size=kilobytes: table.get("large", f"{size:03}")
    for number in range(20):
        yield lambda n=number: table.put({"pk": "many", "sk": f"{n:02}", "b": bytes(90_000), "n": n})
    yield lambda: table.query("many")
    yield lambda: table.query("many", after="04", limit=3)
    yield lambda: table.query("many", prefix="1", newest=True)
    yield lambda: table.query("many", prefix="1", newest=True, after="15", limit=2)
    yield lambda: table.query("many", before="04")
    yield lambda: table.query("many", before="04", after="01", newest=False, limit=5)
    yield lambda: table.query("many", only=("sk", "n", "none"))
    yield lambda: table.query("nobody")
    yield lambda: sorted(table.get_many([("many", f"{n:02}") for n in range(10, 20)]).items())
    yield lambda: sorted(table.get_many([("nobody", "1"), ("nobody", "2")]))
    two = [table.putting({"pk": "T", "sk": str(n), "b": bytes(n)}, ABSENT) for n in (10, 3000)]
    yield lambda: transact(client, [*two, table.checking("P", "a", PRESENT)])
    yield lambda: transact(client, [*two, table.putting({"pk": "T", "sk": "third"}, ABSENT)])
    yield lambda: table.get("T", "third")
    change = table.updating("T", "10", "SET #b = :b", {":b": "b"}, PRESENT)
    yield lambda: transact(client, [change, table.deleting("T", "3000"), table.checking("T", "nobody", ABSENT)])
    yield lambda: transact(client, [table.deleting("T", "10", ABSENT)])
    yield lambda: table.query("T")
    yield lambda: table.delete("large", "130")
    yield lambda: table.delete("large", "130")
    yield lambda: table.put({"pk": "P", "sk": "huge", "b": bytes(410 * 1024)})


@pytest.fixture
def other(request: pytest.FixtureRequest) -> Charged:
    client: Charged = request.getfixturevalue(request.param)
    return client


@pytest.mark.parametrize("other", ["moto", "local"], indirect=True)
def test_every_call_answers_alike(other: Charged, tmp_path: Path) -> None:
    ours = MeteredDynamoDB(tmp_path / "tables", Meter())
    both = zip(calls(Table(ours, TABLE)), calls(Table(other, TABLE)), strict=True)
    for number, (here, there) in enumerate(both):
        assert outcome(here) == outcome(there), f"call {number}"


@pytest.fixture
def metered(tmp_path: Path) -> MeteredDynamoDB:
    return MeteredDynamoDB(tmp_path / "tables", Meter())


@pytest.mark.parametrize("engine", ["metered", "local"])
@pytest.mark.parametrize("path", ["new.d", "n.d"])
def test_a_path_that_leads_to_no_map_is_refused(engine: str, path: str, request: pytest.FixtureRequest) -> None:
    """Not so by moto, which leaves the item as it is."""
    table = Table(request.getfixturevalue(engine), TABLE)
    table.put({"pk": "P", "sk": "within", "n": 1})
    assert outcome(lambda: table.update("P", "within", f"SET {path} = :one", {":one": 1}, PRESENT)) == REFUSED
    assert table.get("P", "within") == {"pk": "P", "sk": "within", "n": 1}


@pytest.mark.parametrize("other", ["local"], indirect=True)
def test_every_call_is_charged_alike(other: Charged, tmp_path: Path) -> None:
    """But for what DynamoDB Local tells otherwise than DynamoDB's guide: of a transaction the charge of one item, of a
    list that is empty none, of a refused write none. Those are charged here as the guide has it.
    """
    meter = Meter()
    both = zip(
        calls(Table(MeteredDynamoDB(tmp_path / "tables", meter), TABLE)), calls(Table(other, TABLE)), strict=True
    )
    compared = 0
    for number, (here, there) in enumerate(both):
        other.units = 0
        told, asked = outcome(here), meter.take()
        outcome(there)
        if not isinstance(told, str | tuple) and told != [] and not asked.requests["TransactWriteItems"]:
            assert asked.reads + asked.writes == other.units, f"call {number}"
            compared += 1
    assert compared > 40


def test_a_transaction_is_charged_twice_for_each_item(tmp_path: Path) -> None:
    client = MeteredDynamoDB(tmp_path / "tables", meter := Meter())
    table = Table(client, TABLE)
    puts = [table.putting({"pk": "T", "sk": str(size), "b": bytes(size)}, ABSENT) for size in (10, 3000)]
    transact(client, [*puts, table.checking("T", "other", ABSENT)])
    assert meter.take().writes == 2 * (1 + 3 + 1)
    with pytest.raises(Cancelled):
        transact(client, puts)
    assert meter.take().writes == 2 * (1 + 3)
