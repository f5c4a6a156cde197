"""Functions in the runtime's own process: an environment and clients of their own, and no write after their time."""

import asyncio
import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from ballotcast.store.faults import passes
from ballotcast_tools.runtime.functions.loading import FunctionWiring, LoadedFunction
from ballotcast_tools.runtime.services.clients import clients_of
from ballotcast_tools.runtime.services.dynamodb import DYNAMODB_SCHEMA, DynamoDB
from ballotcast_tools.runtime.services.planned_writes import TableKind
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.roles import Role

ALLOWED = [
    {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:eu-west-1:000000000000:table/Board"}
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", [DYNAMODB_SCHEMA, STREAM_SCHEMA])
    yield database
    database.close()


def loaded(database: Database, handler: str, timeout: float) -> LoadedFunction:
    clients = clients_of(Role("tests", ALLOWED), {"dynamodb": DynamoDB(database, {"Board": TableKind()})}, "")
    environment = {"ENVIRONMENT": "local", "BOARD_TABLE": "Board"}
    return LoadedFunction(
        "f", f"handlers_in_workers.{handler}", 128, timeout, lambda: FunctionWiring(environment, clients)
    )


def test_a_function_writes_with_its_own_settings_and_clients(database: Database) -> None:
    assert loaded(database, "put", 60)({"pk": "here"}) == "ff00"


def test_a_function_whose_time_is_over_writes_nothing(database: Database) -> None:
    """On Lambda it would have been killed; here its thread continues, and what it asks for is refused."""
    with pytest.raises(ClientError, match="ServiceUnavailable") as refused:
        loaded(database, "put_late", 0.05)({"pk": "late"})
    assert passes(refused.value)
    assert database.reader().execute("SELECT count(*) FROM item").fetchone() == (0,)


def test_the_loop_of_a_thread_ends_with_the_thread(database: Database) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    def work() -> None:
        loaded(database, "put", 60)({"pk": "here"})
        loops.append(asyncio.get_event_loop_policy().get_event_loop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not loops[0].is_closed()
    del thread
    gc.collect()
    assert loops[0].is_closed()
