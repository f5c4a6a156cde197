"""Whatever interrupts a voter, in whatever step: one credential, one ballot, and on they go from where they were."""

from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, from_json
from invited_elections import Election, Elections
from voter_page import Interference, VoterPage

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
DESCRIPTION = "Who speaks for us?\n<b>Nobody</b> else."
CREDENTIALS, BALLOTS = "**/credentials", "**/ballots"


@pytest.fixture(scope="module")
def election(elections: Elections) -> Election:
    return elections.make([CHAIR], 9, description=DESCRIPTION)


@pytest.fixture
def link(election: Election) -> str:
    """Of a voter who takes part in one test."""
    return election.voters.pop().link


def test_a_tab_closed_at_every_step(
    context: BrowserContext, voter: VoterPage, elections: Elections, election: Election, link: str
) -> None:
    """The same link, or the page alone, goes on at that step; what must stay the same does."""
    voter.open(link)
    voter.expect_step(election.title)
    blinded = voter.state()
    assert isinstance(blinded, Blinded)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    voter.expect_step(election.title)
    assert voter.state() == blinded
    issuing = Interference(voter.page, CREDENTIALS, cuts=99, delivered=True)
    voter.press("Continue to the ballot")
    voter.expect_text("It is not known whether the service got your request.")
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.visit()
    voter.press(f"Go on: {election.title}")
    asked = Interference(voter.page, CREDENTIALS, cuts=0, delivered=False)
    voter.press("Continue to the ballot")
    voter.page.get_by_role("radio", name="Alan").check()
    assert {*asked.bodies} == {*issuing.bodies}
    assert isinstance(voter.state(), Credentialed)
    assert voter.kept()[0]["choices"] == [[2]]
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    voter.expect_text("Your choices are as you left them.")
    expect(voter.page.get_by_role("radio", name="Alan")).to_be_checked()
    voter.press("Look it over")
    voter.expect_step("Look over your ballot")
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    voter.press("Look it over")
    sent = Interference(voter.page, BALLOTS, cuts=99, delivered=True)
    voter.press("Cast my ballot")
    voter.expect_text("It is not known whether your ballot has arrived.")
    sealed = voter.state()
    assert isinstance(sealed, Sealed)
    assert voter.kept()[0]["choices"] is None
    voter.close()

    voter = VoterPage(context, elections.api.address)
    again = Interference(voter.page, BALLOTS, cuts=0, delivered=False)
    voter.open(link)
    voter.expect_receipt()
    assert {*again.bodies} == {*sent.bodies}
    cast = voter.state()
    assert isinstance(cast, Cast)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    voter.expect_receipt()
    assert voter.receipt == cast.receipt
    voter.press("Forget on this device")
    voter.press("Yes, forget it")
    voter.expect_step("Forgotten")
    assert voter.kept() == []
    voter.close()


def test_the_browsers_own_back_and_forward(voter: VoterPage, election: Election, link: str) -> None:
    """A step each, and to the same contest as by the page's own button; nothing of the vote is in the history."""
    voter.open(link)
    voter.expect_text("From the organisers")
    assert voter.page.locator(".typed").inner_text() == DESCRIPTION
    assert voter.page.locator(".fingerprint span").count() == 16
    voter.press("Continue to the ballot")
    voter.mark_and_review("Alan")
    voter.page.go_back()
    expect(voter.page.get_by_role("radio", name="Alan")).to_be_checked()
    voter.page.go_back()
    voter.expect_step(election.title)
    voter.press("Continue to the ballot")
    voter.press("Look it over")
    voter.expect_step("Look over your ballot")
    voter.page.go_back()
    expect(voter.page.get_by_role("button", name="Look it over")).to_be_visible()
    voter.page.go_forward()
    voter.expect_step("Look over your ballot")
    voter.press("Change: Chair")
    expect(voter.page.get_by_role("heading", level=2, name="Chair")).to_be_focused()
    assert voter.page.evaluate("[history.state, location.hash]") == [{"depth": 1}, ""]
    voter.mark_and_review("Grace")
    voter.press("Cast my ballot")
    voter.expect_receipt()
    voter.page.go_back()
    voter.expect_receipt()
    voter.close()


def test_a_recovery_file_goes_on_elsewhere_at_every_step(
    browser: Browser, voter: VoterPage, elections: Elections, election: Election, link: str, tmp_path: Path
) -> None:
    voter.open(link)
    voter.expect_step(election.title)
    files = [voter.save_recovery(tmp_path)]

    def elsewhere() -> VoterPage:
        other = VoterPage(browser.new_context(), elections.api.address)
        other.visit()
        other.page.get_by_label("Load a recovery file").set_input_files(files[-1])
        return other

    second = elsewhere()
    second.press("Continue to the ballot")
    expect(second.page.get_by_role("button", name="Look it over")).to_be_visible()
    files.append(second.save_recovery(tmp_path))
    third = elsewhere()
    Interference(third.page, BALLOTS, cuts=99, delivered=False)
    third.mark_and_review("Grace")
    third.press("Cast my ballot")
    third.expect_text("It is not known whether your ballot has arrived.")
    files.append(third.save_recovery(tmp_path))
    fourth = elsewhere()
    fourth.expect_receipt()
    fourth.expect_text(f"You have voted: {election.title}.")
    files.append(fourth.save("Save the recovery file", tmp_path))
    fifth = elsewhere()
    fifth.expect_receipt()
    fifth.expect_text(f"You have voted: {election.title}.")
    assert fifth.receipt == fourth.receipt
    steps = [type(from_json(file.read_text())) for file in files]
    assert steps == [Blinded, Credentialed, Sealed, Cast]

    forged = tmp_path / "forged.json"
    signature = fifth.receipt.rpartition(" ")[2].strip()
    forged.write_text(files[3].read_text().replace(signature, b64encode(bytes(68)).decode()))
    sixth = VoterPage(browser.new_context(), elections.api.address)
    sixth.visit()
    sixth.page.get_by_label("Load a recovery file").set_input_files(forged)
    sixth.expect_step("Stop: do not vote here")

    # Whoever has only the link is told that it was used, and goes on with the file.
    stranger = VoterPage(browser.new_context(), elections.api.address)
    stranger.open(link)
    stranger.press("Continue to the ballot")
    stranger.expect_step("Already used on another device")
    stranger.page.get_by_label("Load a recovery file").set_input_files(files[1])
    stranger.mark_and_review("Ada")
    stranger.press("Cast my ballot")
    stranger.expect_step("Another ballot is in the box")
    for opened in (second, third, fourth, fifth, sixth, stranger):
        opened.close()
        opened.page.context.close()


def test_the_network_is_cut_while_the_credential_is_issued_and_the_ballot_is_cast(
    context: BrowserContext, voter: VoterPage, link: str
) -> None:
    """Before the server got it, and after; then it is tried again by itself, at once when the network is back."""
    voter.open(link)
    issued = Interference(voter.page, CREDENTIALS, cuts=2, delivered=True)
    voter.press("Continue to the ballot")
    voter.page.get_by_role("radio", name="Ada").check()
    assert len(issued.bodies) == 3
    assert len({*issued.bodies}) == 1
    voter.press("Look it over")
    voter.expect_step("Look over your ballot")

    context.set_offline(True)
    voter.press("Cast my ballot")
    voter.expect_text("This device has no network connection.")
    voter.expect_text("It is not known whether your ballot has arrived.")
    lost = Interference(voter.page, BALLOTS, cuts=1, delivered=True)
    context.set_offline(False)
    voter.expect_receipt()
    assert len(lost.bodies) == 2
    assert len({*lost.bodies}) == 1
    expect(voter.page.get_by_text("This device has no network connection.")).to_have_count(0)
    voter.close()


def test_a_button_tries_again_at_once(voter: VoterPage, link: str) -> None:
    voter.to_ballot(link)
    cut = Interference(voter.page, BALLOTS, cuts=99, delivered=False)
    voter.mark_and_review("Ada")
    voter.press("Cast my ballot")
    again = voter.page.get_by_role("button", name="Try again now")
    again.focus()
    cut.cuts = 0
    again.press("Enter")
    voter.expect_receipt()
    assert len({*cut.bodies}) == 1
    voter.close()


def test_a_double_click_casts_once(voter: VoterPage, link: str) -> None:
    voter.to_ballot(link)
    sent = Interference(voter.page, BALLOTS, cuts=0, delivered=False)
    voter.mark_and_review("Ada")
    voter.page.get_by_role("button", name="Cast my ballot").dblclick()
    voter.expect_receipt()
    assert len(sent.bodies) == 1
    voter.close()


def test_two_tabs_of_one_voter(context: BrowserContext, voter: VoterPage, elections: Elections, link: str) -> None:
    """One goes on, the other says so and follows: to the step where the first was closed, and to the receipt."""
    voter.to_ballot(link)
    voter.page.get_by_role("radio", name="Grace").check()
    second, third = (VoterPage(context, elections.api.address) for _ in range(2))
    for waiting in (second, third):
        waiting.open(link)
        waiting.expect_text("You are voting in this election in another tab")
    voter.close()
    going, waiting = second, third  # locks are handed on in the order of asking
    expect(going.page.get_by_role("radio", name="Grace")).to_be_checked()
    waiting.expect_text("You are voting in this election in another tab")
    going.press("Look it over")
    going.press("Cast my ballot")
    going.expect_receipt()
    expect(waiting.page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    assert waiting.receipt == going.receipt
    going.close()
    waiting.close()


def test_two_voters_at_once(browser: Browser, voter: VoterPage, elections: Elections, election: Election) -> None:
    with browser.new_context() as device:
        both = (voter, VoterPage(device, elections.api.address))
        for one in both:
            one.open(election.voters.pop().link)
        for one in both:
            one.press("Continue to the ballot")
        for one in both:
            one.mark_and_review("Alan")
        for one in both:
            one.press("Cast my ballot")
        for one in both:
            one.expect_receipt()
        assert both[0].receipt != both[1].receipt
        for one in both:
            one.close()
