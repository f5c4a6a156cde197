"""A vote that continues from a recovery file, over a network that breaks, or in two tabs at once."""

from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from axe import assert_accessible
from ballotcast.client.state import Blinded, Cast, Credentialed, Sealed, Signed, from_json
from invited_elections import Election, Elections
from voter_page import Interference, VoterPage

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
CREDENTIALS, BALLOTS = "**/credentials", "**/ballots"


@pytest.fixture(scope="module")
def election(elections: Elections) -> Election:
    return elections.make([CHAIR], 12)


@pytest.fixture
def link(election: Election) -> str:
    """Of a voter who takes part in one test."""
    return election.voters.pop().link


def test_a_recovery_file_goes_on_elsewhere_at_every_step(
    browser: Browser, voter: VoterPage, elections: Elections, election: Election, link: str, tmp_path: Path
) -> None:
    def elsewhere(file: Path) -> VoterPage:
        other = VoterPage(browser.new_context(), elections.api.address)
        other.visit()
        other.page.get_by_label("Load a recovery file").set_input_files(file)
        return other

    voter.open(link)
    Interference(voter.page, CREDENTIALS, cuts=99, delivered=False)
    voter.page.get_by_text("Prepare this device first (optional)").click()
    voter.press("Prepare this device now")
    voter.expect_text("It is not known whether the service received your request.")
    voter.page.reload()
    voter.press(f"Continue: {election.title}")
    voter.expect_text("Preparing this device was interrupted.")
    files = [voter.save_recovery(tmp_path)]

    second = elsewhere(files[-1])
    second.prepare()
    files.append(second.save_recovery(tmp_path))
    third = elsewhere(files[-1])
    Interference(third.page, BALLOTS, cuts=99, delivered=False)
    third.mark_and_review("Grace")
    third.press("Cast my vote")
    third.expect_text("It is not known whether your ballot has arrived.")
    files.append(third.save_recovery(tmp_path))
    fourth = elsewhere(files[-1])
    fourth.expect_receipt()
    fourth.expect_text(f"You have voted: {election.title}.")
    files.append(fourth.save("Save the recovery file", tmp_path))
    fifth = elsewhere(files[-1])
    fifth.expect_receipt()
    fifth.expect_text(f"You have voted: {election.title}.")
    assert fifth.receipt == fourth.receipt
    steps = [type(from_json(file.read_text())) for file in files]
    assert steps == [Blinded, Credentialed, Signed, Cast]

    forged = tmp_path / "forged.json"
    signature = fifth.receipt.rpartition(" ")[2].strip()
    forged.write_text(files[3].read_text().replace(signature, b64encode(bytes(68)).decode()))
    sixth = elsewhere(forged)
    sixth.expect_step("Stop: do not vote here")

    # Anyone who has only the link is told that it was used, and continues with the file.
    stranger = VoterPage(browser.new_context(), elections.api.address)
    stranger.to_ballot(link)
    stranger.mark_and_review("Ada")
    stranger.press("Cast my vote")
    stranger.expect_step("This link was used on another device")
    stranger.page.get_by_label("Load a recovery file").set_input_files(files[1])
    stranger.mark_and_review("Ada")
    stranger.press("Cast my vote")
    stranger.expect_step("Another ballot is in the box")
    for opened in (second, third, fourth, fifth, sixth, stranger):
        opened.close()
        opened.page.context.close()


def test_a_sealed_ballot_is_cast_from_its_recovery_file(
    browser: Browser, voter: VoterPage, elections: Elections, link: str, tmp_path: Path
) -> None:
    voter.to_ballot(link)
    voter.mark_and_review("Grace")
    Interference(voter.page, CREDENTIALS, cuts=99, delivered=True)
    voter.press("Cast my vote")
    voter.expect_text("It is not known whether the service received your request.")
    file = voter.save_recovery(tmp_path)
    assert isinstance(from_json(file.read_text()), Sealed)
    voter.close()
    with browser.new_context() as device:
        other = VoterPage(device, elections.api.address)
        other.visit()
        other.page.get_by_label("Load a recovery file").set_input_files(file)
        other.expect_receipt()
        other.close()


def test_the_network_is_cut_while_the_credential_is_issued_and_the_ballot_is_cast(
    context: BrowserContext, voter: VoterPage, link: str
) -> None:
    """Before the server got it, and after; then it is tried again by itself, at once when the network is back."""
    voter.to_ballot(link)
    voter.mark_and_review("Ada")
    context.set_offline(True)
    voter.press("Cast my vote")
    voter.expect_text("This device has no network connection.")
    voter.expect_text("It is not known whether the service received your request.")
    issued = Interference(voter.page, CREDENTIALS, cuts=2, delivered=True)
    lost = Interference(voter.page, BALLOTS, cuts=1, delivered=True)
    context.set_offline(False)
    voter.expect_receipt()
    assert (len(issued.bodies), len({*issued.bodies})) == (3, 1)
    assert (len(lost.bodies), len({*lost.bodies})) == (2, 1)
    expect(voter.page.get_by_text("This device has no network connection.")).to_have_count(0)
    voter.close()


def test_a_button_tries_again_at_once(voter: VoterPage, link: str) -> None:
    voter.to_ballot(link)
    cut = Interference(voter.page, BALLOTS, cuts=99, delivered=False)
    voter.mark_and_review("Ada")
    voter.press("Cast my vote")
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
    voter.page.get_by_role("button", name="Cast my vote").dblclick()
    voter.expect_receipt()
    assert len(sent.bodies) == 1
    voter.close()


def test_two_tabs_of_one_voter(context: BrowserContext, voter: VoterPage, elections: Elections, link: str) -> None:
    """One continues, the other says so and follows: to the step where the first was closed, and to the receipt."""
    voter.to_ballot(link)
    voter.page.get_by_role("radio", name="Grace").check()
    second, third = (VoterPage(context, elections.api.address) for _ in range(2))
    for waiting in (second, third):
        waiting.open(link)
        waiting.expect_text("You are voting in this election in another tab")
    assert_accessible(third.page)
    voter.close()
    going, waiting = second, third  # locks are handed on in the order of asking
    expect(going.page.get_by_role("radio", name="Grace")).to_be_checked()
    waiting.expect_text("You are voting in this election in another tab")
    cut = Interference(going.page, BALLOTS, cuts=99, delivered=True)
    going.press("Review your ballot")
    going.press("Cast my vote")
    going.expect_text("It is not known whether your ballot has arrived.")
    last = VoterPage(context, elections.api.address)
    last.open(link)
    last.expect_text("You are voting in this election in another tab")
    going.close()
    sent = Interference(waiting.page, BALLOTS, cuts=0, delivered=False)
    waiting.press("Continue casting")
    waiting.expect_receipt()
    assert {*sent.bodies} == {*cut.bodies}
    expect(last.page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    assert last.receipt == waiting.receipt
    waiting.close()
    last.close()


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
            one.press("Cast my vote")
        for one in both:
            one.expect_receipt()
        assert both[0].receipt != both[1].receipt
        for one in both:
            one.close()
