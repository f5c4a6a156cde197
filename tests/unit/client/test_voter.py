"""The voter's whole way through the API, interrupted wherever it can be."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.ballots.link import LinkError
from ballotcast.ballots.plaintext import Spoilt
from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError, NotYet, OptionWithdrawn, Unreachable
from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, Signed, State, from_json, to_json
from ballotcast.client.voter import LONGEST_COUNT, Choices, Paper, Voter
from between import Send, api_through
from election_fixture import VOTERS, FrozenElection, frozen_election
from kept_states import Killed, keep, open_ballots
from log_fixture import start_log, withdraw
from world import World

ADA, BEN, CEM = VOTERS
CHOICES = [[3, 1, 2]]


def test_from_the_link_to_the_receipt(api: Api, election: FrozenElection) -> None:
    written: list[str] = []
    cast = Voter(api, keep(written)).vote(election.link(ADA), CHOICES)
    assert [type(from_json(text)) for text in written] == [Sealed, Signed, Cast]
    assert from_json(written[-1]) == cast
    assert election.id in cast.receipt
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_many_voters_share_a_process(api: Api, election: FrozenElection) -> None:
    voter = Voter(api, keep([]))
    choices: dict[str, list[list[int]]] = {ADA: [[1]], BEN: [[2, 3]], CEM: [[]]}
    for email, choice in choices.items():
        voter.vote(election.link(email), choice)
    assert sorted(open_ballots(election)) == [[()], [(1,)], [(2, 3)]]


@pytest.mark.parametrize("step", ["opened", "blinded", "credentialed"])
def test_a_withdrawn_option_is_not_sealed_wherever_the_voter_is(api: Api, election: FrozenElection, step: str) -> None:
    """It was withdrawn after the device was prepared."""
    written: list[str] = []
    voter = Voter(api, keep(written))
    begun: Paper | State = voter.open_link(election.link(ADA))
    if step != "opened":
        assert isinstance(begun, Paper)
        begun = voter.prepare(begun) if step == "blinded" else voter.prepare_device(begun)
    withdraw(election, 3)
    if step == "opened":
        begun = voter.open_link(election.link(ADA))
    before = list(written)
    for choices in ([[3]], CHOICES):
        with pytest.raises(OptionWithdrawn, match="Ward: option 3, Cedar, was withdrawn"):
            voter.resume(begun, choices)
    assert written == before
    voter.resume(begun, [[2, 1]])
    assert open_ballots(election) == [[(2, 1)]]


class Fate:
    """Kills at the n-th thing that happens: before or after a request, before or after a state is written."""

    def __init__(self, fatal: int) -> None:
        self._left = fatal
        self.written: list[str] = []

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed

    def passing(self, request: httpx.Request, send: Send) -> httpx.Response:
        self.step()
        answer = send()
        self.step()
        return answer

    def persist(self, state: State) -> None:
        self.step()
        self.written.append(to_json(state))
        self.step()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begin", "blows"),
    [
        (Voter.vote, 2 * (3 + 5)),  # before and after each of three states and five requests
        # before and after each of four states and six requests: amendments are looked up before the choices are sealed
        (lambda voter, link, choices: voter.resume(voter.prepare_device(voter.open_link(link)), choices), 2 * (4 + 6)),
    ],
    ids=["in one go", "prepared"],
)
def test_killed_anywhere_and_resumed_there_is_one_ballot(
    deployment: World, http: TestClient, begin: Callable[[Voter, str, Choices], Cast], blows: int
) -> None:
    """Ends with the first voter whom no blow hits any more; each before was killed one step later than the last."""
    election = frozen_election(deployment, voters=[f"v{number}@example.org" for number in range(40)])
    start_log(election)
    for number in count():
        link, fate = election.link(f"v{number}@example.org"), Fate(number)
        try:
            cast = begin(Voter(api_through(http, fate.passing), fate.persist), link, CHOICES)
            survived = True
        except Killed:
            survived = False
            cast = again(http, link, fate.written)
        assert isinstance(cast, Cast)
        if survived:
            break
    assert number == blows
    assert open_ballots(election) == [[(3, 1, 2)]] * (number + 1)


def again(http: TestClient, link: str, written: list[str]) -> Cast:
    """A new process, which knows the mail and the recovery file."""
    voter = Voter(Api(http), keep(written))
    return voter.resume(from_json(written[-1]), CHOICES) if written else voter.vote(link, CHOICES)


@pytest.mark.parametrize("path", ["/links", "/manifest", "/statements", "/credentials", "/ballots"])
def test_a_lost_answer_is_asked_for_again(http: TestClient, election: FrozenElection, path: str) -> None:
    lost: list[str] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        answer = send()
        if request.url.path.endswith(path) and not lost:
            lost.append(request.url.path)
            raise httpx.ReadError("connection reset")
        return answer

    Voter(api_through(http, passing), keep([])).vote(election.link(ADA), CHOICES)
    assert lost
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_a_finished_state_sends_nothing(api: Api, election: FrozenElection) -> None:
    voter = Voter(api, keep([]))
    cast = voter.vote(election.link(ADA), CHOICES)
    assert voter.resume(cast, [[1]]) == cast
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_a_sealed_ballot_keeps_its_choices(api: Api, election: FrozenElection) -> None:
    voter = Voter(api, keep([]))
    voter.resume(voter.seal(voter.open_link(election.link(ADA)), CHOICES), [[1]])
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_looking_binds_nothing(api: Api, election: FrozenElection) -> None:
    """Attack 10: the paper is looked at on one device, and the vote is cast on another."""
    written: list[str] = []
    phone = Voter(api, keep(written)).open_link(election.link(ADA))
    assert phone.manifest == election.manifest
    Voter(api, keep([])).vote(election.link(ADA), CHOICES)
    assert written == []
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_a_prepared_device_casts_later(api: Api, election: FrozenElection) -> None:
    written: list[str] = []
    voter = Voter(api, keep(written))
    prepared = voter.prepare_device(voter.open_link(election.link(ADA)))
    assert [type(from_json(text)) for text in written] == [Blinded, Credentialed]
    assert voter.resume(prepared, CHOICES) == from_json(written[-1])
    assert [type(from_json(text)) for text in written] == [Blinded, Credentialed, Signed, Cast]
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_a_device_whose_preparation_broke_off_casts_in_one_go(http: TestClient, election: FrozenElection) -> None:
    """The credential may have been issued: what is sealed then is for the same blinded value."""
    written: list[str] = []

    def lost(request: httpx.Request, send: Send) -> httpx.Response:
        send()
        raise httpx.ReadError("connection reset")

    prepared = Voter(Api(http), keep(written)).prepare(Voter(Api(http), keep([])).open_link(election.link(ADA)))
    with pytest.raises(Unreachable):
        Voter(api_through(http, lost), keep(written)).get_credential(prepared)
    Voter(Api(http), keep(written)).resume(from_json(written[-1]), CHOICES)
    assert [type(from_json(text)) for text in written] == [Blinded, Sealed, Signed, Cast]
    assert len({from_json(text).blinded_sha256 for text in written}) == 1
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_choices_are_sealed_before_the_credential_is_requested(http: TestClient, election: FrozenElection) -> None:
    written: list[str] = []
    seen: list[tuple[str, list[type[State]]]] = []

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        seen.append((request.url.path.rpartition("/")[2], [type(from_json(text)) for text in written]))
        return send()

    Voter(api_through(http, passing), keep(written)).vote(election.link(ADA), CHOICES)
    assert seen[-2:] == [("credentials", [Sealed]), ("ballots", [Sealed, Signed])]
    assert not [states for path, states in seen[:-2] if states]


@pytest.mark.parametrize("choices", [[[4]], [[1, 1]], [[1], [2]], []])
def test_choices_that_would_not_count_cost_nothing(
    api: Api, election: FrozenElection, choices: list[list[int]]
) -> None:
    written: list[str] = []
    with pytest.raises(Spoilt):
        Voter(api, keep(written)).vote(election.link(ADA), choices)
    assert not written
    found = election.wiring.voters.find(election.id, election.voters[ADA].key)
    assert found
    assert not found.issued


def test_a_voter_who_starts_over_without_the_file_is_refused(api: Api, election: FrozenElection) -> None:
    voter = Voter(api, keep([]))
    voter.get_credential(voter.prepare(voter.open_link(election.link(ADA))))
    with pytest.raises(ApiError) as caught:
        voter.vote(election.link(ADA), CHOICES)
    assert caught.value.slug == "already-issued"


def test_a_replaced_link_gives_way_to_the_newest(api: Api, election: FrozenElection) -> None:
    voter = Voter(api, keep([]))
    state = voter.seal(voter.open_link(election.link(ADA)), CHOICES)
    newest = election.resend(ADA)
    with pytest.raises(ApiError) as caught:
        voter.resume(state, CHOICES)
    assert caught.value.slug == "replaced-link"
    voter.resume(voter.take_link(state, newest), CHOICES)
    assert len(election.ballots()) == 1


def test_a_link_to_another_election_is_not_taken(api: Api, election: FrozenElection, deployment: World) -> None:
    voter = Voter(api, keep([]))
    state = voter.prepare(voter.open_link(election.link(ADA)))
    with pytest.raises(LinkError):
        voter.take_link(state, frozen_election(deployment, voters=[ADA]).link(ADA))


def test_a_ballot_sealed_too_early_is_cast_later(api: Api, deployment: World) -> None:
    later = frozen_election(deployment, voters=[ADA], opens_in=timedelta(hours=1))
    start_log(later)
    written: list[str] = []
    voter = Voter(api, keep(written))
    with pytest.raises(ApiError) as caught:
        voter.vote(later.link(ADA), CHOICES)
    assert caught.value.slug == "not-open"
    deployment.clock.advance(hours=1)
    assert isinstance(voter.resume(from_json(written[-1]), CHOICES), Cast)


def test_without_a_log_nothing_is_sent(http: TestClient, deployment: World, waits: list[float]) -> None:
    unlogged = frozen_election(deployment, voters=[ADA])
    written: list[str] = []
    with pytest.raises(NotYet):
        Voter(Api(http, sleep=waits.append), keep(written), patience=20).vote(unlogged.link(ADA), CHOICES)
    assert sum(waits) == 20
    assert not written


def test_a_log_that_starts_late_is_waited_for(http: TestClient, deployment: World) -> None:
    late = frozen_election(deployment, voters=[ADA])

    def while_waiting(seconds: float) -> None:
        start_log(late)

    assert Voter(Api(http, sleep=while_waiting), keep([])).vote(late.link(ADA), CHOICES)


def test_a_ballot_that_came_about_the_end_is_asked_for_until_it_is_counted(
    http: TestClient, election: FrozenElection
) -> None:
    """Said once, asked as often as it takes, and never as if the service were away."""
    counting = httpx.Response(
        503, headers={"Retry-After": "10"}, json={"type": "urn:ballotcast:problem:count-under-way", "detail": "counted"}
    )
    left, said, waits = [counting] * 8, list[str](), list[float]()

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        return left.pop() if request.url.path.endswith("/ballots") and left else send()

    api = api_through(http, passing)
    api.sleep = waits.append
    cast = Voter(api, keep([]), counting=lambda: said.append("counting")).vote(election.link(ADA), CHOICES)
    assert election.id in cast.receipt
    assert (waits, said) == ([10.0] * 8, ["counting"])


def test_a_count_that_does_not_end_leaves_the_signed_ballot(http: TestClient, election: FrozenElection) -> None:
    document = {"type": "urn:ballotcast:problem:count-under-way", "detail": "the votes are being counted"}
    counting = httpx.Response(503, headers={"Retry-After": "10"}, json=document)

    def passing(request: httpx.Request, send: Send) -> httpx.Response:
        return counting if request.url.path.endswith("/ballots") else send()

    written, waits = list[str](), list[float]()
    api = api_through(http, passing)
    api.sleep = waits.append
    with pytest.raises(ApiError, match="being counted") as caught:
        Voter(api, keep(written)).vote(election.link(ADA), CHOICES)
    assert (caught.value.slug, sum(waits)) == ("count-under-way", LONGEST_COUNT)
    assert isinstance(from_json(written[-1]), Signed)
