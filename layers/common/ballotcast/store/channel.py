"""Channels: what is registered, and how far its saga is.

Channels  CHANNEL#<name> / META                what it is and its state; `generation` fences all that moves it
Channels  CHANNEL#<name> / SCHEMA#<born>       the Avro schema; over 100 KB it is in the bucket by its hash
Channels  CHANNELS#<0 to 3> / <name>           name, port and state, for listing; written with META, always
Channels  CHANNEL#<name> / KEY#<born>#rotation-<hash>   an Idempotency-Key that has rotated the API key; a day
Channels  CHANNELS#trial-<owner> / COUNT       how many were registered before the owner's address was proven
Channels  PORTS#<port ÷ 1000> / <port>         whose the port is; a channel without one claims PORTS#none / <name>

Registering writes all four in one transaction; stopping removes all but the schema in one, and notes what is kept
(store/past_channels.py, functions/relay/stop.asl.json). Between these the state machines move META and the listing
together, each write on the condition of its own generation. A generation is the millisecond of its registration, and
one more for each saga after it: it never comes twice, not even when a name is given away and taken again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal, Protocol

from ballotcast.channels.config import MOST_RETENTION, ChannelConfig
from ballotcast.channels.names import BLOCK, queue_of
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.time_axis import TimeAxis
from ballotcast.clock import to_rfc3339
from ballotcast.store.table import Item

META = "META"
SHARDS = 4
DAY = 86_400
Status = Literal["registering", "active", "repairing", "stopping", "failed"]


def channel_pk(channel: str) -> str:
    return f"CHANNEL#{channel}"


def schema_sk(born: int) -> str:
    return f"SCHEMA#{born}"


def past_key(organiser: str, channel: str, born: int) -> tuple[str, str]:
    """Where stopping notes what is kept of a channel (store/past_channels.py)."""
    return f"CHANNELS#past-{organiser}", f"{channel}#{born}"


def listing_pk(channel: str) -> str:
    return f"CHANNELS#{sha256(channel.encode()).digest()[1] % SHARDS}"


def port_key(channel: str, port: int | None) -> tuple[str, str]:
    return ("PORTS#none", channel) if port is None else (f"PORTS#{port // BLOCK}", f"{port:05}")


class Archived(Protocol):
    """Whose records and schema they are: a channel, or one that is gone."""

    @property
    def name(self) -> str: ...

    @property
    def born(self) -> int: ...


@dataclass(frozen=True)
class Channel:
    name: str
    port: int | None
    owner: str
    """The organiser's id; empty for the platform's own channels, on which no caller publishes."""
    key_hash: str = field(repr=False)
    """SHA-256 of the API key, hex; empty: there is none."""
    fingerprint: str
    time: TimeAxis
    config: ChannelConfig
    born: int
    """The generation it was registered with: what tells its data from those of an earlier channel of its name."""
    created_at: str
    saga_since: int
    """Epoch seconds when the saga that it is in, or was in last, was started."""
    generation: int
    status: Status = "registering"
    relay: str | None = None
    """`name#generation` of the relay that takes its records; set when it becomes active."""
    reason: str | None = None
    repairs: int = 0
    keeper: str = ""
    """The organiser who may resume or remove a channel of the platform's own: its election's."""
    keepers: list[str] = field(default_factory=list)
    """Others who may: those who conduct the election with them."""
    around: bool = False
    """Whether the repair refuses what its relay is stuck at, by the owner's word, instead of trying it again."""
    rotated_by: str = field(default="", repr=False)
    """Hash of the Idempotency-Key that the newest rotation of the API key had."""
    rotated_from: str = field(default="", repr=False)
    """Hash of the API key before it."""
    drain: bool = True
    """Whether stopping it relays first what was accepted."""
    asked: str = field(default="", repr=False)
    """The configuration as a client of SpeedData's API gave it, as JSON: it gets the same back."""
    ended: bool = False
    """An election's channel on which the final turnout was announced: it shows no more votes."""
    longest: int = MOST_RETENTION
    """Days: the longest retention that it has had, for which records may be kept after it."""

    @property
    def saga(self) -> dict[str, Any]:
        """What a state machine needs to move it: references only, numbers as DynamoDB's JSON wants them."""
        claim_pk, claim_sk = port_key(self.name, self.port)
        past_pk, past_sk = past_key(self.owner or self.keeper, self.name, self.born)
        return {
            **({"drain": True} if self.drain else {}),
            "channel": self.name,
            "generation": str(self.generation),
            "born": str(self.born),
            "queue": queue_of(self.name),
            "listing": listing_pk(self.name),
            "claim": {"pk": claim_pk, "sk": claim_sk},
            "past": {
                "pk": past_pk,
                "sk": past_sk,
                "until": str(self.saga_since + (self.longest + 1) * DAY),
                "created_at": self.created_at,
                "gone_at": to_rfc3339(datetime.fromtimestamp(self.saga_since, UTC)),
                "fingerprint": self.fingerprint,
                "field": self.time.field,
                "unit": self.time.unit,
            },
        }


def to_item(channel: Channel) -> Item:
    item: Item = {"pk": channel_pk(channel.name), "sk": META, **vars(channel)}
    item |= {"time": vars(channel.time), "config": channel.config.kept}
    return {name: value for name, value in item.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> Channel:
    values = {name: item[name] for name in Channel.__dataclass_fields__ if name in item}
    values |= {"time": TimeAxis(**item["time"]), "config": ChannelConfig(**item["config"]), "port": item.get("port")}
    return Channel(**values)


def new_channel(
    *,
    name: str,
    port: int | None,
    owner: str,
    key_hash: str,
    schema: ChannelSchema,
    config: ChannelConfig,
    now: datetime,
    keeper: str = "",
    keepers: Sequence[str] = (),
    asked: str = "",
) -> Channel:
    generation = int(now.timestamp() * 1000)
    return Channel(
        name=name,
        port=port,
        owner=owner,
        key_hash=key_hash,
        fingerprint=schema.fingerprint,
        time=schema.time,
        config=config,
        born=generation,
        generation=generation,
        created_at=to_rfc3339(now),
        saga_since=int(now.timestamp()),
        keeper=keeper,
        keepers=list(keepers),
        longest=config.retention,
        asked=asked,
    )
