"""GET /elections/{id}/manifest: the exact bytes, for ever, without a second read."""

from datetime import timedelta
from hashlib import sha256

import pytest

from api_events import TestClient
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from requests_made import record_requests
from vote.app import create_app
from world import World


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


def test_the_manifest_is_served_byte_for_byte(deployment: World, election: FrozenElection) -> None:
    client = TestClient(create_app(deployment.wiring()))
    response = client.get(f"/elections/{election.id}/manifest")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert sha256(response.content).digest() == election.manifest.hash
    assert "immutable" in response.headers["cache-control"]


def test_the_manifest_is_read_once(deployment: World, election: FrozenElection) -> None:
    wiring = deployment.wiring()
    client, made = TestClient(create_app(wiring)), record_requests(wiring)
    for _ in range(3):
        client.get(f"/elections/{election.id}/manifest")
    assert made == ["GetItem MANIFEST"]


def test_the_manifest_is_there_before_opening(deployment: World) -> None:
    later = frozen_election(deployment, voters=(), opens_in=timedelta(days=1))
    client = TestClient(create_app(deployment.wiring()))
    assert client.get(f"/elections/{later.id}/manifest").status_code == 200


def test_an_unknown_election_has_none_and_is_not_remembered_as_such(deployment: World) -> None:
    client = TestClient(create_app(deployment.wiring()))
    response = client.get("/elections/0123456789abcdef/manifest")
    assert_problem(response, 404, "no-election")
    assert response.headers["cache-control"] == "no-store"


def test_an_id_that_cannot_be_one_is_refused(deployment: World) -> None:
    client = TestClient(create_app(deployment.wiring()))
    assert_problem(client.get(f"/elections/{'x' * 3000}/manifest"), 422, "invalid", "/path/id")
