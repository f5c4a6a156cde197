"""All sources of a deployment together: a start after a kill, idling, the end, and what is cleared away."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ballotcast.clock import system_clock
from ballotcast_tools.runtime.services.queue_rows import SQS_SCHEMA
from ballotcast_tools.runtime.services.queues import Queues
from ballotcast_tools.runtime.services.scheduler import SCHEDULE_SCHEMA
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA, record
from ballotcast_tools.runtime.sources.filters import UnknownPattern
from ballotcast_tools.runtime.sources.loop import Loop
from ballotcast_tools.runtime.sources.sources import Sources
from ballotcast_tools.runtime.storage.database import Database
from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import (
    Api,
    Bucket,
    Deployment,
    Function,
    QueueSource,
    ScheduleSource,
    StreamSource,
    Table,
)
from ballotcast_tools.runtime.template.reading import read_deployment
from ballotcast_tools.runtime.template.roles import Role
from ballotcast_tools.runtime.upkeep import AT_ONCE, Upkeep
from checkout import ROOT
from runtime_queues import DAY, QUEUES, Lab, lab
from runtime_sources import PATIENCE, Calls, add_records, bodies, names, until

CAST = StreamSource("Cast", "Board", 10, 0, True, 3, "letters", ())
MAILS = QueueSource("Mails", "mail", 10, True, 5)
DUE = ScheduleSource("EveryMinute", 3600)


def deployment(**sources: Any) -> Deployment:
    def function(name: str, source: Any) -> Function:
        return Function(name, "package.module.handler", {}, Role("role", ()), 10, 128, (source,))

    return Deployment(
        functions={name: function(name, source) for name, source in sources.items()},
        routes=(),
        tables={"Board": Table("Board", "arn:board", "arn:board/stream", "NEW_IMAGE", None)},
        queues={one.name: one for one in QUEUES},
        machines={},
        api=Api("v1", None, (), (), {}),
        bucket=Bucket("bucket", ()),
        key_arn="",
        secrets={},
        topic_subscribers={},
        outputs={},
    )


ALL = deployment(Turnout=CAST, Notify=MAILS, Due=DUE)


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path / "data", STREAM_SCHEMA, SCHEDULE_SCHEMA) as made:
        yield made


def test_each_source_calls_its_function(aws: Lab) -> None:
    calls = Calls()
    sources = Sources(ALL, aws.queues, calls, aws.clock)
    assert sources.start() == 0
    aws.send("mail", "hello")
    add_records(aws.database, "Board", "B1")
    calls.wait_for(3)
    events = dict(zip(calls.functions, calls.events, strict=True))
    assert (bodies(events["Notify"]), names(events["Turnout"])) == (["hello"], ["B1"])
    assert events["Due"]["detail-type"] == "Scheduled Event"
    assert sources.stop(PATIENCE)
    aws.send("mail", "later")
    assert aws.counts("mail") == (1, 0)


def test_what_was_in_flight_comes_at_the_start(aws: Lab) -> None:
    aws.send("mail", "held")
    assert aws.bodies("mail") == ["held"]
    calls = Calls()
    sources = Sources(deployment(Notify=MAILS), aws.queues, calls, aws.clock)
    assert sources.start() == 1
    [event] = calls.wait_for(1)
    assert event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    assert sources.stop(PATIENCE)


def test_a_pattern_that_is_not_known_is_refused_before_the_start(aws: Lab) -> None:
    odd = StreamSource("Cast", "Board", 10, 0, True, 3, None, ({"a": [{"suffix": "x"}]},))
    with pytest.raises(UnknownPattern):
        Sources(deployment(Turnout=odd), aws.queues, Calls(), aws.clock)


def test_an_idle_deployment_hardly_looks(aws: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread's turn comes without news, once each has looked."""
    turns: list[str] = []
    made = Loop.__init__

    def counted(self: Loop, name: str, news: threading.Event, turn: Callable[[], float | None]) -> None:
        def count() -> float | None:
            turns.append(name)
            return turn()

        made(self, name, news, count)

    monkeypatch.setattr(Loop, "__init__", counted)
    sources = Sources(ALL, aws.queues, Calls(), aws.clock)
    sources.start()
    until(lambda: len(set(turns)) == 8, aws.database)  # of five mails, and three others
    threading.Event().wait(1)
    assert len(turns) <= 2 * 8
    assert sources.stop(PATIENCE)


def test_a_loop_outlives_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ballotcast_tools.runtime.sources.loop.AFTER_ERROR", 0.01)
    turns, done = iter([ValueError("first"), None]), threading.Event()

    def turn() -> None:
        if error := next(turns):
            raise error
        done.set()

    loop = Loop("faulty", threading.Event(), turn)
    loop.start()
    assert done.wait(PATIENCE)
    assert loop.stop(PATIENCE)


def test_upkeep_clears_all_that_is_too_old(aws: Lab) -> None:
    then, many = aws.clock().timestamp(), AT_ONCE + 1
    add_records(aws.database, "Board", *["B"] * many, at=then)
    aws.database.write(lambda t: [aws.queues.put(t, "letters.fifo", "x", str(n), str(n)) for n in range(many)])
    aws.clock.advance(seconds=4 * DAY + 1)
    aws.send("letters.fifo", "new")
    Upkeep(Sources(deployment(), aws.queues, Calls(), aws.clock).tasks(), lambda: None).sweep()
    for table, left in (("stream", 0), ("message", 1), ("message_body", 1), ("message_group", 1), ("deduplication", 1)):
        found = aws.database.reader().execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        assert (table, found) == (table, left)


def test_the_real_template_counts_an_issued_credential_and_counts_a_ballot(tmp_path: Path) -> None:
    real = read_deployment(ROOT / "template.yaml", {"Environment": "local"}, {})
    before, after = ('{"a": {"S": "x"}}', '{"blinded_sha256": {"S": "x"}}')

    def write(transaction: Transaction) -> None:
        for table, pk, old, new in (
            ("Roll", "VOTER#e1#ab", before, after),
            ("Roll", "VOTER#e1#ab", after, before),
            ("Roll", "VOTER#e1#ab", None, after),
            ("Board", "BALLOT#e1#ab", None, before),
        ):
            keys = f'{{"pk": {{"S": "{pk}"}}, "sk": {{"S": "x"}}}}'
            record(transaction, table, real.tables[table].stream_view, keys, old, new, 0.0)
        queues.put(transaction, "SequenceQueue.fifo", "{}", "e1", "once")

    database = Database(tmp_path / "data", [SQS_SCHEMA, STREAM_SCHEMA, SCHEDULE_SCHEMA], synchronous="OFF")
    queues, calls = Queues(database, real.queues, system_clock), Calls()
    sources = Sources(real, queues, calls, system_clock)
    database.write(write)
    sources.start()
    calls.wait_for(4)
    assert sources.stop(PATIENCE)
    assert sorted(calls.functions) == ["CensusFunction", "DueFunction", "SequencerFunction", "TurnoutFunction"]
    assert all(len(event.get("Records", [1])) == 1 for event in calls.events)
    database.close()
