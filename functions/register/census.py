"""The roll's stream: how many credentials were issued, and nothing about whose.

The count is an estimate for the turnout while the election runs; a batch delivered twice at once counts once.
"""

from collections import defaultdict
from functools import cache
from hashlib import sha256
from typing import Any

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import StreamRecord

from ballotcast.store.log import Log
from ballotcast.wiring import from_environment

deployed = cache(from_environment)


def count_issued(event: DynamoDBStreamEvent, log: Log) -> None:
    """Add this batch's newly issued credentials to each election's count; a failure makes the batch come again."""
    sequences: dict[str, list[str]] = defaultdict(list)
    for record in event.records:
        change = record.dynamodb
        if change and _newly_issued(change):
            sequences[(change.new_image or {})["election"]].append(change.sequence_number or "")
    for election, issued in sequences.items():
        log.count_issued(election, len(issued), sha256(",".join(issued).encode()).hexdigest())


def _newly_issued(change: StreamRecord) -> bool:
    before, after = change.old_image or {}, change.new_image or {}
    return "blinded_sha256" in after and "blinded_sha256" not in before


def handler(event: dict[str, Any], context: Any) -> None:
    count_issued(DynamoDBStreamEvent(event), deployed().log)
