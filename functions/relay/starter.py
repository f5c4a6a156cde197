"""The stream of Channels: starts the state machine of every transition that begins.

The API starts it too, because that is faster; an execution's name makes the two one. So a channel that was written by
somebody who died right after it, or as part of another transaction (an election's), is moved all the same.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from ballotcast.batches import Unreadable, reading, take_stream
from ballotcast.store.relay_machines import SAGAS
from ballotcast.wiring import Wiring, from_environment

logger = Logger(service="relay")
deployed = cache(from_environment)


def start_sagas(event: DynamoDBStreamEvent, wiring: Wiring) -> None:
    """Each channel on its own; a failure makes the batch come again, and what was started is not started twice."""
    take_stream(event.records, lambda record: _start(record, wiring), log=logger)


def _start(record: DynamoDBRecord, wiring: Wiring) -> None:
    with reading():
        image = record.dynamodb.new_image if record.dynamodb else {}
        if image.get("status") not in SAGAS or image.get("sk") != "META":
            return
        name, generation = image["name"], int(image["generation"])
        if not isinstance(name, str):
            raise Unreadable("it names no channel")
    channel = wiring.channels.find(name)
    if channel and channel.generation == generation and channel.status in SAGAS:
        wiring.relay_machines.start(channel)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    start_sagas(DynamoDBStreamEvent(event), deployed())
