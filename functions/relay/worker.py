"""The relay worker: it takes messages of all channels from the four queues and does what each channel's lease says.

A message group is a relay: its messages come in order, one batch at a time. After a failure the rest of the group is
given back too. What fails is remembered in the lease, with the reason, and nothing passes it until it got through or a
repair has dealt with it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.batches import Failures, Unreadable, group_id, message_id, read_object, reading, report
from ballotcast.channels.names import RelayId
from ballotcast.channels.reading import MOST_RECORDS
from ballotcast.store.faults import of_content
from ballotcast.store.leases import FencedOff, Lease, Stuck
from ballotcast.store.relay_queues import RecordsMessage, records_message
from ballotcast.wiring import Wiring, from_environment
from relay.relaying import Delivery, Relay

RECEIPTS = 5
"""After as many SQS gives a message up (template.yaml)."""
HELD = 10
"""Seconds that a message waits which must not pass an earlier one."""

logger = Logger(service="relay")


class HeldBack(RuntimeError):
    """The message may not be processed now: an earlier one is stuck, or there is no lease."""


@dataclass(frozen=True)
class Order:
    """What a state machine asks the worker: `probe` whether it is there, `drain` all that came before."""

    kind: str
    token: str


@dataclass(frozen=True)
class Message:
    id: str
    relay: RelayId
    sequence: int
    received: int
    receipt: str
    content: RecordsMessage | Order | Unreadable

    @classmethod
    def of(cls, record: SQSRecord) -> "Message":
        """Raise Unreadable if SQS's own attributes are not those of a relay's message: then nothing says whose it
        is.
        """
        with reading():
            attributes, group = record.attributes, group_id(record)
            relay = RelayId.parse(group)
            return cls(
                id=record.message_id,
                relay=relay,
                sequence=int(attributes.sequence_number or ""),
                received=int(attributes.approximate_receive_count),
                receipt=record.receipt_handle,
                content=read_content(record.get("body"), relay),
            )


def read_content(body: object, relay: RelayId) -> RecordsMessage | Order | Unreadable:
    """Return what a message in this relay's group asks for; or why it cannot be read, which is the relay's to deal
    with.
    """
    try:
        content = read_object(body)
        with reading():
            return _content(content, relay)
    except Unreadable as error:
        return Unreadable(f"not a relay's message: {error}")


def _content(content: dict[str, Any], relay: RelayId) -> RecordsMessage | Order:
    match content:
        case {"kind": "records", "relay": addressee}:
            if addressee != str(relay):
                raise Unreadable("it names another relay than its group")
            return records_message(content)
        case {"kind": "probe" | "drain" as kind, "token": str(token)}:
            return Order(kind, token)
    raise Unreadable("of no known kind")


class Worker:
    """A process of the worker; it remembers channels' schemas."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._relay = Relay(wiring)

    def handle(self, event: dict[str, Any]) -> Failures:
        groups: dict[str, list[SQSRecord]] = defaultdict(list)
        for record in SQSEvent(event).records:
            groups[group_id(record)].append(record)
        return report(one for records in groups.values() for one in self._take_group(records))

    def _take_group(self, records: Sequence[SQSRecord]) -> list[str]:
        """Ids of those that are to come again: what cannot be read, and all behind the first failure."""
        messages: list[Message] = []
        for record in records:
            try:
                messages.append(Message.of(record))
            except Unreadable as error:
                logger.error("a message cannot be read", extra={"message_id": message_id(record), "reason": str(error)})
                break
        failed = [one.id for one in self._take(messages[0].relay, messages)] if messages else []
        return failed + [message_id(record) for record in records[len(messages) :]]

    def _take(self, relay: RelayId, messages: Sequence[Message]) -> Sequence[Message]:
        """Return the messages of one group; answers those that are to come again."""
        lease: Lease | None = None
        position, together = 0, True
        try:
            lease = self._wiring.leases.find(relay.channel)
            while position < len(messages):
                run = _run(messages[position:]) if together else messages[position : position + 1]
                try:
                    lease = self._pass(lease, relay, run, messages[position:])
                except (HeldBack, FencedOff):
                    raise
                except Exception as error:  # the edge: one message's trouble is not that of those before it
                    if len(run) == 1 or not of_content(error):
                        raise
                    together = False
                else:
                    position += len(run)
        except HeldBack as held:
            logger.warning("held back", extra={"relay": str(relay), "reason": str(held)})
            if lease and lease.stuck:
                self._give_back(lease, messages[position:], lease.stuck.reason, HELD)
            else:
                # Records may come before the lease does; the probe that waits for it is behind them in the group.
                self._give_back(None, messages[position:], str(held), _pause(messages[position]))
            return messages[position:]
        except Exception as error:  # the edge: one channel's trouble is not another's; what failed comes again
            logger.exception("a relay's messages failed", extra={"relay": str(relay)})
            reason = str(error) if isinstance(error, Unreadable) else type(error).__name__
            self._give_back(lease, messages[position:], reason, _pause(messages[position]))
            return messages[position:]
        return ()

    def _pass(
        self, lease: Lease | None, relay: RelayId, run: Sequence[Message], rest: Sequence[Message]
    ) -> Lease | None:
        first = run[0]
        if isinstance(first.content, Order):
            return self._obey(lease, relay, first.content)
        if lease is None or RelayId.parse(lease.relay).generation < relay.generation:
            raise HeldBack("there is no lease for it")
        if lease.relay != str(relay):
            self._send_on(lease, run)
            return lease
        if lease.stuck and first.sequence > lease.stuck.first:
            raise HeldBack("it is stuck at an earlier message")
        if first.received > 1 and not lease.stuck and first.sequence > lease.cursor:
            # Anyone who had it may have died of it. If this one does too, nothing behind it gets past.
            lease = self._get_stuck(lease, rest, "the worker ended without an answer")
        if isinstance(first.content, Unreadable):
            if first.sequence > lease.cursor:
                raise first.content
            return lease
        return self._relay.apply(
            lease, [Delivery(one.sequence, one.content) for one in run if isinstance(one.content, RecordsMessage)]
        )

    def _obey(self, lease: Lease | None, relay: RelayId, order: Order) -> Lease | None:
        if lease is None or lease.relay != str(relay):
            return lease  # anyone who gave it has been overtaken
        if lease.stuck and order.kind == "drain":
            raise HeldBack("it is stuck at an earlier message")
        if order.kind == "drain":
            lease = self._relay.flush(lease)
        self._wiring.relay_machines.answer(order.token, {"relay": lease.relay})
        return lease

    def _send_on(self, lease: Lease, run: Sequence[Message]) -> None:
        """Records that came for a generation that is over join the present one."""
        for one in run:
            if isinstance(one.content, RecordsMessage) and one.content.born == lease.born:
                content = one.content
                sent_on = RecordsMessage(lease.relay, content.born, content.batch, content.key)
                self._wiring.relay_queues.send(sent_on, once=f"late-{one.id}")

    def _give_back(self, lease: Lease | None, messages: Sequence[Message], reason: str, seconds: int) -> None:
        """Have them come again soon, and remember why. As far as that works: they come again anyway.

        All alike, for a queue holds back what is in front of a message that somebody has.
        """
        try:
            if lease and not isinstance(messages[0].content, Order):
                self._get_stuck(lease, messages, reason)
            for message in messages:
                self._wiring.relay_queues.hold_back(message.relay.channel, message.receipt, seconds)
        except Exception:  # the edge again: the queue's visibility timeout brings them back
            logger.exception("giving back failed", extra={"relay": str(messages[0].relay)})

    def _get_stuck(self, lease: Lease, messages: Sequence[Message], reason: str) -> Lease:
        failed = {
            one.id: one.sequence
            for one in messages
            if not isinstance(one.content, Order) and one.sequence > lease.cursor
        }
        if not failed:
            return lease
        stuck = Stuck({**(lease.stuck.messages if lease.stuck else {}), **failed}, reason)
        self._wiring.leases.get_stuck(lease, stuck)
        return replace(lease, stuck=stuck)


def _pause(message: Message) -> int:
    """Seconds until it comes again: twice as long each time, and none before SQS gives it up."""
    return 2**message.received if message.received < RECEIPTS else 0


def _run(messages: Sequence[Message]) -> Sequence[Message]:
    """Return the first message with those after it that can be relayed together: records that can be read, and no more
    than one publish may have, which bounds the memory that they take."""
    size = records = 0
    for message in messages:
        content = message.content
        records += content.batch.count if isinstance(content, RecordsMessage) else MOST_RECORDS
        if size and records > MOST_RECORDS:
            break
        size += 1
    return messages[:size]


deployed = cache(lambda: Worker(from_environment()))


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return deployed().handle(event)
