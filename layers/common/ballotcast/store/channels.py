"""The writes of channels (store/channel.py): registering, moving from state to state, configuring, rotating the key."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from heapq import merge
from itertools import islice
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.names import BLOCK
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.store.blobs import Blobs
from ballotcast.store.channel import (
    DAY,
    META,
    SHARDS,
    Archived,
    Channel,
    Status,
    channel_pk,
    from_item,
    listing_pk,
    port_key,
    schema_sk,
    to_item,
)
from ballotcast.store.table import ABSENT, Condition, Item, Refusal, Table, TransactItem
from ballotcast.store.transaction import Cancelled, transact

OLD_SCHEMA = "SCHEMA"
"""Where the schema of a channel is that was registered before schemas outlived their channels."""
INLINE = 100_000
"""Bytes of schema that are kept in the table."""


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

    def _counting(self, channel: Channel, most: int) -> TransactItem:
        below = Condition("attribute_not_exists(channels) OR channels < :most", {":most": most})
        pk = f"CHANNELS#trial-{channel.owner}"
        return self._table.updating(pk, "COUNT", "ADD channels :one", {":one": 1}, below)

    def registering(self, channel: Channel, schema: ChannelSchema) -> list[TransactItem]:
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

    def passing(self, channel: str, keeper: str, keepers: Sequence[str]) -> TransactItem:
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


def _taken(channel: Channel, cancelled: Cancelled) -> Taken:
    if 0 in cancelled.refusals:
        return Taken(channel.name)
    return Taken(cancelled.refusals[1]["holder"], channel.port)
