"""Pollers of queues: batches, partial failures, timeouts, calls at the same time."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import SQSEvent

from ballotcast_tools.runtime.sources.queues import QueuePoller
from ballotcast_tools.runtime.template.deployment import QueueSource
from runtime_queues import Lab, lab, url
from runtime_sources import PATIENCE, Calls, bodies, fail, until

MAIL, RELAY = "mail", "relay.fifo"
USUAL: dict[str, Any] = {"name": "Mails", "queue": MAIL, "batch_size": 10, "reports_failures": True, "concurrency": 1}
Make = Callable[..., QueuePoller]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path / "data") as made:
        yield made


@pytest.fixture
def started(aws: Lab) -> Iterator[Make]:
    pollers = []

    def start(invoke: Calls, **changed: Any) -> QueuePoller:
        poller = QueuePoller("NotifyFunction", QueueSource(**USUAL | changed), aws.queues, invoke)
        poller.start()
        pollers.append(poller)
        return poller

    yield start
    assert all([poller.stop(PATIENCE) for poller in pollers])  # noqa: C419 - each is to stop


def settled(aws: Lab, name: str, visible: int, invisible: int) -> None:
    until(lambda: aws.counts(name) == (visible, invisible), aws.database, f"queue:{name}")


def move_on(aws: Lab, name: str, seconds: float) -> None:
    """Let time pass, and the poller look at the clock."""
    aws.clock.advance(seconds=seconds)
    aws.database.write(lambda transaction: transaction.wake(f"queue:{name}"))


def failing(*wanted: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Name the messages with these bodies."""

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        failed = [record["messageId"] for record in event["Records"] if record["body"] in wanted]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    return handle


def test_what_was_taken_is_deleted(aws: Lab, started: Make) -> None:
    aws.send(MAIL, "1", "2", "3")
    calls = Calls()
    started(calls, batch_size=2)
    assert [bodies(event) for event in calls.wait_for(2)] == [["1", "2"], ["3"]]
    settled(aws, MAIL, 0, 0)
    aws.send(MAIL, "4")
    assert bodies(calls.wait_for(3)[2]) == ["4"]


def test_an_event_is_as_lambda_has_it(aws: Lab, started: Make) -> None:
    aws.send(RELAY, "grüße", group="lab#1", dedup="once")
    calls = Calls()
    started(calls, queue=RELAY)
    [event] = calls.wait_for(1)
    assert json.loads(json.dumps(event)) == event
    [record] = SQSEvent(event).records
    assert (record.body, record.md5_of_body) == ("grüße", hashlib.md5("grüße".encode()).hexdigest())
    assert record.message_id
    assert record.receipt_handle
    assert (record.event_source, record.aws_region) == ("aws:sqs", "eu-west-1")
    assert record.event_source_arn == f"arn:aws:sqs:eu-west-1:000000000000:{RELAY}"
    assert dict(record.message_attributes) == {}
    attributes = record.attributes
    assert attributes.approximate_receive_count == "1"
    assert attributes.sent_timestamp == attributes.approximate_first_receive_timestamp == "1795165200000"
    assert attributes.sender_id
    assert (attributes.message_group_id, attributes.message_deduplication_id) == ("lab#1", "once")
    assert int(attributes.sequence_number or "") == 1


def test_named_messages_come_again_after_their_timeout(aws: Lab, started: Make) -> None:
    aws.send(MAIL, "good", "bad")
    calls = Calls(failing("bad"))
    started(calls)
    settled(aws, MAIL, 0, 1)
    move_on(aws, MAIL, 29)
    assert aws.counts(MAIL) == (0, 1)
    calls.handler = failing()
    move_on(aws, MAIL, 1)
    again = calls.wait_for(2)[1]
    assert bodies(again) == ["bad"]
    assert again["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    settled(aws, MAIL, 0, 0)


@pytest.mark.parametrize(
    "response",
    [
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"wrong": "name"}]},
        {"batchItemFailures": "1"},
        "text",
    ],
)
def test_a_response_that_cannot_be_read_fails_the_batch(aws: Lab, started: Make, response: Any) -> None:
    aws.send(MAIL, "1", "2")
    calls = Calls(lambda _: response)
    started(calls)
    calls.wait_for(1)
    settled(aws, MAIL, 0, 2)


@pytest.mark.parametrize("response", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_no_failures_are_success(aws: Lab, started: Make, response: Any) -> None:
    aws.send(MAIL, "1", "2")
    calls = Calls(lambda _: response)
    started(calls)
    calls.wait_for(1)
    settled(aws, MAIL, 0, 0)


def test_failures_are_of_no_account_to_a_source_that_does_not_ask_for_them(aws: Lab, started: Make) -> None:
    aws.send(MAIL, "bad")
    calls = Calls(failing("bad"))
    started(calls, reports_failures=False)
    calls.wait_for(1)
    settled(aws, MAIL, 0, 0)


def test_an_error_brings_all_again_and_in_the_end_to_the_dead_letters(aws: Lab, started: Make) -> None:
    aws.send(MAIL, "poison")
    calls = Calls(fail)
    started(calls)
    for number in (1, 2, 3):
        calls.wait_for(number)
        settled(aws, MAIL, 0, 1)
        move_on(aws, MAIL, 30)
    settled(aws, "letters", 1, 0)
    assert len(calls.events) == 3


def test_a_function_may_say_when_a_message_comes_again(aws: Lab, started: Make) -> None:
    def pause(event: dict[str, Any]) -> Any:
        handle = event["Records"][0]["receiptHandle"]
        aws.sqs.change_message_visibility(QueueUrl=url(RELAY), ReceiptHandle=handle, VisibilityTimeout=100)
        return failing("1", "2")(event)

    aws.send(RELAY, "1", "2")
    calls = Calls(pause)
    started(calls, queue=RELAY)
    settled(aws, RELAY, 0, 2)
    until(lambda: aws.queues.next_due(RELAY) == aws.queues.now() + 100_000, aws.database, f"queue:{RELAY}")
    move_on(aws, RELAY, 99)
    assert aws.counts(RELAY) == (1, 1)
    move_on(aws, RELAY, 1)
    assert bodies(calls.wait_for(2)[1]) == ["1", "2"]


@pytest.mark.parametrize("first_fails", [True, False])
def test_who_gave_a_message_back_does_not_decide_on_it(aws: Lab, started: Make, *, first_fails: bool) -> None:
    """A second call gets it while the first still runs; the outcome of the first is out of date."""
    second_begun, first_ended = threading.Event(), threading.Event()

    def handle(event: dict[str, Any]) -> Any:
        record = event["Records"][0]
        if record["attributes"]["ApproximateReceiveCount"] == "1":
            aws.sqs.change_message_visibility(
                QueueUrl=url(MAIL), ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0
            )
            assert second_begun.wait(PATIENCE)
            return failing("job" if first_fails else "")(event)
        second_begun.set()
        assert first_ended.wait(PATIENCE)
        return failing("" if first_fails else "job")(event)

    aws.send(MAIL, "job")
    calls = Calls(handle)
    started(calls, concurrency=2)
    calls.wait_for(1)
    calls.handler = failing()
    aws.send(MAIL, "next")  # the loop that had the first call takes it, after the outcome of that one
    calls.wait_for(2)
    assert (aws.queues.next_due(MAIL) or 0) > aws.queues.now() + 30_000  # the second call still has it
    first_ended.set()
    calls.wait_for(3)
    settled(aws, MAIL, 0, 0 if first_fails else 1)


def test_groups_run_at_the_same_time_and_a_group_does_not(aws: Lab, started: Make) -> None:
    together = threading.Barrier(2)

    def handle(event: dict[str, Any]) -> None:
        together.wait(PATIENCE)

    aws.send(RELAY, "a1", "a2", group="a")
    aws.send(RELAY, "b1", "b2", group="b")
    calls = Calls(handle)
    started(calls, queue=RELAY, batch_size=1, concurrency=None)
    given = [bodies(event)[0] for event in calls.wait_for(4)]
    assert (set(given[:2]), set(given[2:])) == ({"a1", "b1"}, {"a2", "b2"})


def test_no_more_calls_than_allowed_run_at_once(aws: Lab, started: Make) -> None:
    running, most, lock = 0, 0, threading.Lock()
    filled = threading.Barrier(3)

    def handle(_: dict[str, Any]) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        filled.wait(PATIENCE)
        with lock:
            running -= 1
        filled.wait(PATIENCE)

    aws.send(MAIL, *map(str, range(9)))
    calls = Calls(handle)
    started(calls, batch_size=1, concurrency=3)
    calls.wait_for(9)
    assert most == 3


def test_a_stop_waits_for_the_call_and_receives_no_more(aws: Lab, started: Make) -> None:
    begun, go = threading.Event(), threading.Event()

    def handle(_: dict[str, Any]) -> None:
        begun.set()
        assert go.wait(PATIENCE)

    aws.send(MAIL, "1", "2")
    calls = Calls(handle)
    poller = started(calls, batch_size=1)
    assert begun.wait(PATIENCE)
    assert not poller.stop(0.05)
    go.set()
    assert poller.stop(PATIENCE)
    assert aws.counts(MAIL) == (1, 0)
