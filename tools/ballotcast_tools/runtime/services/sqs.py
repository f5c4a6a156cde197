"""SQS by the methods of its boto3 client that our code calls: the same arguments, the same responses and errors.

Bodies may hold keys of voters: they are stored and returned, and appear in no log and no error.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.storage.writer import Transaction
from ballotcast_tools.runtime.template.deployment import Queue

from .errors import EXCEPTIONS
from .queues import Expired, InvalidReceipt, NotInFlight, Queues, UnknownQueue
from .sqs_shapes import check_message, check_size, checked, invalid, md5_of, message, refusal

Result = TypeVar("Result")
Fields = Mapping[str, Any]
Failures = list[dict[str, Any]]
LONGEST = 12 * 60 * 60
"""Seconds that a message may stay invisible."""


class Sqs:
    """`queues`: of the deployment. A client has no state, so threads may share one."""

    exceptions = EXCEPTIONS

    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    def send_message(self, *, QueueUrl: str, **entry: Any) -> dict[str, Any]:
        queue = self._queue(QueueUrl, "SendMessage")
        check_message(queue, entry, "SendMessage")
        return self._write(lambda transaction: self._send(transaction, queue, entry))

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Fields]) -> dict[str, Any]:
        """A message that is refused is in `Failed`; the others are sent in one commit, in order."""
        queue = self._queue(QueueUrl, "SendMessageBatch")
        entries = checked(Entries, "SendMessageBatch")
        check_size([entry.get("MessageBody", "") for entry in entries], "SendMessageBatch")
        good, failed = _sorted(entries, lambda entry: check_message(queue, entry, "SendMessageBatch"))

        def send(transaction: Transaction) -> list[dict[str, Any]]:
            return [{"Id": entry["Id"], **self._send(transaction, queue, entry)} for entry in good]

        return _outcome(self._write(send) if good else [], failed)

    def receive_message(
        self,
        *,
        QueueUrl: str,
        MaxNumberOfMessages: int = 1,
        VisibilityTimeout: int | None = None,
        AttributeNames: Sequence[str] = (),
        MessageSystemAttributeNames: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Return at once, with no `Messages` if there are none."""
        queue, operation = self._queue(QueueUrl, "ReceiveMessage"), "ReceiveMessage"
        if not 1 <= MaxNumberOfMessages <= 10:
            raise invalid(operation, f"Value {MaxNumberOfMessages} for parameter MaxNumberOfMessages is invalid.")
        timeout = queue.visibility_timeout if VisibilityTimeout is None else VisibilityTimeout
        _check_timeout(timeout, operation)
        due = self._queues.next_due(queue.name)
        if due is None or due > self._queues.now():
            return {}
        received = self._write(
            lambda transaction: self._queues.receive(transaction, queue.name, MaxNumberOfMessages, timeout * 1000)
        )
        wanted = {*AttributeNames, *MessageSystemAttributeNames}
        return {"Messages": [message(one, wanted) for one in received]} if received else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        queue, operation = self._queue(QueueUrl, "DeleteMessage"), "DeleteMessage"
        self._write(lambda transaction: self._delete(transaction, queue, {"ReceiptHandle": ReceiptHandle}, operation))
        return {}

    def delete_message_batch(self, *, QueueUrl: str, Entries: Sequence[Fields]) -> dict[str, Any]:
        return self._each(QueueUrl, Entries, "DeleteMessageBatch", self._delete)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> dict[str, Any]:
        queue, operation = self._queue(QueueUrl, "ChangeMessageVisibility"), "ChangeMessageVisibility"
        entry = {"ReceiptHandle": ReceiptHandle, "VisibilityTimeout": VisibilityTimeout}
        self._write(lambda transaction: self._show(transaction, queue, entry, operation))
        return {}

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: Sequence[Fields]) -> dict[str, Any]:
        return self._each(QueueUrl, Entries, "ChangeMessageVisibilityBatch", self._show)

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Sequence[str] = ()) -> dict[str, Any]:
        """Unlike those of AWS, the numbers of messages are exact."""
        queue = self._queue(QueueUrl, "GetQueueAttributes")
        visible, invisible = self._queues.counts(queue.name)
        attributes = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(invisible),
            "ApproximateNumberOfMessagesDelayed": "0",
            "QueueArn": queue.arn,
            "VisibilityTimeout": str(queue.visibility_timeout),
            "MessageRetentionPeriod": str(queue.retention),
        }
        wanted = attributes.keys() if "All" in AttributeNames else set(AttributeNames)
        if unknown := wanted - attributes.keys():
            raise refusal("InvalidAttributeName", "GetQueueAttributes", f"Unknown Attribute {min(unknown)}.")
        return {"Attributes": {name: value for name, value in attributes.items() if name in wanted}} if wanted else {}

    def _queue(self, url: str, operation: str) -> Queue:
        try:
            return self._queues.find(url.rpartition("/")[2])
        except UnknownQueue:
            raise refusal("QueueDoesNotExist", operation, "The specified queue does not exist.") from None

    def _write(self, operation: Callable[[Transaction], Result]) -> Result:
        return self._queues.database.write(operation)

    def _send(self, transaction: Transaction, queue: Queue, entry: Fields) -> dict[str, Any]:
        body = entry["MessageBody"]
        group, dedup = entry.get("MessageGroupId"), entry.get("MessageDeduplicationId")
        sent = self._queues.put(transaction, queue.name, body, group, dedup)
        number = {"SequenceNumber": f"{sent.seq:020}"} if queue.fifo else {}
        return {"MessageId": sent.id, "MD5OfMessageBody": md5_of(body), **number}

    def _delete(self, transaction: Transaction, queue: Queue, entry: Fields, operation: str) -> None:
        _with_errors(operation, lambda: self._queues.delete(transaction, queue.name, entry["ReceiptHandle"]))

    def _show(self, transaction: Transaction, queue: Queue, entry: Fields, operation: str) -> None:
        seconds = entry["VisibilityTimeout"]
        _check_timeout(seconds, operation)
        handle = entry["ReceiptHandle"]
        _with_errors(operation, lambda: self._queues.show_in(transaction, queue.name, handle, seconds * 1000))

    def _each(self, url: str, entries: Sequence[Fields], operation: str, change: Callable[..., None]) -> dict[str, Any]:
        """Change each on its own, all in one commit."""
        queue, asked = self._queue(url, operation), checked(entries, operation)

        def change_all(transaction: Transaction) -> dict[str, Any]:
            good, failed = _sorted(asked, lambda entry: change(transaction, queue, entry, operation))
            return _outcome([{"Id": entry["Id"]} for entry in good], failed)

        return self._write(change_all)


def _sorted(entries: Sequence[Fields], take: Callable[[Fields], object]) -> tuple[list[Fields], Failures]:
    good, failed = [], []
    for entry in entries:
        try:
            take(entry)
        except ClientError as error:
            told: Any = error.response["Error"]
            failed.append({"Id": entry["Id"], "SenderFault": True, "Code": told["Code"], "Message": told["Message"]})
        else:
            good.append(entry)
    return good, failed


def _outcome(successful: list[dict[str, Any]], failed: Failures) -> dict[str, Any]:
    return {"Successful": successful, **({"Failed": failed} if failed else {})}


def _check_timeout(seconds: int, operation: str) -> None:
    if not 0 <= seconds <= LONGEST:
        raise invalid(operation, f"Value {seconds} for parameter VisibilityTimeout is invalid.")


def _with_errors(operation: str, change: Callable[[], None]) -> None:
    try:
        change()
    except InvalidReceipt:
        raise refusal("ReceiptHandleIsInvalid", operation, "The input receipt handle is invalid.") from None
    except Expired:
        raise invalid(operation, "Value for parameter ReceiptHandle is invalid. Reason: it has expired.") from None
    except NotInFlight:
        raise refusal("MessageNotInflight", operation, "The message is not in flight.") from None
