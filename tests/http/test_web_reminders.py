"""On an election's page: a reminder so long before the end, the mail with the result, and leaving the election."""

from datetime import timedelta

import pytest

from ballotcast.clock import from_rfc3339
from ballotcast.elections.roles import Role
from ballotcast.store.members import Member
from ballotcast.store.organisers import Organiser as Account
from ballotcast.store.results import Published
from organise.accounts import organiser_id
from organising import DRAFT, Organiser
from pages import Browser, faults
from world import World


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


@pytest.fixture
def running(organiser: Organiser) -> str:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    return election


def test_a_reminder_is_chosen_by_how_long_before_the_end_and_called_off(
    browser: Browser, organiser: Organiser, running: str
) -> None:
    page = f"/manage/elections/{running}"
    form = {"act": "remind-later", "until": DRAFT["closes_at"], "sure": "yes", "at": "5", "unit": "hours"}
    assert "Remind later" in browser.get(page).text
    assert browser.post(page, {"act": "remind-later"}).status_code == 200
    assert browser.post(page, form).headers["location"] == f"{page}?done=later"
    assert organiser.show(running)["remind_at"] == "2026-11-21T05:00:00Z"
    assert "Call the reminder off" in browser.get(page).text
    assert browser.post(page, {"act": "remind-cancel"}).headers["location"] == f"{page}?done=uncalled"
    assert organiser.show(running)["remind_at"] is None


@pytest.mark.parametrize("changes", [{"at": "x"}, {"at": "0"}, {"at": "90"}, {"unit": "weeks"}, {"until": "never"}])
def test_a_time_that_cannot_be_is_told_at_its_field(browser: Browser, running: str, changes: dict[str, str]) -> None:
    form = {"act": "remind-later", "until": DRAFT["closes_at"], "sure": "yes", "at": "5", "unit": "days", **changes}
    answer = browser.post(f"/manage/elections/{running}", form)
    assert answer.status_code == 422
    assert set(faults(answer.text)) == {"at"}


def test_the_result_is_mailed_once_it_is_published_and_after_a_question(
    deployment: World, organiser: Organiser, running: str
) -> None:
    page = f"/manage/elections/{running}"
    deployment.clock.now = from_rfc3339(DRAFT["closes_at"]) + timedelta(hours=1)
    browser = Browser(deployment, organiser.id)
    assert "Mail the result" not in browser.get(page).text
    deployment.wiring().results.publish(Published(running, "0" * 64, "0" * 64, 1, 1, 0, 0, "2026-11-21T10:30:00Z"))
    assert "Mail the result" in browser.get(page).text
    assert "It cannot be sent a second time" in browser.post(page, {"act": "result"}).text
    assert browser.post(page, {"act": "result", "sure": "yes"}).headers["location"].startswith(f"{page}?done=result")
    assert "Mail the result" not in browser.get(page).text
    assert "Mailed the result" in browser.get(page).text


def test_somebody_who_observes_leaves_by_a_button(deployment: World, organiser: Organiser, running: str) -> None:
    watcher, wiring, email = Organiser(deployment, "watcher"), deployment.wiring(), "watcher@example.org"
    watcher.id = organiser_id(wiring, email)
    wiring.organisers.add(Account(watcher.id, email, "", deployment.clock(), verified=True))
    found = wiring.elections.find(running)
    assert found
    member = Member(watcher.id, email, Role.OBSERVER, joined=True, since=DRAFT["opens_at"])
    assert wiring.members.change(found, wiring.members.keeping(running, member), people=1)
    page, browser = f"/manage/elections/{running}", Browser(deployment, watcher.id)
    assert browser.get(page).text.count("Leave this election") == 1
    you = [one["email"] for one in watcher.get(f"/elections/{running}/people").json()["people"] if one["you"]]
    assert you == ["watcher@example.org"]
    assert browser.post(page, {"act": "person-leave"}).headers["location"] == "/manage?done=left"
    assert len(organiser.get(f"/elections/{running}/people").json()["people"]) == 1
