"""Repairing a relay: what its worker could not take is parked with the reason, then taken in its place or refused."""

from ballotcast.store.channels import Channel
from ballotcast.store.dead_letters import DeadLetter, State
from ballotcast.store.leases import Lease
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.wiring import Wiring
from relay.relaying import Delivery, Relay, Unreadable
from relay.worker import read_content


def redeliver(wiring: Wiring, channel: Channel) -> None:
    """Settle all dead letters of a channel that wait. Whatever raises leaves the rest parked, for the next attempt."""
    for letter in wiring.dead_letters.parked(channel.name, channel.born):
        state, reason = _settle(wiring, channel, letter)
        wiring.dead_letters.settle(channel.name, channel.born, letter, state, reason)


def _settle(wiring: Wiring, channel: Channel, letter: DeadLetter) -> tuple[State, str]:
    lease = wiring.leases.find(channel.name)
    if lease is None or lease.born != channel.born:
        return "refused", f"{letter.reason}; the relay is gone"
    content = read_content(wiring.dead_letters.body(channel.name, letter))
    try:
        if not isinstance(content, RecordsMessage):
            raise content if isinstance(content, Unreadable) else Unreadable("not records")
        return "redelivered", _deliver(wiring, lease, letter, content)
    except Unreadable as error:
        if lease.stuck and lease.stuck.message == letter.message:
            wiring.leases.pass_over(lease)
        return "refused", str(error)


def _deliver(wiring: Wiring, lease: Lease, letter: DeadLetter, content: RecordsMessage) -> str:
    """Into its own place if the lease still waits for it there, else behind all that is there."""
    relay = Relay(wiring)
    relay.read(lease, content)
    if letter.sequence and letter.relay == lease.relay:
        if letter.sequence > lease.cursor:
            relay.apply(lease, [Delivery(letter.sequence, content)])
        return f"{letter.reason}; taken in its place"
    again = RecordsMessage(lease.relay, content.born, content.batch, content.key)
    wiring.relay_queues.send(again, once=f"dead-{letter.message}")
    return f"{letter.reason}; sent again, behind what came after it"
