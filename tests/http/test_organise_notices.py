"""What an organiser says once an election is frozen: everybody sees it, and every change of it for good."""

from typing import Any

import pytest

from api_events import TestClient
from dying import DyingWiring, Killed
from organise import noticing
from organise.drafts import owned_election
from organising import Organiser
from problem import assert_problem
from tally.app import create_app as tally_app
from world import World


@pytest.fixture
def election(organiser: Organiser) -> str:
    election = organiser.create("ada@example.org", description="first")
    organiser.post(f"/elections/{election}/open")
    return election


def give(organiser: Organiser, election: str, text: str, replaces: int = 0) -> Any:
    return organiser.post(f"/elections/{election}/notices", json={"text": text, "replaces": replaces})


def describe(organiser: Organiser, election: str, text: str) -> Any:
    return organiser.ask("PATCH", f"/elections/{election}", json={"description": text})


def seen(organiser: Organiser, election: str) -> list[dict[str, Any]]:
    """As anybody sees it, without the times."""
    response = TestClient(tally_app(organiser.wiring)).get(f"/elections/{election}/notices")
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["notices"]
    assert all(one.pop("at") for one in found)
    return found


def test_each_change_is_kept_in_public_with_what_it_replaced(organiser: Organiser, election: str) -> None:
    frozen = organiser.show(election)["manifest_hash"]
    assert give(organiser, election, "The hall\nhas moved").json()["number"] == 1
    assert give(organiser, election, "The hall has moved to 4 Main St", 1).status_code == 200
    assert describe(organiser, election, "second").json()["description"] == "second"
    assert give(organiser, election, "", 1).json()["number"] == 4
    notice = {"kind": "notice", "before": ""}
    assert seen(organiser, election) == [
        {**notice, "number": 1, "text": "The hall\nhas moved", "replaces": 0},
        {**notice, "number": 2, "text": "The hall has moved to 4 Main St", "replaces": 1},
        {"kind": "description", "number": 3, "text": "second", "replaces": 0, "before": "first"},
        {**notice, "number": 4, "text": "", "replaces": 1},
    ]
    assert organiser.show(election)["manifest_hash"] == frozen
    said = ["notice-given", "notice-given", "description-changed", "notice-given"]
    assert organiser.actions(election)[-4:] == said
    organiser.post(f"/elections/{election}/close")
    assert give(organiser, election, "Thank you").status_code == 200


def test_a_request_that_comes_again_changes_nothing_more(organiser: Organiser, election: str) -> None:
    first = give(organiser, election, "once").json()
    assert give(organiser, election, "once").json() == first
    assert give(organiser, election, "twice").json()["number"] == 2
    for _ in range(2):
        describe(organiser, election, "second")
    assert len(seen(organiser, election)) == 3


def test_of_two_at_once_both_are_kept(organiser: Organiser, election: str) -> None:
    before = owned_election(organiser.wiring, organiser.id, election)
    assert noticing.give_notice(organiser.wiring, before, "one").number == 1
    assert noticing.give_notice(organiser.wiring, before, "two").number == 2
    assert [one["text"] for one in seen(organiser, election)] == ["one", "two"]


@pytest.mark.parametrize("last", range(2))
def test_killed_at_any_step_it_is_said_once_and_told_in_the_history(
    organiser: Organiser, deployment: World, election: str, last: int
) -> None:
    before = owned_election(organiser.wiring, organiser.id, election)
    try:
        noticing.give_notice(DyingWiring(deployment, last), before, "once")
    except Killed:
        assert seen(organiser, election) == []
    give(organiser, election, "once")
    assert [one["number"] for one in seen(organiser, election)] == [1]
    assert organiser.actions(election).count("notice-given") == 1


def test_what_is_refused(organiser: Organiser, election: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = organiser.create()
    assert_problem(give(organiser, draft, "x"), 409, "draft")
    assert describe(organiser, draft, "x").json()["description"] == "x"
    assert_problem(give(organiser, election, ""), 422, "invalid", "/text")
    assert_problem(give(organiser, election, "x" * 2001), 422, "invalid", "/text")
    assert_problem(give(organiser, election, "bell \x07"), 422, "invalid", "/text")
    assert_problem(give(organiser, election, "x", 1), 422, "invalid", "/replaces")
    both = organiser.ask("PATCH", f"/elections/{election}", json={"description": "x", "title": "y"})
    assert_problem(both, 409, "frozen")
    monkeypatch.setattr(noticing, "MOST", 1)
    give(organiser, election, "only")
    assert_problem(give(organiser, election, "more"), 409, "notices-full")
    monkeypatch.setattr(noticing, "MOST", 100)
    monkeypatch.setattr(noticing, "MOST_BYTES", 9)
    assert_problem(describe(organiser, election, "12345"), 409, "notices-full")
    assert_problem(TestClient(tally_app(organiser.wiring)).get("/elections/none/notices"), 404, "no-election")
    assert len(seen(organiser, election)) == 1
