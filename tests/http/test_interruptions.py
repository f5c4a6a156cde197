"""What breaks off on the way to AWS is `busy` for every function, and the same request again finishes it."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker
from fastapi import FastAPI

from api_events import Event, TestClient, event, invoke
from aws_faults import FAULTS, FailingWiring, Side, client_error
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.http.fastpath import fast_handler
from ballotcast.http.handler import stock_handler
from ballotcast.http.sessions import open_session
from ballotcast.store import faults
from ballotcast.store.organisers import Organiser
from ballotcast.wiring import Wiring
from election_fixture import VOTERS, FrozenElection, frozen_election
from function_apps import app_of
from organising import DRAFT
from problem import assert_problem
from sensor import SENSOR
from voting import new_ballot, new_request
from world import World, world

READS = {
    "organise": ("GET", "/elections/{id}", "/elections/e1", b""),
    "register": ("POST", "/links", "/links", b'{"link": "1.%s.%s.%s"}' % (b"A" * 43, b"A" * 43, b"A" * 22)),
    "vote": ("GET", "/elections/{id}/manifest", "/elections/e1/manifest", b""),
    "tally": ("GET", "/elections/{id}/log/checkpoint", "/elections/e1/log/checkpoint", b""),
    "channel": ("GET", "/channels/{name}", "/channels/lab", b""),
}


@pytest.mark.parametrize("function", sorted(READS))
def test_faults_of_aws_are_busy_on_both_paths(deployment: World, function: str) -> None:
    method, resource, path, body = READS[function]
    token = open_session(deployment.wiring().session_secret, "o1", deployment.clock)
    headers = [("Content-Type", "application/json"), ("Authorization", f"Bearer {token}")]
    sent = event(resource, method, path, None, headers, body)
    for name, fault in FAULTS.items():
        answer, by_stock = _both(app_of(function, FailingWiring(deployment, 0, fault=fault, lasting=True)), sent)
        assert answer == by_stock
        document = json.loads(answer["body"])
        assert (answer["statusCode"], document["type"]) == (503, "urn:ballotcast:problem:busy"), name
        assert int(answer["headers"]["retry-after"]) >= 1
        assert "the same request may be sent again" in document["detail"]
        assert "secret" not in answer["body"]
        assert "amazonaws" not in answer["body"]


def _both(app: FastAPI, sent: Event) -> tuple[Any, Any]:
    stock = stock_handler(app)
    return invoke(fast_handler(app, stock), sent), invoke(stock, sent)


def test_what_botocore_repeats_passes() -> None:
    """A release of botocore that knows another code of this kind fails here."""
    known = faults.THROTTLED | faults.UNFINISHED
    assert set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES) <= known
    assert set(TransientRetryableChecker._TRANSIENT_ERROR_CODES) <= known
    assert set(TransientRetryableChecker._TRANSIENT_EXCEPTION_CLS) <= set(faults.ON_THE_WAY)


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_what_is_wrong_with_us_does_not_pass(code: str) -> None:
    assert not faults.passes(client_error(code, 400))


# From here on: whichever request to AWS breaks off, and on whichever side, the same request again ends as if none had.


class Case(NamedTuple):
    """`request` makes method, path and what else httpx takes; `look` says what there is at the end."""

    function: str
    request: Callable[[FrozenElection], tuple[str, str, dict[str, Any]]]
    look: Callable[[World, FrozenElection], Any]


KEY = {"Idempotency-Key": "k"}
ACCOUNT = {"email": "new@example.org", "password": "correct horse battery"}


def organisers(deployment: World, _: FrozenElection) -> Any:
    rows = deployment.wiring().dynamodb.scan(TableName="roll")["Items"]
    profiles = sorted(row["email"]["S"] for row in rows if row["sk"]["S"] == "PROFILE")
    asked = {message["organiser"] for message in deployment.take_messages("MAIL_QUEUE")}
    return profiles, len(asked)


def drafts(deployment: World, _: FrozenElection) -> Any:
    found, _more = deployment.wiring().elections.owned_by("organiser", after=None, limit=100)
    return sorted(election.title for election in found)


def roll(deployment: World, election: FrozenElection) -> Any:
    return sorted(voter.email for voter in deployment.wiring().voters.roll(election.id))


def mails(deployment: World, election: FrozenElection) -> Any:
    """Which voters' newest run has a message."""
    voters = deployment.wiring().voters.roll(election.id)
    queued = {(message["voter"], message["run"]) for message in deployment.take_messages("MAIL_QUEUE")}
    return sorted(voter.email for voter in voters if (voter.key, voter.run) in queued)


def closed(deployment: World, election: FrozenElection) -> Any:
    wiring = deployment.wiring()
    found = wiring.elections.find(election.id)
    machine = wiring.client("stepfunctions")
    runs = machine.list_executions(stateMachineArn=wiring.settings.close_machine)["executions"]
    assert found
    return bool(found.closed_at), bool(wiring.manifests.state(election.id).closed_at), len(runs)


def channels(deployment: World, _: FrozenElection) -> Any:
    found, _more = deployment.wiring().channels.page(None, None, 100)
    return [(channel.name, channel.status) for channel in found]


def ballots(_: World, election: FrozenElection) -> Any:
    return len(election.ballots())


def issued(deployment: World, election: FrozenElection) -> Any:
    return sorted(voter.email for voter in deployment.wiring().voters.roll(election.id) if voter.issued)


CASES = {
    "sign up": Case("organise", lambda _: ("POST", "/organisers", {"json": ACCOUNT}), organisers),
    "sign up with a key": Case(
        "organise", lambda _: ("POST", "/organisers", {"json": ACCOUNT, "headers": KEY}), organisers
    ),
    "draft": Case("organise", lambda _: ("POST", "/elections", {"json": DRAFT, "headers": KEY}), drafts),
    "add a voter": Case(
        "organise",
        lambda of: ("POST", f"/elections/{of.id}/voters", {"json": {"email": "new@example.org"}, "headers": KEY}),
        roll,
    ),
    "invite": Case(
        "organise",
        lambda of: ("POST", f"/elections/{of.id}/invitations", {"json": {"only": "all"}, "headers": KEY}),
        mails,
    ),
    "close": Case("organise", lambda of: ("POST", f"/elections/{of.id}/close", {}), closed),
    "register a channel": Case(
        "channel",
        lambda _: (
            "POST",
            "/channels",
            {"json": {"name": "lab", "schema": SENSOR}, "headers": {**KEY, "Prefer": "wait=0"}},
        ),
        channels,
    ),
    "credential": Case("register", lambda of: ("POST", f"/elections/{of.id}/credentials", {}), issued),
    "cast": Case("vote", lambda of: ("POST", f"/elections/{of.id}/ballots", {}), ballots),
}


def prepared(deployment: World, case: str) -> tuple[FrozenElection, tuple[str, str, dict[str, Any]]]:
    election = frozen_election(deployment)
    if case == "invite":
        wiring = deployment.wiring()
        wiring.organisers.add(Organiser("organiser", "o@example.org", "", deployment.clock(), verified=True))
        deployment.environment["DAILY_MAILS"] = str(len(VOTERS))
    method, path, options = CASES[case].request(election)
    if case == "cast":
        ballot = b64u_encode(new_ballot(election.manifest, election.issuer).encode())
        options = {"json": {"ballot": ballot}}
    elif case == "credential":
        blinded = b64u_encode(new_request(election.manifest).blinding.blinded)
        options = {"json": {"link": election.link(VOTERS[0]), "blinded": blinded}}
    else:
        token = open_session(deployment.wiring().session_secret, "organiser", deployment.clock)
        options = {**options, "headers": {"Authorization": f"Bearer {token}", **options.get("headers", {})}}
    return election, (method, path, options)


def ask(case: str, wiring: Wiring, sent: tuple[str, str, dict[str, Any]]) -> Any:
    method, path, options = sent
    client = TestClient(app_of(CASES[case].function, wiring), raise_server_exceptions=False)
    return client.request(method, path, **options)


LOST_ANSWERS = ("sign up with a key", "credential", "cast")
"""The cases whose lost answers are always played; those of the others, which differ less from a failure, in `long`."""
FAILURES = [pytest.param(case, "before", True, id=f"{case} fails") for case in sorted(CASES)]
LOST = [
    pytest.param(
        case, "after", False, id=f"{case} loses an answer", marks=[pytest.mark.long] * (case not in LOST_ANSWERS)
    )
    for case in sorted(CASES)
]


@pytest.mark.slow
@pytest.mark.parametrize(("case", "side", "lasting"), FAILURES + LOST)
def test_the_same_request_again_finishes_what_broke_off(case: str, side: Side, lasting: bool) -> None:
    with world() as fresh:
        election, sent = prepared(fresh, case)
        answer = ask(case, FailingWiring(fresh, 10_000), sent)
        assert answer.status_code < 300, answer.text
        expected = CASES[case].look(fresh, election)
    assert expected
    for at in range(60):
        with world() as fresh:
            election, sent = prepared(fresh, case)
            failing = FailingWiring(fresh, at, side, lasting=lasting, acts_only=True)
            first = ask(case, failing, sent)
            if not failing.failed:
                break
            if first.status_code >= 300:
                assert_problem(first, 503, "busy")
                fresh.clock.advance(seconds=1)
                _let_records_expire(fresh)
                again = ask(case, fresh.wiring(), sent)
                assert again.status_code < 300, (at, failing.made[-1], again.text)
            assert CASES[case].look(fresh, election) == expected, (at, failing.made)
    assert at >= 1


def _let_records_expire(deployment: World) -> None:
    """A record of a request under way is waited for 30 seconds of the real clock."""
    dynamodb = deployment.wiring().dynamodb
    for row in dynamodb.scan(TableName="roll")["Items"]:
        if row["pk"]["S"].startswith("IDEMPOTENCY#") and row["status"]["S"] == "INPROGRESS":
            row["in_progress_expiration"] = {"N": "1"}
            dynamodb.put_item(TableName="roll", Item=row)
