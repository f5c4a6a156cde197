"""The result page of contests under conditions: what was decided, and that nobody is shown who takes no seat."""

import csv
import io
from collections.abc import Iterator

import pytest

from asgi_client import TestClient
from counted_election import close_and_count, vote
from election_fixture import VOTERS, FrozenElection, frozen_election
from gateway import gateway
from result_pages import read, result_pages
from tally.app import create_app as tally
from world import World

HOSTILE = "<script>alert('x')</script>"
ONE = {"method": "plurality", "seats": 1, "min": 0, "max": 1, "tie": "lot"}
CONTESTS = [
    {**ONE, "id": "c1", "title": "Move", "options": ["Yes", "No"], "motion": True, "abstain": True, "text": HOSTILE},
    {**ONE, "id": "c2", "title": "Chair", "options": ["Ada", "Nobody"], "none_of_the_above": True},
    {**ONE, "id": "c3", "title": "Board", "options": ["Ben", "Cem"], "quorum": ">2/3"},
]
CONTESTS[1]["about"] = [{"statement": f"Line one\n{HOSTILE}", "link": "https://example.org/ada"}, {}]
SAID = [(1,), (2,), (1,)]


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    made = frozen_election(deployment, contests=CONTESTS)
    for voter in VOTERS[:2]:
        vote(made, voter, SAID)
    close_and_count(deployment, made)
    return made


@pytest.fixture
def pages(deployment: World) -> Iterator[TestClient]:
    with result_pages(deployment) as client:
        yield client


def test_what_conditions_decided_is_said_first(pages: TestClient, election: FrozenElection) -> None:
    page = pages.get(f"/results/{election.id}").text
    for shown in (read(page), read(pages.get(f"/results/{election.id}?view=minutes").text)):
        assert "The motion is carried. Yes 2, No 0." in shown
        assert "The seat fell to Nobody, and stays vacant." in shown
        missed = "No decision: the quorum was not reached. 2 of 3 voters cast a ballot; needed: more than 2/3."
        assert missed in shown
        assert shown.count("What follows is the count by itself") == 2
        assert "Result: Ben" not in shown
    assert "Abstentions" in read(page)
    assert HOSTILE not in page
    assert '<a href="https://example.org/ada" target="_blank" rel="noopener noreferrer">' in page
    french = read(pages.get(f"/results/{election.id}", headers={"Accept-Language": "fr"}).text)
    assert "La proposition est adoptée." in french
    assert "2 électeurs sur 3 ont déposé un bulletin" in french


def test_only_who_takes_a_seat_is_elected(pages: TestClient, election: FrozenElection) -> None:
    table = pages.get(f"/results/{election.id}/csv?form=table").text.lstrip("\ufeff")
    assert {row[1]: row[2] for row in csv.reader(io.StringIO(table)) if row[2].isdigit()} == {"Yes": "1"}
    rows = list(csv.DictReader(io.StringIO(pages.get(f"/results/{election.id}/csv").text.lstrip("\ufeff"))))
    seated = [(row["contest"], row["name"]) for row in rows if row["figure"] == "seated"]
    assert seated == [("c1", "Yes")]
    unmet = {(row["contest"], row["figure"]) for row in rows if row["figure"].startswith("unmet")}
    assert unmet == {("c2", "unmet none-of-the-above"), ("c3", "unmet quorum")}
    with gateway(tally(election.wiring)) as api:
        told = api.get(f"/elections/{election.id}/results").json()["contests"]
    assert [[one["name"] for one in contest["elected"]] for contest in told] == [["Yes"], [], []]
    assert [contest["conditions"] for contest in told][2] == {"quorum": ">2/3"}
