"""A channel that has failed is resumed, drained around what it is stuck at, or removed: by its owner."""

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.http.publishers import hash_key
from ballotcast.store.channel import META, Channel, channel_pk
from ballotcast.store.leases import LEASE
from problem import assert_problem
from relays_played import PlayedChannels
from sensor import SENSOR
from world import World


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    played = PlayedChannels(deployment)
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201
    yield played
    played.client.close()


def mark(played: PlayedChannels, **changes: Any) -> None:
    table = played.wiring.channels_table
    table.put({**(table.get(channel_pk("lab"), META) or {}), **changes})


def found(played: PlayedChannels) -> Channel:
    channel = played.wiring.channels.find("lab")
    assert channel
    return channel


def resume(client: httpx.Client, **order: Any) -> httpx.Response:
    return client.post("/channels/lab/resume", json=order)


@pytest.mark.parametrize("around", [False, True])
def test_a_failed_channel_is_repaired_again(played: PlayedChannels, around: bool) -> None:
    mark(played, status="failed", repairs=5)
    answer = resume(played.client, around=around)
    assert (answer.status_code, answer.json()["status"]) == (202, "repairing")
    channel = found(played)
    assert (channel.repairs, channel.around) == (1, around)
    assert played.wiring.machines.repairs == [f"lab-{channel.generation}"]


def test_one_without_a_lease_is_spawned(played: PlayedChannels) -> None:
    mark(played, status="failed")
    played.wiring.channels_table.delete(channel_pk("lab"), LEASE)
    assert resume(played.client).status_code == 202
    assert found(played).status == "active"


def test_one_that_has_not_failed_stays_as_it_is(played: PlayedChannels) -> None:
    assert (resume(played.client).status_code, found(played).status) == (200, "active")
    mark(played, status="repairing")
    assert_problem(resume(played.client), 409, "not-ready")


def test_who_may(played: PlayedChannels) -> None:
    mark(played, status="failed", owner="", keeper="o2")
    assert_problem(resume(played.client), 403, "not-yours")
    keeper = {"Authorization": f"Bearer {played.session('o2')}"}
    assert_problem(played.client.post("/channels/lab/records", json={"records": []}, headers=keeper), 403, "not-yours")
    assert_problem(played.client.post("/channels/lab/key", headers=keeper), 403, "not-yours")
    assert played.client.post("/channels/lab/resume", json={}, headers=keeper).status_code == 202
    mark(played, status="failed")
    assert played.client.delete("/channels/lab", headers=keeper).status_code == 200
    assert_problem(resume(played.client), 404, "no-channel")


@pytest.mark.parametrize("status", ["failed", "stopping", "repairing"])
def test_any_channel_is_removed_without_waiting(played: PlayedChannels, status: str) -> None:
    mark(played, status=status)
    assert played.client.delete("/channels/lab", params={"drain": "false"}).status_code == 200
    assert played.wiring.machines.undrained == ["lab"]
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201


def test_an_old_rotation_repeated_does_not_bring_the_old_key_back(played: PlayedChannels) -> None:
    def rotate(once: str) -> httpx.Response:
        return played.client.post("/channels/lab/key", headers={"Idempotency-Key": once})

    first = rotate("k1").json()["api_key"]
    assert rotate("k1").json()["api_key"] == first
    second = rotate("k2").json()["api_key"]
    assert second != first
    assert_problem(rotate("k1"), 422, "idempotency-key-reused")
    assert found(played).key_hash == hash_key(second)
    assert rotate("k2").json()["api_key"] == second
    played.wiring.clock.advance(hours=25)  # type: ignore[attr-defined]
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    assert rotate("k1").json()["api_key"] not in (first, second)
