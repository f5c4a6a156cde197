"""One odd message among good ones, in each position: the good ones are taken, whichever function consumes them."""

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import Any, TypeVar

import pytest

from ballotcast.batches import TakenInPart
from consumer import Consumer, Record, sqs_message, stream_change
from consumers import CONSUMERS
from queue_consumers import DeadLettersConsumer, FeedbackConsumer, RelayConsumer, SequencerConsumer
from relay.dead_letters import take_letters
from relay.repairing import redeliver
from tally.log.sequencer import Sequencer
from world import World

Odd = TypeVar("Odd")
SECRET = "ada@example.org"
HASH = "ab" * 32
BODIES = {
    "text": f"hello {SECRET}",
    "empty": "",
    "null": "null",
    "list": json.dumps([SECRET]),
    "number": "5",
    "deep": "[" * 100_000,
    "nothing": "{}",
    "kind-of-another-type": json.dumps({"kind": {"of": SECRET}}),
    "unknown-kind": json.dumps({"kind": SECRET, "election": "e1"}),
    "records": json.dumps({"kind": "records", "relay": "lab#1", "born": 1, "count": 1, "avro": SECRET}),
    "key": json.dumps({"kind": "records", "relay": "lab#1", "born": 1, "count": 0, "avro": "", "key": [SECRET]}),
    "token": json.dumps({"kind": "probe", "token": [SECRET]}),
    "ids": json.dumps({"kind": "purge", "election": [SECRET], "created_at": "", "start": 255}),
    "start": json.dumps({"kind": "purge", "election": "e1", "created_at": "", "start": 256}),
    "mail": json.dumps({"kind": "otp", "election": [SECRET], "voter": {}}),
    "election": json.dumps({"election": [SECRET], "leaves": [HASH]}),
    "leaves": json.dumps({"election": "e1", "leaves": SECRET}),
    "short-leaf": json.dumps({"election": "e1", "leaves": [HASH, "ab"]}),
    "amendments": json.dumps({"election": "e1", "amendments": SECRET}),
    "fewer-than-none": json.dumps({"election": "e1", "amendments": -1}),
    "neither": json.dumps({"election": "e1"}),
}
ATTRIBUTES: list[dict[str, Any] | None] = [
    None,
    {},
    {"ApproximateReceiveCount": "many", "MessageGroupId": "lab#1", "SequenceNumber": "first"},
    {"ApproximateReceiveCount": "1", "MessageGroupId": "oddgroup", "SequenceNumber": "1"},
    {"ApproximateReceiveCount": "1", "MessageGroupId": "lab#01", "SequenceNumber": "1"},
    {"ApproximateReceiveCount": "1", "MessageGroupId": 5, "SequenceNumber": "1"},
]
IMAGES: dict[str, Callable[[Record], Any]] = {
    "no change": lambda record: record.pop("dynamodb"),
    "a change of another type": lambda record: record.update(dynamodb="change"),
    "no keys": lambda record: (record["dynamodb"].pop("Keys"), record["dynamodb"]["NewImage"].pop("pk")),
    "an unknown type": lambda record: record["dynamodb"].update(
        Keys={"pk": {"Z": SECRET}}, NewImage={"pk": {"Z": SECRET}}
    ),
    "attributes of another type": lambda record: record["dynamodb"]["NewImage"].update(
        {name: {"N": "x"} for name in ("b", "election", "size", "generation")}
    ),
    "attributes that are missing": lambda record: [
        record["dynamodb"]["NewImage"].pop(name, None) for name in ("b", "election", "size", "generation")
    ],
    "an unknown event": lambda record: record.update(eventName="EXPLODE"),
}
NOTIFICATIONS: dict[str, Any] = {
    "text": f"hello {SECRET}",
    "list": json.dumps([SECRET]),
    "tags of another type": json.dumps({"eventType": "Complaint", "mail": {"tags": SECRET}}),
    "no message": None,
    "a message of another type": {"of": SECRET},
}


def of_kind(kind: str) -> list[str]:
    return [name for name, consumer in CONSUMERS.items() if consumer.kind == kind]


@pytest.fixture
def consumer(request: pytest.FixtureRequest, deployment: World) -> Consumer:
    return CONSUMERS[request.param](deployment)


def each_position(odd: Iterable[Odd]) -> Iterator[tuple[int, Odd, int]]:
    """The first odd message in each of three positions, the others in one each, by turns; all numbered."""
    first, *others = odd
    in_turn = [(first, 0), (first, 1), (first, 2), *((one, number % 3) for number, one in enumerate(others))]
    return ((number, one, position) for number, (one, position) in enumerate(in_turn))


def deliver(consumer: Consumer, odd: Record, position: int, first: int) -> list[str]:
    """With two good messages, numbered from `first`, around it; those must be taken. What is to come again."""
    batch = [consumer.good(first), consumer.good(first + 1)]
    batch.insert(position, odd)
    failed = consumer.failed(*batch)
    assert {first, first + 1} <= consumer.taken()
    return failed


@pytest.mark.slow
@pytest.mark.parametrize("consumer", of_kind("sqs"), indirect=True)
def test_a_body_that_cannot_be_read_fails_alone(
    consumer: Consumer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a group of its own, where the queue has groups. A dead letter is parked: nothing is behind its queue."""
    expects_failure = not isinstance(consumer, CONSUMERS["DeadLettersFunction"])
    for first in range(0, len(BODIES), 4):
        bodies = list(BODIES.values())[first : first + 4]
        odd = [sqs_message(body, f"other{first + number}#1") for number, body in enumerate(bodies)]
        good = [consumer.good(2 * first + 1), consumer.good(2 * first + 2)]
        failed = consumer.failed(odd[0], good[0], *odd[1:3], good[1], *odd[3:])
        assert {2 * first + 1, 2 * first + 2} <= consumer.taken()
        assert set(failed) == ({one["messageId"] for one in odd} if expects_failure else set()), bodies
    assert SECRET not in caplog.text + capsys.readouterr().out


@pytest.mark.parametrize("consumer", of_kind("sqs"), indirect=True)
def test_odd_attributes_of_one_message_are_not_the_others(consumer: Consumer) -> None:
    for number, attributes, position in each_position(ATTRIBUTES):
        odd = {**consumer.good(3 * number + 1), "attributes": attributes}
        if attributes is None:
            del odd["attributes"]
        failed = deliver(consumer, odd, position, 3 * number + 2)
        assert set(failed) <= {odd["messageId"]}, attributes
        needs_them = type(consumer) is RelayConsumer
        assert bool(failed) is needs_them, attributes


@pytest.mark.parametrize("consumer", of_kind("sqs"), indirect=True)
def test_a_message_without_a_body_fails_alone(consumer: Consumer) -> None:
    for position in range(3):
        odd = sqs_message("", "other#1")
        del odd["body"]
        failed = deliver(consumer, odd, position, 2 * position + 1)
        assert set(failed) <= {odd["messageId"]}


@pytest.mark.parametrize("consumer", of_kind("stream"), indirect=True)
def test_a_change_that_cannot_be_read_does_not_hold_up_its_shard(
    consumer: Consumer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is left out and not tried again; nothing that it says is logged."""
    for number, (name, spoil), position in each_position(IMAGES.items()):
        odd = deepcopy(consumer.good(3 * number + 1))
        spoil(odd)
        assert deliver(consumer, odd, position, 3 * number + 2) == [], name
    logged = caplog.text + capsys.readouterr().out
    assert SECRET not in logged
    assert '"GivenUp":[1.0]' in logged


def test_a_row_of_the_box_that_holds_no_ballot_raises_the_alarm(
    deployment: World, capsys: pytest.CaptureFixture[str]
) -> None:
    consumer = CONSUMERS["TurnoutFunction"](deployment)
    odd = deepcopy(consumer.good(1))
    del odd["dynamodb"]["NewImage"]["b"]
    deliver(consumer, odd, 0, 2)
    assert '"BoardTampered":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_a_notification_that_cannot_be_read_is_logged_once_without_its_content(
    deployment: World, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    consumer = FeedbackConsumer(deployment)
    for position in range(3):
        caplog.clear()
        odd = {"EventSource": "aws:sns", "Sns": {"MessageId": "n1", "Message": NOTIFICATIONS[name]}}
        deliver(consumer, odd, position, 2 * position + 1)
        [line] = caplog.records
        assert (line.levelname, line.message) == ("ERROR", "a message cannot be read")
        assert SECRET not in str(vars(line))


def test_the_text_that_ses_sends_when_it_connects_the_topic_is_ignored(
    deployment: World, caplog: pytest.LogCaptureFixture
) -> None:
    text = "Successfully validated SNS topic for Amazon SES event publishing."
    FeedbackConsumer(deployment).handle({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]})
    assert caplog.records == []


def test_a_failure_of_ours_comes_again_after_all_others_were_taken(deployment: World) -> None:
    """The result of one election is missing in the bucket; another election's row is behind it."""
    consumer = CONSUMERS["AnnouncerFunction"](deployment)
    row = {"pk": f"RESULT#{1:016x}", "sk": "RESULT", "issued": 1, "cast": 1, "result_sha256": HASH}
    consumer.good(1)
    with pytest.raises(TakenInPart):
        consumer.handle({"Records": [stream_change("INSERT", row), consumer.good(2)]})
    assert consumer.taken() == {2}


def test_behind_a_failure_an_elections_later_rows_wait(deployment: World) -> None:
    consumer = CONSUMERS["AnnouncerFunction"](deployment)
    later = consumer.good(1)
    row = {"pk": f"RESULT#{1:016x}", "sk": "RESULT", "issued": 1, "cast": 1, "result_sha256": HASH}
    with pytest.raises(TakenInPart):
        consumer.handle({"Records": [stream_change("INSERT", row), later]})
    assert consumer.taken() == set()


def test_the_log_takes_the_readable_messages_of_the_same_election(deployment: World) -> None:
    """One that can never be read must not stop an election's log."""
    consumer = SequencerConsumer(deployment)
    for position in range(3):
        odd = sqs_message("hello", consumer.election)
        assert deliver(consumer, odd, position, 2 * position + 1) == [odd["messageId"]]


def test_what_can_never_be_read_comes_again_at_once(deployment: World) -> None:
    """And so reaches the dead-letter queue in seconds, though it is the oldest of its group."""
    wiring, url = deployment.wiring(), deployment.environment["SEQUENCE_QUEUE"]
    deployment.sqs.send_message(QueueUrl=url, MessageBody="hello", MessageGroupId="e1", MessageDeduplicationId="1")
    for _ in range(3):
        [message] = deployment.sqs.receive_message(QueueUrl=url)["Messages"]
        record = {**sqs_message("hello", "e1"), "receiptHandle": message["ReceiptHandle"]}
        assert Sequencer(wiring).handle({"Records": [record]})["batchItemFailures"]


def test_a_queue_that_takes_nothing_back_does_not_fail_what_was_taken(deployment: World) -> None:
    consumer = SequencerConsumer(deployment)
    consumer.wiring = deployment.wiring(SEQUENCE_QUEUE="https://sqs.eu-central-1.amazonaws.com/123456789012/gone.fifo")
    odd = sqs_message("hello", consumer.election)
    assert deliver(consumer, odd, 0, 1) == [odd["messageId"]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda message: message["attributes"].pop("SequenceNumber"),
        lambda message: message["attributes"].update(SequenceNumber="first"),
        lambda message: message["attributes"].pop("ApproximateReceiveCount"),
        lambda message: message.update(body="hello"),
        lambda message: message.pop("body"),
        lambda message: message.update(body=message["body"].replace('"relay": "lab#', '"relay": "lab#9')),
    ],
)
@pytest.mark.parametrize("position", range(3))
def test_behind_an_odd_message_its_relays_later_ones_wait(
    deployment: World, spoil: Callable[[Record], Any], position: int
) -> None:
    consumer = RelayConsumer(deployment)
    batch = [consumer.good(number) for number in range(3)]
    spoil(batch[position])
    assert consumer.failed(*batch) == [message["messageId"] for message in batch[position:]]
    assert consumer.taken() == set(range(position))


def test_records_of_another_relay_are_refused_by_a_repair_too(deployment: World) -> None:
    consumer = RelayConsumer(deployment)
    strange = consumer.good(1)
    strange["body"] = strange["body"].replace('"relay": "lab#', '"relay": "lab#9')
    assert consumer.failed(strange) == [strange["messageId"]]
    take_letters({"Records": [strange]}, consumer.wiring)
    redeliver(consumer.wiring, consumer.lab.status())
    [letter] = consumer.wiring.dead_letters.newest("lab", consumer.lab.channel.born)
    assert letter.state == "refused"
    assert consumer.taken() == set()


@pytest.mark.parametrize("attributes", ATTRIBUTES)
def test_a_letter_to_no_relay_is_set_aside_whole(
    deployment: World, capsys: pytest.CaptureFixture[str], attributes: dict[str, Any] | None
) -> None:
    consumer = CONSUMERS["DeadLettersFunction"](deployment)
    odd = {**consumer.good(1), "attributes": attributes}
    assert consumer.failed(odd) == []
    kept = consumer.wiring.blobs.get(f"dead/-/{odd['messageId']}")
    assert kept is not None
    assert json.loads(kept) == odd
    assert '"GivenUp":[1.0]' in capsys.readouterr().out


def test_a_letter_that_must_wait_holds_back_its_channels_later_ones(deployment: World) -> None:
    consumer = DeadLettersConsumer(deployment)
    other = sqs_message("hello", "other#1")
    letters = [consumer.good(1), other, consumer.good(2)]
    consumer.lab.meta(status="registering")
    assert consumer.failed(*letters) == [letters[0]["messageId"], letters[2]["messageId"]]
    assert [one.message for one in consumer.wiring.dead_letters.newest("other", 0)] == [other["messageId"]]
