"""The four FIFO queues that carry all channels' records; a relay's id is its message group.

{"kind": "records", "relay", "born", "count", "avro": base64, "key"?}    a publish: all its records
{"kind": "probe" | "drain", "relay", "token"}                            sent by the state machines
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from ballotcast.channels.containers import Batch
from ballotcast.channels.names import QUEUES, RelayId, queue_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class RecordsMessage:
    relay: str
    born: int
    batch: Batch
    key: str | None = None
    """Of the publish that it is (store/publishes.py), if that had one."""

    def as_json(self) -> str:
        content = {"kind": "records", "relay": self.relay, "born": self.born, "count": self.batch.count}
        if self.key:
            content["key"] = self.key
        return json.dumps({**content, "avro": b64encode(self.batch.data).decode()})


def records_message(content: dict[str, Any]) -> RecordsMessage:
    """Raises KeyError, ValueError, TypeError for an invalid one."""
    batch = Batch(int(content["count"]), b64decode(content["avro"], validate=True))
    key = content.get("key")
    if not isinstance(key, str | None):
        raise TypeError("the key is not text")
    return RecordsMessage(str(content["relay"]), int(content["born"]), batch, key)


class RelayQueues:
    """By their URLs, in the order that `queue_of` counts."""

    def __init__(self, client: "SQSClient", urls: Sequence[str]) -> None:
        if len(urls) != QUEUES:
            raise ValueError(f"{QUEUES} queues, not {len(urls)}")
        self._client = client
        self._urls = urls

    def send(self, message: RecordsMessage, *, once: str | None = None) -> None:
        """Durable when this returns. `once`: a message sent with the same within five minutes is not taken again."""
        self._client.send_message(
            QueueUrl=self._urls[queue_of(RelayId.parse(message.relay).channel)],
            MessageGroupId=message.relay,
            MessageDeduplicationId=once or token_hex(16),
            MessageBody=message.as_json(),
        )

    def hold_back(self, channel: str, receipt: str, seconds: int) -> None:
        """Let a message that was received come again after so long; nothing if it was not held any more."""
        gone = self._client.exceptions
        try:
            self._client.change_message_visibility(
                QueueUrl=self._urls[queue_of(channel)], ReceiptHandle=receipt, VisibilityTimeout=seconds
            )
        except (gone.MessageNotInflight, gone.ReceiptHandleIsInvalid):
            return
