"""The dead-letter queue of the relays: each letter is parked with its reason, and its relay repaired.

At most five repairs, the pause before each twice the one before; then the channel has failed, and an alarm tells.
"""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.batches import Failures, Unreadable, count_given_up, group_id, message_id, report, take_each
from ballotcast.clock import to_rfc3339
from ballotcast.store.channel import Channel
from ballotcast.store.dead_letters import MONTH, DeadLetter
from ballotcast.store.leases import Lease
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.wiring import Wiring, from_environment
from relay.repairing import redeliver
from relay.worker import Message, Order

REPAIRS = 5
CALM = 3600
"""Seconds without a repair after which they are counted again."""

logger = Logger(service="relay")
metrics = Metrics(namespace="Ballotcast", service="relay")
deployed = cache(from_environment)


class NotNow(RuntimeError):
    """The channel is being moved: the letter comes again."""


def take_letters(event: dict[str, Any], wiring: Wiring) -> Failures:
    """Take each letter; those that failed, and the later ones of their relay, are delivered again."""
    records = SQSEvent(event).records
    outcome = take_each(records, lambda one: take_letter(one, wiring), log=logger, name=message_id, group=group_id)
    return report(outcome.failed)


def take_letter(record: SQSRecord, wiring: Wiring) -> None:
    """Park it and see to the repair. Raising brings it again; nothing is done twice."""
    try:
        message = Message.of(record)
    except Unreadable as error:
        # No channel has it, and no dead-letter queue is behind this one: kept as it is, for anyone who reads the log.
        wiring.dead_letters.set_aside(message_id(record), json.dumps(record.raw_event))
        logger.error(
            "a letter to no relay was set aside", extra={"message_id": message_id(record), "reason": str(error)}
        )
        count_given_up(1)
        return
    if isinstance(message.content, Order):
        return  # anyone who gave it has stopped waiting
    channel, lease = wiring.channels.find(message.relay.channel), wiring.leases.find(message.relay.channel)
    letter = _letter(message, lease, wiring)
    born = channel.born if channel else 0
    wiring.dead_letters.park(message.relay.channel, born, letter, record.body)
    logger.error("a message was given up", extra={"relay": letter.relay, "reason": letter.reason})
    if channel:
        _repair(channel, wiring)


def _letter(message: Message, lease: Lease | None, wiring: Wiring) -> DeadLetter:
    content, now = message.content, wiring.clock()
    stuck = lease.stuck if lease and lease.stuck and message.id in lease.stuck.messages else None
    reason = str(content) if isinstance(content, Unreadable) else stuck.reason if stuck else "given up"
    return DeadLetter(
        message=message.id,
        arrival=message.sequence,
        relay=str(message.relay),
        at=to_rfc3339(now),
        reason=reason,
        records=content.batch.count if isinstance(content, RecordsMessage) else 0,
        expiration=int(now.timestamp()) + MONTH,
        sequence=stuck.messages[message.id] if stuck else 0,
    )


def _repair(channel: Channel, wiring: Wiring) -> None:
    now = wiring.clock()
    match channel.status:
        case "active":
            repairs = 1 if now.timestamp() > channel.saga_since + CALM else channel.repairs + 1
            if repairs > REPAIRS:
                wiring.channels.begin(channel, "failed", now, reason=f"repaired {REPAIRS} times in vain")
                metrics.add_metric("RelayFailed", MetricUnit.Count, 1)
                metrics.flush_metrics()
                return
            begun = wiring.channels.begin(channel, "repairing", now, repairs=repairs, around=False)
            if begun is None:
                raise NotNow(channel.name)
            wiring.relay_machines.start(begun)
        case "repairing" | "stopping":
            redeliver(wiring, channel)  # its state machine waits for what stands behind this letter
        case "registering":
            raise NotNow(channel.name)
        case "failed":
            return


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> Failures:
    return take_letters(event, deployed())
