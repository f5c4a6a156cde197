"""The client and the app, together: what one sends, the other takes."""

from itertools import islice
from pathlib import Path

import pytest

from ballotcast.channels.containers import write_container
from ballotcast.channels.records import encode_records
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.api import Api
from ballotcast.client.channels import AVRO_FILE, Channels
from ballotcast.client.errors import ApiError
from relays_played import PlayedChannels

SCHEMA = {
    "type": "record",
    "name": "engine",
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "rpm", "type": "double"},
    ],
}
schema = ChannelSchema.parse(SCHEMA)


def records(count: int, first: int = 0) -> list[dict[str, float]]:
    return [{"time": 1795165200000 + number, "rpm": float(number)} for number in range(first, first + count)]


@pytest.fixture
def key(channels: Channels) -> str:
    return str(channels.register_channel("engine", 26001, SCHEMA, {"decimation": 2})["api_key"])


def test_registering_shows_and_lists_it(channels: Channels, key: str) -> None:
    shown = channels.get_channel("engine")
    assert (shown["status"], shown["port"], shown["config"]["decimation"]) == ("active", 26001, 2)
    assert [one["name"] for one in channels.list_channels("active")] == ["engine"]
    assert channels.list_channels("failed") == []
    assert channels.get_schema("engine") == SCHEMA
    assert 26001 not in channels.available_ports(26000, 26002)


def test_a_taken_port_names_its_holder(channels: Channels, key: str) -> None:
    with pytest.raises(ApiError) as refused:
        channels.register_channel("wheel", 26001, SCHEMA)
    assert (refused.value.slug, refused.value.document["used_by"]) == ("port-taken", "engine")


def test_a_key_publishes_in_every_form(api: Api, channels: Channels, key: str) -> None:
    publisher = Channels(api, key)
    publisher.publish("engine", records(3))
    batch = encode_records(schema, records(3, 3))
    publisher.publish_avro("engine", batch.data, key="k")
    publisher.publish_avro("engine", batch.data, key="k")
    publisher.publish_avro("engine", write_container(schema.text, [encode_records(schema, records(4, 6))]), AVRO_FILE)
    assert channels.get_channel("engine")["relay"]["records"] == 10
    [shown] = islice(channels.tail("engine"), 1)
    assert [point["rpm"] for point in shown] == [0, 2, 4, 6, 8]


def test_a_tail_goes_on_without_gap_or_repetition(channels: Channels, key: str) -> None:
    tail = channels.tail("engine")
    seen: list[float] = []
    for first in range(0, 40, 8):
        channels.publish("engine", records(8, first))
        seen += [point["rpm"] for point in next(tail)]
    assert seen == list(range(0, 40, 2))


def test_who_follows_gets_every_record_without_gap_or_repetition(
    channels: Channels, key: str, played: PlayedChannels
) -> None:
    channels.publish("engine", records(3))
    following = channels.follow("engine", channels.records("engine").next)
    seen: list[float] = []
    for first in range(3, 40, 8):
        channels.publish("engine", records(8, first))
        played.wiring.clock.advance(seconds=1)  # type: ignore[attr-defined]
        seen += [record["rpm"] for record in next(following).records]
    assert seen == list(range(3, 43))


def test_the_old_key_is_refused_after_rotation(api: Api, channels: Channels, key: str, played: PlayedChannels) -> None:
    new = channels.rotate_key("engine")
    played.wiring.clock.advance(seconds=10)  # type: ignore[attr-defined]
    with pytest.raises(ApiError) as refused:
        Channels(api, key).publish("engine", records(1))
    assert refused.value.status == 403
    Channels(api, new).publish("engine", records(1))


def test_schemas_are_compared(channels: Channels, key: str) -> None:
    assert channels.upload_schema("engine", SCHEMA)["valid"]
    other = {**SCHEMA, "fields": [{"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
    verdict = channels.upload_schema("engine", other)
    assert not verdict["valid"]
    assert verdict["compatibility"] == "provided-reads-registered"
    with pytest.raises(ApiError):
        channels.upload_schema("engine", {"type": "string"})


def test_deregistering_twice(channels: Channels, key: str) -> None:
    channels.deregister_channel("engine")
    with pytest.raises(ApiError) as refused:
        channels.deregister_channel("engine")
    assert refused.value.status == 404
    assert 26001 in channels.available_ports(26000, 26002)


def test_a_relay_that_does_not_start_is_told(channels: Channels, played: PlayedChannels) -> None:
    played.wiring.machines.broken = "the relay worker did not answer in time"
    with pytest.raises(ApiError, match="did not answer in time"):
        channels.register_channel("engine", 26001, SCHEMA)
    assert channels.get_channel("engine")["status"] == "failed"


def test_export_gives_every_record(channels: Channels, key: str, tmp_path: Path) -> None:
    channels.publish("engine", records(3))
    channels.export("engine", tmp_path / "engine.csv", "csv")
    assert (tmp_path / "engine.csv").read_text().splitlines()[0] == "time,rpm"
    assert len((tmp_path / "engine.csv").read_text().splitlines()) == 4
