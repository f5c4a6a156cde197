"""The voter's whole way in the browser, through the functions' own code, interrupted wherever it can be."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from asgi_client import TestClient
from ballotcast.ballots.ballot import Ballot
from ballotcast.ballots.plaintext import decode
from ballotcast.client.api import Api
from ballotcast.client.state import Cast, State, from_json, to_json
from ballotcast.client.voter import Voter
from ballotcast.counting import Ballot as Choice
from ballotcast.crypto import p256
from ballotcast.store.vault import Purpose
from browser_gateway import Answer, Between, api_behind
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from log_fixture import start_log
from register.app import create_app as register_app
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from world import World

ADA, BEN, CEM = VOTERS
CHOICES = [[3, 1, 2]]
IN_ONE_GO = ["sealed", "signed", "cast"]
PREPARED = ["blinded", "credentialed", "signed", "cast"]

VOTE = """
    const [{ connect }, { Voter }] = await Promise.all(["api", "voter"].map(load));
    const { stateFromJson, stateToJson } = await load("state");
    const [written, waits] = [[], []];
    const api = connect(given.address, { sleep: async (seconds) => void waits.push(seconds) });
    const voter = new Voter(api, async (state) => void written.push(stateToJson(state)), { patience: 20 });
    const steps = {
      blinded: (state) => (given.broken ? voter.seal(state, given.choices) : voter.getCredential(state, given.code)),
      sealed: (state) => voter.getCredential(state, given.code),
      credentialed: (state) => voter.mark(state, given.choices),
      signed: (state) => voter.cast(state),
    };
    const vote = async () => {
      const begin = (paper) => (given.prepare ? voter.prepare(paper) : voter.seal(paper, given.choices));
      let state = given.state ? stateFromJson(given.state) : await begin(await voter.openLink(given.link));
      if (given.newer) state = await voter.takeLink(state, given.newer);
      while (state.step !== (given.until ?? "cast")) state = await steps[state.step](state);
    };
    return { refused: await refusal(vote), written, waits };
"""


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    frozen = frozen_election(deployment)
    start_log(frozen)
    return frozen


@pytest.fixture
def server(deployment: World) -> TestClient:
    return gateway(*(create(deployment.wiring()) for create in (register_app, vote_app, tally_app)))


@pytest.fixture
def between(protocol: Any, server: TestClient) -> Iterator[Between]:
    with api_behind(protocol.page, server) as api:
        yield api


Vote = Callable[..., Any]


@pytest.fixture
def vote(protocol: Any, between: Between) -> Vote:
    """In the browser; returns what was refused, what was written and how long it waited."""

    def start(link: str = "", choices: Any = CHOICES, **more: Any) -> Any:
        return protocol.run(VOTE, address=between.address, link=link, choices=choices, **more)

    return start


def opened(election: FrozenElection) -> list[list[Choice]]:
    key, manifest = p256.from_pkcs8(election.private_key(Purpose.ELECTION)), election.manifest
    return [decode(manifest, Ballot.parse(ballot, manifest).open(key)) for ballot in election.ballots()]


def steps(written: list[str]) -> list[str]:
    return [json.loads(text)["step"] for text in written]


def test_from_the_link_to_the_receipt(vote: Vote, election: FrozenElection, between: Between) -> None:
    done = vote(election.link(ADA))
    assert done["refused"] is None
    assert steps(done["written"]) == IN_ONE_GO
    cast = from_json(done["written"][-1])
    assert isinstance(cast, Cast)
    assert cast.address == between.address
    assert election.id in cast.receipt
    assert opened(election) == [[(3, 1, 2)]]
    log = f"/elections/{election.id}/log"
    first, *looked_at, issued, sent = [(method, path) for method, path, _ in between.seen]
    assert first == ("POST", "/links")
    assert sorted(looked_at) == [("GET", f"{log}/statements"), ("GET", f"/elections/{election.id}/manifest")]
    assert (issued, sent) == tuple(("POST", f"/elections/{election.id}/{end}") for end in ("credentials", "ballots"))


def test_a_cast_names_nobody(protocol: Any, vote: Vote, election: FrozenElection, between: Between) -> None:
    context = protocol.page.context
    context.add_cookies([{"name": "session", "value": "organiser", "url": between.address}])
    try:
        assert vote(election.link(ADA))["refused"] is None
    finally:
        context.clear_cookies()
    headers = {path.rpartition("/")[2]: headers for _, path, headers in between.seen}
    assert "cookie" in headers["links"]
    assert "referer" in headers["credentials"]
    assert headers["ballots"].keys() & {"cookie", "referer"} == set()


def test_a_device_is_prepared_and_casts_later(vote: Vote, election: FrozenElection) -> None:
    prepared = vote(election.link(ADA), prepare=True, until="credentialed")["written"]
    assert steps(prepared) == PREPARED[:2]
    assert opened(election) == []
    done = vote(state=prepared[-1])
    assert steps(prepared + done["written"]) == PREPARED
    assert opened(election) == [[(3, 1, 2)]]


def test_a_device_whose_preparation_broke_off_casts_in_one_go(
    vote: Vote, election: FrozenElection, between: Between
) -> None:
    """The credential may have been issued: what is sealed then is for the same blinded value."""

    def lost(asked: str, send: Callable[[], Answer]) -> Answer | None:
        answer = send()
        return None if asked.endswith("/credentials") else answer

    between.passing = lost
    prepared = vote(election.link(ADA), prepare=True)["written"]
    between.passing = lambda asked, send: send()
    done = vote(state=prepared[-1], broken=True)
    assert done["refused"] is None
    assert steps(prepared + done["written"]) == ["blinded", *IN_ONE_GO]
    assert opened(election) == [[(3, 1, 2)]]


WAYS = [("sealed", False), ("signed", False), ("blinded", True), ("credentialed", True)]
"""A state, and whether it is of a device that is prepared first."""


@pytest.mark.parametrize(("step", "prepare"), WAYS)
def test_begun_in_the_browser_and_ended_at_the_command_line(
    vote: Vote, election: FrozenElection, server: TestClient, step: str, *, prepare: bool
) -> None:
    state = from_json(vote(election.link(ADA), until=step, prepare=prepare)["written"][-1])
    assert isinstance(Voter(Api(server), lambda state: None).resume(state, CHOICES), Cast)
    assert opened(election) == [[(3, 1, 2)]]


@pytest.mark.parametrize(("step", "prepare"), WAYS)
def test_begun_at_the_command_line_and_ended_in_the_browser(
    vote: Vote, election: FrozenElection, server: TestClient, step: str, *, prepare: bool
) -> None:
    written: dict[str, str] = {}

    def keep(state: State) -> None:
        written[json.loads(to_json(state))["step"]] = to_json(state)

    voter = Voter(Api(server), keep)
    paper = voter.open_link(election.link(ADA))
    if prepare:
        blinded = voter.prepare(paper)
        if step == "credentialed":
            voter.get_credential(blinded)
    else:
        sealed = voter.seal(paper, CHOICES)
        if step == "signed":
            voter.get_credential(sealed)
    done = vote(state=written[step])
    assert done["refused"] is None
    way = PREPARED if prepare else IN_ONE_GO
    assert steps(done["written"]) == way[way.index(step) + 1 :]
    assert opened(election) == [[(3, 1, 2)]]


@pytest.mark.parametrize("path", ["/links", "/manifest", "/statements", "/credentials", "/ballots"])
@pytest.mark.parametrize("how", ["lost", "busy", "throttled", "blocked"])
def test_what_is_lost_or_turned_away_is_asked_for_again(
    vote: Vote, election: FrozenElection, between: Between, path: str, how: str
) -> None:
    failed: list[str] = []
    most = 2 if path == "/statements" else 1  # they are asked for ahead of the manifest, and again without an answer

    def fail(asked: str, send: Callable[[], Answer]) -> Answer | None:
        if not asked.endswith(path) or len(failed) == most:
            return send()
        failed.append(asked)
        if how == "busy":
            return Answer(503, b"{}", {"Retry-After": "7", "Content-Type": "application/problem+json"})
        if how != "lost":  # by a gateway, whose answers are no problem documents
            status = 429 if how == "throttled" else 403
            return Answer(status, b'{"message": "no"}', {"Content-Type": "application/json"})
        send()
        return None

    between.passing = fail
    done = vote(election.link(ADA))
    assert done["refused"] is None
    assert done["waits"] == [7 if how == "busy" else 0.2]
    assert opened(election) == [[(3, 1, 2)]]


def test_cut_off_at_any_request_and_resumed_there_is_one_ballot(
    vote: Vote, between: Between, deployment: World
) -> None:
    """Before or after each request the network goes away; then another page continues from what was written."""
    election = frozen_election(deployment, voters=[f"v{number}@example.org" for number in range(10)])
    start_log(election)
    for number, voter in enumerate(election.voters):
        left = [number // 2]

        def gone(
            asked: str, send: Callable[[], Answer], left: list[int] = left, late: bool = number % 2 == 1
        ) -> Answer | None:
            left[0] -= 1
            if left[0] >= 0:
                return send()
            if late:
                send()
            return None

        between.passing = gone
        cut = vote(election.link(voter))
        assert cut["refused"]["kind"] == "Unreachable"
        assert cut["waits"] == [0.2, 0.5, 1, 2, 4]
        between.passing = lambda asked, send: send()
        written = cut["written"]
        done = vote(election.link(voter), state=written[-1] if written else None)
        assert done["refused"] is None
        assert steps(written + done["written"]) == IN_ONE_GO
    assert opened(election) == [[(3, 1, 2)]] * 10


def test_a_code_is_asked_for(protocol: Any, vote: Vote, between: Between, deployment: World) -> None:
    election = frozen_election(deployment, second_factor="email")
    start_log(election)
    stopped = vote(election.link(ADA))
    assert stopped["refused"] == {"kind": "ApiError", "reason": "code-required", "field": "", "contest": ""}
    protocol.run(
        """
        const [{ connect }, { Voter }, { stateFromJson }] = await Promise.all(["api", "voter", "state"].map(load));
        await new Voter(connect(given.address), async () => {}).requestCode(stateFromJson(given.state));
        """,
        address=between.address,
        state=stopped["written"][-1],
    )
    wiring, ada = election.wiring, election.voters[ADA]
    mac = wiring.roll_secret.mac("otp", election.id, ada.key, "123456")
    wiring.voter_codes.set_otp(ada, mac, int(wiring.clock().timestamp()) + 600)
    assert vote(state=stopped["written"][-1], code="654321")["refused"]["reason"] == "code-wrong"
    assert vote(state=stopped["written"][-1], code="123456")["refused"] is None


def test_a_replaced_link_gives_way_to_the_newest(vote: Vote, election: FrozenElection, deployment: World) -> None:
    state = vote(election.link(ADA), until="sealed")["written"][-1]
    newest = election.resend(ADA)
    assert vote(state=state)["refused"]["reason"] == "replaced-link"
    other = frozen_election(deployment, voters=[ADA]).link(ADA)
    assert vote(state=state, newer=other)["refused"]["kind"] == "LinkError"
    assert vote(state=state, newer=newest)["refused"] is None


def test_without_the_file_another_credential_is_refused(vote: Vote, election: FrozenElection) -> None:
    assert vote(election.link(ADA), until="signed")["refused"] is None
    again = vote(election.link(ADA))
    assert (again["refused"]["kind"], again["refused"]["reason"]) == ("ApiError", "already-issued")


@pytest.mark.parametrize("choices", [[[4]], [[1, 1]], [[1], [2]], []])
def test_choices_that_would_not_count_are_not_sealed(vote: Vote, election: FrozenElection, choices: Any) -> None:
    stopped = vote(election.link(ADA), choices)
    assert stopped["refused"]["kind"] == "Spoilt"
    assert stopped["written"] == []


def test_without_a_log_nothing_is_sent(vote: Vote, deployment: World) -> None:
    stopped = vote(frozen_election(deployment).link(ADA))
    assert (stopped["refused"]["kind"], sum(stopped["waits"])) == ("NotYet", 20)
    assert stopped["written"] == []
