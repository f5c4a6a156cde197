"""The channels' stream: whoever puts a channel into a saga, the state machine for it is started.

The API starts it too, because that is faster; an execution's name makes the two one. So a channel that was written by
somebody who died right after it, or as part of another transaction (an election's), is moved all the same.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from ballotcast.store.relay_machines import SAGAS
from ballotcast.wiring import Wiring, from_environment

logger = Logger(service="relay")
deployed = cache(from_environment)


def start_sagas(event: DynamoDBStreamEvent, wiring: Wiring) -> None:
    """A failure makes the batch come again."""
    for record in event.records:
        image = record.dynamodb.new_image if record.dynamodb else None
        if not image or image.get("status") not in SAGAS or image.get("sk") != "META":
            continue
        channel = wiring.channels.find(image["name"])
        if channel and channel.generation == int(image["generation"]) and channel.status in SAGAS:
            wiring.relay_machines.start(channel)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    start_sagas(DynamoDBStreamEvent(event), deployed())
