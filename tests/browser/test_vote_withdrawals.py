"""Options that are withdrawn while voting runs, as voters see them who come later, or were about to vote."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from axe import assert_accessible
from ballotcast.client.errors import ApiError
from invited_elections import PATIENCE, Election, Elections
from voter_page import VoterPage

pytestmark = pytest.mark.stack

BOARD = {"title": "Board", "method": "irv", "options": ["Ada", "Alan", "Barbara"]}
CHAIR = {"title": "Chair", "method": "plurality", "options": ["Edsger", "Grace", "Niklaus"]}
PLAN = {"title": "Plan", "method": "score", "options": ["Roof", "Shed", "Gate"], "min": 0, "max": 5}
TOLD = "This option was withdrawn: {}. Ballots that name it are counted without it."


def withdraw(elections: Elections, election: Election, *contests: str) -> None:
    """Of each contest the second option, until the log states it."""
    for contest in contests:
        elections.organiser.withdraw(election.id, contest, 2, "Stands no more")

    def stated() -> bool | None:
        try:
            leaves = elections.api.get(f"/elections/{election.id}/log/statements").json()["leaves"]
        except ApiError:
            return None  # the log has not begun
        return len(leaves) == 1 + len(contests) or None

    assert elections.api.wait_for(stated, PATIENCE)


def test_what_is_withdrawn_cannot_be_marked_by_any_method(browser: Browser, elections: Elections) -> None:
    election = elections.make([BOARD, CHAIR, PLAN], 1)
    withdraw(elections, election, "c1", "c2", "c3")
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        voter.to_ballot(election.voters[0].link)
        for title, option in (("Board", "Alan"), ("Chair", "Grace"), ("Plan", "Shed")):
            contest = voter.contest(title)
            expect(contest.get_by_text(TOLD.format(option))).to_be_visible()
            expect(contest.get_by_role("button", name=option, exact=True)).to_have_count(0)
        expect(voter.page.get_by_role("radio", name="Grace (withdrawn)")).to_be_disabled()
        assert_accessible(voter.page)
        voter.contest("Board").get_by_role("button", name="Barbara", exact=True).click()
        voter.mark_and_review("Niklaus")
        assert [card[1:] for card in voter.reviewed()][:2] == [["Barbara"], ["Niklaus"]]
        voter.press("Cast my vote")
        voter.expect_receipt()
        assert voter.errors == []


@pytest.mark.parametrize("reading", [False, True], ids=["before the review", "while it is read for long"])
def test_a_mark_that_is_withdrawn_before_the_cast_is_taken_back(
    browser: Browser, elections: Elections, reading: bool
) -> None:
    election = elections.make([CHAIR], 1)
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        uncached = context.new_cdp_session(voter.page)
        uncached.send("Network.enable")
        uncached.send("Network.setCacheDisabled", {"cacheDisabled": True})  # else what the log states is kept for 5 s
        voter.to_ballot(election.voters[0].link)
        if reading:
            voter.mark_and_review("Grace")
            withdraw(elections, election, "c1")
            voter.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=1))
        else:
            withdraw(elections, election, "c1")
            voter.mark_and_review("Grace")
        voter.press("Cast my vote")
        voter.expect_text("An option that you had chosen was withdrawn a moment ago.")
        expect(voter.page.get_by_role("radio", name="Grace (withdrawn)")).to_be_disabled()
        assert_accessible(voter.page)
        voter.mark_and_review("Edsger")
        voter.press("Cast my vote")
        voter.expect_receipt()
        assert voter.errors == []


def test_without_an_answer_the_vote_is_cast(browser: Browser, elections: Elections) -> None:
    election = elections.make([CHAIR], 1)
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        voter.to_ballot(election.voters[0].link)
        voter.page.route("**/log/statements", lambda route: route.abort())
        voter.mark_and_review("Grace")
        voter.press("Cast my vote")
        voter.expect_receipt()
        assert voter.errors == []
