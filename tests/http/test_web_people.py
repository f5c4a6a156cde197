"""An election's people in a browser: inviting, accepting by the code, what an observer is offered, leaving."""

import re

import pytest

from ballotcast.elections.roles import Role
from organising import Organiser
from pages import Browser, faults
from people import Person, code_in, mailed_code, seat
from world import World


@pytest.fixture
def owner(deployment: World) -> Organiser:
    return Person(deployment, "owner")


def test_somebody_is_invited_accepts_and_is_offered_what_the_role_allows(deployment: World, owner: Person) -> None:
    election, eve = owner.create("ada@example.org"), Person(deployment, "eve")
    browser, at = Browser(deployment, owner.id), f"/manage/elections/{election}"
    bad = browser.post(at, {"act": "person-invite", "email": "eve", "role": "observer"})
    assert bad.status_code == 422
    assert faults(bad.text)
    invited = browser.post(at, {"act": "person-invite", "email": eve.email, "role": "observer"})
    assert invited.headers["location"].endswith("done=invited")
    assert "has not accepted yet" in browser.get(at).text
    code = mailed_code(deployment, eve.email)
    hers = Browser(deployment, eve.id)
    page = f"/manage/verify?election={election}"
    assert 'name="token"' in hers.get(page).text
    wrong = hers.post("/manage/verify", {"election": election, "token": "0000-0000"})
    assert wrong.status_code == 403
    accepted = hers.post("/manage/verify", {"election": election, "token": code})
    assert (accepted.status_code, accepted.headers["location"]) == (303, f"/manage/elections/{election}?done=joined")
    shown = hers.get(f"{at}?done=joined").text
    assert "You take part in this election now." in shown
    assert not re.search(r'name="act" value="(begin|open|delete|person-invite)"', shown)
    assert "You observe this election" in shown
    assert eve.email in shown
    roll = hers.get(f"{at}/voters").text
    assert "ada@example.org" in roll
    assert 'name="act"' not in roll
    refused = hers.post(at, {"act": "open", "sure": "yes"})
    assert refused.status_code == 403
    assert "Your role in this election does not allow this." in refused.text


def test_whoever_leaves_is_led_to_their_other_elections(deployment: World, owner: Person) -> None:
    election, ben = owner.create(), Person(deployment, "ben")
    seat(owner, election, ben, Role.OWNER)
    left = Browser(deployment, owner.id).post(
        f"/manage/elections/{election}", {"act": "person-remove", "email": owner.email}
    )
    assert left.headers["location"] == "/manage?done=left"
    assert "no longer take part" in Browser(deployment, owner.id).get("/manage?done=left").text
    assert Browser(deployment, ben.id).get(f"/manage/elections/{election}").status_code == 200
    assert code_in(owner.email) == []
