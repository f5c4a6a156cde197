"""What everybody sees after the count, and nothing of it before; and the answers as API Gateway gets them."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from api_events import TestClient
from ballotcast.ballots import lots
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.encoding import hex_decode
from ballotcast.crypto.signed_note import Verifier
from ballotcast.elections.verification import verify_export
from ballotcast.http.handler import http_handler
from counted_election import close_and_count, close_machine, vote, vote_unreadably
from election_fixture import VOTERS, FrozenElection, frozen_election
from organise.amending import amend_roll, cut_roll
from organise.election_routes import ElectionView
from organising import Organiser
from outbox import Outbox
from problem import assert_problem
from running_rolls import deliver, end, follow, issue, move
from tally import work
from tally.api import publication
from tally.app import create_app
from voting import new_request
from world import World


@pytest.fixture
def client(deployment: World) -> Iterator[TestClient]:
    with TestClient(create_app(deployment.wiring()), follow_redirects=False) as client:
        yield client


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    election = frozen_election(deployment)
    vote(election, VOTERS[0], [(2, 3)])
    vote_unreadably(election, VOTERS[1])
    return election


def test_results(client: TestClient, deployment: World, election: FrozenElection) -> None:
    close_and_count(deployment, election)
    response = client.get(f"/elections/{election.id}/results")
    assert response.status_code == 200
    view = response.json()
    assert (view["title"], view["election"]) == ("Hillhead", election.id)
    assert (view["roll"], view["issued"], view["cast"], view["counted"]) == (3, 2, 2, 1)
    assert [ballot["reason"] for ballot in view["spoilt"]] == ["unreadable"]
    assert view["manifest"] == election.manifest.hash.hex()
    note = client.get(f"/elections/{election.id}/log/checkpoint").content
    final = Checkpoint.open(note.decode(), Verifier(election.manifest.origin, election.manifest.log_pk))
    assert view["log_root"] == final.root.hex()
    key = hex_decode(work.read(election.wiring.blobs, work.election_key_key(election.id)).decode())
    assert view["lots_seed"] == lots.seed(key, final.root).hex()
    [contest] = view["contests"]
    assert contest["title"] == "Ward"
    assert contest["options"] == ["Ash", "Birch", "Cedar"]
    assert contest["elected"] == [{"option": 2, "name": "Birch"}]
    assert contest["winners"] == [2]
    assert (contest["valid"], contest["blank"], contest["ties"]) == (1, 0, [])
    assert (contest["method"], contest["quota"]) == ("scottish-stv", "1.00000")
    assert contest["rounds"][0]["votes"] == ["0.00000", "1.00000", "0.00000"]


def test_its_organiser_sees_that_it_is_counted(deployment: World, election: FrozenElection) -> None:
    wiring = deployment.wiring()
    assert not ElectionView.of(election.election, wiring).counted
    close_and_count(deployment, election)
    assert ElectionView.of(election.election, wiring).counted


def test_why_is_told_beside_the_result_and_not_in_it(
    client: TestClient, deployment: World, election: FrozenElection
) -> None:
    """How it is worded is nothing that anyone has to count again to the byte."""
    close_and_count(deployment, election)
    [contest] = client.get(f"/elections/{election.id}/results").json()["contests"]
    assert contest["why"] == "The quota of 1.00000 votes was reached by Birch at stage 1."
    assert b"why" not in work.read(election.wiring.blobs, work.result_key(election.id))


def test_a_tie_is_reported(client: TestClient, deployment: World) -> None:
    election = frozen_election(deployment)
    for email, choice in zip(VOTERS, [(1,), (2,)], strict=False):
        vote(election, email, [choice])
    close_and_count(deployment, election)
    [contest] = client.get(f"/elections/{election.id}/results").json()["contests"]
    assert [set(tie["options"]) for tie in contest["ties"]][-1] == {1, 2}
    assert contest["ties"][-1]["by"] == "lot"


def test_the_export_is_what_its_hash_says(client: TestClient, deployment: World, election: FrozenElection) -> None:
    close_and_count(deployment, election)
    response = client.get(f"/elections/{election.id}/export")
    assert response.status_code == 303
    view = response.json()
    assert response.headers["location"] == view["url"]
    assert view["expires_in"] == 900
    assert f"ballotcast-{election.id}.zip" in view["url"]
    content = work.read(election.wiring.blobs, work.export_key(election.id))
    assert (len(content), sha256(content).hexdigest()) == (view["size"], view["sha256"])


def test_anyone_can_verify_the_export(deployment: World, election: FrozenElection, tmp_path: Path) -> None:
    """Of an election that told of a larger roll, had a spoilt ballot and was closed early."""
    wiring = election.wiring
    late = replace(election.voters[VOTERS[2]], key="f" * 64, email="late@example.org", tag=b"\xff" * 32, generation=1)
    wiring.voters.add([late])
    amended = amend_roll(wiring, *cut_roll(wiring, election.election), "A voter was added")
    assert amended
    replace(election, election=amended).close()
    deployment.clock.advance(minutes=1)
    close_machine(wiring).run({"election": election.id})
    path = tmp_path / "export.zip"
    path.write_bytes(work.read(wiring.blobs, work.export_key(election.id)))
    report = verify_export(path)
    assert report.ok, report.checks
    assert report.manifest_hash == election.manifest.hash.hex()
    details = {check.name: check.detail for check in report.checks}
    assert details["turnout"] == "2 ballots, 2 credentials, 4 voters"
    assert details["log"].startswith("5 entries")


def test_a_roll_that_changed_while_voting_ran_is_verified(deployment: World, tmp_path: Path) -> None:
    """Ada is taken off after she voted, ben before; cem votes at a new address, dan had voted at the old one."""
    organiser, outbox = Organiser(deployment), Outbox()
    election = frozen_election(deployment, voters=(*VOTERS, "dan@example.org", "eve@example.org"))
    ada, ben, cem, dan, _ = election.voters
    for email in (ada, dan):
        vote(election, email, [(1,)])
    assert end(organiser, election.id, ada, ben).status_code == 202
    pairs = [(cem, "cem@example.net"), (dan, "dan@example.net")]
    assert move(organiser, election.id, *pairs).status_code == 202
    for mail in deliver(organiser, outbox):
        follow(election, mail, mail.to)
    assert move(organiser, election.id, ("dan@example.net", "dan@example.com")).status_code == 202
    cast_again = new_request(election.manifest)
    assert issue(election, election.link("cem@example.net"), cast_again).status_code == 200
    close_and_count(deployment, election)
    path = tmp_path / "export.zip"
    path.write_bytes(work.read(election.wiring.blobs, work.export_key(election.id)))
    report = verify_export(path)
    assert report.ok, report.checks
    details = {check.name: check.detail for check in report.checks}
    assert details["rolls"].startswith("4 revisions")
    assert details["endings"] == "5 rights were asked to end, 3 ended"
    assert details["turnout"] == "2 ballots, 3 credentials, 4 voters"
    published = election.wiring.results.find(election.id)
    assert published
    assert (published.roll, published.issued, published.cast) == (4, 3, 2)


def test_the_export_in_parts_is_the_export(
    client: TestClient, deployment: World, election: FrozenElection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "PART", 1000)
    close_and_count(deployment, election)
    whole = work.read(election.wiring.blobs, work.export_key(election.id))
    told = client.get(f"/elections/{election.id}/export/parts").json()
    assert told == {
        "sha256": sha256(whole).hexdigest(),
        "size": len(whole),
        "part_size": 1000,
        "parts": len(whole) // 1000 + 1,
    }
    parts = [client.get(f"/elections/{election.id}/export/parts/{number}") for number in range(told["parts"])]
    assert b"".join(part.content for part in parts) == whole
    assert {part.headers["content-type"] for part in parts} == {"application/octet-stream"}
    assert_problem(client.get(f"/elections/{election.id}/export/parts/{told['parts']}"), 404, "no-part")


@pytest.mark.parametrize("path", ["results", "export", "export/parts", "export/parts/0", "log/tile/entries/000.p/1"])
def test_nothing_of_it_before_the_count(
    client: TestClient, deployment: World, election: FrozenElection, path: str
) -> None:
    for _ in range(2):
        assert_problem(client.get(f"/elections/{election.id}/{path}"), 403, "not-counted")
        deployment.clock.advance(days=2)
    assert_problem(client.get(f"/elections/0123456789abcdef/{path}"), 404, "no-election")


def _event(path: str) -> dict[str, Any]:
    """As API Gateway's REST API tells it."""
    context = {"stage": "v1", "apiId": "api", "domainName": "api.example.org", "identity": {"sourceIp": "192.0.2.1"}}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": {"Accept": "application/octet-stream"},
        "multiValueHeaders": {"Accept": ["application/octet-stream"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": context,
        "body": None,
        "isBase64Encoded": False,
    }


class Context:
    function_name, memory_limit_in_mb = "tally", 256
    invoked_function_arn, aws_request_id = "arn:aws:lambda:eu-central-1:1:function:tally", "request"


def test_bytes_leave_the_function_as_base64_and_text_as_text(deployment: World, election: FrozenElection) -> None:
    close_and_count(deployment, election)
    handler = http_handler(create_app(deployment.wiring()), "tally")
    answers = {
        path: handler(_event(f"/elections/{election.id}/{path}"), Context())
        for path in ("log/checkpoint", "log/tile/0/000.p/4", "turnout", "nothing")
    }
    assert [answer["isBase64Encoded"] for answer in answers.values()] == [False, True, False, False]
    assert len(base64.b64decode(answers["log/tile/0/000.p/4"]["body"])) == 4 * 32
    assert answers["log/checkpoint"]["body"].startswith(election.manifest.origin)
    assert answers["nothing"]["statusCode"] == httpx.codes.NOT_FOUND
