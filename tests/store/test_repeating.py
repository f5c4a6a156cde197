"""Requests that may be carried out twice are repeated after faults that pass, so that long work comes to its end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ballotcast.store import faults
from ballotcast.store.faults import repeat
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact
from ballotcast.store.voter import Voter
from ballotcast.store.voters import Voters
from ballotcast_tools.runtime.faults import Faults
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database

ATTEMPTS = 5
TIMEOUT = ReadTimeoutError(endpoint_url="https://dynamodb/")


@pytest.fixture(autouse=True)
def attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests have one only."""
    monkeypatch.setattr(faults, "ATTEMPTS", ATTEMPTS)


def refused(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetItem")


def failing(*errors: Exception) -> Callable[[], str]:
    """What raises each of these in turn, and then returns `done`."""
    left = list(errors)

    def act() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return act


def test_a_fault_that_passes_is_met_by_another_attempt_after_a_growing_wait() -> None:
    waits: list[float] = []
    assert repeat(failing(TIMEOUT, refused("InternalServerError", 500), refused("SlowDown")), sleep=waits.append)
    assert len(waits) == 3
    assert all(0 <= wait <= 0.02 * 2**attempt for attempt, wait in enumerate(waits))


def test_a_fault_that_stays_is_raised_after_a_few_attempts() -> None:
    waits: list[float] = []
    with pytest.raises(ReadTimeoutError):
        repeat(failing(*[TIMEOUT] * ATTEMPTS), sleep=waits.append)
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize("error", [refused("ValidationException"), refused("TransactionConflictException"), OSError()])
def test_what_does_not_pass_and_contention_are_raised_at_once(error: Exception) -> None:
    with pytest.raises(type(error)):
        repeat(failing(error), sleep=pytest.fail)


def test_an_attempt_that_took_long_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore has repeated it by then, and somebody may be waiting."""
    monkeypatch.setattr(faults, "LONGEST", -1)
    with pytest.raises(ReadTimeoutError):
        repeat(failing(TIMEOUT), sleep=pytest.fail)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", [DYNAMODB_SCHEMA, STREAM_SCHEMA])
    yield database
    database.close()


def test_a_whole_roll_is_read_where_every_tenth_call_fails(database: Database) -> None:
    """256 reads: without repetitions, one time in a hundred thousand million would do."""
    switch = Faults()
    table = Table(switch.around({"dynamodb": DynamoDB(database, {"Roll": TableKind()})})["dynamodb"], "Roll")
    people = [Voter("e", f"{n:02x}{n:062x}", "a@example.org", "", bytes(16), bytes(32)) for n in range(60)]
    switch.set(rate=0.1, seed=1)
    assert Voters(table).add(people) == 60
    assert Voters(table).roll("e") == people
    for voter in people:
        Voters(table).enlist("e", voter.key, "run", visibly=True)
    assert {voter.run for voter in Voters(table).roll("e")} == {"run"}


def test_a_transaction_whose_response_is_lost_is_not_refused_when_it_is_repeated(database: Database) -> None:
    class Losing:
        def __init__(self, client: Any) -> None:
            self._client, self.exceptions = client, client.exceptions
            self.calls = 0

        def transact_write_items(self, **request: Any) -> None:
            self.calls += 1
            self._client.transact_write_items(**request)
            if self.calls == 1:
                raise TIMEOUT

    client = Losing(DynamoDB(database, {"Roll": TableKind()}))
    once = {"TableName": "Roll", "ConditionExpression": "attribute_not_exists(pk)"}
    transact(client, [{"Put": {**once, "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}], sleep=lambda _: None)
    assert client.calls == 2
