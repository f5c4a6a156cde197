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

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from heapq import merge
from itertools import islice
from typing import Any, Literal, Protocol

from ballotcast.channels.config import MOST_RETENTION, ChannelConfig
from ballotcast.channels.names import BLOCK, queue_of
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.time_axis import TimeAxis
from ballotcast.clock import to_rfc3339
from ballotcast.store.blobs import Blobs
from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table
from ballotcast.store.transaction import Cancelled, transact

META = "META"
OLD_SCHEMA = "SCHEMA"
"""Where the schema of a channel is that was registered before schemas outlived their channels."""
SHARDS = 4
DAY = 86_400
INLINE = 100_000
"""Bytes of schema that are kept in the table."""
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


def _listed(channel: Channel) -> Item:
    listed: Item = {"pk": listing_pk(channel.name), "sk": channel.name, "status": channel.status}
    return listed


class Taken(Exception):
    """Nothing was written: the name (`port` None) or the port belongs to `holder`."""

    def __init__(self, holder: str, port: int | None = None) -> None:
        super().__init__("taken")
        self.holder = holder
        self.port = port


class OverTrial(Exception):
    """Nothing was written: the owner has registered as many channels as they may before their address is proven."""


class Channels:
    def __init__(self, table: Table, blobs: Blobs) -> None:
        self._table = table
        self._blobs = blobs

    def register(self, channel: Channel, schema: ChannelSchema, on_trial: int | None = None) -> None:
        """META, schema, listing and claim together. Taken.

        `on_trial`: how many channels the owner may register in all before their address is proven; OverTrial beyond.
        """
        writes = self.registering(channel, schema)
        try:
            transact(self._table.client, writes if on_trial is None else [*writes, self._counting(channel, on_trial)])
        except Cancelled as cancelled:
            if len(writes) in cancelled.refusals and not {0, 1} & cancelled.refusals.keys():
                raise OverTrial from None
            raise _taken(channel, cancelled) from None

    def _counting(self, channel: Channel, most: int) -> dict[str, Any]:
        below = Condition("attribute_not_exists(channels) OR channels < :most", {":most": most})
        pk = f"CHANNELS#trial-{channel.owner}"
        return self._table.updating(pk, "COUNT", "ADD channels :one", {":one": 1}, below)

    def registering(self, channel: Channel, schema: ChannelSchema) -> list[dict[str, Any]]:
        """The same for a transaction that does more, all conditional; a schema over INLINE is in the bucket then."""
        pk, sk = port_key(channel.name, channel.port)
        return [
            self._table.putting(to_item(channel), ABSENT),
            self._table.putting({"pk": pk, "sk": sk, "holder": channel.name}, ABSENT),
            self._table.putting(_listed(channel)),
            self._table.putting({"pk": channel_pk(channel.name), "sk": schema_sk(channel.born), **self._kept(schema)}),
        ]

    def _kept(self, schema: ChannelSchema) -> Item:
        content, assumed = schema.text.encode(), {"assumed": schema.assumed} if schema.assumed else {}
        if len(content) <= INLINE:
            return {"text": schema.text, **assumed}
        key = f"schemas/{sha256(content).hexdigest()}.avsc"
        self._blobs.put(key, content, "application/json")
        return {"object": key, **assumed}

    def find(self, channel: str) -> Channel | None:
        item = self._table.get(channel_pk(channel), META)
        return from_item(item) if item else None

    def schema(self, channel: Archived) -> ChannelSchema:
        """What it was registered with, also of a channel whose records are kept after it. LookupError."""
        pk = channel_pk(channel.name)
        item = self._table.get(pk, schema_sk(channel.born)) or self._table.get(pk, OLD_SCHEMA)
        content = self._blobs.get(item["object"]) if item and "object" in item else None
        if item is None or (content is None and "text" not in item):
            raise LookupError(channel.name)
        text = content.decode() if content is not None else item["text"]
        # Ones with NaN in what nobody reads were taken once: null can be answered as JSON.
        return ChannelSchema.parse(
            json.loads(text, parse_constant=lambda _: None), item.get("assumed"), registered=True
        )

    def keep_schema(self, channel: Archived) -> None:
        """Have the schema where it outlives the channel; for one that was registered before that was so."""
        pk = channel_pk(channel.name)
        if item := self._table.get(pk, OLD_SCHEMA):
            self._table.put({**item, "sk": schema_sk(channel.born)})

    def page(self, status: Status | None, after: str | None, limit: int) -> tuple[list[Channel], str | None]:
        """Channels in order of their names, and the name to continue `after`, if there may be more."""
        shards = (self._table.query(f"CHANNELS#{n}", after=after, limit=limit + 1) for n in range(SHARDS))
        rows = list(islice(merge(*shards, key=lambda row: str(row["sk"])), limit + 1))
        wanted = [row["sk"] for row in rows[:limit] if status in (None, row["status"])]
        found = self._table.get_many([(channel_pk(name), META) for name in wanted])
        channels = [from_item(found[key]) for name in wanted if (key := (channel_pk(name), META)) in found]
        return channels, rows[limit - 1]["sk"] if len(rows) > limit else None

    def holders(self, ports: range) -> dict[int, str]:
        """Which of the ports are claimed, and by whom."""
        found: dict[int, str] = {}
        for block in range(ports.start // BLOCK, (ports.stop - 1) // BLOCK + 1):
            for row in self._table.query(f"PORTS#{block}"):
                if int(row["sk"]) in ports:
                    found[int(row["sk"])] = row["holder"]
        return found

    def holder(self, port: int) -> str | None:
        item = self._table.get(*port_key("", port))
        return item["holder"] if item else None

    def passing(self, channel: str, keeper: str, keepers: Sequence[str]) -> dict[str, Any]:
        """For a transaction: who may look after an election's channel from then on; refused if there is none."""
        values = {":keeper": keeper, ":keepers": list(keepers)}
        there = Condition("attribute_exists(pk)", {})
        return self._table.updating(
            channel_pk(channel), META, "SET keeper = :keeper, keepers = :keepers", values, there
        )

    def begin(self, channel: Channel, status: Status, now: datetime, **changes: Any) -> Channel | None:
        """Put a channel into a new saga: its state, the next generation. None when somebody has moved it since."""
        begun = replace(
            channel, status=status, generation=channel.generation + 1, saga_since=int(now.timestamp()), **changes
        )
        values = {name: getattr(begun, name) for name in ("status", "generation", "saga_since", *changes)}
        unmoved = Condition(
            "generation = :before AND #status = :was", {":before": channel.generation, ":was": channel.status}
        )
        moving = self._table.updating(
            channel_pk(channel.name),
            META,
            "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            {f":{name}": value for name, value in values.items()},
            unmoved,
        )
        try:
            transact(self._table.client, [moving, self._table.putting(_listed(begun))])
        except Cancelled:
            return None
        return begun

    def configure(self, channel: Channel, config: ChannelConfig) -> bool:
        """False when the channel is gone, or is configured otherwise than it was when it was read."""
        same = Condition("born = :born AND #config = :was", {":born": channel.born, ":was": channel.config.kept})
        values = {":config": config.kept, ":longest": max(channel.longest, config.retention)}
        try:
            self._table.update(
                channel_pk(channel.name), META, "SET #config = :config, longest = :longest", values, same
            )
        except Refusal:
            return False
        return True

    def mark_ended(self, channel: Channel) -> None:
        """Its election has ended; nothing if the channel is gone."""
        same = Condition("born = :born", {":born": channel.born})
        try:
            self._table.update(channel_pk(channel.name), META, "SET ended = :yes", {":yes": True}, same)
        except Refusal:
            return

    def rotate_key(self, channel: Channel, key_hash: str, once: str, now: datetime) -> bool:
        """Another API key in place of the one that the channel was read with. `once`: the hash of an Idempotency-Key,
        which is remembered for a day. False when the key was another by then, or that one was used."""
        seconds, pk = int(now.timestamp()), channel_pk(channel.name)
        same = Condition("born = :born AND key_hash = :was", {":born": channel.born, ":was": channel.key_hash})
        values = {":hash": key_hash, ":once": once, ":from": channel.key_hash}
        rotating = "SET key_hash = :hash, rotated_by = :once, rotated_from = :from"
        writes = [self._table.updating(pk, META, rotating, values, same)]
        if once:
            unused = Condition(f"{ABSENT.expression} OR expiration <= :now", {":now": seconds})
            used = {"pk": pk, "sk": f"KEY#{channel.born}#rotation-{once}", "expiration": seconds + DAY}
            writes.append(self._table.putting(used, unused))
        try:
            transact(self._table.client, writes)
        except Cancelled:
            return False
        return True


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


def _taken(channel: Channel, cancelled: Cancelled) -> Taken:
    if 0 in cancelled.refusals:
        return Taken(channel.name)
    return Taken(cancelled.refusals[1]["holder"], channel.port)
