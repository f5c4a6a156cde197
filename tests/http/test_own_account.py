"""One's own account: by API and page, and that a switch of mails is kept."""

from organising import Organiser
from pages import Browser
from problem import assert_problem
from world import World


def test_mails_about_elections_are_switched_off_and_on(deployment: World, organiser: Organiser) -> None:
    shown = {"organiser_id": organiser.id, "email": "organiser@example.org", "verified": True}
    assert organiser.get("/account").json() == {**shown, "milestone_mails": True}
    assert organiser.ask("PATCH", "/account", json={"milestone_mails": False}).json()["milestone_mails"] is False
    assert organiser.ask("PATCH", "/account", json={}).json() == {**shown, "milestone_mails": False}
    assert_problem(organiser.ask("PATCH", "/account", json={"email": "eve@example.org"}), 422, "invalid", "/email")
    browser = Browser(deployment, organiser.id)
    assert 'href="/manage/account"' in browser.get("/manage").text
    page = browser.get("/manage/account").text
    assert "You get none of these mails." in page
    assert browser.post("/manage/account", {"mails": "on"}).headers["location"] == "/manage/account"
    assert "You get these mails." in browser.get("/manage/account").text
    browser.post("/manage/account", {"mails": "perhaps"})
    assert organiser.get("/account").json()["milestone_mails"] is True


def test_nobody_sees_an_account_without_a_session(deployment: World) -> None:
    assert Browser(deployment).get("/manage/account").headers["location"].startswith("/manage/log-in")
