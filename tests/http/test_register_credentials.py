"""POST /elections/{id}/credentials: one voter, one credential, whatever is repeated, lost or forged."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import issuance
from ballotcast.ballots.link import Link
from ballotcast.crypto.blind_rsa import finalize
from ballotcast.crypto.encoding import b64u_decode, b64u_encode
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from register.app import create_app
from requests_made import record_requests
from voting import Request, new_request
from world import World

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


@pytest.fixture
def request_(election: FrozenElection) -> Request:
    return new_request(election.manifest)


def issue(client: TestClient, election: FrozenElection, link: str, blinded: bytes, **more: Any) -> httpx.Response:
    body = {"link": link, "blinded": b64u_encode(blinded), **more}
    response: httpx.Response = client.post(f"/elections/{election.id}/credentials", json=body)
    return response


def issued_to(election: FrozenElection, email: str) -> str:
    voter = election.wiring.voters.find(election.id, election.voters[email].key)
    assert voter
    return voter.blinded_sha256


def test_the_signature_verifies_once_unblinded(client: TestClient, election: FrozenElection, request_: Request) -> None:
    response = issue(client, election, election.link(ADA), request_.blinding.blinded)
    assert response.status_code == 200
    assert list(response.json()) == ["blind_signature", "issuance_receipt"]
    signature = b64u_decode(response.json()["blind_signature"])
    finalize(election.manifest.issuer, request_.prepared, signature, request_.blinding.inverse)
    assert issued_to(election, ADA) == sha256(request_.blinding.blinded).hexdigest()
    assert issued_to(election, BEN) == ""
    stated = issuance.verify(response.json()["issuance_receipt"], election.manifest)
    assert stated == (election.voters[ADA].tag, sha256(request_.blinding.blinded).digest())


def test_the_same_value_gets_the_same_signature_also_right_after_close(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    first = issue(client, election, election.link(ADA), request_.blinding.blinded)
    again = issue(client, election, election.link(ADA), request_.blinding.blinded)
    deployment.clock.now = election.manifest.closes_at + timedelta(seconds=9)
    late = issue(client, election, election.link(ADA), request_.blinding.blinded)
    assert first.status_code == again.status_code == late.status_code == 200
    assert first.content == again.content == late.content


def test_another_value_is_refused_also_after_close(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    issue(client, election, election.link(ADA), request_.blinding.blinded)
    other = new_request(election.manifest).blinding.blinded
    for _ in range(2):
        assert_problem(issue(client, election, election.link(ADA), other), 409, "already-issued")
        deployment.clock.advance(days=2)
    assert issued_to(election, ADA) == sha256(request_.blinding.blinded).hexdigest()


def test_a_credential_may_be_issued_before_opening(deployment: World, client: TestClient) -> None:
    later = frozen_election(deployment, voters=[ADA], opens_in=timedelta(days=1))
    blinded = new_request(later.manifest).blinding.blinded
    assert issue(client, later, later.link(ADA), blinded).status_code == 200


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-1), 200), (timedelta(), 403), (timedelta(1), 403)])
def test_nothing_is_issued_from_the_second_of_closing_on(
    client: TestClient,
    election: FrozenElection,
    request_: Request,
    deployment: World,
    late: timedelta,
    status: int,
) -> None:
    deployment.clock.now = election.manifest.closes_at + late
    response = issue(client, election, election.link(ADA), request_.blinding.blinded)
    assert response.status_code == status
    if status == 403:
        assert_problem(response, 403, "closed")
        assert not issued_to(election, ADA)


def test_an_early_close_is_noticed_within_five_seconds(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    before = issue(client, election, election.link(ADA), request_.blinding.blinded)
    election.close()
    deployment.clock.advance(seconds=5)
    other = new_request(election.manifest).blinding.blinded
    assert_problem(issue(client, election, election.link(BEN), other), 403, "closed")
    assert issue(client, election, election.link(ADA), request_.blinding.blinded).content == before.content


def test_a_link_that_nobody_made(client: TestClient, election: FrozenElection, request_: Request) -> None:
    forged = Link(bytes(32), election.manifest.hash, bytes(16)).encode()
    assert_problem(issue(client, election, forged, request_.blinding.blinded), 404, "unknown-link")


def test_a_link_of_another_election(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    other = frozen_election(deployment, voters=[ADA])
    assert_problem(issue(client, election, other.link(ADA), request_.blinding.blinded), 404, "unknown-link")
    assert not issued_to(other, ADA)


def test_a_replaced_link_gets_nothing_new_and_nothing_again(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    old = election.link(ADA)
    new = election.resend(ADA)
    assert_problem(issue(client, election, old, request_.blinding.blinded), 410, "replaced-link")
    assert not issued_to(election, ADA)
    first = issue(client, election, new, request_.blinding.blinded)
    assert_problem(issue(client, election, old, request_.blinding.blinded), 410, "replaced-link")
    assert issue(client, election, election.resend(ADA), request_.blinding.blinded).content == first.content
    deployment.clock.advance(days=2)
    assert_problem(issue(client, election, new, request_.blinding.blinded), 410, "replaced-link")


def test_a_blinded_value_out_of_range_changes_nothing(client: TestClient, election: FrozenElection) -> None:
    n, k = election.manifest.issuer.n, election.manifest.issuer.k
    for blinded in (b"", bytes(k - 1), b"\1" * (k + 1), bytes(k), n.to_bytes(k), (n + 1).to_bytes(k), b"\xff" * k):
        assert_problem(issue(client, election, election.link(ADA), blinded), 422, "invalid", "/blinded")
    assert not issued_to(election, ADA)
    assert issue(client, election, election.link(ADA), (n - 1).to_bytes(k)).status_code == 200


@pytest.mark.parametrize("blinded", ["AQ==", "AR", "A", 5, None])
def test_a_blinded_value_in_another_spelling(client: TestClient, election: FrozenElection, blinded: object) -> None:
    body = {"link": election.link(ADA), "blinded": blinded}
    response = client.post(f"/elections/{election.id}/credentials", json=body)
    assert_problem(response, 422, "invalid", "/blinded")


def test_a_code_is_looked_at_only_where_there_is_a_second_factor(
    client: TestClient, election: FrozenElection, request_: Request
) -> None:
    blinded = request_.blinding.blinded
    assert_problem(issue(client, election, election.link(ADA), blinded, otp="12345"), 422, "invalid", "/otp")
    assert issue(client, election, election.link(ADA), blinded, otp="123456").status_code == 200


def test_a_warm_process_makes_one_read_and_one_write(
    deployment: World, election: FrozenElection, request_: Request
) -> None:
    wiring = deployment.wiring()
    client = TestClient(create_app(wiring))
    issue(client, election, election.link(ADA), request_.blinding.blinded)
    made = record_requests(wiring)
    response = issue(client, election, election.link(BEN), new_request(election.manifest).blinding.blinded)
    assert response.status_code == 200
    assert made == ["GetItem LINK", "UpdateItem VOTER"]


def test_a_wrong_key_in_the_vault_fails_without_telling_why(
    client: TestClient, election: FrozenElection, request_: Request, deployment: World
) -> None:
    stolen = deployment.wiring(KMS_KEY="alias/other")
    broken = TestClient(create_app(stolen), raise_server_exceptions=False)
    document = assert_problem(issue(broken, election, election.link(ADA), request_.blinding.blinded), 500, "internal")
    assert "Ciphertext" not in str(document)
    assert not issued_to(election, ADA)
