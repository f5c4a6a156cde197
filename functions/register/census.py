"""The roll's stream: how many credentials were issued, and nothing about whose.

The count is an estimate for the turnout while the election runs; a batch delivered twice at once counts once.
"""

from collections import defaultdict
from functools import cache
from hashlib import sha256
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, StreamRecord

from ballotcast.batches import Unreadable, reading, take_stream
from ballotcast.store.log import Log
from ballotcast.wiring import from_environment

logger = Logger(service="census")
deployed = cache(from_environment)


def count_issued(event: DynamoDBStreamEvent, log: Log) -> None:
    """Add this batch's newly issued credentials to each election's count; a failure makes the batch come again.

    The batch must come again whole: a part of it would not be recognised as counted.
    """
    sequences: dict[str, list[str]] = defaultdict(list)

    def sort(record: DynamoDBRecord) -> None:
        if issued := _newly_issued(record):
            election, sequence = issued
            sequences[election].append(sequence)

    take_stream(event.records, sort, log=logger)
    for election, issued in sequences.items():
        log.add(election, "issued", len(issued), sha256(",".join(issued).encode()).hexdigest())


def _newly_issued(record: DynamoDBRecord) -> tuple[str, str] | None:
    """Return the election and the record's sequence number, if a credential was issued by this change."""
    with reading():
        change = record.dynamodb
        if not change or not _issues(change):
            return None
        election = change.new_image["election"]
        if not isinstance(election, str) or not election:
            raise Unreadable("it names no election")
        return election, str(change.sequence_number or "")


def _issues(change: StreamRecord) -> bool:
    return "blinded_sha256" in change.new_image and "blinded_sha256" not in change.old_image


def handler(event: dict[str, Any], context: Any) -> None:
    count_issued(DynamoDBStreamEvent(event), deployed().log)
