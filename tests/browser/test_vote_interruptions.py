"""Whatever interrupts a voter, in whatever step: one credential, one ballot, and on they go from where they were."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from axe import assert_accessible
from ballotcast.client.state import Blinded, Credentialed, Sealed, Signed, State
from ballotcast_tools.stack.process import wait_for
from invited_elections import Election, Elections
from voter_page import Interference, VoterPage

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
DESCRIPTION = "Who speaks for us?\n<b>Nobody</b> else."
CREDENTIALS, BALLOTS = "**/credentials", "**/ballots"
DYING = """(left) => {
  const { put } = IDBObjectStore.prototype;
  let died;
  globalThis.died = new Promise((resolve) => { died = resolve; });
  IDBObjectStore.prototype.put = function (...record) {
    if (left-- > 0) return put.apply(this, record);
    this.transaction.oncomplete = null;
    this.transaction.abort();
    died();
    return new EventTarget();
  };
}"""
"""The page writes as many records as that, and no more."""


@pytest.fixture(scope="module")
def election(elections: Elections) -> Election:
    return elections.make([CHAIR], 26, description=DESCRIPTION)


@pytest.fixture
def link(election: Election) -> str:
    """Of a voter who takes part in one test."""
    return election.voters.pop().link


def test_looked_at_on_the_phone_and_voted_on_the_laptop(
    browser: Browser, voter: VoterPage, elections: Elections, election: Election, link: str
) -> None:
    """Attack 10: opening a link binds nothing, and reaches nothing that could bind it."""
    asked: list[str] = []
    with browser.new_context(viewport={"width": 360, "height": 640}) as device:
        phone = VoterPage(device, elections.api.address)
        phone.page.on("request", lambda request: asked.append(request.url))
        phone.to_ballot(link)
        phone.mark_and_review("Grace")
        assert phone.unbound()
        assert not [url for url in asked if url.endswith(("/credentials", "/ballots"))]
        phone.close()

        voter.to_ballot(link)
        voter.mark_and_review("Alan")
        voter.press("Cast my vote")
        voter.expect_receipt()
        voter.close()

        phone = VoterPage(device, elections.api.address)
        phone.open(link)
        phone.expect_text("Your choices are as you left them.")
        phone.press("Review your ballot")
        phone.press("Cast my vote")
        phone.expect_step("This link was used on another device")
        for case in ("You saw a receipt there", "You did not get as far as the receipt", "It was not you"):
            phone.expect_text(case)
        phone.expect_text("Nothing was cast from this page.")
        assert_accessible(phone.page)
        phone.press("Forget on this device")
        phone.expect_step_loaded("With your link")
        assert phone.kept() == []
        phone.close()


def test_a_tab_closed_before_the_cast(
    context: BrowserContext, voter: VoterPage, elections: Elections, election: Election, link: str
) -> None:
    """The link, or the page alone, continues with what was marked; removed, nothing is left, also for an older tab."""
    voter.open(link)
    voter.expect_step(election.title)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.visit()
    voter.press(f"Continue: {election.title}")
    voter.press("Continue to the ballot")
    voter.page.get_by_role("radio", name="Alan").check()
    assert wait_for(lambda: [kept["choices"] for kept in voter.kept()] == [[[2]]], 60)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    voter.expect_text("Your choices are as you left them.")
    expect(voter.page.get_by_role("radio", name="Alan")).to_be_checked()
    voter.press("Review your ballot")
    voter.expect_step("Review your ballot")
    assert voter.unbound()
    [kept] = voter.kept()
    assert (kept["choices"], kept["link"]) == ([[2]], link)
    voter.page.get_by_text("Continue later, or on another device").click()
    assert_accessible(voter.page)
    before = VoterPage(context, elections.api.address)
    before.visit()
    voter.press("Remove them from this device")
    voter.expect_step_loaded("With your link")
    assert voter.kept() == []
    before.press(f"Continue: {election.title}")
    before.expect_text("no-longer-kept")
    before.close()
    voter.close()


@pytest.mark.parametrize(
    ("path", "delivered", "reached"),
    [(CREDENTIALS, False, Sealed), (CREDENTIALS, True, Sealed), (BALLOTS, False, Signed), (BALLOTS, True, Signed)],
)
@pytest.mark.parametrize("by_link", [True, False])
def test_a_tab_killed_between_the_cast_and_the_receipt(
    context: BrowserContext,
    voter: VoterPage,
    elections: Elections,
    election: Election,
    path: str,
    reached: type[State],
    *,
    delivered: bool,
    by_link: bool,
) -> None:
    """Before and after each request; opened again, the voter is asked once and has one ballot, the same one."""
    link = election.voters.pop().link
    voter.to_ballot(link)
    voter.mark_and_review("Alan")
    sent = Interference(voter.page, path, cuts=99, delivered=delivered)
    voter.press("Cast my vote")
    voter.expect_step("Casting your vote")
    voter.expect_text("It is not known whether")
    if path == CREDENTIALS and delivered:
        assert_accessible(voter.page)
    state = voter.state()
    assert isinstance(state, reached)
    assert [(kept["choices"], kept["link"]) for kept in voter.kept()] == [(None, "")]
    voter.close()

    voter = VoterPage(context, elections.api.address)
    again = Interference(voter.page, path, cuts=0, delivered=False)
    if by_link:
        voter.open(link)
        voter.expect_step("Your vote was interrupted")
        assert again.bodies == []
        if path == BALLOTS and delivered:
            assert_accessible(voter.page)
        voter.press("Continue casting")
    else:
        voter.visit()
        if path == BALLOTS and delivered:
            assert_accessible(voter.page)
        voter.press(f"Continue casting: {election.title}")
    voter.expect_receipt()
    assert {*again.bodies} == {*sent.bodies}
    cast = voter.cast()
    assert cast.blinded_sha256 == state.blinded_sha256
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


@pytest.mark.parametrize(("writes", "reached"), [(0, None), (1, Sealed), (2, Signed)])
def test_a_browser_that_dies_while_it_writes(
    context: BrowserContext,
    voter: VoterPage,
    elections: Elections,
    election: Election,
    writes: int,
    reached: type[State] | None,
) -> None:
    """After so many states none is written any more, and nothing is sent: the vote continues from the last one."""
    link = election.voters.pop().link
    voter.to_ballot(link)
    voter.mark_and_review("Alan")
    asked: list[str] = []
    voter.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    voter.page.evaluate(DYING, writes)
    voter.press("Cast my vote")
    voter.page.evaluate("globalThis.died")
    assert asked == ["credentials", "ballots"][:writes]
    voter.page.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(link)
    if reached:
        voter.expect_step("Your vote was interrupted")
        assert isinstance(voter.state(), reached)
        voter.press("Continue casting")
    else:
        voter.press("Review your ballot")
        voter.press("Cast my vote")
    voter.expect_receipt()
    voter.close()


def test_a_device_that_is_prepared_first(
    browser: Browser, context: BrowserContext, voter: VoterPage, elections: Elections, election: Election, link: str
) -> None:
    """The credential comes early; from then on this device votes, and others are told."""
    voter.open(link)
    voter.page.get_by_text("Prepare this device first (optional)").click()
    assert_accessible(voter.page)
    issuing = Interference(voter.page, CREDENTIALS, cuts=99, delivered=True)
    voter.press("Prepare this device now")
    voter.expect_text("It is not known whether the service received your request.")
    blinded = voter.state()
    assert isinstance(blinded, Blinded)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    asked = Interference(voter.page, CREDENTIALS, cuts=0, delivered=False)
    voter.open(link)
    voter.expect_text("Preparing this device was interrupted.")
    assert_accessible(voter.page)
    voter.prepare()
    assert_accessible(voter.page)
    assert {*asked.bodies} == {*issuing.bodies}
    assert isinstance(voter.state(), Credentialed)
    voter.close()

    with browser.new_context() as device:
        other = VoterPage(device, elections.api.address)
        other.to_ballot(link)
        other.mark_and_review("Grace")
        other.press("Cast my vote")
        other.expect_step("This link was used on another device")
        other.close()

    voter = VoterPage(context, elections.api.address)
    voter.visit()
    voter.press(f"Continue: {election.title}")
    voter.page.get_by_role("radio", name="Alan").check()
    voter.press("Review your ballot")
    early = Interference(voter.page, CREDENTIALS, cuts=0, delivered=False)
    voter.press("Cast my vote")
    voter.expect_receipt()
    assert early.bodies == []
    assert voter.cast().blinded_sha256 == blinded.blinded_sha256
    voter.close()


def test_what_an_interrupted_preparation_began_is_cast_in_one_go(voter: VoterPage, link: str) -> None:
    voter.open(link)
    lost = Interference(voter.page, CREDENTIALS, cuts=6, delivered=True)
    voter.page.get_by_text("Prepare this device first (optional)").click()
    voter.press("Prepare this device now")
    voter.expect_text("It is not known whether the service received your request.")
    voter.page.reload()
    voter.press("Continue: Works council")
    voter.press("Continue to the ballot")
    voter.mark_and_review("Ada")
    lost.cuts = 0
    voter.press("Cast my vote")
    voter.expect_receipt()
    assert len({*lost.bodies}) == 1
    voter.close()


def test_the_browsers_own_back_and_forward(voter: VoterPage, election: Election, link: str) -> None:
    """A step each, and to the same contest as by the page's own button; nothing of the vote is in the history."""
    voter.open(link)
    assert voter.page.locator(".typed").inner_text() == DESCRIPTION
    assert voter.page.locator(".fingerprint span").count() == 16
    voter.press("Continue to the ballot")
    voter.mark_and_review("Alan")
    voter.page.go_back()
    expect(voter.page.get_by_role("radio", name="Alan")).to_be_checked()
    voter.page.go_back()
    voter.expect_step(election.title)
    voter.press("Continue to the ballot")
    voter.press("Review your ballot")
    voter.expect_step("Review your ballot")
    voter.page.go_back()
    expect(voter.page.get_by_role("button", name="Review your ballot")).to_be_visible()
    voter.page.go_forward()
    voter.expect_step("Review your ballot")
    voter.press("Change: Chair")
    expect(voter.page.get_by_role("heading", level=2, name="Chair")).to_be_focused()
    assert voter.page.evaluate("[history.state, location.hash]") == [{"depth": 1}, ""]
    voter.mark_and_review("Grace")
    voter.press("Cast my vote")
    voter.expect_receipt()
    voter.page.go_back()
    voter.expect_receipt()
    voter.close()
