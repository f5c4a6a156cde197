"""Steps of the state machines that no AWS service can do by itself."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from ballotcast.wiring import Wiring, from_environment
from relay.repairing import redeliver

logger = Logger(service="relay")
deployed = cache(from_environment)


class Overtaken(Exception):
    """The channel is in another saga by now."""


def step(order: dict[str, Any], wiring: Wiring) -> None:
    """`{"channel", "generation"}`: settle what is parked of a channel that is being repaired. Raises Overtaken."""
    channel = wiring.channels.find(order["channel"])
    if channel is None or channel.generation != int(order["generation"]):
        raise Overtaken
    redeliver(wiring, channel)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    step(event, deployed())
