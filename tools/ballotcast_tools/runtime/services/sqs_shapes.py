"""Requests and responses of SQS: what is refused, by which error, and the form of a received message."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.template.deployment import Queue

from .errors import error, named
from .queues import Received

LARGEST = 1024 * 1024
"""Bytes of a message, and of all messages of a batch together."""
BATCH = 10
SENDER = "000000000000:functions"
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_GROUP_ID = re.compile(r"[!-~]{1,128}")
_UNUSUAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = ("ReceiptHandleIsInvalid", "InvalidMessageContents", "InvalidAttributeName")
"""Errors whose code is their name; that of the others has a prefix, and one has a name of its own."""
_CODES = {"QueueDoesNotExist": "NonExistentQueue"}
_FIELDS = {"Id", "MessageBody", "MessageGroupId", "MessageDeduplicationId"}


def refusal(name: str, operation: str, message: str) -> ClientError:
    """Return the error of that name among `client.exceptions`, with SQS's code in it."""
    code = name if name in _PLAIN else f"AWS.SimpleQueueService.{_CODES.get(name, name)}"
    return named(name)({"Error": {"Code": code, "Message": message}}, operation)


def invalid(operation: str, message: str) -> ClientError:
    return error("InvalidParameterValue", operation, message)


def md5_of(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def checked(entries: Sequence[Mapping[str, Any]], operation: str) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a batch. Raises if their number or their ids are wrong."""
    if not entries:
        raise refusal("EmptyBatchRequest", operation, f"There should be at least one {operation}RequestEntry.")
    if len(entries) > BATCH:
        raise refusal(
            "TooManyEntriesInBatchRequest",
            operation,
            f"Maximum number of entries per request are {BATCH}. You have sent {len(entries)}.",
        )
    ids = [entry["Id"] for entry in entries]
    if not all(_ENTRY_ID.fullmatch(one) for one in ids):
        raise refusal("InvalidBatchEntryId", operation, "An id has 1 to 80 letters, digits, hyphens and underscores.")
    if len(set(ids)) < len(ids):
        raise refusal("BatchEntryIdsNotDistinct", operation, "An id is repeated.")
    return entries


def check_size(bodies: Sequence[str], operation: str) -> None:
    """Raises if the messages of a batch are too large together."""
    size = sum(_size(body) for body in bodies)
    if size > LARGEST:
        text = f"Batch requests cannot be longer than {LARGEST} bytes. You have sent {size} bytes."
        raise refusal("BatchRequestTooLong", operation, text)


def check_message(queue: Queue, entry: Mapping[str, Any], operation: str) -> None:
    """Raises if the message cannot be sent to that queue."""
    if unknown := entry.keys() - _FIELDS:
        raise TypeError(f"{operation}: {', '.join(sorted(unknown))} is not supported")
    body, group, dedup = (entry.get(name) for name in ("MessageBody", "MessageGroupId", "MessageDeduplicationId"))
    if not body:
        raise error("MissingParameter", operation, "The request must contain the parameter MessageBody.")
    if _size(body) > LARGEST:
        raise invalid(
            operation, f"One or more parameters are invalid. Reason: Message must be at most {LARGEST} bytes."
        )
    if _UNUSUAL.search(body):
        raise refusal("InvalidMessageContents", operation, "The message has characters that are not allowed.")
    if queue.fifo and group is None:
        raise error("MissingParameter", operation, "The request must contain the parameter MessageGroupId.")
    if queue.fifo and dedup is None:
        raise invalid(operation, "The queue should have MessageDeduplicationId provided explicitly.")
    if not queue.fifo and (group is not None or dedup is not None):
        raise invalid(operation, "The request includes a parameter that is not valid for this queue type.")
    if not all(_GROUP_ID.fullmatch(one) for one in (group, dedup) if one is not None):
        raise invalid(
            operation, "A group or an id of deduplication has 1 to 128 letters, digits and punctuation marks."
        )


def message(received: Received, wanted: Collection[str]) -> dict[str, Any]:
    """Return the message as ReceiveMessage does, with the `wanted` attributes (`All` or their names)."""
    attributes = attributes_of(received)
    if "All" not in wanted:
        attributes = {name: value for name, value in attributes.items() if name in wanted}
    return {
        "MessageId": received.row.id,
        "ReceiptHandle": received.handle,
        "MD5OfBody": md5_of(received.body),
        "Body": received.body,
        **({"Attributes": attributes} if attributes else {}),
    }


def attributes_of(received: Received) -> dict[str, str]:
    row = received.row
    attributes = {
        "SenderId": SENDER,
        "SentTimestamp": str(row.sent),
        "ApproximateReceiveCount": str(row.receives),
        "ApproximateFirstReceiveTimestamp": str(row.first),
    }
    if row.group is not None:
        attributes["MessageGroupId"] = row.group
        attributes["MessageDeduplicationId"] = str(row.dedup)
        attributes["SequenceNumber"] = f"{row.seq:020}"
    return attributes


def _size(body: str) -> int:
    return len(body.encode("utf-8", "surrogatepass"))
