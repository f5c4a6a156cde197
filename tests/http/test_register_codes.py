"""The second factor: sending, guessing, replaying, locking."""

from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.crypto.encoding import b64u_encode
from election_fixture import FrozenElection, frozen_election
from problem import assert_problem
from register.app import create_app
from voting import new_request
from world import World

ADA, BEN = "ada@example.org", "ben@example.org"
RIGHT, WRONG = "012345", "543210"


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment, second_factor="email")


@pytest.fixture
def client(deployment: World) -> TestClient:
    return TestClient(create_app(deployment.wiring()))


@pytest.fixture
def blinded(election: FrozenElection) -> bytes:
    return new_request(election.manifest).blinding.blinded


def send(client: TestClient, election: FrozenElection, email: str = ADA) -> httpx.Response:
    response: httpx.Response = client.post("/links/otp", json={"link": election.link(email)})
    return response


def arrive(election: FrozenElection, code: str, email: str = ADA) -> None:
    """What the mail worker does with the order of a code: keep its keyed hash, for ten minutes."""
    wiring, voter = election.wiring, election.voters[email]
    mac = wiring.roll_secret.mac("otp", election.id, voter.key, code)
    wiring.voter_codes.set_otp(voter, mac, int(wiring.clock().timestamp()) + 600)


def issue(
    client: TestClient, election: FrozenElection, blinded: bytes, code: str | None, email: str = ADA
) -> httpx.Response:
    body: dict[str, Any] = {"link": election.link(email), "blinded": b64u_encode(blinded)}
    if code is not None:
        body["otp"] = code
    response: httpx.Response = client.post(f"/elections/{election.id}/credentials", json=body)
    return response


def test_a_code_is_ordered_by_voter_and_never_by_address(
    client: TestClient, election: FrozenElection, deployment: World
) -> None:
    response = send(client, election)
    assert (response.status_code, response.json()) == (202, {"second_factor": "email"})
    order = {"kind": "otp", "election": election.id, "voter": election.voters[ADA].key}
    assert deployment.take_messages("MAIL_QUEUE") == [order]


def test_the_code_that_was_sent_is_accepted(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    arrive(election, RIGHT)
    assert issue(client, election, blinded, RIGHT).status_code == 200


def test_without_a_code(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    arrive(election, RIGHT)
    for _ in range(6):  # asking without one is no guess
        assert_problem(issue(client, election, blinded, None), 401, "code-required")
    assert issue(client, election, blinded, RIGHT).status_code == 200


def test_a_wrong_code(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    arrive(election, RIGHT)
    assert_problem(issue(client, election, blinded, WRONG), 403, "code-wrong")
    assert issue(client, election, blinded, RIGHT).status_code == 200


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "１２３４５６", "", "12345\n"])
def test_what_is_no_code_costs_no_attempt(
    client: TestClient, election: FrozenElection, blinded: bytes, code: str
) -> None:
    arrive(election, RIGHT)
    for _ in range(6):
        assert_problem(issue(client, election, blinded, code), 422, "invalid", "/otp")
    assert issue(client, election, blinded, RIGHT).status_code == 200


def test_an_expired_code(client: TestClient, election: FrozenElection, blinded: bytes, deployment: World) -> None:
    arrive(election, RIGHT)
    deployment.clock.advance(minutes=10)
    assert_problem(issue(client, election, blinded, RIGHT), 403, "code-expired")


def test_a_code_before_any_was_sent(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    assert_problem(issue(client, election, blinded, RIGHT), 403, "code-expired")


def test_only_the_newest_code_counts(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    arrive(election, WRONG)
    arrive(election, RIGHT)
    assert_problem(issue(client, election, blinded, WRONG), 403, "code-wrong")


def test_another_voters_code(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    arrive(election, RIGHT, BEN)
    arrive(election, WRONG, ADA)
    assert_problem(issue(client, election, blinded, RIGHT, ADA), 403, "code-wrong")


def test_five_guesses_lock_for_a_quarter_of_an_hour(
    client: TestClient, election: FrozenElection, blinded: bytes, deployment: World
) -> None:
    arrive(election, RIGHT)
    for _ in range(5):
        assert_problem(issue(client, election, blinded, WRONG), 403, "code-wrong")
    locked = issue(client, election, blinded, RIGHT)
    assert_problem(locked, 429, "code-locked")
    assert locked.headers["retry-after"] == "900"
    arrive(election, RIGHT)  # a new code does not unlock
    assert_problem(issue(client, election, blinded, RIGHT), 429, "code-locked")
    deployment.clock.advance(minutes=15)
    arrive(election, RIGHT)
    assert issue(client, election, blinded, RIGHT).status_code == 200


def test_after_a_lock_there_are_five_attempts_again(
    client: TestClient, election: FrozenElection, blinded: bytes, deployment: World
) -> None:
    for _ in range(2):
        arrive(election, RIGHT)
        slugs = [issue(client, election, blinded, WRONG).json()["type"].rpartition(":")[2] for _ in range(6)]
        assert slugs == ["code-wrong"] * 5 + ["code-locked"]
        deployment.clock.advance(minutes=15)


def test_a_lock_is_one_voters(client: TestClient, election: FrozenElection, blinded: bytes) -> None:
    for _ in range(6):
        issue(client, election, blinded, WRONG)
    arrive(election, RIGHT, BEN)
    assert issue(client, election, blinded, RIGHT, BEN).status_code == 200


def test_a_replayed_code_gets_no_second_credential(
    client: TestClient, election: FrozenElection, blinded: bytes
) -> None:
    arrive(election, RIGHT)
    first = issue(client, election, blinded, RIGHT)
    other = new_request(election.manifest).blinding.blinded
    assert_problem(issue(client, election, other, RIGHT), 409, "already-issued")
    assert issue(client, election, blinded, None).content == first.content


def test_the_same_value_needs_no_code_also_right_after_close(
    client: TestClient, election: FrozenElection, blinded: bytes, deployment: World
) -> None:
    arrive(election, RIGHT)
    first = issue(client, election, blinded, RIGHT)
    deployment.clock.now = election.manifest.closes_at + timedelta(seconds=9)
    assert issue(client, election, blinded, None).content == first.content


def test_after_close_a_right_code_opens_nothing(
    client: TestClient, election: FrozenElection, blinded: bytes, deployment: World
) -> None:
    deployment.clock.advance(days=2)
    arrive(election, RIGHT)
    assert_problem(issue(client, election, blinded, RIGHT), 403, "closed")
    assert_problem(send(client, election), 403, "closed")
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_three_codes_an_hour(client: TestClient, election: FrozenElection, deployment: World) -> None:
    assert [send(client, election).status_code for _ in range(3)] == [202] * 3
    deployment.clock.advance(minutes=20)
    fourth = send(client, election)
    assert_problem(fourth, 429, "too-many-codes")
    assert fourth.headers["retry-after"] == "2400"
    assert send(client, election, BEN).status_code == 202
    deployment.clock.advance(minutes=40)
    assert [send(client, election).status_code for _ in range(4)] == [202, 202, 202, 429]
    assert len(deployment.take_messages("MAIL_QUEUE")) == 7


def test_twelve_codes_a_day_to_one_telephone(client: TestClient, deployment: World) -> None:
    """A couple who share it have all that each of them may; a stranger's is not rung all day."""
    voters = [f"v{number}@example.org" for number in range(5)]
    shared = frozen_election(deployment, voters=voters, second_factor="sms")
    own = frozen_election(deployment, voters=[ADA], second_factor="sms")
    sent = [send(client, shared, email).status_code for email in voters for _ in range(3)]
    assert sent == [202] * 12 + [429] * 3
    assert len(deployment.take_messages("MAIL_QUEUE")) == 12
    deployment.clock.advance(hours=2)
    refused = send(client, shared, voters[0])
    assert_problem(refused, 429, "too-many-codes")
    assert refused.headers["retry-after"] == str(13 * 3600)
    assert send(client, own).status_code == 202, "another election's"
    deployment.clock.advance(hours=13)
    assert send(client, shared, voters[0]).status_code == 202
    assert "+49" not in str(
        [item for item in deployment.wiring().dynamodb.scan(TableName="roll")["Items"] if "sends" in item]
    )


def test_no_code_where_none_is_needed(client: TestClient, deployment: World) -> None:
    plain = frozen_election(deployment, voters=[ADA])
    assert_problem(send(client, plain), 409, "no-code-needed")
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_no_code_once_the_credential_is_issued(
    client: TestClient, election: FrozenElection, blinded: bytes, deployment: World
) -> None:
    arrive(election, RIGHT)
    issue(client, election, blinded, RIGHT)
    assert_problem(send(client, election), 409, "already-issued")
    assert deployment.take_messages("MAIL_QUEUE") == []


def test_no_code_by_a_replaced_link(client: TestClient, election: FrozenElection, deployment: World) -> None:
    old = election.link(ADA)
    election.resend(ADA)
    assert_problem(client.post("/links/otp", json={"link": old}), 410, "replaced-link")
    assert deployment.take_messages("MAIL_QUEUE") == []
