"""Where it does not go on by itself: a second factor, refusals, browsers that cannot. All of it said in plain words."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from axe import assert_accessible
from ballotcast.ballots.link import Link
from ballotcast.client.state import Blinded, Sealed, from_json
from invited_elections import CODE, Election, Elections
from voter_page import VoterPage

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
NO_DATABASE = "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('private'); } })"
NO_ED25519 = """
  const { importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function (format, data, algorithm, ...more) {
    if (algorithm === "Ed25519") return Promise.reject(new DOMException("unknown", "NotSupportedError"));
    return importKey.call(this, format, data, algorithm, ...more);
  };
"""
INSECURE = "Object.defineProperty(globalThis, 'isSecureContext', { value: false })"
ATTEMPTS = 5


@pytest.fixture(scope="module")
def election(elections: Elections) -> Election:
    return elections.make([CHAIR], 5)


@pytest.fixture
def link(election: Election) -> str:
    """Of a voter who takes part in one test."""
    return election.voters.pop().link


def test_a_code_is_asked_for_and_taken(context: BrowserContext, voter: VoterPage, elections: Elections) -> None:
    """Wrong, too early, sent again, right; and locked after five."""
    guarded = elections.make([CHAIR], 2, second_factor="email")
    one, other = guarded.voters
    voter.open(one.link)
    voter.expect_text("Besides your link this election asks for a code")
    voter.press("Continue to the ballot")
    voter.expect_step("Your code")
    assert_accessible(voter.page)
    field = voter.page.get_by_role("textbox", name="Code")

    def enter(code: str) -> None:
        field.fill(code)
        field.press("Enter")

    enter("12 34")
    voter.expect_text("A code has six digits.")
    expect(field).to_be_focused()
    assert_accessible(voter.page)
    enter("123456")
    voter.expect_text("No code is valid any more.")
    voter.press("Mail me a code")
    voter.expect_text("A code is on its way by mail.")
    [first] = CODE.findall(elections.newest_mail(one.email, than=1).text)
    voter.press("Mail me another code")
    [second] = CODE.findall(elections.newest_mail(one.email, than=2).text)
    if first != second:
        enter(first)
        voter.expect_text("This is not the code that was sent last.")
    enter(f" {second[:3]} {second[3:]}")
    voter.mark_and_review("Ada")
    voter.press("Cast my vote")
    voter.expect_receipt()
    voter.close()

    locked = VoterPage(context, elections.api.address)
    locked.open(other.link)
    locked.press("Continue to the ballot")
    locked.expect_step("Your code")
    field = locked.page.get_by_role("textbox", name="Code")
    for _ in range(ATTEMPTS):
        with locked.page.expect_response("**/credentials") as answer:
            enter("000000")
        assert answer.value.status == 403
        expect(locked.page.get_by_role("button", name="Enter the code")).to_be_enabled()
    enter("000000")
    locked.expect_text("Too many codes were tried. Wait until")
    for _ in range(3):
        with locked.page.expect_response("**/otp"):
            locked.page.get_by_role("button", name=re.compile("^Mail me")).click()
        expect(locked.page.get_by_role("button", name="Mail me another code")).to_be_enabled()
    locked.press("Mail me another code")
    locked.expect_text("No more codes can be sent for now.")
    assert_accessible(locked.page)
    locked.close()


def test_a_newer_link_takes_the_place_of_the_one_before(
    context: BrowserContext, voter: VoterPage, elections: Elections, election: Election
) -> None:
    """What was begun with the old one goes on with the new one."""
    person = election.voters.pop()
    voter.open(person.link)
    voter.expect_step(election.title)
    begun = voter.state()
    assert isinstance(begun, Blinded)
    elections.organiser.invite(election.id, voters=[person.email])
    newest = elections.newest_link(person.email, than=1)
    voter.press("Continue to the ballot")
    voter.expect_step("There is a newer link")
    assert_accessible(voter.page)
    voter.open(newest)
    voter.press("Continue to the ballot")
    voter.mark_and_review("Grace")
    voter.press("Cast my vote")
    voter.expect_receipt()
    assert voter.state().blinded_sha256 == begun.blinded_sha256
    voter.close()


def test_links_that_are_none(voter: VoterPage, election: Election, link: str) -> None:
    voter.visit()
    voter.page.get_by_label("The link from your mail").fill(f"https://example.org/vote#{link[:-9]}")
    assert_accessible(voter.page)
    voter.press("Open my election")
    voter.expect_step("This link is not complete")
    assert_accessible(voter.page)
    known = Link.parse(link)
    voter.open(Link(bytes(32), known.manifest_hash, known.salt).encode())
    voter.expect_step("Nobody was sent this link")
    assert_accessible(voter.page)
    voter.open(Link(known.token, known.manifest_hash, bytes(16)).encode())
    voter.expect_step("This link is not complete or has a wrong letter")
    assert voter.page.get_by_text("Go on later").count() == 0
    voter.page.get_by_role("link", name="Another link or file").click()
    voter.page.get_by_label("The link from your mail").fill(f"https://example.org/vote#{link}")
    voter.press("Open my election")
    voter.expect_step(election.title)
    voter.close()


def test_an_election_that_does_not_prove_itself_stops_everything(voter: VoterPage, link: str) -> None:
    asked: list[str] = []
    voter.page.on("request", lambda request: asked.append(request.url))

    def forge(route: Route) -> None:
        route.fulfill(body=route.fetch().text().replace("Works council", "Works counciI"))

    voter.page.route("**/manifest", forge)
    voter.open(link)
    voter.expect_step("Stop: do not vote here")
    voter.expect_text("Tell the organiser")
    voter.expect_text("other-election")
    assert voter.page.get_by_role("button", name="Continue to the ballot").count() == 0
    assert not [url for url in asked if "/credentials" in url]
    assert_accessible(voter.page)
    voter.close()


def test_a_window_that_keeps_nothing(
    browser: Browser, context: BrowserContext, voter: VoterPage, elections: Elections, link: str, tmp_path: Path
) -> None:
    """It says so, wants the recovery file saved first, and saves the sealed ballot before it is sent."""
    context.add_init_script(NO_DATABASE)
    voter.open(link)
    voter.expect_text("This window keeps nothing once it is closed")
    onward = voter.page.get_by_role("button", name="Continue to the ballot")
    expect(onward).to_be_disabled()
    assert_accessible(voter.page)
    file = voter.save("Save the recovery file", tmp_path)
    assert isinstance(from_json(file.read_text()), Blinded)
    onward.click()
    voter.mark_and_review("Ada")
    sealed = voter.save("Cast my vote", tmp_path)
    assert isinstance(from_json(sealed.read_text()), Sealed)
    voter.expect_receipt()
    with browser.new_context() as device:
        other = VoterPage(device, elections.api.address)
        other.visit()
        other.page.get_by_label("Load a recovery file").set_input_files(sealed)
        other.expect_receipt()
        assert other.receipt == voter.receipt
        other.page.goto(f"{other.address}/vote")
        other.page.get_by_label("Load a recovery file").set_input_files(Path(__file__))
        other.expect_step("This is no recovery file")
        assert_accessible(other.page)
        other.close()
    voter.close()


@pytest.mark.parametrize(
    ("lacking", "said"),
    [(NO_ED25519, "This browser cannot do the cryptography"), (INSECURE, "not opened over a secure connection")],
)
def test_browsers_that_cannot(voter: VoterPage, lacking: str, said: str) -> None:
    voter.page.add_init_script(lacking)
    voter.visit("1.link")
    voter.expect_text(said)
    assert voter.page.get_by_role("button").count() == 0
    assert_accessible(voter.page)
    voter.close()


def test_without_scripts_the_page_says_what_it_needs(browser: Browser, elections: Elections) -> None:
    with browser.new_context(java_script_enabled=False) as device:
        page = VoterPage(device, elections.api.address)
        page.visit()
        # A parser that could run scripts keeps what is for those that cannot as text.
        assert "Voting needs JavaScript" in page.page.content()
        page.expect_text("If nothing happens here")


def test_another_language_keeps_the_link(voter: VoterPage, election: Election, link: str) -> None:
    voter.visit(link)
    expect(voter.page.get_by_role("button", name="Open my election")).to_be_visible()
    voter.page.get_by_role("link", name="Deutsch").click()
    voter.press("Meine Wahl öffnen")
    voter.expect_step(election.title)
    voter.expect_text("Was Ihr Browser geprüft hat")
    assert_accessible(voter.page)
    voter.close()
