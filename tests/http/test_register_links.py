"""POST /links: what a link opens, and what a link that no longer counts gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api_events import TestClient
from ballotcast.ballots.link import Link
from ballotcast.clock import to_rfc3339
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from register.app import create_app
from world import World

ADA = "ada@example.org"


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


def test_a_link_tells_its_election(client: TestClient, election: FrozenElection) -> None:
    response = client.post("/links", json={"link": election.link(ADA)})
    assert response.status_code == 200
    assert response.json() == {
        "election": election.id,
        "manifest_hash": election.manifest.hash.hex(),
        "second_factor": "none",
        "closed_at": None,
        "description": "",
        "organisation": "",
        "logo": "",
        "contact": "",
    }


def test_a_link_tells_what_the_organiser_says_and_of_an_early_close(deployment: World, client: TestClient) -> None:
    said = frozen_election(deployment, voters=[ADA], description="Who speaks for us?\nOne seat.")
    closed_at = to_rfc3339(deployment.clock())
    said.close()
    told = client.post("/links", json={"link": said.link(ADA)}).json()
    assert (told["description"], told["closed_at"]) == ("Who speaks for us?\nOne seat.", closed_at)


def test_a_link_without_its_address_is_the_same_link(client: TestClient, election: FrozenElection) -> None:
    assert client.post("/links", json={"link": election.links[ADA].encode()}).status_code == 200


def test_a_link_opens_before_opening_and_after_close(deployment: World, client: TestClient) -> None:
    later = frozen_election(deployment, voters=[ADA], opens_in=timedelta(days=1))
    for _ in range(2):
        assert client.post("/links", json={"link": later.link(ADA)}).status_code == 200
        deployment.clock.advance(days=10)


def test_a_link_that_nobody_made(client: TestClient, election: FrozenElection) -> None:
    forged = Link(bytes(32), election.manifest.hash, bytes(16)).encode()
    assert_problem(client.post("/links", json={"link": forged}), 404, "unknown-link")


def test_a_replaced_link(client: TestClient, election: FrozenElection) -> None:
    old = election.link(ADA)
    new = election.resend(ADA)
    assert_problem(client.post("/links", json={"link": old}), 410, "replaced-link")
    assert client.post("/links", json={"link": new}).status_code == 200


@pytest.mark.parametrize("link", ["", "1.a.b.c", "1.AAAA.AAAA.AAAA", "https://example.org/vote", 5, None])
def test_what_is_no_link(client: TestClient, link: object) -> None:
    document = assert_problem(client.post("/links", json={"link": link}), 422, "invalid", "/link")
    assert "AAAA" not in str(document)


def test_a_damaged_link_is_not_told_back(client: TestClient, election: FrozenElection) -> None:
    cut = election.links[ADA].encode()[:-1]
    document = assert_problem(client.post("/links", json={"link": cut}), 422, "invalid", "/link")
    assert cut[5:20] not in str(document)


@pytest.mark.parametrize("path", ["/links", "/links/otp"])
@pytest.mark.parametrize("part", ["manifest_hash", "salt"])
def test_a_link_of_which_not_all_is_right(client: TestClient, election: FrozenElection, path: str, part: str) -> None:
    whole = election.links[ADA]
    wrong = bytes(byte ^ 1 for byte in getattr(whole, part))
    document = assert_problem(
        client.post(path, json={"link": replace(whole, **{part: wrong}).encode()}), 422, "damaged-link"
    )
    assert "copy it whole" in document["detail"]


def test_a_salt_that_was_erased_is_not_compared(client: TestClient, election: FrozenElection) -> None:
    election.wiring.voters.erase(election.voters[ADA])
    assert client.post("/links", json={"link": election.link(ADA)}).status_code == 200


@pytest.mark.parametrize("path", ["/links", "/links/otp", "/elections/0123456789abcdef/credentials"])
def test_no_idempotency_key(client: TestClient, path: str) -> None:
    assert_problem(client.post(path, json={}, headers={"Idempotency-Key": "k"}), 400, "idempotency-key")


@pytest.mark.parametrize("path", ["/links", "/links/otp", "/elections/0123456789abcdef/credentials"])
def test_unknown_fields_and_no_json(client: TestClient, path: str) -> None:
    document = client.post(path, json={"voter": "x"}).json()
    assert "/voter" in [error["pointer"] for error in document["errors"]]
    assert_problem(client.post(path, content=b"{", headers={"content-type": "application/json"}), 400, "malformed")
    assert_problem(client.post(path, content=b" " * 5000), 413, "body-too-large")
