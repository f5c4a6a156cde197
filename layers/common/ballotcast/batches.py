"""Batches of messages and stream records: each is read and taken on its own, so that one cannot fail the others.

a message cannot be read    it is logged without its content; a queue moves it to the dead-letter queue
taking it fails             it is delivered again, and so is what follows it in its group
"""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

    from ballotcast.store.queues import Queue

Record = TypeVar("Record")
Failures = dict[str, list[dict[str, str]]]
"""Lambda's `batchItemFailures`: the messages that are to be delivered again."""


class Unreadable(ValueError):
    """A message that no repetition makes readable. Its text says what is wrong, without the content."""


class TakenInPart(RuntimeError):
    """Some records of a stream's batch failed; the batch is delivered again."""


class Outcome(NamedTuple):
    """The ids of the messages that failed, and of those that can never be read."""

    failed: list[str]
    unreadable: list[str]


@contextmanager
def reading() -> Iterator[None]:
    """Any error in here means that the message is malformed: Unreadable. For parsing only, never around a request."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a malformed message makes a parser raise
        # The error's own text may repeat what the message says, so only its type is kept.
        raise Unreadable(f"malformed: {type(error).__name__}") from None


def read_object(body: object) -> dict[str, Any]:
    """Return the JSON object that is a message's body. Raises Unreadable."""
    if not isinstance(body, str):
        raise Unreadable("it has no body")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(content, dict):
        raise Unreadable("not a JSON object")
    return content


def take_each(
    records: Iterable[Record],
    take: Callable[[Record], object],
    *,
    log: "Logger",
    name: Callable[[Record], str],
    group: Callable[[Record], Hashable] = lambda _: None,
) -> Outcome:
    """Take each record on its own, and log what fails.

    After a failure the later records of the same group fail as well, because they must not be taken before it. A group
    of None has no order. A record that cannot be read holds nothing back: it will never be taken.
    """
    outcome, held = Outcome([], []), set[Hashable]()
    for record in records:
        mine: Hashable = None
        try:
            mine = group(record)
            if mine is not None and mine in held:
                outcome.failed.append(name(record))
                continue
            take(record)
        except Unreadable as unreadable:
            log.error("a message cannot be read", extra={"message_id": name(record), "reason": str(unreadable)})
            outcome.unreadable.append(name(record))
        except Exception:  # the edge: one message's trouble is not another's
            log.exception("a message failed", extra={"message_id": name(record)})
            outcome.failed.append(name(record))
            if mine is not None:
                held.add(mine)
    return outcome


def take_jobs(
    records: "Sequence[SQSRecord]",
    take: "Callable[[SQSRecord], object]",
    *,
    queue: "Callable[[], Queue]",
    log: "Logger",
) -> Failures:
    """Take each message of a batch on its own; answers with the messages to be delivered again.

    One that cannot be read is given back to `queue` at once, so that it is soon in the dead-letter queue.
    """
    outcome = take_each(records, take, log=log, name=message_id)
    if unreadable := [record for record in records if message_id(record) in outcome.unreadable]:
        try:
            queue().return_in({receipt_handle(record): 0 for record in unreadable})
        except Exception:  # the edge: the queue's visibility timeout brings them there, too, only later
            log.exception("giving back failed")
    return report([*outcome.failed, *outcome.unreadable])


def take_stream(
    records: "Iterable[DynamoDBRecord]",
    take: "Callable[[DynamoDBRecord], object]",
    *,
    log: "Logger",
    group: "Callable[[DynamoDBRecord], Hashable]" = lambda _: None,
) -> None:
    """Take each record of a stream; TakenInPart at the end if some failed, so that the batch comes again.

    A record that cannot be read is given up at once: tried again, it would hold up its shard and fail every time.
    """
    outcome = take_each(records, take, log=log, name=stream_name, group=group)
    if outcome.unreadable:
        count_given_up(len(outcome.unreadable))
    if outcome.failed:
        raise TakenInPart(f"{len(outcome.failed)} records failed")


def stream_name(record: "DynamoDBRecord") -> str:
    """Return the sequence number, by which an operator finds the record in its stream for a day."""
    change = record.get("dynamodb")
    return str(change.get("SequenceNumber", "")) if isinstance(change, dict) else ""


def count_given_up(number: int) -> None:
    """For what no dead-letter queue keeps: the alarm `DeadLetters` counts these, too."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # a start should not pay for what is so rare

    metrics = EphemeralMetrics(namespace="Ballotcast", service="batches")
    metrics.add_metric("GivenUp", MetricUnit.Count, number)
    metrics.flush_metrics()


def message_id(record: "SQSRecord") -> str:
    return str(record.get("messageId", ""))


def group_id(record: "SQSRecord") -> str:
    """Return the message group of a FIFO queue; empty where none is stated."""
    attributes = record.get("attributes")
    return str(attributes.get("MessageGroupId", "")) if isinstance(attributes, dict) else ""


def received(record: "SQSRecord") -> int:
    """Return how many times the message has been delivered, this time included; 1 where that is not stated."""
    attributes = record.get("attributes")
    count = str(attributes.get("ApproximateReceiveCount")) if isinstance(attributes, dict) else ""
    return int(count) if count.isdecimal() else 1


def pause(times: int, first: int, longest: int) -> int:
    """Return the seconds until a message that failed this often comes again: twice as many as the last time."""
    return min(first << min(times, 30) - 1, longest)


def receipt_handle(record: "SQSRecord") -> str:
    return str(record.get("receiptHandle", ""))


def report(ids: Iterable[str]) -> Failures:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}
