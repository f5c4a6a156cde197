"""Moving channels: what is written first, so that a state machine can finish it whoever dies on the way."""

import time

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.errors import Conflict
from ballotcast.store.channels import Channel
from ballotcast.store.publisher import no_channel
from ballotcast.store.relay_machines import SAGAS
from ballotcast.wiring import Wiring

logger = Logger(child=True)
POLL = 0.05
"""Seconds between looks at a channel that is on its way."""
OVERDUE = 30
"""Seconds after which somebody who looks at such a channel makes sure that it is moved."""


def await_saga(wiring: Wiring, channel: Channel, seconds: float) -> Channel | None:
    """The channel once it is out of its saga, or as it is when the time is over; None when it is gone."""
    until = time.monotonic() + seconds
    while True:
        found = wiring.channels.find(channel.name)
        if found is None or found.born != channel.born:
            return None
        if found.status not in SAGAS or time.monotonic() >= until:
            return found
        time.sleep(POLL)


def move_on(wiring: Wiring, channel: Channel) -> None:
    """Start what is due for a channel in a saga, again with the next generation if an execution was killed in it."""
    if wiring.clock().timestamp() < channel.saga_since + OVERDUE or channel.status not in SAGAS:
        return
    if not wiring.relay_machines.is_closed(channel):
        return
    if begun := wiring.channels.begin(channel, channel.status, wiring.clock()):
        wiring.relay_machines.start(begun)


def deregister_channel(wiring: Wiring, channel: Channel) -> Channel:
    """Mark it stopping and start the state machine that drains and removes it.

    NotFound while it is stopping already, Conflict while it cannot be stopped yet.
    """
    move_on(wiring, channel)
    match channel.status:
        case "stopping":
            raise no_channel(channel.name)
        case "registering" | "repairing":
            raise Conflict("not-ready", f"{channel.name} is {channel.status}", retry_after=2)
    begun = wiring.channels.begin(channel, "stopping", wiring.clock())
    if begun is None:
        raise Conflict("not-ready", f"{channel.name} is being moved by somebody else", retry_after=1)
    start_saga(wiring, begun)
    return begun


def start_saga(wiring: Wiring, channel: Channel) -> None:
    """Start the state machine of a channel whose saga is written: if AWS refuses, the table's stream starts it."""
    try:
        wiring.relay_machines.start(channel)
    except (BotoCoreError, ClientError):
        logger.exception("the state machine was not started", extra={"channel": channel.name})
