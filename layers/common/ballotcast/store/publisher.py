"""The one way that records get to a relay: a publish is one message, durable when it is accepted.

What a channel is like is remembered for CACHE seconds; so a channel that stops waits for that long, and for the longest
request, before it lets the worker drain what was sent (StopGraceSeconds in template.yaml).
"""

from dataclasses import dataclass
from hashlib import sha256

from ballotcast.channels.containers import Batch
from ballotcast.channels.names import RelayId
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.clock import Clock
from ballotcast.errors import Conflict, Invalid, NotFound, TooMany
from ballotcast.remembered import Remembered
from ballotcast.store.channel import Channel
from ballotcast.store.channels import Channels
from ballotcast.store.leases import Leases
from ballotcast.store.publishes import Publishes
from ballotcast.store.relay_queues import RecordsMessage, RelayQueues

CACHE = 2
"""Seconds."""
BACKLOG = 1000
"""Messages that may wait at a channel's relay."""
KEPT = 1000
"""Channels in memory."""


def no_channel(name: str) -> NotFound:
    return NotFound("no-channel", f"there is no channel {name}")


@dataclass(frozen=True)
class Target:
    """A channel as it was within the last CACHE seconds. `backlog`: messages sent and not done."""

    channel: Channel
    schema: ChannelSchema
    backlog: int


class Publisher:
    def __init__(
        self, channels: Channels, leases: Leases, publishes: Publishes, queues: RelayQueues, clock: Clock
    ) -> None:
        self._channels = channels
        self._leases = leases
        self._publishes = publishes
        self._queues = queues
        self._clock = clock
        self._targets = Remembered(self._read, clock, seconds=CACHE, kept=KEPT)

    def target(self, name: str) -> Target:
        """Raise NotFound."""
        return self._targets.get(name)

    def _read(self, name: str, before: Target | None) -> Target:
        channel = self._channels.find(name)
        if channel is None:
            raise no_channel(name)
        if before and before.channel.born == channel.born:
            schema = before.schema
        else:
            try:
                schema = self._channels.schema(channel)
            except LookupError:
                raise no_channel(name) from None
        return Target(channel, schema, self.backlog(channel))

    def backlog(self, channel: Channel) -> int:
        lease = self._leases.find(channel.name)
        return max(0, self._publishes.sent(channel) - lease.applied) if lease else 0

    def publish(self, target: Target, batch: Batch, key: str | None = None) -> None:
        """Accept records that fit the channel's schema. With a `key`, the same publish within a day counts once.

        Conflict (the channel takes none now), TooMany (its relay is behind), Invalid (the key had other records).
        """
        channel = target.channel
        if channel.status != "active" or channel.relay is None:
            raise Conflict("not-ready", f"{channel.name} is {channel.status}", retry_after=2)
        if target.backlog >= BACKLOG:
            raise TooMany("backlog", f"{target.backlog} publishes wait at {channel.name}'s relay", retry_after=CACHE)
        self._send(channel, channel.relay, batch, key)

    def announce(self, target: Target, batch: Batch, key: str) -> None:
        """The platform's own records: sent whatever state the channel is in, for the worker sends on what comes early
        or late, and what comes to a channel that has failed is a dead letter until it is resumed."""
        channel = target.channel
        relay = channel.relay or str(RelayId(channel.name, channel.generation))
        self._send(channel, relay, batch, key)

    def _send(self, channel: Channel, relay: str, batch: Batch, key: str | None) -> None:
        if key is None:
            self._queues.send(RecordsMessage(relay, channel.born, batch))
            self._publishes.count_sent(channel)
            return
        body = sha256(batch.data).hexdigest()
        known = self._publishes.remember(channel, key, body, self._clock())
        if known.body != body:
            raise Invalid("idempotency-key-reused", "this Idempotency-Key was used with other records")
        if not known.done:
            self._queues.send(RecordsMessage(relay, channel.born, batch, known.id), once=known.id)
            if known.fresh:
                self._publishes.count_sent(channel)
