"""The voter's journey in a browser, on the deployed stack: every kind of ballot, by mouse and by keyboard."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from axe import assert_accessible, assert_easily_hit
from ballotcast.client import published
from ballotcast.client.errors import NotYet
from ballotcast.client.receipts import check_receipt
from ballotcast.client.state import Cast, from_json
from ballotcast.counting import Ballot, count
from invited_elections import Election, Elections, Invited
from voter_page import Interference, VoterPage

pytestmark = pytest.mark.stack

CHAIR: dict[str, Any] = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
COMMITTEE: dict[str, Any] = {
    "title": "Committee",
    "method": "approval",
    "options": ["Bo", "Cy", "Di", "Ed"],
    "seats": 2,
    "min": 2,
    "max": 3,
}
IDEAS: dict[str, Any] = {"title": "Ideas", "method": "star", "options": ["Shed", "Roof", "Library"], "min": 0, "max": 5}
VENUE: dict[str, Any] = {"title": "Venue", "method": "schulze", "options": ["Berlin", "Paris", "Rome", "Vienna"]}
COUNCIL: dict[str, Any] = {
    "title": "Council",
    "method": "scottish-stv",
    "options": [f"Name {number:03}" for number in range(1, 256)],
}
CONTESTS = [CHAIR, COMMITTEE, IDEAS, VENUE, COUNCIL]
TITLE = "Works <script>council</script>"
MEANT: list[list[Ballot]] = [
    [(2,), (2,), (1,)],
    [(3, 4), (1, 2), ()],
    [((2, 4),), ((1, 3),), ()],
    [(4, (2, 3)), ((1, 3), 2), ()],
    [(254, 17), (1,), ()],
]
"""For each contest what the three voters below choose."""
NOTICED = 5_500
"""Milliseconds after which every function knows that an election was closed early."""
COUNT_PATIENCE = 120.0


@pytest.fixture(scope="module")
def election(elections: Elections) -> Election:
    return elections.make(CONTESTS, 5, title=TITLE)


@pytest.fixture(scope="module")
def voters(election: Election) -> Iterator[Invited]:
    """Each takes part in one test."""
    return iter(election.voters)


@pytest.fixture(scope="module")
def receipts() -> list[Cast]:
    """Of everybody who voted; checked at the end."""
    return []


def test_a_ballot_of_every_kind(
    voter: VoterPage, voters: Iterator[Invited], elections: Elections, receipts: list[Cast], tmp_path: Path
) -> None:
    """By mouse. What is wrong is said where it is; every state is accessible; Python believes the receipt."""
    page, link = voter.page, next(voters).link
    requested: list[Any] = []
    said: list[str] = []
    page.on("request", lambda request: requested.append(request))
    page.on("console", lambda message: said.append(message.text))
    voter.visit(link)
    expect(page.get_by_role("button", name="Open my election")).to_be_visible()
    assert_accessible(page)
    assert_easily_hit(page)
    assert {request.method for request in requested} == {"GET"}
    assert not [request.url for request in requested if "/elections/" in request.url]

    voter.press("Open my election")
    voter.expect_step(TITLE)
    assert page.url == f"{voter.address}/vote"
    assert link not in page.content() + page.title()
    assert_accessible(page)
    assert_easily_hit(page)
    voter.press("Continue to the ballot")

    voter.contest("Chair").get_by_label("Alan").check()
    voter.contest("Committee").get_by_label("Di").check()
    venue = voter.contest("Venue")
    for city in ("Rome", "Paris", "Vienna"):
        venue.get_by_role("button", name=city, exact=True).click()
    venue.get_by_role("button", name="Paris: same rank as the one above").click()
    expect(venue.get_by_role("button", name="Paris: same rank")).to_be_focused()
    numbers = [venue.get_by_role("listitem").filter(has_text=city).locator(".rank") for city in ("Vienna", "Rome")]
    vienna, rome = (number.bounding_box() for number in numbers)
    assert vienna
    assert rome
    page.mouse.move(vienna["x"] + 9, vienna["y"] + 9)
    page.mouse.down()
    page.mouse.move(rome["x"] + 9, rome["y"] + 9, steps=5)
    page.mouse.up()
    order = venue.get_by_role("list", name="Your ranking").get_by_role("listitem")
    expect(order).to_have_text(["Vienna", "Rome and, equally, Paris"])
    council = voter.contest("Council")
    for name in ("Name 254", "Name 017"):
        council.get_by_label("Find an option").fill(name[-3:])
        council.get_by_role("button", name=name, exact=True).click()
    voter.press("Review your ballot")
    voter.expect_text("Committee: One too few")
    assert_accessible(page)
    assert_easily_hit(page)
    page.get_by_role("button", name="Committee: One too few").click()
    expect(page.get_by_role("heading", name="Committee")).to_be_focused()
    voter.contest("Committee").get_by_label("Ed").check()
    voter.press("Review your ballot")
    voter.expect_step("Review your ballot")
    assert voter.reviewed() == [
        ["Chair", "Alan"],
        ["Committee", "Di", "Ed"],
        ["Ideas", "Left blank. That is valid: it counts as a ballot without a choice."],
        ["Venue", "Vienna", "Paris and, equally, Rome"],
        ["Council", "Name 254", "Name 017"],
    ]
    assert_accessible(page)
    assert_easily_hit(page)
    page.get_by_role("button", name="Change: Ideas").click()
    expect(page.get_by_role("heading", name="Ideas")).to_be_focused()
    page.get_by_role("group", name="Roof", exact=True).get_by_label("4").check()
    voter.press("Review your ballot")
    voter.press("Cast my vote")
    voter.expect_receipt()
    assert_accessible(page)
    assert_easily_hit(page)

    receipt = voter.save("Save the receipt", tmp_path).read_text()
    state = from_json(voter.save("Save the recovery file", tmp_path).read_text())
    assert isinstance(state, Cast)
    assert state.receipt == receipt == voter.receipt
    with pytest.raises(NotYet):
        check_receipt(elections.api, receipt, state.checkpoint)
    receipts.append(state)
    [cast] = [request for request in requested if request.url.endswith("/ballots")]
    headers = cast.all_headers()
    assert not {"cookie", "referer", "idempotency-key", "authorization"} & headers.keys()
    assert not [text for text in said if link in text]
    assert not [request.url for request in requested if link.split(".")[1] in request.url]
    voter.close()


def test_by_keyboard_alone(voter: VoterPage, voters: Iterator[Invited], receipts: list[Cast]) -> None:
    page = voter.page
    press = page.keyboard.press

    def tab_to(name: str, role: Any = "button", key: str = "Tab", *, exact: bool = True) -> None:
        """As far as it takes; where the focus is can be seen."""
        wanted = page.get_by_role(role, name=name, exact=exact).first
        expect(wanted).to_be_attached()
        for _ in range(60):
            press(key)
            if wanted.evaluate("element => element === document.activeElement"):
                assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    def choose(name: str, role: Any = "button", key: str = "Enter") -> None:
        tab_to(name, role)
        press(key)

    voter.visit(next(voters).link)
    choose("Skip to the content", "link")
    choose("Open my election")
    voter.expect_step(TITLE)
    choose("Continue to the ballot")
    expect(page.get_by_role("button", name="Review your ballot")).to_be_visible()
    choose("Ada", "radio", " ")
    press("ArrowDown")
    choose("Bo", "checkbox", " ")
    choose("Cy", "checkbox", " ")
    tab_to("No score", "radio")
    for _ in range(4):
        press("ArrowRight")
    for city in ("Berlin", "Paris", "Rome"):
        choose(city)
    expect(page.get_by_role("button", name="Rome", exact=True)).to_have_accessible_description("Rank 3 of 3")
    press("ArrowUp")
    press("ArrowUp")
    press("ArrowDown")
    expect(page.get_by_role("button", name="Rome", exact=True)).to_be_focused()
    press("=")
    tab_to("Find an option", "searchbox")
    page.keyboard.type("name 001")
    choose("Name 001")
    tab_to("Review your ballot")
    press("Enter")
    voter.expect_step("Review your ballot")
    assert voter.reviewed() == [
        ["Chair", "Alan"],
        ["Committee", "Bo", "Cy"],
        ["Ideas", "Shed", "3"],
        ["Venue", "Berlin and, equally, Rome", "Paris"],
        ["Council", "Name 001"],
    ]
    choose("Cast my vote")
    voter.expect_receipt()
    receipts.append(voter.cast())
    voter.close()


def test_after_the_close_nothing_more_is_cast(
    browser: Browser,
    voter: VoterPage,
    voters: Iterator[Invited],
    elections: Elections,
    election: Election,
    receipts: list[Cast],
) -> None:
    """Who was about to cast is told, and who comes later; whose ballot is in the box still gets the receipt."""
    voter.to_ballot(next(voters).link)
    voter.mark_and_review("Ada")
    Interference(voter.page, "**/ballots", cuts=4, delivered=True)
    voter.press("Cast my vote")
    voter.expect_text("It is not known whether your ballot has arrived.")
    with browser.new_context() as device:
        slow = VoterPage(device, elections.api.address)
        slow.to_ballot(next(voters).link)
        slow.mark_and_review("Alan")
        elections.organiser.close(election.id)
        voter.expect_receipt()
        receipts.append(voter.cast())
        voter.close()
        slow.page.wait_for_timeout(NOTICED)
        slow.press("Cast my vote")
        slow.expect_step("Voting is over")
        slow.expect_text("had not arrived when voting ended")
        assert_accessible(slow.page)
        slow.open(next(voters).link)
        slow.expect_step("Voting is over")
        slow.expect_text("closed early, at")
        expect(slow.page.get_by_role("link", name="To the results")).to_have_attribute("href", re.compile(election.id))
        slow.close()


def test_before_the_opening_all_but_the_cast_can_be_done(
    browser: Browser, voter: VoterPage, elections: Elections
) -> None:
    """A device whose clock is fast sends too early, and once more; nothing is lost."""
    later = elections.make([CHAIR], 2, opens_in=timedelta(seconds=30))
    with browser.new_context() as device:
        fast = VoterPage(device, elections.api.address)
        fast.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=1))
        fast.to_ballot(later.voters[0].link)
        fast.mark_and_review("Ada")
        fast.press("Cast my vote")
        fast.expect_text("By the service’s clock voting begins only on")
        left = fast.page.url
        fast.page.goto("about:blank")  # or it would send by itself, before or after what follows

        voter.open(later.voters[1].link)
        voter.expect_text("You can fill in your ballot now")
        assert_accessible(voter.page)
        voter.press("Continue to the ballot")
        voter.mark_and_review("Ada")
        voter.expect_text("Your choices are kept on this device")
        cast = voter.page.get_by_role("button", name="Cast my vote")
        expect(cast).to_be_disabled()
        assert_accessible(voter.page)
        expect(cast).to_be_enabled(timeout=45_000)
        cast.click()
        voter.expect_receipt()
        voter.close()
        fast.page.goto(left)
        fast.press(f"Continue casting: {later.title}")
        fast.expect_receipt()
        fast.close()


def test_every_ballot_is_counted_as_it_was_meant(
    elections: Elections, election: Election, receipts: list[Cast]
) -> None:
    result = published.results(elections.api, election.id, patience=COUNT_PATIENCE)
    assert result["counted"] == len(receipts) == len(MEANT[0])
    for state in receipts:
        assert check_receipt(elections.api, state.receipt, state.checkpoint).index > 0
    seed = bytes.fromhex(result["lots_seed"])
    for contest, meant, account in zip(CONTESTS, MEANT, result["contests"], strict=True):
        expected = count(
            contest["method"],
            options=contest["options"],
            seats=contest.get("seats", 1),
            ballots=Counter(meant),
            tie=account["tie"],
            seed=seed,
            contest=account["id"],
        ).as_json()
        found = (account["rounds"], account["winners"], account["blank"])
        assert found == (expected["stages"], expected["winners"], expected["blank"])
