"""Messages between the functions. They carry ids and public hashes; never an address, a link, a code or a ballot."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from ballotcast.store.faults import NotTaken, repeat

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )


BATCH = 10
"""Messages in one SendMessageBatch (SQS's own limit)."""


class Queue:
    """A queue by its URL; a FIFO queue when the name says so."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: dict[str, Any], *, group: str | None = None) -> None:
        self.send_all([message], group=group)

    def send_all(self, messages: Iterable[dict[str, Any]], *, group: str | None = None) -> None:
        """In batches of ten. With `group` (FIFO): in order, and an equal message within five minutes counts once."""
        waiting = iter(messages)
        while batch := list(islice(waiting, BATCH)):
            entries = [_entry(number, json.dumps(message), group) for number, message in enumerate(batch)]
            for _ in range(3):
                answer = repeat(partial(self._client.send_message_batch, QueueUrl=self._url, Entries=entries))
                failed = {failure["Id"] for failure in answer.get("Failed", [])}
                entries = [entry for entry in entries if entry["Id"] in failed]
                if not entries:
                    break
            else:
                raise NotTaken(f"{len(entries)} messages were not taken")

    def return_in(self, pauses: Mapping[str, int]) -> None:
        """Let received messages, at most ten, come again: receipt handle → seconds. One that cannot, comes when due."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for number, (handle, seconds) in enumerate(pauses.items())
        ]
        repeat(partial(self._client.change_message_visibility_batch, QueueUrl=self._url, Entries=entries))


def _entry(number: int, body: str, group: str | None) -> "SendMessageBatchRequestEntryTypeDef":
    if group is None:
        return {"Id": str(number), "MessageBody": body}
    digest = hashlib.sha256(body.encode()).hexdigest()
    return {"Id": str(number), "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": digest}


def amendments_message(election: str, number: int) -> dict[str, Any]:
    """For the queue `sequence`: there are this many amendments. With none: only start the log."""
    return {"election": election, "amendments": number}
