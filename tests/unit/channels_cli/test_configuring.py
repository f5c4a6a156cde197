"""Changing a channel while it lives, and finding one's own."""

import pytest

from ballotcast.channels.decimation import Decimator
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError
from fake_clock import FakeClock
from relays_played import PlayedChannels

SCHEMA = {
    "type": "record",
    "name": "engine",
    "fields": [{"name": "time", "type": "long", "unit": "ms"}, {"name": "rpm", "type": "double"}],
}
CONFIG = {"decimation": 4, "algorithm": "average", "rotation": "hour", "retention": 30, "silence": 0, "quota": 0}


@pytest.fixture
def key(channels: Channels) -> str:
    return str(channels.register_channel("engine", None, SCHEMA, {"decimation": 4, "algorithm": "average"})["api_key"])


def records(first: int, count: int) -> list[dict[str, float]]:
    return [{"time": number, "rpm": float(number)} for number in range(first, first + count)]


def test_only_what_is_named_changes(channels: Channels, key: str) -> None:
    assert channels.change_channel("engine", {"decimation": 2})["config"] == {**CONFIG, "decimation": 2}
    assert channels.change_channel("engine", {"retention": 7})["config"] == {**CONFIG, "decimation": 2, "retention": 7}
    assert channels.get_channel("engine")["config"] == {**CONFIG, "decimation": 2, "retention": 7}
    assert channels.change_channel("engine", {}) == {
        name: value
        for name, value in channels.get_channel("engine").items()
        if name not in ("relay", "dead_letters", "quiet_for", "silent")
    }


def test_what_is_no_config_is_named(channels: Channels, key: str) -> None:
    with pytest.raises(ApiError) as refused:
        channels.change_channel("engine", {"decimation": 0, "algorithm": "median", "port": 1})
    assert [pointer for pointer, _ in refused.value.errors] == [
        "/config/decimation",
        "/config/algorithm",
        "/config/port",
    ]


def test_only_the_owner_changes_it(api: Api, channels: Channels, key: str, played: PlayedChannels) -> None:
    for token in (key, played.session("bob")):
        with pytest.raises(ApiError) as refused:
            Channels(api, token).change_channel("engine", {"decimation": 2})
        assert refused.value.status == 403
    with pytest.raises(ApiError) as unknown:
        channels.change_channel("wheel", {"decimation": 2})
    assert unknown.value.status == 404


def test_the_live_window_follows_and_no_record_is_lost(
    channels: Channels, key: str, played: PlayedChannels, deployment: object
) -> None:
    channels.publish("engine", records(0, 6))
    assert channels.get_channel("engine")["relay"]["records"] == 6
    channels.change_channel("engine", {"decimation": 1, "algorithm": "minmax"})
    clock = played.wiring.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds=10)
    channels.publish("engine", records(6, 1))
    window = channels.live("engine")
    assert window
    assert [point["rpm"] for point in window.records] == [1.5, 4.5, 6], "the open bucket ends as it was begun"
    assert channels.get_channel("engine")["relay"]["records"] == 7


@pytest.mark.parametrize("after", [("minmax", 1), ("average", 2), ("rms", 9), ("downsample", 3)])
@pytest.mark.parametrize("before", ["minmax", "average", "rms", "downsample"])
def test_a_bucket_of_another_config_is_closed_first(before: str, after: tuple[str, int]) -> None:
    schema = ChannelSchema.parse(SCHEMA)
    began = Decimator(schema, before, 5)  # type: ignore[arg-type]
    assert began.take(records(0, 4)) == []
    expected = Decimator(schema, before, 5, dict(began.state)).flush()  # type: ignore[arg-type]
    goes_on = Decimator(schema, *after, dict(began.state))  # type: ignore[arg-type]
    fresh = Decimator(schema, *after)  # type: ignore[arg-type]
    assert goes_on.take(records(4, 9)) == expected + fresh.take(records(4, 9))


def test_own_channels(api: Api, channels: Channels, key: str, played: PlayedChannels) -> None:
    others = Channels(api, played.session("bob"))
    others.register_channel("wheel", None, SCHEMA)
    assert [channel["name"] for channel in channels.list_channels()] == ["engine", "wheel"]
    assert [channel["name"] for channel in channels.list_channels(mine=True)] == ["engine"]
    assert [channel["name"] for channel in others.list_channels(mine=True)] == ["wheel"]
    for token in ("", key):
        with pytest.raises(ApiError) as refused:
            Channels(api, token).list_channels(mine=True)
        assert refused.value.status == 401
