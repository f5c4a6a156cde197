"""The events of DynamoDB streams, as Lambda has them, and the document of a batch that was given up."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from ballotcast_tools.runtime.services.streams import Change
from ballotcast_tools.runtime.template.deployment import Table
from ballotcast_tools.runtime.template.names import REGION

MEMBERS = {"Keys": "keys", "NewImage": "new", "OldImage": "old"}
"""Members of a record's `dynamodb`, and where a row has them."""
SHARD = "shardId-00000000000000000000-00000000"


class Dynamodb(Mapping[str, Any]):
    """The record's member `dynamodb`, whose items are parsed when a filter asks for them."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            text = getattr(self._change, MEMBERS[name])  # KeyError: what is not a member
            if text is None:
                raise KeyError(name)
            self._parsed[name] = json.loads(text)
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, kept in MEMBERS.items() if getattr(self._change, kept) is not None)

    def __len__(self) -> int:
        return len(list(iter(self)))


class Record:
    """A change, as filters and functions see it."""

    def __init__(self, change: Change) -> None:
        self.change = change

    @cached_property
    def filtered(self) -> dict[str, Any]:
        """What patterns are held against."""
        return {"eventName": self.change.event, "eventSource": "aws:dynamodb", "dynamodb": Dynamodb(self.change)}

    def as_event(self, table: Table) -> dict[str, Any]:
        change = self.change
        return {
            "eventID": uuid5(NAMESPACE_URL, f"{table.stream_arn}/{change.seq}").hex,
            "eventName": change.event,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": {
                "ApproximateCreationDateTime": int(change.at),
                **self.filtered["dynamodb"],
                "SequenceNumber": sequence_number(change),
                "SizeBytes": change.size,
                "StreamViewType": table.stream_view,
            },
            "eventSourceARN": table.stream_arn,
        }


def sequence_number(change: Change) -> str:
    return f"{change.seq:021}"


def given_up(
    table: Table, function_arn: str, changes: Sequence[Change], *, attempts: int, error: str, now: datetime
) -> str:
    """Return what the on-failure queue is told: which records, and nothing of their content."""
    first, last = changes[0], changes[-1]
    return json.dumps(
        {
            "requestContext": {
                "requestId": str(uuid4()),
                "functionArn": function_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": error},
            "version": "1.0",
            "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z",
            "DDBStreamBatchInfo": {
                "shardId": SHARD,
                "startSequenceNumber": sequence_number(first),
                "endSequenceNumber": sequence_number(last),
                "approximateArrivalOfFirstRecord": _arrival(first),
                "approximateArrivalOfLastRecord": _arrival(last),
                "batchSize": len(changes),
                "streamArn": table.stream_arn,
            },
        }
    )


def _arrival(change: Change) -> str:
    return datetime.fromtimestamp(change.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
