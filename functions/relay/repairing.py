"""Repairing a relay: what its worker could not take is parked with the reason, then taken in its place or refused."""

from ballotcast.batches import Unreadable
from ballotcast.channels.names import RelayId
from ballotcast.store.channels import Channel
from ballotcast.store.dead_letters import DeadLetter, State
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.wiring import Wiring
from relay.relaying import Delivery, Relay
from relay.worker import read_content


class NotYet(Exception):
    """A letter that belongs before this one is not settled."""


def redeliver(wiring: Wiring, channel: Channel) -> None:
    """Settle the dead letters of a channel that wait, in order; whatever raises leaves the rest parked.

    Those whose turn has not come stay parked too: the letter they wait for brings them along.
    """
    while any(_try(wiring, channel, letter) for letter in wiring.dead_letters.parked(channel.name, channel.born)):
        pass


def _try(wiring: Wiring, channel: Channel, letter: DeadLetter) -> bool:
    try:
        state, reason = _settle(wiring, channel, letter)
    except NotYet:
        return False
    wiring.dead_letters.settle(channel.name, channel.born, letter, state, reason)
    return True


def _settle(wiring: Wiring, channel: Channel, letter: DeadLetter) -> tuple[State, str]:
    lease = wiring.leases.find(channel.name)
    if lease is None or lease.born != channel.born:
        return "refused", f"{letter.reason}; the relay is gone"
    relay = Relay(wiring)
    content = read_content(wiring.dead_letters.body(channel.name, letter), RelayId.parse(letter.relay))
    in_place = bool(letter.sequence) and letter.relay == lease.relay
    waits = in_place and letter.sequence > lease.cursor
    if waits and lease.stuck and letter.sequence > lease.stuck.first:
        raise NotYet
    try:
        if not isinstance(content, RecordsMessage):
            raise content if isinstance(content, Unreadable) else Unreadable("not records")
        relay.read(lease, content)
    except Unreadable as error:
        if waits:
            relay.pass_over(lease, letter.sequence)
        return "refused", str(error)
    if waits:
        relay.apply(lease, [Delivery(letter.sequence, content)])
    elif not in_place:
        again = RecordsMessage(lease.relay, content.born, content.batch, content.key)
        wiring.relay_queues.send(again, once=f"dead-{letter.message}")
        return "redelivered", f"{letter.reason}; sent again, behind what came after it"
    return "redelivered", f"{letter.reason}; taken in its place"
