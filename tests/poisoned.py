"""A channel that has failed at a message which can never be relayed, as one of an earlier version may have accepted."""

import struct

from ballotcast.channels.containers import Batch
from ballotcast.store.channel import Channel
from ballotcast.store.dead_letters import DeadLetter
from ballotcast.store.leases import Stuck
from ballotcast.store.relay_queues import RecordsMessage
from relays import Relays

NEVER = struct.pack("<d", 1e40)
"""A time of 1e40 as a double: a publish refuses it, and no row of the table takes it."""


def poisoned(relays: Relays, channel: Channel) -> Channel:
    """An active channel as it is after five repairs in vain."""
    lease = relays.wiring.leases.find(channel.name)
    assert channel.relay
    assert lease
    letter = DeadLetter("m1", 1, channel.relay, "2026-11-20T09:00:00Z", "Rounded", 1, 2**40, lease.cursor + 1)
    body = RecordsMessage(channel.relay, channel.born, Batch(1, NEVER)).as_json()
    relays.wiring.leases.get_stuck(lease, Stuck({letter.message: letter.sequence}, letter.reason))
    relays.wiring.dead_letters.park(channel.name, channel.born, letter, body)
    failed = relays.wiring.channels.begin(channel, "failed", relays.wiring.clock(), reason="repaired 5 times in vain")
    assert failed
    return failed
