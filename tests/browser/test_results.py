"""The public page of an election in a browser, against the deployed stack: turnout as it moves, then the result."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from axe import assert_accessible
from ballotcast.client.published import results
from ballotcast.client.voter import Voter
from ballotcast_tools.stack.stack import Stack
from chromium import PATIENCE
from invited_elections import Elections

pytestmark = pytest.mark.stack

HOSTILE = "<script>alert(1)</script>"
CONTESTS: list[dict[str, Any]] = [
    {"title": "Council", "method": "scottish-stv", "options": ["Ash", "Birch", HOSTILE], "seats": 2},
    {"title": "Chair", "method": "schulze", "options": ["North", "South"]},
    {"title": "Judged", "method": "majority-judgment", "options": ["Red", "Blue"], "max": 2},
]
VOTERS = 12
COUNT_PATIENCE = 120.0
MORE_THAN_ONE = re.compile("[2-9]|..")
LOOKED_AT_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
"""What a browser reports when somebody comes back to a page that was left open."""
SPACE = {"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1024, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_from_the_first_ballot_to_the_printed_result(page: Page, stack: Stack, elections: Elections) -> None:
    address, errors = stack.outputs["ApiUrl"], list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    election = elections.make(CONTESTS, VOTERS)
    page.goto(f"{address}/results/{election.id}")
    expect(page.get_by_text("Voting is open")).to_be_visible()
    expect(page.locator("[data-channel]")).to_have_attribute("data-state", "live")
    for number, voter in enumerate(election.voters):
        said = [(1, 2, 3) if number % 3 else (2, 1), (1, 2), ((1, 2), (2, number % 3))]
        Voter(elections.api, lambda state: None).vote(voter.link, said)
    drawn = page.locator("[data-channel] canvas")
    expect(drawn).to_be_visible(timeout=20_000)
    expect(page.locator("[data-channel]")).to_have_attribute("data-points", re.compile("[1-9]"))
    assert_accessible(page)
    assert "Elected" not in page.content()

    elections.organiser.close(election.id)
    page.evaluate(LOOKED_AT_AGAIN)
    expect(page.get_by_text("Closed; being counted")).to_be_visible()
    results(elections.api, election.id, patience=COUNT_PATIENCE)
    page.evaluate(LOOKED_AT_AGAIN)
    expect(page.get_by_role("region", name="Chair").get_by_text("Result: North.")).to_be_visible()
    expect(page.get_by_role("img", name="Council: votes round by round")).to_be_visible()
    expect(page.get_by_role("rowheader", name=HOSTILE).first).to_be_visible()
    expect(page.locator("[data-channel]")).to_have_attribute("data-points", MORE_THAN_ONE)
    expect(page.locator("[data-channel] .value").last).to_have_text(str(VOTERS))
    assert_accessible(page)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Every figure as CSV").click()
    assert saving.value.suggested_filename == f"ballotcast-{election.id}.csv"

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})  # what A4 leaves between its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    expect(page.get_by_role("link", name="Every figure as CSV")).to_be_hidden()
    assert page.pdf(format="A4", margin=SPACE).startswith(b"%PDF")  # type: ignore[arg-type]
    assert errors == []


def test_the_result_needs_no_script(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    response = page.goto(f"{stack.outputs['ApiUrl']}/results/0123456789abcdef")
    assert response is not None
    assert response.status == 404
    expect(page.get_by_text("Diese Wahl gibt es nicht")).to_be_visible()
    context.close()
