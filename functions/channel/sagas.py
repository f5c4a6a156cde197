"""Moving channels: what is written first, so that a state machine can finish it if the caller dies."""

import time
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from ballotcast.errors import Conflict
from ballotcast.store.channel import Channel, Status
from ballotcast.store.publisher import no_channel
from ballotcast.store.relay_machines import SAGAS
from ballotcast.wiring import Wiring

logger = Logger(child=True)
POLL = 0.05
"""Seconds between looks at a channel that is on its way."""
OVERDUE = 30
"""Seconds after which somebody who looks at such a channel makes sure that it is moved."""


def await_saga(wiring: Wiring, channel: Channel, seconds: float) -> Channel | None:
    """Return the channel once it is out of its saga, or as it is when the time is over; None when it is gone."""
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


def deregister_channel(wiring: Wiring, channel: Channel, *, drain: bool) -> Channel:
    """Mark it stopping and start the state machine that drains and removes it; or only removes it, without `drain`.

    NotFound while it is stopping already, Conflict while it cannot be stopped yet. Without `drain` a channel that is
    being drained or repaired is removed, too.
    """
    move_on(wiring, channel)
    match channel.status:
        case "stopping" if drain or not channel.drain:
            raise no_channel(channel.name)
        case "registering":
            raise _not_ready(channel)
        case "repairing" if drain:
            raise _not_ready(channel)
    wiring.channels.keep_schema(channel)
    return _begin(wiring, channel, "stopping", drain=drain, around=False)


def resume_channel(wiring: Wiring, channel: Channel, *, around: bool) -> Channel:
    """Repair a channel that has failed, or spawn its relay if it has none. Conflict while it is in a saga."""
    move_on(wiring, channel)
    if channel.status != "failed":
        raise _not_ready(channel)
    lease = wiring.leases.find(channel.name)
    if lease is None or lease.born != channel.born:
        return _begin(wiring, channel, "registering", around=False)
    return _begin(wiring, channel, "repairing", repairs=1, around=around)


def _begin(wiring: Wiring, channel: Channel, status: Status, **changes: Any) -> Channel:
    begun = wiring.channels.begin(channel, status, wiring.clock(), **changes)
    if begun is None:
        raise Conflict("not-ready", f"{channel.name} is being moved by somebody else", retry_after=1)
    start_saga(wiring, begun)
    return begun


def _not_ready(channel: Channel) -> Conflict:
    return Conflict("not-ready", f"{channel.name} is {channel.status}", retry_after=2)


def start_saga(wiring: Wiring, channel: Channel) -> None:
    """Start the state machine of a channel whose saga is written: if AWS refuses, the table's stream starts it."""
    try:
        wiring.relay_machines.start(channel)
    except (BotoCoreError, ClientError):
        logger.exception("the state machine was not started", extra={"channel": channel.name})
