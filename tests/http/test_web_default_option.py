"""An election with a default option and with points to divide, from the ballots to the page with its result."""

from collections.abc import Iterator

import pytest

from asgi_client import TestClient
from counted_election import close_and_count, vote
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from result_pages import read, result_pages
from tally.app import create_app as tally
from world import World

CONTESTS = [
    {
        "id": "c1",
        "title": "Venue",
        "method": "schulze",
        "options": ["Hall", "Barn", "Decide later"],
        "seats": 1,
        "min": 0,
        "max": 3,
        "tie": "lot",
        "default_option": True,
    },
    {
        "id": "c2",
        "title": "Ideas",
        "method": "cumulative",
        "options": ["Shed", "Roof"],
        "seats": 1,
        "min": 0,
        "max": 5,
        "tie": "lot",
    },
]
SAID = [[(1, 3, 2), ((1, 2), (2, 3))], [(1, 2), ((2, 5),)], [(3, 2, 1), ()]]


@pytest.fixture
def pages(deployment: World) -> Iterator[TestClient]:
    with result_pages(deployment) as client:
        yield client


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    made = frozen_election(deployment, contests=CONTESTS)
    for voter, said in zip(VOTERS, SAID, strict=False):
        vote(made, voter, said)
    close_and_count(deployment, made)
    return made


def test_what_did_not_beat_the_default_is_said_and_points_are_counted(
    deployment: World, pages: TestClient, election: FrozenElection
) -> None:
    shown = read(pages.get(f"/results/{election.id}").text)
    assert "Barn does not beat the default option, Decide later, and took no part." in shown
    assert "Roof has the most points: 8." in shown
    with gateway(tally(deployment.wiring())) as api:
        venue, ideas = api.get(f"/elections/{election.id}/results").json()["contests"]
    assert venue["winners"] == [1]
    assert venue["against_default"] == {"option": 3, "votes": [2, 1, 0], "against": [1, 2, 0], "dropped": [2]}
    assert (ideas["blank"], ideas["rounds"][0]["votes"]) == (1, ["2", "8"])
