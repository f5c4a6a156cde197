"""Where the page stops: a second factor, refusals, browsers that cannot vote. Each is explained in plain words."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from axe import assert_accessible
from ballotcast.ballots.link import Link
from ballotcast.client import published
from ballotcast.client.state import Sealed, Signed, from_json
from ballotcast.clock import from_rfc3339, to_rfc3339
from invited_elections import CODE, Election, Elections
from voter_page import Interference, VoterPage

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
    return elections.make([CHAIR], 8)


@pytest.fixture
def link(election: Election) -> str:
    """Of a voter who takes part in one test."""
    return election.voters.pop().link


def test_a_code_is_asked_for_and_taken(context: BrowserContext, voter: VoterPage, elections: Elections) -> None:
    """At the cast. Back to the ballot, wrong, too early, sent again, right; and locked after five."""
    guarded = elections.make([CHAIR], 2, second_factor="email")
    one, other = guarded.voters
    voter.open(one.link)
    voter.expect_text("When you cast your vote, you are asked for a code, which is mailed to you.")
    voter.press("Continue to the ballot")
    voter.mark_and_review("Alan")
    voter.expect_text("you are asked for the code that is mailed to you")
    voter.press("Cast my vote")
    voter.expect_step("Your code")
    voter.expect_text("Your vote is cast as soon as you have entered the code.")
    assert_accessible(voter.page)
    voter.press("Back")
    voter.expect_step("Review your ballot")
    voter.press("Change: Chair")
    voter.mark_and_review("Ada")
    voter.press("Cast my vote")
    voter.expect_step("Your code")
    assert voter.unbound()
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
    assert isinstance(voter.state(), Sealed)
    expect(voter.page.get_by_role("button", name="Back")).to_be_hidden()
    expect(voter.page.get_by_text("Remove them from this device")).to_have_count(0)
    expect(voter.page.get_by_text("Save the recovery file")).to_have_count(1)
    voter.close()

    voter = VoterPage(context, elections.api.address)
    voter.open(one.link)
    voter.press("Continue casting")
    voter.expect_step("Your code")
    field = voter.page.get_by_role("textbox", name="Code")
    enter(f" {second[:3]} {second[3:]}")
    voter.expect_receipt()
    voter.close()

    locked = VoterPage(context, elections.api.address)
    locked.to_ballot(other.link)
    locked.mark_and_review("Ada")
    locked.press("Cast my vote")
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


def test_a_device_is_prepared_with_a_code(browser: Browser, voter: VoterPage, elections: Elections) -> None:
    """Going back from the code leads to the election; who comes elsewhere is told before a code is sent."""
    guarded = elections.make([CHAIR], 1, second_factor="email")
    [person] = guarded.voters
    voter.open(person.link)
    for _ in range(2):
        voter.page.get_by_text("Prepare this device first (optional)").click()
        voter.press("Prepare this device now")
        voter.expect_step("Your code")
        if voter.kept() and not elections.mails(person.email)[1:]:
            voter.press("Mail me a code")
            [code] = CODE.findall(elections.newest_mail(person.email, than=1).text)
            voter.press("Back")
            voter.expect_text("Preparing this device was interrupted.")
    voter.page.get_by_role("textbox", name="Code").fill(code)
    voter.press("Enter the code")
    voter.expect_text("This device is prepared")
    with browser.new_context() as device:
        other = VoterPage(device, elections.api.address)
        other.to_ballot(person.link)
        other.mark_and_review("Ada")
        other.press("Cast my vote")
        other.press("Mail me a code")
        other.expect_step("This link was used on another device")
        assert other.unbound()
        other.close()
    voter.press("Continue to the ballot")
    voter.mark_and_review("Grace")
    voter.press("Cast my vote")
    voter.expect_receipt()
    voter.close()


def test_a_newer_link_takes_the_place_of_the_one_before(
    context: BrowserContext, voter: VoterPage, elections: Elections, election: Election
) -> None:
    """What was sealed with the old one is cast with the new one, and not otherwise."""
    person = election.voters.pop()
    voter.to_ballot(person.link)
    voter.mark_and_review("Grace")
    elections.organiser.invite(election.id, voters=[person.email])
    newest = elections.newest_link(person.email, than=1)
    voter.press("Cast my vote")
    voter.expect_step("There is a newer link")
    voter.expect_text("Your ballot is sealed and kept on this device, but not cast.")
    begun = voter.state()
    assert isinstance(begun, Sealed)
    assert_accessible(voter.page)
    voter.open(newest)
    voter.press("Continue casting")
    voter.expect_receipt()
    assert voter.state().blinded_sha256 == begun.blinded_sha256
    voter.close()


def test_a_ballot_that_came_about_the_end_waits_for_the_count(voter: VoterPage, link: str) -> None:
    """It is said what is awaited, not that the service is away; and the page asks until there is an answer."""
    problem = {"type": "urn:ballotcast:problem:count-under-way", "detail": "the votes are being counted"}
    counting, bodies = [True], set[str]()

    def answer(route: Route) -> None:
        bodies.add(route.request.post_data or "")
        if counting:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json=problem)
        else:
            route.continue_()

    voter.page.route("**/ballots", answer)
    voter.to_ballot(link)
    voter.mark_and_review("Grace")
    voter.press("Cast my vote")
    voter.expect_text("Voting is over, and the votes are being counted.")
    expect(voter.page.get_by_text("No answer yet")).to_have_count(0)
    assert_accessible(voter.page)
    assert isinstance(voter.state(), Signed)
    counting.clear()
    voter.expect_receipt()
    assert len(bodies) == 1
    voter.close()


def test_a_link_that_was_replaced_before_it_was_opened(
    voter: VoterPage, elections: Elections, election: Election
) -> None:
    """And what was marked with it before is there with the new one."""
    person = election.voters.pop()
    voter.to_ballot(person.link)
    voter.page.get_by_role("radio", name="Grace").check()
    elections.organiser.invite(election.id, voters=[person.email])
    newest = elections.newest_link(person.email, than=1)
    voter.open(person.link)
    voter.expect_step("There is a newer link")
    voter.expect_text("What you have marked on this device is kept")
    assert_accessible(voter.page)
    voter.open(newest)
    expect(voter.page.get_by_role("radio", name="Grace")).to_be_checked()
    assert voter.unbound()
    voter.close()


def test_what_was_changed_while_voting_runs_is_shown_and_who_was_taken_off_is_told(
    voter: VoterPage, elections: Elections
) -> None:
    """Once the log has it: the page believes nothing else."""
    changed = elections.make([CHAIR], 2)
    gone, staying = changed.voters
    closes_at = from_rfc3339(elections.organiser.election(changed.id)["closes_at"]) + timedelta(days=2)
    elections.organiser.extend(changed.id, to_rfc3339(closes_at), "The hall was locked")
    elections.organiser.end_rights(changed.id, [gone.email], "Left the club")
    elections.wait_for(lambda: [] if published.turnout(elections.api, changed.id)["size"] == 3 else None)
    voter.open(gone.link)
    voter.expect_step("This right to vote has ended")
    voter.expect_text("If you voted before, your ballot counts")
    assert_accessible(voter.page)
    voter.open(staying.link)
    voter.expect_text("Voting was extended: it ends at")
    voter.expect_text("The hall was locked")
    voter.page.get_by_text("What was changed since the beginning").click()
    voter.expect_text("1 right to vote was ended or given to another address. Left the club")
    assert_accessible(voter.page)
    assert voter.unbound()
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
    assert voter.page.get_by_text("Continue later").count() == 0
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
    """It says so, wants the recovery file saved before the credential is requested, and saves the ballot once more."""
    context.add_init_script(NO_DATABASE)
    voter.open(link)
    voter.expect_text("This window keeps nothing once it is closed")
    assert_accessible(voter.page)
    voter.press("Continue to the ballot")
    voter.mark_and_review("Ada")
    asked: list[str] = []
    voter.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    voter.press("Cast my vote")
    voter.expect_step("Save the recovery file first")
    assert_accessible(voter.page)
    assert asked == []
    Interference(voter.page, "**/credentials", cuts=1, delivered=True)
    downloads = (
        voter.page.expect_download(lambda download, step=step: step in download.suggested_filename)
        for step in ("sealed", "signed")
    )
    with next(downloads) as first, next(downloads) as second:
        voter.press("Save the file and continue")
    voter.expect_receipt()
    sealed, signed = tmp_path / "sealed.json", tmp_path / "signed.json"
    first.value.save_as(sealed)
    second.value.save_as(signed)
    assert isinstance(from_json(sealed.read_text()), Sealed)
    assert isinstance(from_json(signed.read_text()), Signed)
    with browser.new_context() as device:
        other = VoterPage(device, elections.api.address)
        other.visit()
        other.page.get_by_label("Load a recovery file").set_input_files(signed)
        other.expect_receipt()
        assert other.receipt == voter.receipt
        other.page.goto(f"{other.address}/vote")
        other.page.get_by_label("Load a recovery file").set_input_files(Path(__file__))
        other.expect_step("This is not a recovery file")
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
    voter.expect_text("So ist die Wahl geschützt")
    assert_accessible(voter.page)
    voter.close()
