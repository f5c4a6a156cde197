"""An election's own page and its roll in a browser: what can be done, what is asked first, and what came of it."""

import json
import re

import httpx2 as httpx
import pytest

from organising import Organiser, work_off
from pages import ORIGIN, Browser, faults, field
from world import World

EVIL = '<script>alert(1)</script>@x.org, "onload=1'


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


def act(browser: Browser, election: str, name: str, sure: str = "yes") -> httpx.Response:
    return browser.post(f"/manage/elections/{election}", {"act": name, "sure": sure})


def acts(browser: Browser, election: str) -> set[str]:
    """What the page offers to do, but for what it offers with the people."""
    page = browser.get(f"/manage/elections/{election}").text
    return set(re.findall(r'name="act" value="([\w-]+)"', page)) - {"person-invite", "person-remove"}


def upload(browser: Browser, election: str, content: bytes, **query: str) -> httpx.Response:
    headers = {
        "Origin": ORIGIN,
        "X-Form-Token": browser.token(),
        "Content-Type": "application/octet-stream",
        "Accept": "application/json",
    }
    path = f"/manage/elections/{election}/import"
    return browser.client.post(path, content=content, headers=headers, params=query)


def test_what_can_be_done_follows_from_how_it_stands(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election = organiser.create("a@example.org")
    assert acts(browser, election) == {"begin", "open", "empty", "delete", "copy", "rehearse", "trustees-begin"}
    act(browser, election, "begin")
    running = {"invite", "remind", "remind-later", "all", "extend", "withdraw", "notices", "copy", "rehearse"}
    assert acts(browser, election) == running
    deployment.clock.advance(minutes=59)
    assert organiser.show(election)["status"] == "scheduled"
    deployment.clock.advance(minutes=1)
    renewed = Browser(deployment, organiser.id)
    assert acts(renewed, election) == running | {"close"}
    act(renewed, election, "close")
    assert acts(renewed, election) == {"count", "erase", "notices", "copy", "rehearse"}
    act(renewed, election, "erase")
    assert acts(renewed, election) == {"count", "notices", "copy", "rehearse"}


@pytest.mark.parametrize("name", ["begin", "open", "delete"])
def test_what_cannot_be_undone_is_asked_first(browser: Browser, organiser: Organiser, name: str) -> None:
    election = organiser.create("a@example.org")
    asked = act(browser, election, name, sure="")
    assert asked.status_code == 200
    assert (field(asked.text, "act"), field(asked.text, "sure")) == (name, "yes")
    assert organiser.show(election)["status"] == "draft"
    done = act(browser, election, name)
    assert done.status_code == 303
    assert browser.get(done.headers["location"]).status_code == 200
    assert organiser.get(f"/elections/{election}").json().get("status") != "draft"


@pytest.mark.parametrize("name", ["begin", "open"])
def test_all_that_is_fixed_is_shown_before_it_is(browser: Browser, organiser: Organiser, name: str) -> None:
    contests = [{"title": EVIL, "method": "scottish-stv", "options": ["Ada", "Bob", "Cid"], "seats": 2}]
    election = organiser.create("a@example.org", "b@example.org", description="Rules", contests=contests)
    asked = act(browser, election, name, sure="").text
    shown = organiser.show(election)
    for told in (shown["title"], "Rules", "2 voters", "Single transferable vote (Scotland) · 2 seats", "<li>Cid</li>"):
        assert told in asked, told
    assert f'datetime="{shown["closes_at"]}"' in asked
    assert (f'datetime="{shown["opens_at"]}"' in asked) == (name == "begin")
    assert "<script>alert" not in asked


def test_nothing_is_fixed_for_an_empty_roll(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    assert acts(browser, election) == {"delete", "copy", "rehearse", "trustees-begin"}
    assert "First put voters on the roll" in browser.get(f"/manage/elections/{election}").text
    asked = act(browser, election, "open", sure="")
    assert (asked.status_code, 'role="alert"' in asked.text) == (409, True)
    assert organiser.show(election)["status"] == "draft"


def test_an_opening_time_that_is_past_is_told(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election, warning = organiser.create("a@example.org"), "voting opens at once when the invitations are sent"
    assert warning not in browser.get(f"/manage/elections/{election}").text
    deployment.clock.advance(minutes=60)
    renewed = Browser(deployment, organiser.id)
    assert warning in renewed.get(f"/manage/elections/{election}").text
    assert warning in act(renewed, election, "begin", sure="").text
    act(renewed, election, "begin")
    assert warning not in renewed.get(f"/manage/elections/{election}").text


def test_the_number_of_mails_is_told(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org", "b@example.org")
    told = browser.get(act(browser, election, "begin").headers["location"]).text
    assert "2 invitations are on their way" in told
    assert "on the way: 2" in told
    assert organiser.show(election)["manifest_hash"][:4] + " " in told


def test_a_reminder_tells_no_number(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")
    act(browser, election, "begin")
    assert "an older mail stops working" in act(browser, election, "remind", sure="").text
    assert act(browser, election, "remind").headers["location"].endswith("?done=remind")


def test_a_refusal_is_told_on_the_page(browser: Browser, organiser: Organiser) -> None:
    answer = act(browser, organiser.create(), "begin")
    assert answer.status_code == 409
    assert "nobody on the roll yet" in answer.text
    assert 'role="alert"' in answer.text


def test_what_nobody_offers_is_not_done(browser: Browser, organiser: Organiser) -> None:
    assert act(browser, organiser.create(), "win").status_code == 404


def test_only_what_these_pages_say_is_said(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    page = browser.get(f"/manage/elections/{election}?done=title_hint&count=5").text
    assert 'class="notice good"' not in page


def test_what_was_done_is_not_said_against_how_it_stands(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")

    def said(name: str, below: str = "") -> bool:
        return 'class="notice good"' in browser.get(f"/manage/elections/{election}{below}?done={name}").text

    assert (said("saved"), said("begin"), said("close"), said("verified")) == (True, False, False, False)
    act(browser, election, "open")
    assert (said("saved"), said("begin"), said("open"), said("resent", "/voters")) == (False, True, True, True)
    act(browser, election, "close")
    assert (said("open"), said("close"), said("added", "/voters"), said("erase")) == (False, True, False, False)
    act(browser, election, "erase")
    assert said("erase")


def test_nobody_is_offered_first_to_be_invited_who_is_already(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")
    act(browser, election, "begin")
    page = browser.get(f"/manage/elections/{election}").text
    assert '<button type="submit" class="primary"' not in page
    organiser.import_(election, b"email\nb@example.org\n")
    first = re.search(
        r'name="act" value="(\w+)">\s*<button type="submit" class="primary"',
        browser.get(f"/manage/elections/{election}").text,
    )
    assert first
    assert first[1] == "invite"


def test_what_an_organiser_did_is_theirs(browser: Browser, organiser: Organiser) -> None:
    page = browser.get(f"/manage/elections/{organiser.create('a@example.org')}").text
    assert "<td><bdi>organiser@example.org</bdi></td>" in page


def test_a_voter_is_added_or_told_to_be_there(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    path = f"/manage/elections/{election}/voters"
    added = browser.post(path, {"act": "add", "email": " Ada@example.org ", "phone": ""})
    assert added.headers["location"] == f"{path}?done=added"
    assert "Ada@example.org" in browser.get(path).text
    again = browser.post(path, {"act": "add", "email": "ada@example.org", "phone": ""})
    assert (again.status_code, field(again.text, "email")) == (409, "ada@example.org")
    bad = browser.post(path, {"act": "add", "email": EVIL, "phone": "12"})
    assert (bad.status_code, set(faults(bad.text)), field(bad.text, "email")) == (422, {"email"}, EVIL)
    assert "<script>alert" not in bad.text


def test_one_voter_gets_a_new_link(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election = organiser.create("a@example.org", "b@example.org")
    act(browser, election, "begin")
    deployment.take_messages("MAIL_QUEUE")
    path = f"/manage/elections/{election}/voters"
    assert browser.post(path, {"act": "resend", "email": "b@example.org"}).headers["location"] == f"{path}?done=resent"
    assert [message["kind"] for message in deployment.take_messages("MAIL_QUEUE")] == ["invitation"]


def test_the_roll_goes_on_page_by_page(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create(*(f"v{number}@example.org" for number in range(150)))
    path, seen = f"/manage/elections/{election}/voters", set[str]()
    for _ in range(2):
        page = browser.get(path).text
        seen |= set(re.findall(r"v\d+@example\.org", page))
        path = (re.findall(r'href="(/manage/elections/\w+/voters\?cursor=[^"]+)"', page) or [""])[0]
    assert (len(seen), path) == (150, "")


def test_a_right_ends_and_an_address_is_corrected_on_the_page(browser: Browser, organiser: Organiser) -> None:
    """Not before the page has said what follows and the reason is typed; what is refused comes back as it was typed."""
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.invite(election)
    path, ada, bob = f"/manage/elections/{election}/voters", "ada@example.org", "bob@example.org"
    offered = set(re.findall(r'name="act" value="([\w-]+)"', browser.get(path).text))
    assert offered == {"add", "resend", "move", "end"}
    form = browser.post(path, {"act": "move", "voter": ada, "email": ada}).text
    assert (field(form, "voter"), field(form, "email"), field(form, "sure")) == (ada, "", "yes")
    assert "nobody can see before the close" in form
    typed = {"act": "move", "voter": ada, "sure": "yes", "email": bob, "reason": f"{EVIL} moved"}
    taken = browser.post(path, typed)
    assert (taken.status_code, set(faults(taken.text))) == (409, {"email"})
    assert (field(taken.text, "email"), field(taken.text, "reason")) == (bob, f"{EVIL} moved")
    assert "<script>alert" not in taken.text
    named = browser.post(path, {**typed, "email": "ada@example.net", "reason": f"{ada} moved"})
    assert (named.status_code, set(faults(named.text))) == (422, {"reason"})
    assert not {"rights-moved", "rights-ended"} & {*organiser.actions(election)}
    moved = browser.post(path, {**typed, "email": "ada@example.net"})
    assert moved.headers["location"] == f"{path}?done=moved"
    ended = browser.post(path, {"act": "end", "voter": bob, "sure": "yes", "reason": "Left the club"})
    assert ended.headers["location"] == f"{path}?done=ended"
    rights = {email: voter["right"] for email, voter in organiser.voters(election).items()}
    assert rights == {ada: "moved", bob: "ended", "ada@example.net": "stated"}
    page = browser.get(f"/manage/elections/{election}/voters?done=ended").text
    assert "Everybody can see that one was" in page
    assert "asked to end" in page
    history = browser.get(f"/manage/elections/{election}").text
    assert "Ended rights to vote (1 voter: Left the club)" in history
    assert "<script>alert" not in history


def test_voting_is_extended_on_the_page_once_however_often_the_form_is_sent(
    browser: Browser, organiser: Organiser
) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    path = f"/manage/elections/{election}"
    form = browser.post(path, {"act": "extend"}).text
    assert field(form, "from") == organiser.show(election)["closes_at"] == "2026-11-21T10:00:00Z"
    filled = {"act": "extend", "sure": "yes", "from": field(form, "from"), "unit": "hours", "closes_at": "2"}
    wrong = browser.post(path, {**filled, "closes_at": "soon", "reason": EVIL})
    assert (wrong.status_code, set(faults(wrong.text)), field(wrong.text, "reason")) == (422, {"closes_at"}, EVIL)
    far = browser.post(path, {**filled, "closes_at": "31", "unit": "days", "reason": "Late"})
    assert (far.status_code, set(faults(far.text)), field(far.text, "closes_at")) == (422, {"closes_at"}, "31")
    for _ in range(2):
        done = browser.post(path, {**filled, "reason": "The hall is locked"})
        assert done.headers["location"] == f"{path}?done=extend"
    assert organiser.show(election)["closes_at"] == "2026-11-21T12:00:00Z"
    assert organiser.actions(election).count("voting-extended") == 1
    assert "The hall is locked" in browser.get(path).text


def test_an_option_is_withdrawn_on_the_page(browser: Browser, organiser: Organiser) -> None:
    contest = {"title": "Ward", "method": "irv", "options": ["Ash", EVIL, "Cedar"]}
    motion = {"title": "Dues", "method": "plurality", "options": ["For", "Against"], "motion": True}
    election = organiser.create("ada@example.org", contests=[contest, motion])
    organiser.invite(election)
    path = f"/manage/elections/{election}"
    asked = browser.post(path, {"act": "withdraw"}).text
    assert (asked.count('<option value="c1-'), asked.count('<option value="c2-')) == (3, 0)
    filled = {"act": "withdraw", "sure": "yes", "option": "c1-2", "reason": EVIL}
    for odd in ({"option": ""}, {"option": "c1-4"}, {"option": "c9-1"}, {"option": "1"}):
        wrong = browser.post(path, {**filled, **odd})
        assert (wrong.status_code, set(faults(wrong.text)), field(wrong.text, "reason")) == (422, {"option"}, EVIL)
    for _ in range(2):
        assert browser.post(path, filled).headers["location"] == f"{path}?done=withdraw"
    assert organiser.show(election)["withdrawn"] == {"c1": [2]}
    assert organiser.actions(election).count("option-withdrawn") == 1
    shown = browser.get(path).text
    assert "Withdrawn so far" in shown
    assert "no more options are left than seats" not in shown
    assert "<script>alert" not in shown
    assert browser.post(path, {"act": "withdraw"}).text.count('<option value="c1-') == 2
    assert browser.post(path, {**filled, "option": "c1-1"}).status_code == 303
    assert "no more options are left than seats" in browser.get(path).text
    last = browser.post(path, {**filled, "option": "c1-3"})
    assert (last.status_code, organiser.show(election)["withdrawn"]) == (409, {"c1": [2, 1]})


def test_a_voter_of_a_draft_is_changed_and_removed_on_the_page(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    path, ada = f"/manage/elections/{election}/voters", {"voter": "ada@example.org", "email": "ada@example.org"}
    assert {"edit", "remove"} <= set(re.findall(r'name="act" value="([\w-]+)"', browser.get(path).text))
    form = browser.post(path, {"act": "edit", **ada}).text
    assert 'name="voter" value="ada@example.org"' in form
    saved = browser.post(path, {**ada, "act": "add", "email": "ada@example.net", "name": "Ada"})
    assert saved.headers["location"].endswith("?done=edited")
    assert organiser.voters(election)["ada@example.net"]["name"] == "Ada"
    refused = browser.post(path, {"act": "add", "voter": "ada@example.net", "email": "bob@example.org", "name": "Ada"})
    assert (refused.status_code, "ada@example.net" in refused.text) == (409, True)
    gone = browser.post(path, {"act": "remove", "email": "ada@example.net"})
    assert gone.headers["location"].endswith("?done=removed")
    assert list(organiser.voters(election)) == ["bob@example.org"]
    organiser.invite(election)
    acts_now = set(re.findall(r'name="act" value="([\w-]+)"', browser.get(path).text))
    assert "remove" not in acts_now


def test_a_file_is_tried_before_it_is_imported(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    content = b"email\nADA@example.org\nbob@example.org\nbad\n"
    tried = upload(browser, election, content)
    assert tried.json() == {
        "added": 1,
        "duplicates": 1,
        "duplicate_rows": [{"line": 2, "value": "ADA@example.org", "first_line": None}],
        "rejected": [
            {"line": 4, "value": "bad", "code": "bad-email", "params": {}, "reason": "This is not an e-mail address."}
        ],
        "rejected_count": 1,
        "mended": [],
        "mended_count": 0,
        "ignored_columns": [],
        "columns": {"email": [1], "name": []},
        "warnings": [],
        "compared": True,
        "undecided": None,
        "first_rows": [["email"], ["ADA@example.org"], ["bob@example.org"], ["bad"]],
    }
    assert set(organiser.voters(election)) == {"ada@example.org"}
    assert upload(browser, election, content, dry_run="false").json()["added"] == 1
    assert set(organiser.voters(election)) == {"ada@example.org", "bob@example.org"}


def test_a_large_import_tells_how_far_it_is(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    content = "\n".join(["email", *(f"v{number}@example.org" for number in range(2001))]).encode()
    job = upload(browser, election, content, dry_run="false").json()
    assert (job["state"], job["done"], job["total"]) == ("running", 0, 2001)
    path = f"/manage/elections/{election}/import?job={job['job']}"
    work_off(deployment)
    over = browser.get(path, headers={"Accept": "application/json"}).json()
    assert (over["state"], over["added"]) == ("done", 2001)


def test_what_is_no_roll_is_told_to_the_script_in_words(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    refused = upload(browser, election, b"name\nAda\n", dry_run="false")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:ballotcast:problem:bad-roll-file")
    assert refused.json()["advice"].startswith("This file cannot be read as a roll.")
    assert refused.json()["advice"].endswith("No column was recognised as e-mail addresses. This file has: name.")
    told = upload(browser, election, b"Ort;Wer\nBonn;<a@b.de>\n").json()
    assert (told["undecided"], told["first_rows"][1]) == (
        "No column was recognised as e-mail addresses. This file has: ort, wer.",
        ["Bonn", "<a@b.de>"],
    )
    read = upload(browser, election, b"Ort;Wer\nBonn;<a@b.de>\n", columns="email:2").json()
    [mended] = read["mended"]
    assert mended == {
        "line": 2,
        "value": "a@b.de",
        "code": "mended-address",
        "params": {},
        "note": "Only the address was taken.",
    }
    assert read["ignored_columns"] == ["ort"]


def test_a_description_and_events_are_shown_as_text(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create(
        "a@example.org", description=EVIL, contests=[{"title": EVIL, "method": "approval", "options": [EVIL, "b"]}]
    )
    page = browser.get(f"/manage/elections/{election}").text
    assert "<script>alert" not in page
    data = re.search(r'id="contests-data">(.*?)</script>', page)
    assert data
    assert json.loads(data[1])[0]["options"][0] == EVIL
    assert "Imported a roll" in page


def test_erased_addresses_are_not_shown(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    act(browser, election, "open")
    act(browser, election, "close")
    assert act(browser, election, "erase").headers["location"].endswith("?done=erase")
    page = browser.get(f"/manage/elections/{election}/voters").text
    assert "ada@example.org" not in page
    assert "erased" in page
