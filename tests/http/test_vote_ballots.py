"""POST /elections/{id}/ballots: each ballot once, each refusal by name, and what a cast costs."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import receipt
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.crypto.merkle import leaf_hash
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from requests_made import record_requests
from vote.app import create_app
from voting import new_ballot, new_request
from world import World


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment, voters=())


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


@pytest.fixture
def ballot(election: FrozenElection) -> bytes:
    return new_ballot(election.manifest, election.issuer).encode()


def cast(client: TestClient, election: FrozenElection, ballot: bytes, **options: Any) -> httpx.Response:
    path = f"/elections/{election.id}/ballots"
    response: httpx.Response = client.post(path, json={"ballot": b64u_encode(ballot)}, **options)
    return response


def test_a_ballot_is_acknowledged_by_a_signed_receipt(
    client: TestClient, election: FrozenElection, ballot: bytes
) -> None:
    response = cast(client, election, ballot)
    assert response.status_code == 201
    assert list(response.json()) == ["receipt"]
    receipt.verify(response.json()["receipt"], election.manifest, leaf_hash(BallotLeaf(ballot).encode()))
    assert election.ballots() == [ballot]


def test_the_same_bytes_get_the_same_receipt_also_after_close(
    client: TestClient, election: FrozenElection, ballot: bytes, deployment: World
) -> None:
    first, again = cast(client, election, ballot), cast(client, election, ballot)
    deployment.clock.now = election.manifest.closes_at
    late = cast(client, election, ballot)
    assert [response.status_code for response in (first, again, late)] == [201, 200, 200]
    assert first.content == again.content == late.content
    assert election.ballots() == [ballot]


def test_another_ballot_by_the_same_credential_is_refused(
    client: TestClient, election: FrozenElection, deployment: World
) -> None:
    request = new_request(election.manifest)
    signature = election.issuer.blind_sign(request.blinding.blinded)
    first, second = (request.ballot(signature, (option,)).encode() for option in (1, 2))
    assert cast(client, election, first).status_code == 201
    assert_problem(cast(client, election, second), 409, "other-ballot")
    deployment.clock.advance(days=1)
    assert_problem(cast(client, election, second), 409, "other-ballot")
    assert election.ballots() == [first]


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-1), 201), (timedelta(), 410), (timedelta(1), 410)])
def test_the_second_of_closing_is_closed(
    client: TestClient, election: FrozenElection, ballot: bytes, deployment: World, late: timedelta, status: int
) -> None:
    deployment.clock.now = election.manifest.closes_at + late
    response = cast(client, election, ballot)
    assert response.status_code == status
    if status == 410:
        assert_problem(response, 410, "closed")
        assert not election.ballots()


def test_nothing_is_cast_before_opening_but_from_its_second_on(deployment: World, client: TestClient) -> None:
    later = frozen_election(deployment, voters=(), opens_in=timedelta(seconds=1))
    ballot = new_ballot(later.manifest, later.issuer).encode()
    assert_problem(cast(client, later, ballot), 403, "not-open")
    assert not later.ballots()
    deployment.clock.advance(seconds=1)
    assert cast(client, later, ballot).status_code == 201


def test_an_early_close_is_noticed_within_five_seconds(
    client: TestClient, election: FrozenElection, deployment: World
) -> None:
    before, after = (new_ballot(election.manifest, election.issuer).encode() for _ in range(2))
    assert cast(client, election, before).status_code == 201
    election.close()
    deployment.clock.advance(seconds=5)
    assert_problem(cast(client, election, after), 410, "closed")
    assert cast(client, election, before).status_code == 200
    assert election.ballots() == [before]


def test_an_unknown_election(client: TestClient, ballot: bytes) -> None:
    response = client.post("/elections/0123456789abcdef/ballots", json={"ballot": b64u_encode(ballot)})
    assert_problem(response, 404, "no-election")


def test_a_warm_process_makes_one_request_a_ballot(deployment: World, election: FrozenElection) -> None:
    wiring = deployment.wiring()
    client = TestClient(create_app(wiring))
    ballots = [new_ballot(election.manifest, election.issuer).encode() for _ in range(3)]
    cast(client, election, ballots[0])
    made = record_requests(wiring)
    for ballot in ballots[1:]:
        assert cast(client, election, ballot).status_code == 201
    assert made == ["PutItem BALLOT"] * 2


def test_a_refused_ballot_costs_no_request(deployment: World, election: FrozenElection, ballot: bytes) -> None:
    wiring = deployment.wiring()
    client = TestClient(create_app(wiring))
    cast(client, election, ballot)
    made = record_requests(wiring)
    assert cast(client, election, ballot[:-1] + bytes([ballot[-1] ^ 1])).status_code == 422
    assert made == []


def test_the_row_holds_the_ballot_and_nothing_else(
    client: TestClient, election: FrozenElection, ballot: bytes, deployment: World
) -> None:
    cast(client, election, ballot)
    rows = election.wiring.dynamodb.scan(TableName=deployment.environment["BOARD_TABLE"])["Items"]
    (row,) = (row for row in rows if row["pk"]["S"].startswith("BALLOT#"))
    assert set(row) == {"pk", "sk", "b"}
    assert row["b"]["B"] == ballot
