"""Repairing a relay: what its worker could not take is parked with the reason, then taken in its place or refused.

A letter is refused, and its relay passes it over, if it cannot be read, if taking it fails by what it holds, if taking
it has ended the function ATTEMPTS times, or if the owner says so. So no letter holds a channel up for ever. What
becomes of it is written with the lease: two who settle the same letter at the same time cannot both win.
"""

from ballotcast.batches import Unreadable
from ballotcast.channels.names import RelayId
from ballotcast.store.channel import Channel
from ballotcast.store.dead_letters import DeadLetter, State
from ballotcast.store.faults import describe, of_content
from ballotcast.store.leases import FencedOff, Lease
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.wiring import Wiring
from relay.relaying import Delivery, Relay
from relay.worker import read_content

ATTEMPTS = 3
"""Times that taking a letter may end the function; then it is refused."""
RACES = 20
"""Times that somebody else may move the lease in one call."""


class NotYet(Exception):
    """A letter that belongs before this one is not settled."""


def redeliver(wiring: Wiring, channel: Channel) -> None:
    """Settle the dead letters of a channel that wait, in order; whatever raises leaves the rest parked.

    Those whose turn has not come stay parked too: the letter they wait for brings them along. Where somebody else has
    moved the lease, it is read again.
    """
    races = 0
    while letters := wiring.dead_letters.parked(channel.name, channel.born):
        try:
            if not any(_try(wiring, channel, letter) for letter in letters):
                return
        except FencedOff:
            races += 1
            if races > RACES:
                raise


def _try(wiring: Wiring, channel: Channel, letter: DeadLetter) -> bool:
    try:
        _settle(wiring, channel, letter)
    except NotYet:
        return False
    return True


def _settle(wiring: Wiring, channel: Channel, letter: DeadLetter) -> None:
    """Raise NotYet, FencedOff."""
    lease = wiring.leases.find(channel.name)
    if lease is None or lease.born != channel.born:
        _tell(wiring, channel, letter, f"{letter.reason}; the relay is gone")
        return
    in_place = bool(letter.sequence) and letter.relay == lease.relay
    waits = in_place and letter.sequence > lease.cursor
    if waits and lease.stuck and letter.sequence > lease.stuck.first:
        raise NotYet
    if not waits and in_place:
        _tell(wiring, channel, letter, f"{letter.reason}; taken in its place", "redelivered")
        return
    try:
        content = _readable(wiring, channel, lease, letter)
    except Unreadable as error:
        _refuse(wiring, channel, lease, letter, str(error), waits=waits)
        return
    if waits:
        _take(wiring, channel, lease, letter, content)
    else:
        again = RecordsMessage(lease.relay, content.born, content.batch, content.key)
        wiring.relay_queues.send(again, once=f"dead-{letter.message}")
        _tell(wiring, channel, letter, f"{letter.reason}; sent again, behind what came after it", "redelivered")


def _readable(wiring: Wiring, channel: Channel, lease: Lease, letter: DeadLetter) -> RecordsMessage:
    """Unreadable: what it cannot be taken for."""
    if channel.around:
        raise Unreadable(f"{letter.reason}; left out by the owner's word")
    content = read_content(wiring.dead_letters.body(channel.name, letter), RelayId.parse(letter.relay))
    if not isinstance(content, RecordsMessage):
        raise content if isinstance(content, Unreadable) else Unreadable("not records")
    if content.born != channel.born:
        raise Unreadable("of a channel that had the name before")
    if wiring.dead_letters.count_attempt(channel.name, channel.born, letter) > ATTEMPTS:
        raise Unreadable(f"taking it did not come to an end {ATTEMPTS} times")
    Relay(wiring).read(lease, content)
    return content


def _take(wiring: Wiring, channel: Channel, lease: Lease, letter: DeadLetter, content: RecordsMessage) -> None:
    reason = f"{letter.reason}; taken in its place"
    settling = wiring.dead_letters.settling(channel.name, channel.born, letter, "redelivered", reason)
    try:
        Relay(wiring).apply(lease, [Delivery(letter.sequence, content)], [settling])
    except FencedOff:
        raise
    except Exception as error:  # the edge: what fails by its content must not hold up what is behind it
        if not of_content(error):
            wiring.dead_letters.count_attempt(channel.name, channel.born, letter, -1)
            raise
        _refuse(wiring, channel, lease, letter, f"cannot be kept: {describe(error)}", waits=True)


def _refuse(wiring: Wiring, channel: Channel, lease: Lease, letter: DeadLetter, reason: str, *, waits: bool) -> None:
    if waits:
        settling = wiring.dead_letters.settling(channel.name, channel.born, letter, "refused", reason)
        Relay(wiring).pass_over(lease, letter.sequence, [settling])
    else:
        _tell(wiring, channel, letter, reason)


def _tell(wiring: Wiring, channel: Channel, letter: DeadLetter, reason: str, state: State = "refused") -> None:
    wiring.dead_letters.settle(channel.name, channel.born, letter, state, reason)
