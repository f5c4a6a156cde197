"""Finding voters by the beginning of an address or a name, or by a state: at one cost, and nobody is missed."""

from typing import Any

import pytest

from ballotcast.elections.roll_file import Row
from ballotcast.store.roll_index import index_pk, rows_of
from dying import DyingWiring, Killed
from invitations import key_of
from organise.drafts import owned_election
from organise.roll import add_voter
from organise.roll_editing import edit_voter
from organising import Organiser, work_off
from problem import assert_problem
from world import World

NAMES = {
    "ada@example.org": "Ada Lovelace",
    "bob@example.org": "Bob van Müller",
    "adam@club.example": "Éva Ada",
    "zoe@example.org": "",
}


@pytest.fixture
def election(organiser: Organiser) -> str:
    rows = "\n".join(["email,name", *(f"{email},{name}" for email, name in NAMES.items())])
    election = organiser.create()
    assert organiser.import_(election, rows.encode()).json()["added"] == len(NAMES)
    return election


def found(organiser: Organiser, election: str, **query: Any) -> list[str]:
    """All pages."""
    emails, cursor = [], ""
    while cursor is not None:
        page = organiser.get(
            f"/elections/{election}/voters", params={**query, **({"cursor": cursor} if cursor else {})}
        )
        assert page.status_code == 200, page.text
        emails += [voter["email"] for voter in page.json()["voters"]]
        cursor = page.json()["next_cursor"]
    return emails


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize(
    ("search", "emails"),
    [
        ("", ["ada@example.org", "adam@club.example", "bob@example.org", "zoe@example.org"]),
        ("ada", ["ada@example.org", "adam@club.example"]),
        ("ADA@", ["ada@example.org"]),
        ("love", ["ada@example.org"]),
        ("muller", ["bob@example.org"]),
        ("Van M", ["bob@example.org"]),
        ("eva", ["adam@club.example"]),
        ("example", []),
        ("#", []),
    ],
)
def test_the_beginning_of_an_address_or_of_a_word_of_a_name(
    organiser: Organiser, election: str, search: str, emails: list[str], limit: int
) -> None:
    assert found(organiser, election, search=search, limit=limit) == emails
    assert organiser.get(f"/elections/{election}/voters").json()["count"] == len(NAMES)


def test_who_is_changed_or_removed_is_found_as_they_are_now(organiser: Organiser, election: str) -> None:
    at = f"/elections/{election}/voters"
    organiser.ask(
        "PATCH", at, json={"voter": "ada@example.org", "email": "countess@example.org", "name": "Augusta King"}
    )
    organiser.post(f"{at}/removals", json={"voters": ["bob@example.org"]})
    assert found(organiser, election, search="love") == found(organiser, election, search="bob") == []
    assert found(organiser, election, search="king") == ["countess@example.org"]
    assert found(organiser, election, search="ada") == ["adam@club.example"]
    assert organiser.get(at).json()["count"] == 3
    rows = [row["sk"] for row in organiser.wiring.roll.query(index_pk(election))]
    there = [row for voter in organiser.wiring.voters.roll(election) for row in rows_of(voter)]
    assert sorted(rows) == sorted([*there, "COUNT"])


def test_states_are_found_and_a_mail_that_came_back_at_once(organiser: Organiser, delivered: str) -> None:
    states = {
        "sent": ["ada@example.org", "bob@example.org"],
        "bounced": ["cid@example.org"],
        "none": ["dee@example.org"],
    }
    for state, emails in states.items():
        assert found(organiser, delivered, delivery=state, limit=1) == emails
        assert found(organiser, delivered, delivery=state, search=emails[0]) == emails[:1]
    assert found(organiser, delivered, delivery="queued") == []
    organiser.invite(delivered, only="bounced")
    assert found(organiser, delivered, delivery="bounced") == []


def test_a_process_that_is_killed_leaves_nobody_out(organiser: Organiser, election: str, deployment: World) -> None:
    """Whatever it comes to: who is on the roll is found, and who is found is on the roll."""
    for last in range(12):
        dying = DyingWiring(deployment, last)
        try:
            owned = owned_election(dying, organiser.id, election)
            add_voter(dying, owned, Row(f"new{last}@example.org", name="Nia New"))
            edit_voter(dying, owned, "zoe@example.org", {"name": f"Zoe {last}"})
        except Killed:
            pass
        there = sorted(voter.email for voter in deployment.wiring().voters.roll(election))
        assert sorted(found(organiser, election)) == there
        news = [email for email in there if email.startswith("new")]
        assert sorted(found(organiser, election, search="nia")) == news
        assert len(found(organiser, election, search="zoe")) == 1
        assert organiser.get(f"/elections/{election}/voters").json()["count"] == len(there)


def test_a_page_costs_the_same_whatever_the_roll_has(organiser: Organiser) -> None:
    """Requests to DynamoDB for a page of three, on rolls of 3, 60 and 300."""
    asked: list[str] = []
    organiser.wiring.dynamodb.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
    costs = set()
    for size in (3, 60, 300):
        election = organiser.create(*(f"v{number:03}@example.org" for number in range(size)))
        for query in ({}, {"search": "v00"}):
            asked.clear()
            page = organiser.get(f"/elections/{election}/voters", params={"limit": 3, **query}).json()
            assert len(page["voters"]) == 3
            costs.add(tuple(sorted(asked)))
    assert len(costs) == 1
    assert len(asked) <= 12, "each of the two paths asks"


def test_nothing_of_anybody_is_left_in_the_index(organiser: Organiser, election: str, deployment: World) -> None:
    organiser.post(f"/elections/{election}/open")
    organiser.post(f"/elections/{election}/close")
    late = organiser.post(f"/elections/{election}/voters", json={"email": "late@example.org"})
    assert_problem(late, 409, "closed")
    assert organiser.ask("DELETE", f"/elections/{election}/voters/personal-data").status_code == 202
    assert_problem(organiser.get(f"/elections/{election}/voters", params={"search": "a"}), 409, "not-searchable")
    work_off(deployment)
    kept = [row["sk"] for row in organiser.wiring.roll.query(index_pk(election))]
    assert kept == ["COUNT"]
    listed = organiser.get(f"/elections/{election}/voters").json()
    assert ([voter["email"] for voter in listed["voters"]], listed["count"]) == ([""] * 4, 4)
    draft = organiser.create("ada@example.org")
    assert key_of(organiser, draft, "ada@example.org")
    organiser.ask("DELETE", f"/elections/{draft}")
    work_off(deployment)
    assert list(organiser.wiring.roll.query(index_pk(draft))) == []


@pytest.mark.parametrize("query", [{"cursor": "b3RoZXI"}, {"cursor": "RSN6", "search": "a"}, {"delivery": "lost"}])
def test_a_bad_question_is_refused(organiser: Organiser, election: str, query: dict[str, str]) -> None:
    answer = organiser.get(f"/elections/{election}/voters", params=query)
    assert_problem(answer, 422, "invalid", f"/query/{next(iter(query))}")
