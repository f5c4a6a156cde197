"""What a voter does leaves no line, no metric and no trace: the handlers of register and vote as Lambda calls them."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from ballotcast.crypto.encoding import b64u_encode
from ballotcast.http.handler import http_handler
from ballotcast.wiring import Wiring
from election_fixture import VOTERS, FrozenElection, frozen_election
from register.app import create_app as register_app
from vote.app import create_app as vote_app
from voting import new_ballot, new_request
from world import World

ADA = VOTERS[0]
EVENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "events/VoteFunction-cast.json").read_text())


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment, second_factor="email")


def call(app: FastAPI, service: str, path: str, body: dict[str, Any] | None) -> int:
    """By way of the Lambda handler, as API Gateway's proxy integration does."""
    method, text = ("GET", None) if body is None else ("POST", json.dumps(body))
    changes = {"path": path, "httpMethod": method, "body": text, "isBase64Encoded": False}
    answer = http_handler(app, service, silent=True)({**EVENT, **changes}, None)
    status: int = answer["statusCode"]
    return status


def test_nothing_is_told_of_a_call(
    deployment: World,
    election: FrozenElection,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    register, vote = register_app(deployment.wiring()), vote_app(deployment.wiring())
    link, blinded = election.link(ADA), b64u_encode(new_request(election.manifest).blinding.blinded)
    ballot = b64u_encode(new_ballot(election.manifest, election.issuer).encode())
    credentials, ballots = f"/elections/{election.id}/credentials", f"/elections/{election.id}/ballots"
    caplog.set_level(0)
    statuses = [
        call(register, "register", "/links", {"link": link}),
        call(register, "register", "/links", {"link": "1.x"}),
        call(register, "register", "/links/otp", {"link": link}),
        call(register, "register", credentials, {"link": link, "blinded": blinded}),
        call(register, "register", credentials, {"link": link, "blinded": blinded, "otp": "123456"}),
        call(vote, "vote", f"/elections/{election.id}/manifest", None),
        call(vote, "vote", ballots, {"ballot": ballot}),
        call(vote, "vote", ballots, {"ballot": ballot}),
        call(vote, "vote", ballots, {"ballot": ballot[:-1]}),
    ]
    assert statuses == [200, 422, 202, 401, 403, 200, 201, 200, 422]
    told = capfd.readouterr()
    assert told.out + told.err == ""
    ours = [record for record in caplog.records if record.name.startswith(("ballotcast", "register", "vote", "mangum"))]
    assert ours == []


def test_our_own_failure_is_told_without_who_or_what(
    deployment: World, election: FrozenElection, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ballot = b64u_encode(new_ballot(election.manifest, election.issuer).encode())
    broken: Wiring = deployment.wiring(KMS_KEY="alias/another")  # the receipt key does not unwrap
    assert call(vote_app(broken), "vote", f"/elections/{election.id}/ballots", {"ballot": ballot}) == 500
    told = capfd.readouterr()
    text = told.out + told.err + caplog.text
    assert "/elections/{id}/ballots" in text
    assert election.id not in text
    assert ballot[:40] not in text
    assert ballot[200:240] not in text
