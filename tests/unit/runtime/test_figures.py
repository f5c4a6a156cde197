"""Figures that are read from the database of a deployment."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ballotcast_tools.runtime.assembly import SCHEMAS
from ballotcast_tools.runtime.figures import Figures
from ballotcast_tools.runtime.metrics import Metrics
from ballotcast_tools.runtime.services.mails import Ses
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.sqs import Sqs
from ballotcast_tools.runtime.services.streams import advance
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.template.deployment import Deployment, StreamSource
from ballotcast_tools.runtime.template.reading import read_deployment
from runtime_sources import add_records

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
NOW = datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    return read_deployment(TEMPLATE, {"Environment": "local"}, {})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data", SCHEMAS)
    yield database
    database.close()


def shown(deployed: Deployment, database: Database) -> dict[str, float]:
    metrics = Metrics()
    Figures(deployed, database, lambda: NOW).register(metrics)
    metrics.take()
    lines = [line for line in metrics.page().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_new_database_has_all_figures_at_zero(deployed: Deployment, database: Database) -> None:
    found = shown(deployed, database)
    assert set(found.values()) == {0}
    assert {name.partition("{")[0] for name in found} == {
        "ballotcast_commits_total",
        "ballotcast_committed_operations_total",
        "ballotcast_commit_seconds_total",
        "ballotcast_storage_failed",
        "ballotcast_mails",
        "ballotcast_queue_messages",
        "ballotcast_stream_lag_seconds",
    }
    for queue in deployed.queues:
        assert f'ballotcast_queue_messages{{queue="{queue}"}}' in found


def test_commits_mails_messages_and_lag(deployed: Deployment, database: Database) -> None:
    for _ in range(3):
        Ses(database, "waiting").send_raw_email(Source="x", Destinations=["y"], RawMessage={"Data": b"z"})
    queue = next(queue for queue in deployed.queues.values() if not queue.fifo)
    Sqs(Queues(database, deployed.queues, lambda: NOW)).send_message(QueueUrl=queue.url, MessageBody="x")
    source = next(
        source
        for function in deployed.functions.values()
        for source in function.sources
        if isinstance(source, StreamSource)
    )
    add_records(database, source.table, "A", "B", at=NOW.timestamp() - 90)
    found = shown(deployed, database)
    assert found["ballotcast_commits_total"] == found["ballotcast_committed_operations_total"] == 5
    assert 0 < found["ballotcast_commit_seconds_total"] < 60
    assert found['ballotcast_mails{state="waiting"}'] == 3
    assert found[f'ballotcast_queue_messages{{queue="{queue.name}"}}'] == 1
    lag = f'ballotcast_stream_lag_seconds{{source="{source.name}"}}'
    assert found[lag] == 90
    database.write(lambda transaction: advance(transaction, source.name, 2))
    assert shown(deployed, database)[lag] == 0


def test_executions_by_machine_and_status(deployed: Deployment, database: Database) -> None:
    rows = [("CloseMachine", "a", "RUNNING"), ("CloseMachine", "b", "FAILED"), ("CloseMachine", "c", "FAILED")]
    for row in rows:
        database.write(
            lambda transaction, row=row: (
                transaction.execute(  # type: ignore[misc]
                    "INSERT INTO machine_execution (machine, name, status, definition, input, began)"
                    " VALUES (?, ?, ?, '', '', 0)",
                    row,
                ).rowcount
            )
        )
    found = shown(deployed, database)
    assert found['ballotcast_executions{machine="CloseMachine",status="FAILED"}'] == 2
    assert found['ballotcast_executions{machine="CloseMachine",status="RUNNING"}'] == 1
