"""A consumer of a queue, a stream or a topic, as its tests see it, and the records that it gets."""

import secrets
from abc import ABC, abstractmethod
from base64 import b64encode
from typing import Any

from ballotcast.store.table import to_wire
from world import World

Record = dict[str, Any]


def sqs_message(body: str, group: str | None = None) -> Record:
    attributes = {"ApproximateReceiveCount": "1"}
    if group:
        attributes |= {"MessageGroupId": group, "SequenceNumber": f"{secrets.randbits(60):020}"}
    name = secrets.token_hex(4)
    return {"messageId": name, "receiptHandle": name, "body": body, "attributes": attributes, "eventSource": "aws:sqs"}


def stream_change(kind: str, item: dict[str, Any]) -> Record:
    """A record of a table's stream: bytes are base64 there."""
    image = {
        name: {kind: b64encode(value).decode() if kind == "B" else value for kind, value in typed.items()}
        for name, typed in to_wire(item).items()
    }
    change = {
        "ApproximateCreationDateTime": 1_795_165_200,
        "Keys": {key: image[key] for key in ("pk", "sk")},
        "NewImage": image,
        "SequenceNumber": f"{secrets.randbits(60):021}",
    }
    return {"eventName": kind, "dynamodb": change}


class Consumer(ABC):
    """`kind`: `sqs`, `stream` or `sns`."""

    kind: str

    def __init__(self, world: World) -> None:
        self.world = world
        self.wiring = world.wiring()
        self.prepare()

    def prepare(self) -> None:  # noqa: B027 - few have something to prepare
        """Before the first message."""

    @abstractmethod
    def good(self, number: int) -> Record: ...

    @abstractmethod
    def handle(self, event: dict[str, Any]) -> Any: ...

    @abstractmethod
    def taken(self) -> set[int]:
        """Numbers of the good messages that took effect."""

    def failed(self, *records: Record) -> list[str]:
        """Ids of the messages that are to be delivered again."""
        answer = self.handle({"Records": list(records)})
        return [one["itemIdentifier"] for one in (answer or {}).get("batchItemFailures", [])]
