"""Elections on the really deployed stack: every request through API Gateway, every function under its own role."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.ballots.leaf import BallotLeaf, parse
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.client import published
from ballotcast.client.api import Api, connect
from ballotcast.client.errors import ApiError, NotYet
from ballotcast.client.log_reader import BINARY
from ballotcast.client.receipts import check_receipt
from ballotcast.client.state import State
from ballotcast.client.voter import Voter
from ballotcast.counting.blt import parse_blt
from ballotcast.crypto.encoding import b64u_decode, b64u_encode
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle
from ballotcast.elections.kept import Kept, Statement
from ballotcast.elections.verification import verify_export
from ballotcast_cli.deployment import Deployment
from ballotcast_tools.demo.command import differences, people
from ballotcast_tools.demo.corrections import correct_after_votes, correct_before_votes
from ballotcast_tools.demo.election import DemoElection, prepare_election
from ballotcast_tools.demo.electorate import Electorate, Fate
from ballotcast_tools.stack.stack import Stack
from problem import assert_problem
from voting import new_request

pytestmark = pytest.mark.stack
WARD = parse_blt((Path(__file__).parents[2] / "examples/student-union.blt").read_bytes())
VOTERS = 60
AT_ONCE = 16
PATIENCE = 180.0


@pytest.fixture(scope="module")
def here(stack: Stack) -> Deployment:
    return Deployment(stack.outputs["ApiUrl"], stack.outputs["MailboxUrl"])


@pytest.fixture(scope="module")
def api(here: Deployment) -> Iterator[Api]:
    opened = connect(here.api)
    yield opened
    opened.http.close()


@pytest.fixture(scope="module")
def running(api: Api, here: Deployment) -> DemoElection:
    """An open election with a few voters that no test closes."""
    return prepare_election(api, here.mailbox, WARD, "scottish-stv", 12, lambda _line: None)


@pytest.fixture(scope="module")
def manifest(api: Api, running: DemoElection) -> Manifest:
    return Manifest.parse(api.get(f"/elections/{running.id}/manifest").content)


@pytest.fixture
def links(running: DemoElection) -> Iterator[str]:
    """Voters' links (fragments), each used by one test only."""
    return iter(lambda: Link.parse(running.links.pop()).encode(), "")


def at_once(act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Sixteen threads that start together."""
    ready = Barrier(AT_ONCE)

    def run(number: int) -> httpx.Response:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return list(crowd.map(run, range(AT_ONCE)))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def post(here: Deployment, path: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{here.api}{path}", json=body, timeout=60, trust_env=False)


def credential(here: Deployment, running: DemoElection, manifest: Manifest, link: str) -> tuple[Any, bytes]:
    request = new_request(manifest)
    body = {"link": link, "blinded": b64u_encode(request.blinding.blinded)}
    answer = post(here, f"/elections/{running.id}/credentials", body)
    assert answer.status_code == 200, answer.text
    return request, b64u_decode(answer.json()["blind_signature"])


@pytest.mark.essential
def test_an_election_from_signing_up_to_the_verified_result(api: Api, here: Deployment, tmp_path: Path) -> None:
    """Sixty voters, two in five of whom something happens to: none is lost, doubled or miscounted."""
    chance = random.Random(1)
    ballots = chance.sample(list(WARD.each_ballot()), VOTERS)
    election = prepare_election(api, here.mailbox, WARD, "scottish-stv", VOTERS, lambda _line: None)
    election = correct_before_votes(api, here.mailbox, election, [ballots[0]], lambda _line: None)
    electorate = Electorate(api, people(election, ballots), chance)
    assert {person.fate for person in electorate.people} == set(Fate)
    electorate.vote(lambda _person: None)
    correct_after_votes(api, here.mailbox, election, [ballots[0]], lambda _line: None)
    stated = api.wait_for(lambda: published.turnout(api, election.id)["statement"], PATIENCE)
    assert stated, "sixty votes are worth a statement"
    with pytest.raises(ApiError, match="not counted"):
        api.get(f"/elections/{election.id}/results")

    election.organiser.close(election.id)
    result = published.results(api, election.id, patience=PATIENCE)
    assert differences(result, WARD, "scottish-stv", Counter(ballots)) == []
    electorate.check_receipts(lambda _person: None)
    ballot = _ballot_of_the_log(api, election.id)
    again = api.post(f"/elections/{election.id}/ballots", json={"ballot": b64u_encode(ballot)})
    assert again.status_code == 200, "the log has it"

    saved = published.export(api, election.id, tmp_path / "export.zip")
    assert saved["size"] == (tmp_path / "export.zip").stat().st_size
    report = verify_export(tmp_path / "export.zip", kept=Kept.sort([Statement("turnout", stated.encode())]))
    assert report.ok, [check for check in report.checks if check.outcome.value != "passed"]
    rights = Counter((voter["right"], voter["issued"]) for voter in election.organiser.voters(election.id))
    used = {("stated", True): VOTERS - 2, ("ended", True): 1, ("moved", True): 1}
    assert rights == {**used, ("ended", False): 1, ("moved", False): 1, ("stated", False): 1}
    assert election.organiser.close(election.id)["status"] == "closed"


def _ballot_of_the_log(api: Api, election: str) -> bytes:
    size = published.turnout(api, election)["size"]
    bundle = api.get(f"/elections/{election}/log/{TilePath(ENTRIES, 0, size)}", headers=BINARY).content
    return next(entry[1:] for entry in decode_bundle(bundle, size) if isinstance(parse(entry), BallotLeaf))


def test_of_sixteen_blinded_values_one_is_signed(
    here: Deployment, running: DemoElection, manifest: Manifest, links: Iterator[str]
) -> None:
    link = next(links)
    bodies = [{"link": link, "blinded": b64u_encode(new_request(manifest).blinding.blinded)} for _ in range(AT_ONCE)]
    answers = at_once(lambda number: post(here, f"/elections/{running.id}/credentials", bodies[number]))
    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    for answer in answers:
        if answer.status_code == 409:
            assert_problem(answer, 409, "already-issued")


def test_the_same_blinded_value_sixteen_times_gets_the_same_signature(
    here: Deployment, running: DemoElection, manifest: Manifest, links: Iterator[str]
) -> None:
    body = {"link": next(links), "blinded": b64u_encode(new_request(manifest).blinding.blinded)}
    answers = at_once(lambda _number: post(here, f"/elections/{running.id}/credentials", body))
    assert statuses(answers) == {200: AT_ONCE}
    assert len({answer.json()["blind_signature"] for answer in answers}) == 1


def test_the_same_ballot_sixteen_times_is_one_ballot(
    here: Deployment, running: DemoElection, manifest: Manifest, links: Iterator[str]
) -> None:
    request, signature = credential(here, running, manifest, next(links))
    body = {"ballot": b64u_encode(request.ballot(signature).encode())}
    answers = at_once(lambda _number: post(here, f"/elections/{running.id}/ballots", body))
    assert statuses(answers) == {201: 1, 200: AT_ONCE - 1}
    assert len({answer.json()["receipt"] for answer in answers}) == 1


def test_of_sixteen_ballots_with_one_credential_one_is_taken(
    here: Deployment, running: DemoElection, manifest: Manifest, links: Iterator[str]
) -> None:
    request, signature = credential(here, running, manifest, next(links))
    bodies = [{"ballot": b64u_encode(request.ballot(signature).encode())} for _ in range(AT_ONCE)]
    assert len({body["ballot"] for body in bodies}) == AT_ONCE
    answers = at_once(lambda number: post(here, f"/elections/{running.id}/ballots", bodies[number]))
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}


def test_of_sixteen_sign_ups_with_one_address_one_takes_it(here: Deployment) -> None:
    """Each with a password of its own: with the same, a sign-up is the first one sent again."""
    body = {"email": "race@example.org"}
    answers = at_once(lambda number: post(here, "/organisers", {**body, "password": f"correct horse battery {number}"}))
    assert statuses(answers)[201] == 1
    assert set(statuses(answers)) <= {201, 409, 429, 503}, "503: sixteen passwords at once are much for a busy machine"


def test_a_cast_adds_nothing_to_the_log_before_the_close(api: Api, running: DemoElection, links: Iterator[str]) -> None:
    before = published.turnout(api, running.id)["checkpoint"]
    kept: list[State] = []
    cast = Voter(api, kept.append).vote(next(links), [[2, 1]])
    assert [type(state).__name__ for state in kept] == ["Sealed", "Signed", "Cast"]
    turnout = published.turnout(api, running.id)
    assert turnout["cast"] <= 10
    assert turnout["checkpoint"] == before
    with pytest.raises(NotYet, match="when voting has ended"):
        check_receipt(api, cast.receipt, cast.checkpoint)


def test_what_is_refused_at_the_gateway_is_a_problem_document_too(here: Deployment) -> None:
    answer = httpx.get(f"{here.api}/nothing/here", trust_env=False)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:ballotcast:problem:not-found"
    assert answer.json()["instance"].endswith("/nothing/here")


def test_every_function_answers_for_itself(here: Deployment) -> None:
    for name in ("organise", "register", "vote", "tally"):
        assert httpx.get(f"{here.api}/{name}/health", trust_env=False).json() == {"status": "ok", "function": name}
        assert "<h1>" in httpx.get(f"{here.api}/{name}/docs", trust_env=False).text
