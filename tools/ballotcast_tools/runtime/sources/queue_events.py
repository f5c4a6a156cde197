"""The events of queues, as Lambda has them, and what a function's response says of its messages."""

from collections.abc import Sequence
from typing import Any

from ballotcast_tools.runtime.services.queues import Received
from ballotcast_tools.runtime.services.sqs_shapes import attributes_of, md5_of
from ballotcast_tools.runtime.template.deployment import Queue
from ballotcast_tools.runtime.template.names import REGION


class Malformed(ValueError):
    """The response does not say which messages failed, so all of them did."""


def queue_event(queue: Queue, messages: Sequence[Received]) -> dict[str, Any]:
    return {"Records": [_record(queue, message) for message in messages]}


def _record(queue: Queue, message: Received) -> dict[str, Any]:
    return {
        "messageId": message.row.id,
        "receiptHandle": message.handle,
        "body": message.body,
        "attributes": attributes_of(message),
        "messageAttributes": {},
        "md5OfBody": md5_of(message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    }


def failures(response: Any, messages: Sequence[Received]) -> list[Received]:
    """Return the messages that the function names in `batchItemFailures`. Raises Malformed.

    AWS: Lambda developer guide, "Implementing partial batch responses": nothing, or no such member, is success.
    """
    if response is None:
        return []
    if not isinstance(response, dict):
        raise Malformed("the response is not an object")
    named = response.get("batchItemFailures")
    if named is None:
        return []
    if not isinstance(named, list):
        raise Malformed("batchItemFailures is not a list")
    by_id = {message.row.id: message for message in messages}
    failed = {}
    for one in named:
        name = one.get("itemIdentifier") if isinstance(one, dict) else None
        if not isinstance(name, str) or name not in by_id:
            raise Malformed("an itemIdentifier is not that of a message of the batch")
        failed[name] = by_id[name]
    return list(failed.values())
