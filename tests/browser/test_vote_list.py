"""The list that options are ranked in, under a finger; grades in words; and the page in another language half-way."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from axe import assert_accessible, assert_easily_hit
from invited_elections import Elections
from voter_page import VoterPage

pytestmark = pytest.mark.stack

PHONE: Any = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
BOARD = {"title": "Board", "method": "irv", "options": ["Ada", "Alan", "Barbara", "Edsger", "Grace"]}
PLAN = {"title": "Plan", "method": "majority-judgment", "options": ["Roof", "Shed"], "min": 0, "max": 5}

AT_ONCE = """button => {
  for (const detail of [1, 2]) button.dispatchEvent(new MouseEvent("click", { detail, bubbles: true }));
}"""
"""Both clicks of a double tap, as quick as no machine under load would play them."""


def numbers(board: Locator) -> list[str]:
    return board.locator(".ranking .rank").all_inner_texts()


def places(board: Locator) -> list[float]:
    """Of the rows in the page, wherever it is scrolled to."""
    tops: list[float] = board.locator(".ranking li").evaluate_all(
        "rows => rows.map((row) => Math.round(row.getBoundingClientRect().top + scrollY))"
    )
    return tops


def tap(page: Page, target: Locator, times: int = 1) -> None:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    for _ in range(times):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_on_a_phone_a_double_tap_ranks_nobody_else_and_a_language_keeps_the_place(
    browser: Browser, elections: Elections
) -> None:
    asks = {"organisation": "Rowing club", "contact": "board@rowing.example"}
    [invited] = elections.make([BOARD, PLAN], 1, description="Who steers?", mail=asks).voters
    with browser.new_context(**PHONE) as context:
        voter = VoterPage(context, elections.api.address)
        voter.open(invited.link)
        page, board = voter.page, voter.contest("Board")
        onward = page.get_by_role("button", name="Continue to the ballot")
        expect(onward).to_be_in_viewport()
        voter.expect_text("Rowing club asks for your vote")
        expect(page.get_by_role("link", name="board@rowing.example")).to_be_in_viewport()
        voter.expect_text("Voting ends in 23 hours")
        expect(page.locator(".fingerprint")).not_to_be_visible()
        assert_accessible(page)
        assert_easily_hit(page)
        onward.tap()
        expect(page.get_by_role("button", name="Review your ballot")).to_be_visible()
        before = places(board)
        alan = board.get_by_role("button", name="Alan", exact=True)
        tap(page, alan, times=2)
        assert [one for place, one in enumerate(numbers(board)) if place != 1] == ["", "", "", ""]
        board.get_by_role("button", name="Leave blank: clear all").tap()
        alan.evaluate(AT_ONCE)
        assert numbers(board) == ["", "1", "", "", ""], "a double tap ranks it once"
        tap(page, board.locator(".rank").nth(4))
        tap(page, board.get_by_role("button", name="Ada", exact=True))
        assert numbers(board) == ["3", "1", "", "", "2"]
        assert places(board) == before, "no row has moved"
        alan.press("Enter")
        assert numbers(board) == ["2", "", "", "", "1"]
        assert places(board) == before
        assert_accessible(page)
        assert_easily_hit(page)
        voter.contest("Plan").get_by_role("group", name="Shed", exact=True).get_by_label(
            "Very good", exact=True
        ).check()

        scrolled = page.evaluate("scrollY")
        page.get_by_role("link", name="Deutsch").evaluate("link => link.click()")
        expect(page.get_by_role("button", name="Stimmzettel prüfen")).to_be_visible()
        board = voter.contest("Board")
        assert numbers(board) == ["2", "", "", "", "1"]
        assert abs(page.evaluate("scrollY") - scrolled) < 200
        assert_accessible(page)
        page.get_by_role("button", name="Stimmzettel prüfen").click()
        page.get_by_role("heading", level=1, name="Prüfen Sie Ihren Stimmzettel").wait_for()
        page.get_by_role("link", name="English").evaluate("link => link.click()")
        voter.expect_step("Review your ballot")
        assert voter.reviewed() == [["Board", "Grace", "Ada"], ["Plan", "Shed", "Very good"]]
        page.go_back()
        expect(page.get_by_role("button", name="Review your ballot")).to_be_visible()
        voter.press("Review your ballot")
        voter.press("Cast my vote")
        voter.expect_receipt()
        voter.close()
