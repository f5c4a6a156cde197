"""Points divided among options: the page says how many are given, and refuses too many and what is not whole."""

import pytest
from playwright.sync_api import Browser, expect

from axe import assert_accessible
from invited_elections import Elections
from voter_page import VoterPage

pytestmark = pytest.mark.stack

IDEAS = {"title": "Ideas", "method": "cumulative", "options": ["Shed", "Roof", "Library"], "min": 2, "max": 5}


def test_points_are_divided_counted_and_cast(browser: Browser, elections: Elections) -> None:
    [invited] = elections.make([IDEAS], 1).voters
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        voter.open(invited.link)
        voter.press("Continue to the ballot")
        ideas, tally = voter.contest("Ideas"), voter.contest("Ideas").locator(".tally")
        expect(ideas).to_contain_text("Divide 2 to 5 points as you like")
        ideas.get_by_label("Shed").fill("4")
        expect(tally).to_have_text("4 of 5 points given.")
        ideas.get_by_label("Library").fill("3")
        expect(tally).to_have_text("2 too many: at most 5. Take some away.")
        ideas.get_by_label("Library").fill("1.5")
        expect(tally).to_have_text("Points are whole numbers from 0.")
        ideas.get_by_label("Library").fill("")
        ideas.get_by_label("Shed").fill("1")
        expect(tally).to_have_text("One too few: at least 2, or none at all.")
        ideas.get_by_label("Library").fill("3")
        expect(tally).to_have_text("4 of 5 points given.")
        assert_accessible(voter.page)
        voter.press("Review your ballot")
        assert voter.reviewed() == [["Ideas", "Shed", "1", "Library", "3"]]
        voter.press("Cast my vote")
        voter.expect_receipt()
        voter.close()
