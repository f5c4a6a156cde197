"""Channels of organisers whose address is not proven: two in all, with those that are gone."""

from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.http.sessions import open_session
from channel.registering import TRIAL
from problem import assert_problem
from relays_played import PlayedChannels
from sensor import SENSOR


@pytest.fixture
def trying(played: PlayedChannels) -> dict[str, str]:
    """The header of a session that was opened before the address was proven."""
    wiring = played.wiring
    token = open_session(wiring.session_secret, "trying", wiring.clock, on_trial=True)
    return {"Authorization": f"Bearer {token}"}


def register(played: PlayedChannels, headers: dict[str, str], number: int, **more: str) -> httpx.Response:
    draft: dict[str, Any] = {"name": f"lab{number}", "port": 26001 + number, "schema": SENSOR}
    return played.client.post("/channels", json=draft, headers={**headers, **more})


def test_two_channels_and_no_third_until_the_address_is_proven(played: PlayedChannels, trying: dict[str, str]) -> None:
    for number in range(TRIAL):
        assert register(played, trying, number).status_code == 201
    assert played.client.delete("/channels/lab0", headers=trying).status_code == 200
    refused = assert_problem(register(played, trying, 7), 403, "not-verified")
    assert "at most 2 channels" in refused["detail"]
    assert_problem(played.client.get("/channels/lab7"), 404, "no-channel")
    assert played.wiring.channels.holder(26008) is None
    played.wiring.sessions.prove("trying")
    assert register(played, trying, 7).status_code == 201


def test_the_same_request_again_takes_no_second_place(played: PlayedChannels, trying: dict[str, str]) -> None:
    key = {"Idempotency-Key": "k"}
    first = register(played, trying, 1, **key)
    assert register(played, trying, 1, **key).json()["api_key"] == first.json()["api_key"]
    assert register(played, trying, 2).status_code == 201
    again = register(played, trying, 1, **key)
    assert (again.status_code, again.json()["api_key"]) == (201, first.json()["api_key"])
    assert_problem(register(played, trying, 1), 409, "name-taken")


def test_the_other_way_to_register_is_bounded_too(played: PlayedChannels, trying: dict[str, str]) -> None:
    for number in range(TRIAL):
        register(played, trying, number)
    draft = {"name": "lab9", "port": 26009, "schema": SENSOR}
    refused = played.client.post("/api/v1/channels", json=draft, headers=trying)
    assert refused.status_code == 403
    assert played.wiring.channels.find("lab9") is None
