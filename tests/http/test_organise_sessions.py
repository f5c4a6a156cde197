"""Sessions: how long one lasts, what ends it at once, and whom wrong passwords keep out."""

from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.typed_code import read_code
from channel.app import create_app as channel_app
from organise import accounts
from organise.app import create_app
from problem import assert_problem
from world import World

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
ACCOUNT = {"email": EMAIL, "password": PASSWORD}
WRONG = "wrong-credentials"


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


def sign_up(client: TestClient, **changes: Any) -> httpx.Response:
    return client.post("/organisers", json={**ACCOUNT, **changes})


def log_in(client: TestClient, **changes: Any) -> httpx.Response:
    return client.post("/sessions", json={**ACCOUNT, **changes})


def test_a_session_lasts_an_hour(client: TestClient, deployment: World) -> None:
    sign_up(client)
    session = log_in(client, email=" Ada@Example.ORG ").json()
    assert session["expires_in"] == 3600
    headers = {"Authorization": f"Bearer {session['token']}"}
    assert client.get("/elections", headers=headers).json() == {"elections": [], "next_cursor": None}
    deployment.clock.advance(hours=1)
    assert_problem(client.get("/elections", headers=headers), 401, "session-over")


def test_strangers_lock_nobody_out_who_has_logged_in_before(client: TestClient, deployment: World) -> None:
    sign_up(client)
    device = log_in(client).json()["device"]
    for _ in range(accounts.ATTEMPTS + 1):
        log_in(client, password="wrong password")
    assert_problem(log_in(client), 429, "locked")
    again = log_in(client, device=device)
    assert (again.status_code, again.json()["device"]) == (200, device)
    # it is of one address, gives no access, and has a limit too
    assert_problem(log_in(client, device="0" * 16 + "." + "0" * 32), 429, "locked")
    sign_up(client, email="bob@example.org")
    for _ in range(accounts.ATTEMPTS):
        assert_problem(log_in(client, email="bob@example.org", password="wrong password", device=device), 401, WRONG)
    assert_problem(log_in(client, email="bob@example.org", device=device), 429, "locked")
    for _ in range(accounts.ATTEMPTS):
        assert_problem(log_in(client, password="wrong password", device=device), 401, WRONG)
    assert_problem(log_in(client, device=device), 429, "locked")


def test_logging_out_ends_one_session_and_a_new_password_all(client: TestClient, deployment: World) -> None:
    sign_up(client)
    sessions = [{"Authorization": f"Bearer {log_in(client).json()['token']}"} for _ in range(2)]
    channels = TestClient(channel_app(deployment.wiring()))

    def statuses() -> list[int]:
        """Of the organiser's elections and of their channels, by each session."""
        asked = [(client, "/elections"), (channels, "/past-channels")]
        return [app.get(path, headers=session).status_code for session in sessions for app, path in asked]

    assert statuses() == [200, 200, 200, 200]
    assert client.delete("/sessions", headers=sessions[0]).status_code == 204
    assert statuses() == [401, 401, 200, 200]
    assert_problem(client.delete("/sessions", headers=sessions[0]), 401, "session-over")
    wiring = deployment.wiring()
    identity = accounts.organiser_id(wiring, EMAIL)
    now = deployment.clock()
    until = int(now.timestamp()) + 600
    mac = wiring.roll_secret.mac("reset", identity, read_code("K7QM-3XPD"))
    assert wiring.password_resets.offer(identity, "request", mac, until, now, until, 3)
    renewal = {"email": EMAIL, "password": "another horse battery"}
    assert_problem(client.post("/organisers/password", json={**renewal, "token": "0000-0000"}), 403, "bad-token")
    assert statuses() == [401, 401, 200, 200]
    assert client.post("/organisers/password", json={**renewal, "token": "K7QM-3XPD"}).status_code == 200
    assert statuses() == [401, 401, 401, 401]
    sessions[0] = {"Authorization": f"Bearer {log_in(client, password=renewal['password']).json()['token']}"}
    assert statuses() == [200, 200, 401, 401]
    assert client.post("/organisers/password", json={**renewal, "token": "K7QM-3XPD"}).status_code == 200
    assert statuses() == [200, 200, 401, 401], "the same request after a lost answer ends nothing"
