"""Another draft like one of an organiser's elections: whole, once, and with the voters who still have a right."""

from typing import Any

import pytest

from dying import DyingWiring, Killed
from organising import Organiser, work_off
from problem import assert_problem
from roll_imports import progress
from world import World

SAME = ("title", "description", "contests", "second_factor", "country", "mode")


def copy(organiser: Organiser, election: str, key: str = "", **order: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    response = organiser.post(f"/elections/{election}/copies", json=order, headers=headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def test_a_copy_is_a_draft_with_the_same_fields_and_dates_to_come(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org", title="Board", description="Why")
    organiser.ask("PUT", f"/elections/{election}/mail", json={"organisation": "Club", "language": "de"})
    source = organiser.show(election)
    made = copy(organiser, election)
    assert (made["status"], made["roll_import"]) == ("draft", None)
    assert {name: made[name] for name in SAME} == {name: source[name] for name in SAME}
    assert source["created_at"] < made["opens_at"] < made["closes_at"]
    assert organiser.get(f"/elections/{made['id']}/mail").json()["organisation"] == "Club"
    assert organiser.voters(made["id"]) == {}
    assert organiser.actions(made["id"]) == ["election-copied"]
    assert copy(organiser, election, title="Again")["title"] == "Again"


def test_a_frozen_election_is_copied_with_the_voters_who_still_have_a_right(
    organiser: Organiser, deployment: World
) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.post(f"/elections/{election}/open")
    endings = {"voters": ["bob@example.org"], "reason": "Left"}
    assert organiser.post(f"/elections/{election}/voters/endings", json=endings).status_code < 300
    made = copy(organiser, election, "k", roll=True)
    assert copy(organiser, election, "k", roll=True) == made
    assert copy(organiser, election, "k2", roll=True)["id"] != made["id"]
    work_off(deployment)
    assert list(organiser.voters(made["id"])) == ["ada@example.org"]
    report = progress(organiser, made["id"], made["roll_import"])
    assert (report["state"], report["added"], report["duplicates"]) == ("done", 1, 0)
    assert set(organiser.voters(election)) == {"ada@example.org", "bob@example.org"}


@pytest.mark.parametrize("last", range(6))
def test_killed_at_any_step_the_same_request_makes_one_whole_copy(
    organiser: Organiser, deployment: World, last: int
) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    order: dict[str, Any] = {"json": {"roll": True}, "headers": {"Idempotency-Key": "k"}}
    try:
        organiser.post_once(DyingWiring(deployment, last), f"/elections/{election}/copies", **order)
    except Killed:
        deployment.take_messages("JOBS_QUEUE")  # so that nothing but the second request can continue
    made = organiser.post_once(organiser.wiring, f"/elections/{election}/copies", **order).json()
    work_off(deployment)
    assert set(organiser.voters(made["id"])) == {"ada@example.org", "bob@example.org"}
    listed = organiser.get("/elections").json()["elections"]
    assert {one["id"] for one in listed} == {election, made["id"]}


def test_what_is_not_copied(organiser: Organiser) -> None:
    assert_problem(organiser.post("/elections/none/copies", json={}), 404, "no-election")
    election = organiser.create("ada@example.org")
    assert_problem(organiser.post(f"/elections/{election}/copies", json={"title": ""}), 422, "invalid", "/title")
    past = {"closes_at": "2020-01-01T00:00:00Z"}
    assert_problem(organiser.post(f"/elections/{election}/copies", json=past), 422, "invalid", "/closes_at")
    organiser.post(f"/elections/{election}/open")
    organiser.post(f"/elections/{election}/close")
    organiser.ask("DELETE", f"/elections/{election}/voters/personal-data")
    erased = organiser.post(f"/elections/{election}/copies", json={"roll": True})
    assert_problem(erased, 409, "personal-data-erased")
    assert copy(organiser, election)["status"] == "draft"
