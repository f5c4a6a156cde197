"""POST /elections/{id}/ballots: each ballot once, each refusal by name, and what a cast costs."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from ballotcast.ballots import credential, receipt
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.blind_rsa import blind, finalize
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
    deployment.clock.advance(days=1)
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


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-1), 201), (timedelta(), 403), (timedelta(1), 403)])
def test_the_second_of_closing_is_closed(
    client: TestClient, election: FrozenElection, ballot: bytes, deployment: World, late: timedelta, status: int
) -> None:
    deployment.clock.now = election.manifest.closes_at + late
    response = cast(client, election, ballot)
    assert response.status_code == status
    if status == 403:
        assert_problem(response, 403, "closed")
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
    assert_problem(cast(client, election, after), 403, "closed")
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


def changed(ballot: bytes, position: int) -> bytes:
    """With one bit turned; negative positions count from the end."""
    altered = bytearray(ballot)
    altered[position] ^= 1
    return bytes(altered)


K = 256
RAND, ISSUER_SIGNATURE, SEALED = 1 + 32 + 65, 1 + 32 + 65 + 32, 1 + 32 + 65 + 32 + K


@pytest.mark.parametrize(
    ("damage", "slug"),
    [
        (lambda ballot: b"", "wrong-length"),
        (lambda ballot: ballot[:-1], "wrong-length"),
        (lambda ballot: ballot + b"\0", "wrong-length"),
        (lambda ballot: ballot[: SEALED + 20] + ballot[-64:], "wrong-length"),
        (lambda ballot: changed(ballot, 0), "wrong-version"),
        (lambda ballot: changed(ballot, 1), "wrong-manifest"),
        (lambda ballot: changed(ballot, RAND), "bad-issuer-signature"),
        (lambda ballot: changed(ballot, 90), "bad-issuer-signature"),
        (lambda ballot: changed(ballot, ISSUER_SIGNATURE), "bad-issuer-signature"),
        (lambda ballot: ballot[:ISSUER_SIGNATURE] + b"\xff" * K + ballot[SEALED:], "bad-issuer-signature"),
        (lambda ballot: changed(ballot, SEALED), "bad-ballot-signature"),
        (lambda ballot: changed(ballot, -1), "bad-ballot-signature"),
        (lambda ballot: ballot[:-64] + bytes(64), "bad-ballot-signature"),
    ],
)
def test_what_is_not_a_ballot_of_this_election(
    client: TestClient, election: FrozenElection, ballot: bytes, damage: Any, slug: str
) -> None:
    assert_problem(cast(client, election, damage(ballot)), 422, slug, "/ballot")
    assert not election.ballots()


def test_a_credential_key_that_is_no_point_of_the_curve(client: TestClient, election: FrozenElection) -> None:
    vk = b"\x04" + bytes(64)
    request = new_request(election.manifest)
    sealed = request.ballot(election.issuer.blind_sign(request.blinding.blinded))
    forged = signed_for(election, vk, sealed)
    assert_problem(cast(client, election, forged.encode()), 422, "bad-key", "/ballot")


def signed_for(election: FrozenElection, vk: bytes, ballot: Ballot) -> Ballot:
    """The ballot with another vk, and an issuer's signature that fits it."""
    prepared = credential.prepare(election.manifest.hash, vk, ballot.rand)
    blinding = blind(election.manifest.issuer, prepared)
    signature = finalize(
        election.manifest.issuer, prepared, election.issuer.blind_sign(blinding.blinded), blinding.inverse
    )
    return Ballot(election.manifest.hash, vk, ballot.rand, signature, ballot.sealed, ballot.signature)


def test_a_credential_of_another_election(client: TestClient, election: FrozenElection, deployment: World) -> None:
    other = frozen_election(deployment, voters=())
    theirs = new_ballot(other.manifest, other.issuer).encode()
    assert_problem(cast(client, election, theirs), 422, "wrong-manifest", "/ballot")
    bent = theirs[:1] + election.manifest.hash + theirs[33:]
    assert_problem(cast(client, election, bent), 422, "bad-issuer-signature", "/ballot")


def test_the_ciphertext_of_another_ballot(client: TestClient, election: FrozenElection, ballot: bytes) -> None:
    other = new_ballot(election.manifest, election.issuer).encode()
    swapped = ballot[:SEALED] + other[SEALED:-64] + ballot[-64:]
    assert_problem(cast(client, election, swapped), 422, "bad-ballot-signature", "/ballot")


@pytest.mark.parametrize("text", ["AQ==", "AR", "A", "A Q", "A+/A", "ä", ""])
def test_base64_in_another_spelling(client: TestClient, election: FrozenElection, text: str) -> None:
    response = client.post(f"/elections/{election.id}/ballots", json={"ballot": text})
    slug = "invalid" if text else "wrong-length"
    assert_problem(response, 422, slug, "/ballot")


@pytest.mark.parametrize("body", [{}, {"ballot": None}, {"ballot": 5}, {"ballot": ["AQ"]}])
def test_a_ballot_that_is_no_text(client: TestClient, election: FrozenElection, body: dict[str, Any]) -> None:
    assert_problem(client.post(f"/elections/{election.id}/ballots", json=body), 422, "invalid", "/ballot")


def test_unknown_fields_and_no_json(client: TestClient, election: FrozenElection) -> None:
    path = f"/elections/{election.id}/ballots"
    assert_problem(client.post(path, json={"ballot": "", "voter": "x"}), 422, "invalid", "/voter")
    response = client.post(path, content=b"{", headers={"content-type": "application/json"})
    assert_problem(response, 400, "malformed")


def test_oversized(client: TestClient, election: FrozenElection, ballot: bytes) -> None:
    assert_problem(cast(client, election, ballot + bytes(1000)), 422, "wrong-length", "/ballot")
    assert_problem(cast(client, election, bytes(64 * 1024)), 413, "body-too-large")


def test_no_idempotency_key(client: TestClient, election: FrozenElection, ballot: bytes) -> None:
    assert_problem(cast(client, election, ballot, headers={"Idempotency-Key": "k"}), 400, "idempotency-key")
    assert not election.ballots()


def test_the_row_holds_the_ballot_and_nothing_else(
    client: TestClient, election: FrozenElection, ballot: bytes, deployment: World
) -> None:
    cast(client, election, ballot)
    rows = election.wiring.dynamodb.scan(TableName=deployment.environment["BOARD_TABLE"])["Items"]
    (row,) = (row for row in rows if row["pk"]["S"].startswith("BALLOT#"))
    assert set(row) == {"pk", "sk", "b"}
    assert row["b"]["B"] == ballot
