"""Attack 10 of protocol 1, which was nobody's malice: a voter looked on one device, and could vote on no other."""

import pytest

from ballotcast.client.api import Api
from ballotcast.client.errors import ApiError
from ballotcast.client.voter import Voter
from election_fixture import VOTERS, frozen_election
from gateway import gateway
from kept_states import open_ballots
from log_fixture import start_log
from register.app import create_app as register
from tally.app import create_app as tally
from vote.app import create_app as board
from world import World

ADA, BEN, CEM = VOTERS


def test_who_looks_on_the_phone_votes_on_the_laptop(deployment: World) -> None:
    """In version 1 looking fetched the credential, and 6 of 48 voters of one trial lost their vote by it."""
    election = frozen_election(deployment)
    start_log(election)
    http = gateway(*(create(deployment.wiring()) for create in (register, board, tally)))
    api = Api(http, sleep=lambda seconds: None)
    phones = [Voter(api, lambda state: None) for _ in VOTERS]
    for phone, email in zip(phones, VOTERS, strict=True):
        assert phone.open_link(election.link(email)).manifest == election.manifest
    for email in VOTERS:
        Voter(api, lambda state: None).vote(election.link(email), [[2, 1]])
    assert open_ballots(election) == [[(2, 1)]] * 3
    # The phone that was put away is told that the link was used, and can do no harm.
    with pytest.raises(ApiError, match="credential"):
        phones[0].vote(election.link(ADA), [[3]])
    assert open_ballots(election) == [[(2, 1)]] * 3
