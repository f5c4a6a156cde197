"""Any schema and records that are accepted go through the worker, the live window, pages, the archive and an export."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from avro_readers import by_apache_avro, by_fastavro, same
from avro_schemas import records, schemas, written
from ballotcast.channels.config import ChannelConfig
from ballotcast.channels.containers import read_container
from ballotcast.channels.decimation import unpack
from ballotcast.channels.reading import BadRecord
from ballotcast.channels.records import check_binary, decode
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.shown import shown
from ballotcast.store.channel import Channel, channel_pk, new_channel
from ballotcast.store.leases import LEASE
from ballotcast.store.relay_queues import RecordsMessage
from channel.exporting import Wanted, export_channel
from effort import examples
from relay.worker import Worker
from world import World, world

_number = count()


@pytest.fixture(scope="module")
def deployed() -> Iterator[World]:
    with world() as fresh:
        yield fresh


def registered(deployed: World, schema: ChannelSchema, config: ChannelConfig) -> Channel:
    wiring, name = deployed.wiring(), f"any{next(_number)}"
    made = new_channel(name=name, port=None, owner="o1", key_hash="", schema=schema, config=config, now=wiring.clock())
    wiring.channels.register(made, schema)
    relay = f"{name}#{made.generation}"
    lease = {"relay": relay, "generation": made.generation, "queue": 0, "born": made.born, "cursor": 0}
    wiring.channels_table.put({"pk": channel_pk(name), "sk": LEASE, **lease})
    return replace(made, status="active", relay=relay)


@examples(4)
@given(st.data(), st.sampled_from(["downsample", "average", "minmax", "rms"]))
def test_what_is_accepted_goes_through_the_whole_relay(deployed: World, data: st.DataObject, algorithm: str) -> None:
    given_schema = data.draw(schemas())
    schema = ChannelSchema.parse(given_schema)
    try:
        batch = check_binary(schema, written(schema, data.draw(records(given_schema))))
    except BadRecord as refused:
        assume("framing" not in str(refused) and "wire format" not in str(refused))  # may be another's bytes
        raise
    channel = registered(deployed, schema, ChannelConfig(decimation=1, algorithm=algorithm))  # type: ignore[arg-type]
    wiring = deployed.wiring()
    assert channel.relay
    attributes = {"ApproximateReceiveCount": "1", "MessageGroupId": channel.relay, "SequenceNumber": "1"}
    body = RecordsMessage(channel.relay, channel.born, batch).as_json()
    message = {"messageId": "m1", "receiptHandle": "handle", "body": body, "attributes": attributes}
    assert Worker(wiring).handle({"Records": [message]}) == {"batchItemFailures": []}
    rows = wiring.live.since(channel, 0, int(wiring.clock().timestamp()))
    points = [point for row in rows for point in unpack(row.points)]
    assert json.dumps(points, allow_nan=False)
    assert len(points) == batch.count
    pages, at = list[Any](), 0
    while at < batch.count:
        page = wiring.record_pages.page(channel, schema, at)
        assert page.next > at
        pages, at = [*pages, *json.loads(page.text, parse_constant=pytest.fail)], page.next
    assert pages == [shown(record) for record in decode(schema, batch)]
    made = export_channel(wiring, channel, schema, Wanted("avro"), direct=True)
    assert made.content
    assert b"".join(part.data for part in read_container(made.content)[1]) == batch.data
    by_one, by_other = by_fastavro(made.content), by_apache_avro(made.content)
    assert len(by_one) == len(by_other) == batch.count
    assert same(by_one, by_other)
