"""A channel with a relay on moto, and the worker's side of its queue."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.containers import read_container
from ballotcast.channels.decimation import unpack
from ballotcast.channels.records import decode, encode_records
from ballotcast.store.channel import META, Channel, channel_pk, new_channel, to_item
from ballotcast.store.leases import LEASE, Lease
from ballotcast.store.relay_queues import RecordsMessage
from ballotcast.wiring import Wiring
from relay.worker import Worker
from sensor import sample, sensor
from world import World

SCHEMA = sensor()


class Relayed:
    """An active channel `lab`; messages are made and delivered by hand, so that anything can be delivered again."""

    def __init__(self, deployment: World, config: ChannelConfig) -> None:
        self.deployment = deployment
        self.wiring: Wiring = deployment.wiring()
        made = new_channel(
            name="lab", port=None, owner="o1", key_hash="", schema=SCHEMA, config=config, now=deployment.clock()
        )
        self.wiring.channels.register(made, SCHEMA)
        self.channel: Channel = replace(made, status="active", relay=f"lab#{made.generation}")
        self.wiring.channels_table.put(to_item(self.channel))
        self.lease(self.channel.generation)
        self._sent = 0

    def lease(self, generation: int) -> None:
        row = {"relay": f"lab#{generation}", "generation": generation, "queue": 0, "born": self.channel.born}
        self.wiring.channels_table.put({"pk": channel_pk("lab"), "sk": LEASE, **row, "cursor": 0})

    @property
    def relay(self) -> str:
        assert self.channel.relay
        return self.channel.relay

    def message(self, first: int, count: int, key: str | None = None, relay: str | None = None) -> dict[str, Any]:
        """A publish of samples `first` … as SQS delivers it the first time."""
        batch = encode_records(SCHEMA, [sample(n) for n in range(first, first + count)])
        return self.raw(RecordsMessage(relay or self.relay, self.channel.born, batch, key).as_json(), relay)

    def raw(self, body: str, relay: str | None = None) -> dict[str, Any]:
        self._sent += 1
        return {
            "messageId": f"m{self._sent}",
            "receiptHandle": "handle",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "MessageGroupId": relay or self.relay,
                "SequenceNumber": f"{self._sent:020}",
            },
        }

    def order(self, kind: str) -> dict[str, Any]:
        return self.raw(json.dumps({"kind": kind, "token": "a token that nobody waits with"}))

    def deliver(self, messages: Sequence[dict[str, Any]], worker: Worker | None = None) -> list[str]:
        """Ids of the messages that are to come again."""
        answer = (worker or Worker(self.wiring)).handle({"Records": list(messages)})
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    @property
    def found(self) -> Lease:
        lease = self.wiring.leases.find("lab")
        assert lease
        return lease

    def archived(self) -> list[int]:
        """`count` of every record that the archive holds, in order."""
        segments = self.wiring.segments.all(self.channel, int(self.deployment.clock().timestamp()))
        batches = [batch for one in segments for batch in read_container(self.wiring.segments.read(one))[1]]
        return [record["count"] for batch in batches for record in decode(SCHEMA, batch)]

    def shown(self) -> list[int]:
        rows = self.wiring.live.since(self.channel, 0, int(self.deployment.clock().timestamp()))
        return [point["count"] for row in rows for point in unpack(row.points)]

    def status(self) -> Channel:
        channel = self.wiring.channels.find("lab")
        assert channel
        return channel

    def meta(self, **changes: Any) -> None:
        item = self.wiring.channels_table.get(channel_pk("lab"), META)
        assert item
        self.wiring.channels_table.put({**item, **changes})


def again(message: dict[str, Any], times: int = 2) -> dict[str, Any]:
    return {**message, "attributes": {**message["attributes"], "ApproximateReceiveCount": str(times)}}
