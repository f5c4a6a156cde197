"""What people of an election try against each other, and with requests that are under way when their part ends."""

import pytest

from ballotcast.clock import from_rfc3339
from ballotcast.elections.roles import Role
from ballotcast.errors import Forbidden, NotFound
from organise.drafts import owned_election
from organise.extending import extend_voting
from organise.people import invite_person, remove_person
from organising import BASE_URL, DRAFT
from people import Person, invited, removed, seat
from world import World


def test_a_request_that_is_made_again_asks_again_who_sends_it(deployment: World) -> None:
    """Two owners remove each other at once: the later one finds no election, and nobody else is removed."""
    owner, ben, cid = (Person(deployment, name) for name in ("owner", "ben", "cid"))
    election = owner.create("ada@example.org")
    seat(owner, election, ben, Role.OWNER)
    seat(owner, election, cid, Role.ORGANISER)
    begun = owned_election(ben.wiring, ben.id, election, Role.OWNER)
    assert removed(owner, election, ben.email).status_code == 200
    with pytest.raises(NotFound):
        remove_person(ben.wiring, begun, cid.email)
    with pytest.raises(NotFound):
        invite_person(ben.wiring, begun, "eve@example.org", Role.OWNER, BASE_URL)
    shown = owner.get(f"/elections/{election}/people").json()["people"]
    assert [one["email"] for one in shown] == [owner.email, cid.email]


def test_somebody_who_is_an_observer_by_now_finishes_nothing(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    election = owner.create("ada@example.org")
    seat(owner, election, ben, Role.ORGANISER)
    owner.invite(election)
    begun = owned_election(ben.wiring, ben.id, election)
    assert invited(owner, election, ben.email, "observer").status_code == 202
    extension = {"closes_at": "2026-11-22T10:00:00Z", "reason": "Storm"}
    assert owner.post(f"/elections/{election}/extensions", json=extension).status_code == 200
    with pytest.raises(Forbidden):
        extend_voting(ben.wiring, begun, from_rfc3339("2026-11-23T10:00:00Z"), "Mine")
    assert owner.show(election)["closes_at"] == extension["closes_at"]


@pytest.mark.parametrize(
    "title", ["Vote\r\nBcc: eve@example.org", "Vote\nBcc: eve@example.org", "Vote\x00", "Vote\u2028x"]
)
def test_a_title_that_would_be_a_header_of_a_mail_is_refused(deployment: World, title: str) -> None:
    owner = Person(deployment, "owner")
    answer = owner.post("/elections", json={**DRAFT, "title": title})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/title")
