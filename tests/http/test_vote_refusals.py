"""What is not a ballot of this election, and is told so by name; nothing of it gets into the box."""

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import credential
from ballotcast.ballots.ballot import Ballot
from ballotcast.crypto.blind_rsa import blind, finalize
from ballotcast.crypto.encoding import b64u_encode
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from vote.app import create_app
from voting import new_ballot, new_request
from world import World, world


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    """One for all tests here: what is refused changes nothing."""
    with world() as shared:
        yield shared


@pytest.fixture(scope="module")
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment, voters=())


@pytest.fixture(scope="module")
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


@pytest.fixture(scope="module")
def ballot(election: FrozenElection) -> bytes:
    return new_ballot(election.manifest, election.issuer).encode()


@pytest.fixture(autouse=True)
def nothing_gets_in(election: FrozenElection) -> Iterator[None]:
    yield
    assert election.ballots() == []


def cast(client: TestClient, election: FrozenElection, ballot: bytes, **options: Any) -> httpx.Response:
    path = f"/elections/{election.id}/ballots"
    response: httpx.Response = client.post(path, json={"ballot": b64u_encode(ballot)}, **options)
    return response


def changed(ballot: bytes, position: int) -> bytes:
    """With one bit turned; negative positions count from the end."""
    altered = bytearray(ballot)
    altered[position] ^= 1
    return bytes(altered)


K = 256
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
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
        (lambda ballot: changed(ballot, SEALED), "bad-encapsulated-key"),
        (lambda ballot: changed(ballot, SEALED + 64), "bad-encapsulated-key"),
        (lambda ballot: changed(ballot, SEALED + 65), "bad-ballot-signature"),
        (lambda ballot: changed(ballot, -1), "bad-ballot-signature"),
        (lambda ballot: ballot[:-64] + bytes(64), "bad-ballot-signature"),
        (lambda ballot: negated(ballot), "bad-ballot-signature"),
    ],
)
def test_what_is_not_a_ballot_of_this_election(
    client: TestClient, election: FrozenElection, ballot: bytes, damage: Any, slug: str
) -> None:
    assert_problem(cast(client, election, damage(ballot)), 422, slug, "/ballot")


def negated(ballot: bytes) -> bytes:
    """The other value of s that ECDSA allows."""
    return ballot[:-32] + (ORDER - int.from_bytes(ballot[-32:])).to_bytes(32)


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
