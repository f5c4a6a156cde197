"""The page for trustees, and their part of an election's page: naming them, having them confirm, who is awaited."""

from typing import Any

import pytest

from organising import Organiser
from pages import Browser, area, field
from trustees_played import Ceremony
from world import World

TYPED = "Ada, ada@trustees.example.org\nBo, bo@trustees.example.org\n\nCleo, cleo@trustees.example.org"


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    return Organiser(deployment)


def test_the_page_for_trustees_is_served_in_each_language_and_knows_no_link(deployment: World) -> None:
    browser = Browser(deployment)
    for language, title in (("en", "For trustees"), ("de", "Für Treuhänder"), ("fr", "Pour les dépositaires")):
        page = browser.get("/trustee", headers={"Accept-Language": language})
        assert page.status_code == 200
        assert f"<h1>{title}</h1>" in page.text
        assert 'name="referrer" content="no-referrer"' in page.text


def test_an_organiser_names_trustees_and_sees_who_is_awaited(deployment: World, organiser: Organiser) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    browser, at = Browser(deployment, organiser.id), f"/manage/elections/{election}"
    assert "Have trustees hold the key" in browser.get(at).text
    named: dict[str, Any] = {"act": "trustees-begin", "trustees-people": TYPED, "trustees-needed": "2"}
    named["trustees-attempt"] = field(browser.get(at).text, "trustees-attempt")
    asked = browser.post(at, named)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{at}?done=trustees-begin#trustees")
    assert organiser.show(election)["mode"] == "trustees"
    played = Ceremony.of(deployment, organiser, election)
    played.deliver()
    shown = browser.get(at).text
    assert shown.count("Awaited") == 3
    assert "The trustees have not confirmed the election yet" in shown
    played.trustees[0].join()
    assert browser.get(at).text.count("Awaited") == 2
    reminded = browser.post(at, {"act": "trustees-remind"})
    assert reminded.status_code == 303
    assert len(played.deliver()) == 2
    for one in played.trustees[1:]:
        one.join()
    played.deal_all()
    assert "Have them confirm" in browser.get(at).text
    assert browser.post(at, {"act": "trustees-fix"}).status_code == 303
    played.confirm_all()
    shown = browser.get(at).text
    assert "All trustees have confirmed the election" in shown
    assert 'name="act" value="begin"' in shown


@pytest.mark.parametrize(
    ("typed", "needed", "said"),
    [
        ("Ada ada@trustees.example.org", "2", "Write a name, a comma and an address"),
        ("Ada, ada@trustees.example.org", "2", "Name at least two"),
        (TYPED, "many", "Write a number"),
        (TYPED, "4", "4 of 3 trustees cannot open it"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    deployment: World, organiser: Organiser, typed: str, needed: str, said: str
) -> None:
    election = organiser.create("ada@example.org")
    browser, at = Browser(deployment, organiser.id), f"/manage/elections/{election}"
    named = {"act": "trustees-begin", "trustees-attempt": "1", "trustees-people": typed, "trustees-needed": needed}
    refused = browser.post(at, named)
    assert refused.status_code == 422
    assert said in refused.text
    assert area(refused.text, "trustees-people").replace("\r\n", "\n") == typed


def test_beginning_again_starts_with_who_was_asked(deployment: World, organiser: Organiser) -> None:
    played = Ceremony(deployment, organiser)
    played.begin()
    browser, at = Browser(deployment, organiser.id), f"/manage/elections/{played.election}"
    again = area(browser.get(at).text, "trustees-people")
    assert again.splitlines()[0] == "Ada, ada@trustees.example.org"
    others = again.replace("Bo, bo@", "Dan, dan@")
    named = {"act": "trustees-begin", "trustees-attempt": "2", "trustees-people": others, "trustees-needed": "3"}
    assert browser.post(at, named).status_code == 303
    state = played.state()
    assert (state["attempt"], state["t"]) == (2, 3)
    assert [one["name"] for one in state["trustees"]] == ["Ada", "Dan", "Cleo"]


def test_a_form_that_is_sent_twice_begins_one_ceremony(deployment: World, organiser: Organiser) -> None:
    """Nor does a page that is out of date: it would take the place of a ceremony that trustees have confirmed."""
    election = organiser.create("ada@example.org", "bob@example.org")
    browser, at = Browser(deployment, organiser.id), f"/manage/elections/{election}"
    first = browser.get(at).text
    named = {"act": "trustees-begin", "trustees-people": TYPED, "trustees-needed": "2"}
    named["trustees-attempt"] = field(first, "trustees-attempt")
    for _ in range(2):
        assert browser.post(at, named).status_code == 303
    played = Ceremony.of(deployment, organiser, election)
    assert played.state()["attempt"] == 1
    assert len(played.deliver()) == 3
    others = TYPED.replace("Bo, bo@", "Dan, dan@")
    assert browser.post(at, {**named, "trustees-people": others}).status_code == 409
    assert browser.post(at, {**named, "trustees-attempt": "x"}).status_code == 422
    assert (played.state()["attempt"], played.state()["trustees"][1]["name"]) == (1, "Bo")
