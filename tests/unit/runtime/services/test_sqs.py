"""What moto does right, our SQS does as well: each test runs on both. The others are in test_queues.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from runtime_queues import lab, url

MAIL, RELAY = "mail", "plain.fifo"
Client = Any


@pytest.fixture(params=["ours", "moto"])
def aws(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    if request.param == "ours":
        with lab(tmp_path / "data") as ours:
            yield ours.sqs
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1")
        letters = client.create_queue(QueueName="letters")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 3}}'
        client.create_queue(QueueName=MAIL, Attributes={"RedrivePolicy": redrive})
        client.create_queue(QueueName=RELAY, Attributes={"FifoQueue": "true"})
        yield client


def fifo(body: str, group: str = "g", dedup: str = "") -> dict[str, Any]:
    return {"MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": dedup or f"{group}-{body}"}


def received(aws: Client, name: str, limit: int = 10, **changes: Any) -> list[dict[str, Any]]:
    asked = {"MaxNumberOfMessages": limit, "AttributeNames": ["All"], **changes}
    found: list[dict[str, Any]] = aws.receive_message(QueueUrl=url(name), **asked).get("Messages", [])
    return found


def bodies(aws: Client, name: str, limit: int = 10) -> list[str]:
    return [one["Body"] for one in received(aws, name, limit)]


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    """Return the class of the error, and its code."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return type(caught.value).__name__, caught.value.response["Error"]["Code"]


def test_a_message_is_received_as_it_was_sent(aws: Client) -> None:
    sent = aws.send_message(QueueUrl=url(MAIL), MessageBody="grüße")
    [message] = received(aws, MAIL)
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert message["Body"] == "grüße"
    names = {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"}
    assert set(message["Attributes"]) == names


def test_a_fifo_message_says_its_group_and_number(aws: Client) -> None:
    sent = aws.send_message(QueueUrl=url(RELAY), **fifo("one", "g7", "d1"))
    [message] = received(aws, RELAY)
    told = {name: message["Attributes"][name] for name in ("MessageGroupId", "MessageDeduplicationId")}
    assert told == {"MessageGroupId": "g7", "MessageDeduplicationId": "d1"}
    assert message["Attributes"]["SequenceNumber"] == sent["SequenceNumber"]


def test_attributes_are_returned_on_request(aws: Client) -> None:
    aws.send_message(QueueUrl=url(MAIL), MessageBody="one")
    [message] = received(aws, MAIL, AttributeNames=["ApproximateReceiveCount"])
    assert message["Attributes"] == {"ApproximateReceiveCount": "1"}


def test_what_is_received_is_invisible_and_what_is_deleted_is_gone(aws: Client) -> None:
    aws.send_message(QueueUrl=url(MAIL), MessageBody="one")
    [message] = received(aws, MAIL)
    assert received(aws, MAIL) == []
    aws.change_message_visibility(QueueUrl=url(MAIL), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    [again] = received(aws, MAIL)
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    aws.delete_message(QueueUrl=url(MAIL), ReceiptHandle=again["ReceiptHandle"])
    aws.delete_message(QueueUrl=url(MAIL), ReceiptHandle=again["ReceiptHandle"])  # nothing the second time
    attributes = aws.get_queue_attributes(
        QueueUrl=url(MAIL), AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    )["Attributes"]
    assert attributes == {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}


def test_a_batch_says_what_became_of_each(aws: Client) -> None:
    entries = [{"Id": f"n{number}", "MessageBody": str(number)} for number in range(10)]
    answer = aws.send_message_batch(QueueUrl=url(MAIL), Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == [one["Id"] for one in entries]
    assert not answer.get("Failed")
    messages = received(aws, MAIL)
    assert {one["MessageId"] for one in messages} == {one["MessageId"] for one in answer["Successful"]}

    handles = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(messages)]
    shown = [{**handle, "VisibilityTimeout": 0} for handle in handles[:3]]
    wrong = {"Id": "wrong", "ReceiptHandle": "nonsense"}
    answer = aws.change_message_visibility_batch(
        QueueUrl=url(MAIL), Entries=[*shown, {**wrong, "VisibilityTimeout": 0}]
    )
    assert [one["Id"] for one in answer["Successful"]] == ["0", "1", "2"]
    assert [(one["Id"], one["Code"], one["SenderFault"]) for one in answer["Failed"]] == [
        ("wrong", "ReceiptHandleIsInvalid", True)
    ]
    answer = aws.delete_message_batch(QueueUrl=url(MAIL), Entries=[*handles[3:], wrong])
    assert len(answer["Successful"]) == 7
    assert [one["Id"] for one in answer["Failed"]] == ["wrong"]
    assert len(received(aws, MAIL)) == 3


def test_a_group_has_one_receiver_at_a_time(aws: Client) -> None:
    for group, body in [("a", "1"), ("a", "2"), ("b", "3"), ("a", "4")]:
        aws.send_message(QueueUrl=url(RELAY), **fifo(body, group))
    [first] = received(aws, RELAY, 1)
    assert first["Body"] == "1"
    assert bodies(aws, RELAY) == ["3"]
    assert bodies(aws, RELAY) == []
    aws.delete_message(QueueUrl=url(RELAY), ReceiptHandle=first["ReceiptHandle"])
    assert bodies(aws, RELAY) == ["2", "4"]


def test_a_message_sent_twice_is_taken_once(aws: Client) -> None:
    aws.send_message(QueueUrl=url(RELAY), **fifo("one", "g", "d"))
    aws.send_message(QueueUrl=url(RELAY), **fifo("another", "h", "d"))
    assert bodies(aws, RELAY) == ["one"]


def test_what_is_received_too_often_goes_to_the_dead_letters(aws: Client) -> None:
    sent = aws.send_message(QueueUrl=url(MAIL), MessageBody="poison")
    for count in "123":
        [message] = received(aws, MAIL)
        assert message["Attributes"]["ApproximateReceiveCount"] == count
        aws.change_message_visibility(QueueUrl=url(MAIL), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert received(aws, "letters") == []
    assert received(aws, MAIL) == []
    [letter] = received(aws, "letters")
    assert (letter["MessageId"], letter["Body"]) == (sent["MessageId"], "poison")
    assert letter["Attributes"]["SentTimestamp"] == message["Attributes"]["SentTimestamp"]


def entry(name: str, body: str = "x") -> dict[str, str]:
    return {"Id": name, "MessageBody": body}


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        ([], "EmptyBatchRequest"),
        ([entry(str(number)) for number in range(11)], "TooManyEntriesInBatchRequest"),
        ([entry("1"), entry("1")], "BatchEntryIdsNotDistinct"),
        ([entry("a b")], "InvalidBatchEntryId"),
        ([entry(str(number), "x" * 200_000) for number in range(9)], "BatchRequestTooLong"),
    ],
)
def test_a_batch_may_be_refused_whole(aws: Client, entries: list[dict[str, str]], name: str) -> None:
    call = aws.send_message_batch
    assert refused(call, QueueUrl=url(MAIL), Entries=entries) == (name, f"AWS.SimpleQueueService.{name}")
    assert received(aws, MAIL) == []


def test_requests_are_refused_by_the_same_errors(aws: Client) -> None:
    send, mail, relay = aws.send_message, url(MAIL), url(RELAY)
    missing, wrong = ("ClientError", "MissingParameter"), ("ClientError", "InvalidParameterValue")
    gone = ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")

    def code(*found: str) -> tuple[str, str]:
        """boto3 has no class for the codes that its model does not name; ours are named by the code."""
        return ("ClientError" if found[0] == found[1] else found[0], found[1])

    assert refused(send, QueueUrl=url("gone"), MessageBody="x") == gone
    assert code(*refused(send, QueueUrl=relay, MessageBody="x")) == missing
    assert code(*refused(send, QueueUrl=relay, MessageBody="x", MessageGroupId="g")) == wrong
    assert code(*refused(aws.receive_message, QueueUrl=mail, MaxNumberOfMessages=11)) == wrong
    for call in (
        lambda: aws.delete_message(QueueUrl=mail, ReceiptHandle="nonsense"),
        lambda: aws.change_message_visibility(QueueUrl=mail, ReceiptHandle="nonsense", VisibilityTimeout=1),
    ):
        with pytest.raises(aws.exceptions.ReceiptHandleIsInvalid):
            call()
    with pytest.raises(aws.exceptions.QueueDoesNotExist):
        aws.get_queue_attributes(QueueUrl=url("gone"))
