"""A process that was suspended records a credential late: nothing is ever signed for what the ledger does not have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import issuance
from ballotcast.ballots.ledger import Ledger
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.elections.lifecycle import UNREAD
from ballotcast.elections.looks import RELIABLE
from ballotcast.wiring import Wiring
from counted_election import close_machine
from election_fixture import VOTERS, FrozenElection, frozen_election
from problem import assert_problem
from register.app import create_app
from requests_made import record_requests
from voting import Request, new_request
from world import World

ADA = VOTERS[0]


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def request_(election: FrozenElection) -> Request:
    return new_request(election.manifest)


def ask(wiring: Wiring, election: FrozenElection, request: Request) -> httpx.Response:
    """By a process of its own."""
    body = {"link": election.link(ADA), "blinded": b64u_encode(request.blinding.blinded)}
    path = f"/elections/{election.id}/credentials"
    response: httpx.Response = TestClient(create_app(wiring)).post(path, json=body)
    return response


def during(wiring: Wiring, moment: str, action: Callable[[], Any]) -> Wiring:
    """A process to which `action` happens once, just before (`before-call`) or after (`after-call`) its write."""
    left = [action]

    def once(**_: Any) -> None:
        if left:
            left.pop()()

    wiring.dynamodb.meta.events.register(f"{moment}.dynamodb.UpdateItem", once)
    return wiring


def count(deployment: World, election: FrozenElection) -> None:
    """As the machine does it half a minute after the close."""
    if deployment.clock() < election.manifest.closes_at + timedelta(seconds=30):
        deployment.clock.now = election.manifest.closes_at + timedelta(seconds=30)
    close_machine(election.wiring).run({"election": election.id})


def filled(election: FrozenElection) -> set[bytes]:
    """The hashes that the ledger has."""
    written = election.wiring.blobs.get(f"elections/{election.id}/issuance.csv")
    assert written
    return {line.blinded_sha256 for line in Ledger.parse(written).lines} - {b""}


def require_kept(response: httpx.Response, election: FrozenElection) -> None:
    """The receipt, which the ledger keeps."""
    assert response.status_code == 200, response.text
    stated = issuance.verify(response.json()["issuance_receipt"], election.manifest)
    assert filled(election) == {stated.blinded_sha256}


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_suspended_while_voting_goes_on(
    deployment: World, election: FrozenElection, request_: Request, moment: str
) -> None:
    """The election is read once more, and is still open; and again for the key that signs receipts."""
    wiring = during(deployment.wiring(), moment, lambda: deployment.clock.advance(hours=1))
    made = record_requests(wiring)
    response = ask(wiring, election, request_)
    assert made[made.index("UpdateItem VOTER") :] == ["UpdateItem VOTER", *["GetItem ELECTION"] * 2]
    count(deployment, election)
    require_kept(response, election)


def test_a_credential_that_is_not_held_up_costs_no_further_look(
    deployment: World, election: FrozenElection, request_: Request
) -> None:
    wiring = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(seconds=RELIABLE.seconds))
    made = record_requests(wiring)
    assert ask(wiring, election, request_).status_code == 200
    assert made[made.index("UpdateItem VOTER") :] == ["UpdateItem VOTER", "GetItem ELECTION"]


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_suspended_until_the_roll_was_read(
    deployment: World, election: FrozenElection, request_: Request, moment: str
) -> None:
    """Recorded before or after the roll was read, which the process cannot know; and asked for again."""
    wiring = during(deployment.wiring(), moment, lambda: count(deployment, election))
    for process in (wiring, deployment.wiring()):
        assert_problem(ask(process, election, request_), 403, "closed")
    assert len(filled(election)) == (moment == "after-call")


def test_closed_early_while_it_was_suspended(deployment: World, election: FrozenElection, request_: Request) -> None:
    def close() -> None:
        election.close()
        deployment.clock.advance(seconds=30)
        close_machine(election.wiring).run({"election": election.id})

    assert_problem(ask(during(deployment.wiring(), "before-call", close), election, request_), 403, "closed")
    assert filled(election) == set()


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1)])
def test_a_clock_that_goes_back_shows_nothing(
    deployment: World, election: FrozenElection, request_: Request, back: timedelta
) -> None:
    def closed_and_set_back() -> None:
        election.close()
        deployment.clock.now -= back

    response = ask(during(deployment.wiring(), "before-call", closed_and_set_back), election, request_)
    assert response.status_code == 200, "ten seconds after the close nobody has read the roll"
    wiring = during(deployment.wiring(), "before-call", lambda: deployment.clock.advance(days=2))
    assert_problem(ask(wiring, election, request_), 403, "closed")


def test_the_answer_to_a_request_of_the_last_seconds_is_given_again(
    deployment: World, election: FrozenElection, request_: Request
) -> None:
    deployment.clock.now = election.manifest.closes_at - timedelta(seconds=1)
    first = ask(deployment.wiring(), election, request_)
    deployment.clock.now = election.manifest.closes_at + UNREAD - timedelta(microseconds=1)
    again = ask(deployment.wiring(), election, request_)
    assert again.content == first.content
    deployment.clock.now = election.manifest.closes_at + UNREAD
    assert_problem(ask(deployment.wiring(), election, request_), 403, "closed")
    count(deployment, election)
    require_kept(first, election)
