"""Drafts: made, listed, changed, deleted; and nobody else's."""

from typing import Any

import pytest

from ballotcast.errors import Conflict
from dying import DyingWiring, Killed
from organise.drafts import delete_election, edit_election, owned_election
from organise.freezing import freeze
from organising import BASE_URL, DRAFT, Organiser, csv, work_off
from problem import assert_problem
from world import World

NOT_FOUND = (404, "no-election")


def test_a_draft_is_shown_as_it_was_made(organiser: Organiser) -> None:
    answer = organiser.post("/elections", json=DRAFT)
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        **DRAFT,
        "id": made["id"],
        "description": "",
        "contests": [
            {
                "id": "c1",
                "title": "Council",
                "method": "scottish-stv",
                "options": ["Ada", "Bob", "Cid"],
                "seats": 2,
                "min": 0,
                "max": 3,
                "tie": "previous-stages",
            }
        ],
        "second_factor": "none",
        "country": "",
        "mode": "managed",
        "release": "automatic",
        "rehearsal": False,
        "status": "draft",
        "created_at": "2026-11-20T09:00:00Z",
        "withdrawn": {},
        "closed_at": None,
        "manifest_hash": None,
        "roll_size": None,
        "personal_data_erased": False,
        "role": "owner",
        "counted": False,
        "held_since": None,
        "remind_at": None,
        "result_mailed": False,
    }
    assert organiser.show(made["id"]) == made
    assert organiser.actions(made["id"]) == ["election-created"]


def test_elections_are_listed_page_by_page(organiser: Organiser) -> None:
    made = sorted(organiser.create(title=f"Election {number}") for number in range(5))
    listed: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = organiser.get("/elections", params=query).json()
        listed += [election["id"] for election in page["elections"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert listed == made


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"cursor": "not ours!"}])
def test_a_bad_page_is_refused(organiser: Organiser, query: dict[str, Any]) -> None:
    assert_problem(organiser.get("/elections", params=query), 422, "invalid", f"/query/{next(iter(query))}")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "Two\nlines"}, "/title"),
        ({"title": None}, "/title"),
        ({"description": "bell \x07"}, "/description"),
        ({"opens_at": "2026-11-20 10:00"}, "/opens_at"),
        ({"opens_at": 1795165200}, "/opens_at"),
        ({"closes_at": "2026-11-20T10:00:00+01:00"}, "/closes_at"),
        ({"closes_at": "2026-11-20T10:00:00Z"}, "/closes_at"),
        ({"opens_at": "2026-11-20T08:00:00Z", "closes_at": "2026-11-20T09:00:00Z"}, "/closes_at"),
        ({"contests": []}, "/contests"),
        ({"contests": [{**DRAFT["contests"][0], "options": ["Ada", "Ada"]}]}, "/contests/0/options"),
        ({"contests": [{**DRAFT["contests"][0], "colour": "red"}]}, "/contests/0/colour"),
        ({"contests": [{**DRAFT["contests"][0], "seats": None}]}, "/contests/0/seats"),
        ({"contests": [{"title": "Council", "method": "irv"}]}, "/contests/0/options"),
        ({"second_factor": "carrier pigeon"}, "/second_factor"),
        ({"mode": "alone"}, "/mode"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_bad_field_is_named_and_nothing_changed(organiser: Organiser, changes: dict[str, Any], pointer: str) -> None:
    assert_problem(organiser.post("/elections", json={**DRAFT, **changes}), 422, "invalid", pointer)
    election = organiser.create()
    before = organiser.show(election)
    assert_problem(organiser.ask("PATCH", f"/elections/{election}", json=changes), 422, "invalid", pointer)
    assert organiser.show(election) == before
    assert len(organiser.get("/elections").json()["elections"]) == 1


def test_what_is_not_json_is_refused(organiser: Organiser) -> None:
    answer = organiser.post("/elections", content=b'{"title": ', headers={"Content-Type": "application/json"})
    assert_problem(answer, 400, "malformed")


def test_no_text_messages_where_the_platform_sends_none(deployment: World) -> None:
    organiser = Organiser(deployment, SMS_COUNTRIES="")
    answer = organiser.post("/elections", json={**DRAFT, "second_factor": "sms"})
    assert_problem(answer, 422, "invalid", "/second_factor")


def test_one_election_for_one_idempotency_key(organiser: Organiser) -> None:
    made = [organiser.post("/elections", json=DRAFT, headers={"Idempotency-Key": "k"}).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert len(organiser.get("/elections").json()["elections"]) == 1


def test_a_draft_is_changed_field_by_field(organiser: Organiser) -> None:
    election = organiser.create(description="Line one\nline two")
    before = organiser.show(election)
    contests = [{"title": "Chair", "method": "irv", "options": ["Ada", "Bob"]}]
    answer = organiser.ask("PATCH", f"/elections/{election}", json={"title": "Kelvingrove", "contests": contests})
    assert answer.status_code == 200
    shown = organiser.show(election)
    assert answer.json() == shown
    assert shown["contests"][0]["title"] == "Chair"
    unchanged = {"title", "contests"} ^ before.keys()
    assert shown["title"] == "Kelvingrove"
    assert {name: shown[name] for name in unchanged} == {name: before[name] for name in unchanged}
    told = organiser.get(f"/elections/{election}/events").json()["events"][-1]
    assert (told["action"], told["detail"]) == ("election-edited", {"fields": ["contests", "title"]})


def test_a_draft_that_was_changed_meanwhile_is_not_changed_blindly(organiser: Organiser) -> None:
    election = organiser.create()
    read = owned_election(organiser.wiring, organiser.id, election)
    organiser.ask("PATCH", f"/elections/{election}", json={"title": "First"})
    with pytest.raises(Conflict) as refused:
        edit_election(organiser.wiring, read, {"title": "Second"})
    assert refused.value.slug == "changed-meanwhile"
    assert organiser.show(election)["title"] == "First"


def test_nothing_of_a_frozen_election_changes(organiser: Organiser) -> None:
    election = organiser.create("v@example.org")
    read = owned_election(organiser.wiring, organiser.id, election)
    organiser.invite(election)
    before = organiser.show(election)
    assert_problem(organiser.ask("PATCH", f"/elections/{election}", json={"title": "New"}), 409, "frozen")
    assert_problem(organiser.ask("DELETE", f"/elections/{election}"), 409, "frozen")
    with pytest.raises(Conflict) as refused:  # frozen between reading and writing
        edit_election(organiser.wiring, read, {"title": "New"})
    assert refused.value.slug == "frozen"
    assert organiser.show(election) == before
    assert work_off(organiser.deployment) == 0


def test_somebody_elses_election_is_not_there(organiser: Organiser, deployment: World) -> None:
    election, eve = organiser.create("v@example.org"), Organiser(deployment, "eve")
    path = f"/elections/{election}"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "", {}),
        ("PATCH", "", {"json": {"title": "Mine"}}),
        ("DELETE", "", {}),
        ("GET", "/voters", {}),
        ("POST", "/voters", {"json": {"email": "eve@example.org"}}),
        ("POST", "/voters/import", {"content": csv("eve@example.org"), "headers": {"Content-Type": "text/csv"}}),
        ("GET", "/voters/imports/j1", {}),
        ("DELETE", "/voters/personal-data", {}),
        ("POST", "/invitations", {}),
        ("POST", "/open", {}),
        ("POST", "/close", {}),
        ("GET", "/events", {}),
    ]
    for method, rest, options in requests:
        assert_problem(eve.ask(method, path + rest, **options), *NOT_FOUND)
        assert_problem(eve.ask(method, "/elections/unknown" + rest, **options), *NOT_FOUND)
        assert_problem(organiser.client.request(method, path + rest, **options), 401, "no-session")
    assert list(organiser.voters(election)) == ["v@example.org"]
    assert organiser.show(election)["status"] == "draft"
    assert eve.get("/elections").json()["elections"] == []


def test_a_deleted_draft_is_hidden_at_once_and_leaves_nothing(organiser: Organiser, deployment: World) -> None:
    kept, election = organiser.create("kept@example.org"), organiser.create("v@example.org", "w@example.org")
    organiser.wiring.blobs.put(f"imports/{election}/stranded", b"v@example.org")
    assert organiser.ask("DELETE", f"/elections/{election}").status_code == 204
    assert_problem(organiser.get(f"/elections/{election}"), *NOT_FOUND)
    assert_problem(organiser.post(f"/elections/{election}/voters", json={"email": "x@example.org"}), *NOT_FOUND)
    assert organiser.ask("DELETE", f"/elections/{election}").status_code == 204, "again is harmless"
    work_off(deployment)
    assert_problem(organiser.ask("DELETE", f"/elections/{election}"), *NOT_FOUND)
    assert election not in str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
    assert list(organiser.wiring.blobs.keys("imports/")) == []
    assert list(organiser.voters(kept)) == ["kept@example.org"]


def test_deleting_survives_a_kill_at_every_step(organiser: Organiser, deployment: World) -> None:
    for last in range(30):
        election = organiser.create("v@example.org")
        dying = DyingWiring(deployment, last)
        try:
            delete_election(dying, organiser.id, election)
            work_off(deployment, dying)
            break
        except Killed:
            ordered = last > 0
        work_off(deployment)
        left = election in str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
        assert left is not ordered, f"killed before act {last}"
        if not ordered:
            assert organiser.show(election)["status"] == "draft"
    else:
        pytest.fail("never lived to the end")
    assert last >= 6


def test_a_purge_that_comes_too_late_leaves_a_frozen_election_alone(organiser: Organiser, deployment: World) -> None:
    """The wish to delete was queued, the process killed, and the organiser continued with the draft."""
    election = organiser.create("v@example.org")
    read = owned_election(organiser.wiring, organiser.id, election)
    freeze(organiser.wiring, read, organiser.wiring.voters.roll(election), BASE_URL)
    wish = {"kind": "purge", "election": election, "created_at": read.created_at, "start": 0}
    organiser.wiring.jobs_queue.send(wish)
    work_off(deployment)
    assert organiser.show(election)["status"] == "scheduled"
    assert list(organiser.voters(election)) == ["v@example.org"]


def test_a_purge_that_comes_twice_leaves_a_later_draft_with_the_same_id_alone(
    organiser: Organiser, deployment: World
) -> None:
    key = {"Idempotency-Key": "k"}
    election = organiser.post_once(organiser.wiring, "/elections", json=DRAFT, headers=key).json()["id"]
    organiser.ask("DELETE", f"/elections/{election}")
    [wish] = deployment.take_messages("JOBS_QUEUE")
    organiser.wiring.jobs_queue.send(wish)
    work_off(deployment)
    deployment.clock.advance(seconds=1)
    assert organiser.post("/elections", json=DRAFT, headers=key).json()["id"] == election
    organiser.import_(election, csv("v@example.org"))
    organiser.wiring.jobs_queue.send(wish)
    work_off(deployment)
    assert organiser.show(election)["status"] == "draft"
    assert list(organiser.voters(election)) == ["v@example.org"]
