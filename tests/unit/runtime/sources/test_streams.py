"""Stream consumers: batches in order, filters, checkpoints, repetition, halving, and what is given up."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecordEventName, StreamViewType

from ballotcast_tools.runtime.functions.outcomes import FunctionTimedOut
from ballotcast_tools.runtime.services.streams import STREAM_SCHEMA, changes, position, record, trim
from ballotcast_tools.runtime.sources.streams import PASSED, StreamConsumer
from ballotcast_tools.runtime.template.deployment import StreamSource, Table
from runtime_queues import Lab, lab
from runtime_sources import PATIENCE, Calls, add_records, fail, names, until

TABLE = Table(
    "Board",
    "arn:aws:dynamodb:eu-west-1:000000000000:table/Board",
    "arn:aws:dynamodb:eu-west-1:000000000000:table/Board/stream/2000-01-01T00:00:00.000",
    "NEW_IMAGE",
    None,
)
USUAL: dict[str, Any] = {
    "name": "Cast",
    "table": "Board",
    "batch_size": 4,
    "window_seconds": 0,
    "bisect": False,
    "retries": 1,
    "on_failure": "letters",
    "patterns": ({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "B"}]}}}},),
}
Make = Callable[..., StreamConsumer]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path / "data", STREAM_SCHEMA) as made:
        yield made


@pytest.fixture
def started(aws: Lab) -> Iterator[Make]:
    consumers = []

    def start(invoke: Calls, **changed: Any) -> StreamConsumer:
        source = StreamSource(**USUAL | changed)
        consumer = StreamConsumer("TurnoutFunction", source, TABLE, aws.queues, invoke, aws.clock)
        consumer.start()
        consumers.append(consumer)
        return consumer

    yield start
    assert all([consumer.stop(PATIENCE) for consumer in consumers])  # noqa: C419 - each is to stop


def wait_until_read(aws: Lab, seq: int, consumer: str = "Cast") -> None:
    until(lambda: position(aws.database.reader(), consumer) == seq, aws.database)


def letters(aws: Lab) -> list[dict[str, Any]]:
    return [json.loads(body) for body in aws.bodies("letters")]


def test_records_come_in_order_in_batches_and_others_are_passed_over(aws: Lab, started: Make) -> None:
    add_records(aws.database, "Board", "B1", "LOG", "B2", "B3", "B4", "B5", "LOG", "B6")
    add_records(aws.database, "Roll", "B-of-another-table")
    calls = Calls()
    started(calls)
    assert [names(event) for event in calls.wait_for(2)] == [["B1", "B2", "B3", "B4"], ["B5", "B6"]]
    wait_until_read(aws, 8)
    add_records(aws.database, "Board", "B7")
    assert names(calls.wait_for(3)[2]) == ["B7"]
    assert set(calls.functions) == {"TurnoutFunction"}


def test_an_event_is_as_lambda_has_it(aws: Lab, started: Make) -> None:
    add_records(aws.database, "Board", "B1")
    calls = Calls()
    started(calls)
    [event] = calls.wait_for(1)
    assert json.loads(json.dumps(event)) == event
    [record] = DynamoDBStreamEvent(event).records
    change = record.dynamodb
    assert change
    assert record.event_name is DynamoDBRecordEventName.INSERT
    assert (record.event_source, record.aws_region, record.event_version) == ("aws:dynamodb", "eu-west-1", "1.1")
    assert record.event_source_arn == TABLE.stream_arn
    assert record.event_id
    assert change.stream_view_type is StreamViewType.NEW_IMAGE
    assert change.keys == {"pk": "B1", "sk": "x"}
    assert change.new_image == {"pk": "B1", "sk": "x", "b": "AAEC", "n": 7}
    assert "OldImage" not in event["Records"][0]["dynamodb"]
    assert change.approximate_creation_date_time == 1_795_165_200
    assert change.sequence_number == "1".zfill(21)
    assert (change.size_bytes or 0) > 0


def test_a_window_collects_what_comes_within_it(aws: Lab, started: Make) -> None:
    calls = Calls()
    started(calls, window_seconds=1)
    add_records(aws.database, "Board", "B1")
    add_records(aws.database, "Board", "B2")
    assert names(calls.wait_for(1)[0]) == ["B1", "B2"]


def test_a_full_batch_does_not_wait_for_its_window(aws: Lab, started: Make) -> None:
    add_records(aws.database, "Board", *(f"B{number}" for number in range(8)))
    calls = Calls()
    started(calls, window_seconds=10 * PATIENCE)
    calls.wait_for(2)


def test_another_start_continues_after_the_last_success(aws: Lab, started: Make) -> None:
    add_records(aws.database, "Board", "B1", "B2")
    first, second = Calls(), Calls()
    consumer = started(first)
    first.wait_for(1)
    assert consumer.stop(PATIENCE)
    add_records(aws.database, "Board", "B3")
    started(second)
    assert names(second.wait_for(1)[0]) == ["B3"]


def test_a_batch_that_failed_comes_again_and_then_is_given_up(aws: Lab, started: Make) -> None:
    add_records(aws.database, "Board", "B1", "B2", at=aws.clock().timestamp())
    calls = Calls(fail)
    started(calls, retries=2)
    wait_until_read(aws, 2)
    assert [names(event) for event in calls.events] == [["B1", "B2"]] * 3
    assert calls.events[0] == calls.events[2]
    [letter] = letters(aws)
    context, batch = letter["requestContext"], letter["DDBStreamBatchInfo"]
    assert context["functionArn"] == "arn:aws:lambda:eu-west-1:000000000000:function:TurnoutFunction"
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetryAttemptsExhausted", 3)
    assert letter["responseContext"]["functionError"] == "Unhandled"
    assert letter["timestamp"] == "2026-11-20T09:00:00.000Z"
    assert (int(batch["startSequenceNumber"]), int(batch["endSequenceNumber"]), batch["batchSize"]) == (1, 2, 2)
    assert batch["approximateArrivalOfFirstRecord"] == "2026-11-20T09:00:00Z"
    assert batch["streamArn"] == TABLE.stream_arn
    assert "B1" not in json.dumps(letter)


def test_halving_finds_the_bad_record_and_delivers_the_others(aws: Lab, started: Make) -> None:
    def refuse(event: dict[str, Any]) -> None:
        if "B-bad" in names(event):
            raise FunctionTimedOut("TurnoutFunction")

    add_records(aws.database, "Board", "B1", "B2", "B-bad", "B4")
    calls = Calls(refuse)
    started(calls, bisect=True, retries=1)
    wait_until_read(aws, 4)
    given = [names(event) for event in calls.events]
    assert given == [["B1", "B2", "B-bad", "B4"], ["B1", "B2"], ["B-bad", "B4"], ["B-bad"], ["B-bad"], ["B4"]]
    [letter] = letters(aws)
    assert int(letter["DDBStreamBatchInfo"]["startSequenceNumber"]) == 3


def test_half_of_a_batch_that_is_through_does_not_come_again(aws: Lab, started: Make) -> None:
    """The consumer is stopped while it repeats the second half."""

    def refuse(event: dict[str, Any]) -> None:
        if "B-bad" in names(event):
            fail(event)

    add_records(aws.database, "Board", "B1", "B2", "B-bad", "B4")
    calls, later = Calls(refuse), Calls()
    consumer = started(calls, bisect=True, retries=-1)
    calls.wait_for(6)
    assert consumer.stop(PATIENCE)
    started(later)
    assert names(later.wait_for(1)[0]) == ["B-bad", "B4"]
    assert letters(aws) == []


def test_a_checkpoint_follows_though_nothing_is_for_the_function(aws: Lab, started: Make) -> None:
    calls = Calls()
    started(calls)
    for _ in range(PASSED // 100 + 1):
        add_records(aws.database, "Board", *["LOG"] * 100)
    until(lambda: position(aws.database.reader(), "Cast") >= PASSED, aws.database)
    assert calls.events == []


def test_records_that_a_consumer_is_through_with_are_deleted_at_once(aws: Lab, started: Make) -> None:
    """Also those that were not for it, though no checkpoint was written for them; a later start needs none of them."""
    add_records(aws.database, "Board", "B1", "LOG", "LOG")
    calls = Calls()
    consumer = started(calls)
    until(lambda: consumer.seen == 3, aws.database)
    assert trim(aws.database, "Board", consumer.seen, 2) == 2
    assert trim(aws.database, "Board", consumer.seen, 2) == 1
    assert consumer.stop(PATIENCE)
    add_records(aws.database, "Board", "B4")
    later = Calls()
    started(later)
    assert names(later.wait_for(1)[0]) == ["B4"]


def test_records_that_a_consumer_still_needs_stay(aws: Lab, started: Make) -> None:
    """It fails, and repeats."""
    add_records(aws.database, "Board", "LOG", "B2", "B3")
    consumer = started(calls := Calls(fail), retries=-1)
    calls.wait_for(2)
    trim(aws.database, "Board", consumer.seen, 10)
    assert [one.seq for one in changes(aws.database.reader(), "Board", 0, 10)][-2:] == [2, 3]


def test_a_record_has_no_finer_time_than_on_aws(aws: Lab) -> None:
    aws.database.write(lambda t: record(t, "Board", "NEW_IMAGE", "{}", None, "{}", 1_795_165_200.987))
    assert aws.database.reader().execute("SELECT at FROM stream").fetchone() == (1_795_165_200,)
