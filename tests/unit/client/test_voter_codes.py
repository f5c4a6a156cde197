"""The second factor in the voter's way: when a code is asked for, and what a wrong one costs."""

import pytest

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError
from ballotcast.client.state import Sealed, from_json
from ballotcast.client.voter import Voter
from election_fixture import VOTERS, FrozenElection, frozen_election
from kept_states import Killed, keep, open_ballots
from log_fixture import start_log
from world import World

ADA = VOTERS[0]
CHOICES = [[3, 1, 2]]


class Mailbox:
    """Delivers codes as the mail worker would, and reads them."""

    def __init__(self, deployment: World, election: FrozenElection, *typed: str) -> None:
        self._deployment = deployment
        self._election = election
        self._typed = iter(typed)

    def __call__(self) -> str:
        wiring, voter = self._election.wiring, self._election.voters[ADA]
        if self._deployment.take_messages("MAIL_QUEUE"):
            mac = wiring.roll_secret.mac("otp", self._election.id, voter.key, "123456")
            wiring.voter_codes.set_otp(voter, mac, int(wiring.clock().timestamp()) + 600)
        return next(self._typed)


def test_a_second_factor_is_asked_for_until_it_is_right(api: Api, deployment: World) -> None:
    election = frozen_election(deployment, voters=[ADA], second_factor="email")
    start_log(election)
    mailbox = Mailbox(deployment, election, "000000", "111111", "123456")
    assert Voter(api, keep([])).vote(election.link(ADA), CHOICES, mailbox)
    assert len(election.ballots()) == 1


def test_nothing_is_sealed_before_a_code_is_entered(api: Api, deployment: World) -> None:
    """And a sealed ballot asks again for the code that it lacks."""
    election = frozen_election(deployment, voters=[ADA], second_factor="email")
    start_log(election)
    written: list[str] = []

    def gone() -> str:
        raise Killed

    with pytest.raises(Killed):
        Voter(api, keep(written)).vote(election.link(ADA), CHOICES, gone)
    assert written == []
    with pytest.raises(ApiError, match="code"):
        Voter(api, keep(written)).vote(election.link(ADA), CHOICES)
    assert [type(from_json(text)) for text in written] == [Sealed]
    assert deployment.take_messages("MAIL_QUEUE")
    Voter(api, keep(written)).resume(from_json(written[-1]), [], Mailbox(deployment, election, "123456"))
    assert open_ballots(election) == [[(3, 1, 2)]]


def test_who_voted_elsewhere_is_told_before_anything_is_sealed(api: Api, deployment: World) -> None:
    """Where a code is needed, the order of the code says it."""
    election = frozen_election(deployment, voters=[ADA], second_factor="email")
    start_log(election)
    Voter(api, keep([])).vote(election.link(ADA), CHOICES, Mailbox(deployment, election, "123456"))
    written: list[str] = []
    with pytest.raises(ApiError) as caught:
        Voter(api, keep(written)).vote(election.link(ADA), CHOICES, Mailbox(deployment, election, "123456"))
    assert caught.value.slug == "already-issued"
    assert written == []


def test_guessing_ends_with_the_lock(api: Api, deployment: World) -> None:
    election = frozen_election(deployment, voters=[ADA], second_factor="email")
    start_log(election)
    mailbox = Mailbox(deployment, election, *["000000"] * 6)
    with pytest.raises(ApiError) as caught:
        Voter(api, keep([])).vote(election.link(ADA), CHOICES, mailbox)
    assert (caught.value.slug, caught.value.retry_after) == ("code-locked", 900)


def test_a_second_factor_needs_somebody_to_ask(api: Api, deployment: World) -> None:
    election = frozen_election(deployment, voters=[ADA], second_factor="email")
    start_log(election)
    with pytest.raises(ApiError) as caught:
        Voter(api, keep([])).vote(election.link(ADA), CHOICES)
    assert caught.value.slug == "code-required"
    assert deployment.take_messages("MAIL_QUEUE") == []
