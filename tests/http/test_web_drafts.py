"""The form of a draft: what was typed comes back, faults stand at their fields, and a session's end costs nothing."""

import re

import httpx2 as httpx
import pytest

from ballotcast.elections.photo import read_photo
from jpeg import grey, url
from organising import Organiser
from pages import Browser, area, chosen, faults, field
from world import World

TYPED = {
    "title": "Hillhead",
    "description": "Two\nlines",
    "zone": "Europe/Berlin",
    "opens_at": "2026-11-20T11:00",
    "closes_at": "2026-11-21T11:00",
    "second_factor": "email",
    "contest-0-title": "Council",
    "contest-0-method": "scottish-stv",
    "contest-0-options": "Ada\n\n Bob \nCid",
    "contest-0-seats": "2",
    "contest-0-min": "",
    "contest-0-max": "",
    "contest-0-tie": "",
    "act": "save",
}
NEW = "/manage/elections/new"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


def send(browser: Browser, path: str = NEW, **changes: str) -> httpx.Response:
    return browser.post(path, {**TYPED, **{name.replace("__", "-"): value for name, value in changes.items()}})


def saved(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/manage/elections/([0-9a-f]{16})\?done=saved", answer.headers["location"])
    assert found
    return found[1]


def test_a_draft_is_what_was_typed(browser: Browser, organiser: Organiser) -> None:
    shown = organiser.show(saved(send(browser)))
    told = {name: shown[name] for name in ("title", "description", "opens_at", "closes_at", "second_factor")}
    assert told == {
        "title": "Hillhead",
        "description": "Two\nlines",
        "opens_at": "2026-11-20T10:00:00Z",
        "closes_at": "2026-11-21T10:00:00Z",
        "second_factor": "email",
    }
    assert shown["contests"] == [
        {
            "id": "c1",
            "title": "Council",
            "method": "scottish-stv",
            "options": ["Ada", "Bob", "Cid"],
            "seats": 2,
            "min": 0,
            "max": 3,
            "tie": "previous-stages",
        }
    ]


def test_what_was_left_out_stays_left_out_when_a_draft_is_edited(browser: Browser, organiser: Organiser) -> None:
    election = saved(send(browser))
    path = f"/manage/elections/{election}/edit"
    page = browser.get(path).text
    assert (field(page, "opens_at"), chosen(page, "zone")) == ("2026-11-20T10:00", "UTC")
    assert [field(page, f"contest-0-{name}") for name in ("seats", "min", "max")] == ["2", "", ""]
    assert (area(page, "contest-0-options"), chosen(page, "contest-0-tie")) == ("Ada\nBob\nCid", "")
    saved(send(browser, path, contest__0__options="Ada\nBob\nCid\nDov"))
    assert organiser.show(election)["contests"][0]["max"] == 4


def test_conditions_are_kept_and_come_back_as_typed(browser: Browser, organiser: Organiser) -> None:
    conditions = {"quorum": "40%", "threshold": "> 2/3", "threshold_of": "voters", "none_of_the_above": "yes"}
    conditions |= {"abstain": "yes", "order": "shuffled"}
    election = saved(browser.post(NEW, TYPED | {f"contest-0-{name}": typed for name, typed in conditions.items()}))
    [contest] = organiser.show(election)["contests"]
    assert {name: contest[name] for name in conditions} == {
        "quorum": "40/100",
        "threshold": ">2/3",
        "threshold_of": "voters",
        "none_of_the_above": True,
        "abstain": True,
        "order": "shuffled",
    }
    page = browser.get(f"/manage/elections/{election}/edit").text
    assert (field(page, "contest-0-quorum"), field(page, "contest-0-threshold")) == ("40%", ">2/3")
    assert [chosen(page, f"contest-0-{name}") for name in ("threshold_of", "order")] == ["voters", "shuffled"]
    assert len(re.findall(r'type="checkbox"[^>]* checked', page)) == 2


def test_what_is_said_of_an_option_keeps_to_it(browser: Browser, organiser: Organiser) -> None:
    assert "-said-" not in send(browser, act="add").text, "fields only where they are asked for: forms have a limit"
    page = send(browser, act="texts-0").text
    assert [field(page, f"contest-0-said-{number}-name") for number in range(3)] == ["Ada", "Bob", "Cid"]
    said = {f"contest-0-said-{number}-name": name for number, name in enumerate(("Ada", "Bob", "Cid"))}
    said |= {
        "contest-0-said-0-statement": EVIL,
        "contest-0-said-1-photo": url(grey(8, 8)),
        "contest-0-said-2-link": "https://example.org/",
        "contest-0-text": "Why\n?",
    }
    election = saved(browser.post(NEW, TYPED | said | {"contest-0-options": "Cid\nBob\nAda"}))
    [contest] = organiser.show(election)["contests"]
    name = read_photo(grey(8, 8)).hash
    assert contest["about"] == [{"link": "https://example.org/"}, {"photo": name}, {"statement": EVIL}]
    page = browser.get(f"/manage/elections/{election}/edit").text
    assert (area(page, "contest-0-text"), area(page, "contest-0-said-2-statement")) == ("Why\n?", EVIL)
    assert (field(page, "contest-0-said-1-photo"), f'src="/pictures/{name}"' in page) == (name, True)
    assert EVIL not in page
    wrong = browser.post(NEW, TYPED | said | {"contest-0-said-2-link": "javascript:alert(1)"})
    assert set(faults(wrong.text)) == {"contest-0-about"}
    assert field(wrong.text, "contest-0-said-1-photo") == url(grey(8, 8)), "comes back with what was typed"
    assert field(wrong.text, "contest-0-said-2-link") == "javascript:alert(1)"


def test_a_template_is_a_starting_point(browser: Browser, organiser: Organiser) -> None:
    page = send(browser, act="template-motion").text
    assert area(page, "contest-0-options") == TYPED["contest-0-options"], "what was typed stays"
    assert (area(page, "contest-1-options"), field(page, "contest-1-seats")) == ("Yes\nNo", "1")
    page = send(browser, act="template-board", contest__0__title="", contest__0__options="").text
    assert (field(page, "contest-0-title"), chosen(page, "contest-0-order")) == ("Board", "shuffled")
    assert 'name="contest-1-title"' not in page
    motion = {"contest-0-method": "plurality", "contest-0-options": "Yes\nNo", "contest-0-seats": "1"}
    motion |= {"contest-0-motion": "yes", "contest-0-abstain": "yes"}
    [made] = organiser.show(saved(browser.post(NEW, TYPED | motion)))["contests"]
    assert (made["motion"], made["abstain"], made["max"]) == (True, True, 1)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "x" * 201}, {"title"}),
        ({"description": "x" * 4001}, {"description"}),
        ({"opens_at": "", "closes_at": "soon"}, {"opens_at", "closes_at"}),
        ({"closes_at": "2026-11-20T10:59"}, {"closes_at"}),
        ({"closes_at": "2026-11-20T11:00"}, {"closes_at"}),
        ({"second_factor": "post"}, {"second_factor"}),
        ({"contest__0__title": ""}, {"contest-0-title"}),
        ({"contest__0__options": ""}, {"contest-0-options"}),
        ({"contest__0__options": "Ada\nAda"}, {"contest-0-options"}),
        ({"contest__0__options": "Ada\n" + "x" * 201}, {"contest-0-options"}),
        ({"contest__0__seats": "9"}, {"contest-0-seats"}),
        ({"contest__0__seats": "two"}, {"contest-0-seats"}),
        ({"contest__0__method": "irv"}, {"contest-0-seats"}),
        ({"contest__0__method": "by-lot"}, {"contest-0-method"}),
        ({"contest__0__max": "9"}, {"contest-0-max"}),
        ({"contest__0__min": "2", "contest__0__max": "1"}, {"contest-0-max"}),
        ({"contest__0__tie": "coin"}, {"contest-0-tie"}),
        ({"contest__0__quorum": "half"}, {"contest-0-quorum"}),
        ({"contest__0__threshold": "1/2", "contest__0__method": "borda"}, {"contest-0-threshold"}),
        ({"contest__0__motion": "yes"}, {"contest-0-motion"}),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_lost(
    browser: Browser, organiser: Organiser, changes: dict[str, str], named: set[str]
) -> None:
    answer = send(browser, **changes)
    assert answer.status_code == 422
    assert set(faults(answer.text)) == named
    typed = {**TYPED, **{name.replace("__", "-"): value for name, value in changes.items()}}
    for name in ("title", "opens_at", "closes_at", "contest-0-title", "contest-0-seats", "contest-0-max"):
        assert field(answer.text, name) == typed[name]
    assert area(answer.text, "contest-0-options") == typed["contest-0-options"]
    assert chosen(answer.text, "zone") == "Europe/Berlin"
    for name in named:
        assert f'<a href="#{name}">' in answer.text
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', answer.text), name
    assert organiser.get("/elections").json()["elections"] == []


@pytest.mark.parametrize("edits", [False, True])
def test_all_that_is_wrong_is_told_at_once(browser: Browser, organiser: Organiser, *, edits: bool) -> None:
    path = f"/manage/elections/{saved(send(browser))}/edit" if edits else NEW
    second = {"contest-1-title": "", "contest-1-method": "irv", "contest-1-options": "Eve\nEve", "contest-1-seats": "1"}
    wrong = {**TYPED, **second, "title": "", "opens_at": "2026-11-22T11:00", "contest-0-seats": "two"}
    answer = browser.post(path, {**wrong, "contest-0-options": "Ada\nAda"})
    named = ["title", "closes_at", "contest-0-options", "contest-0-seats", "contest-1-title", "contest-1-options"]
    assert set(faults(answer.text)) == set(named)
    alert = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    summary = re.findall(r'<li><a href="#([\w-]+)">', alert)
    assert [name.rpartition("-")[0] for name in summary] == [name.rpartition("-")[0] for name in named]
    unread = browser.post(path, {**wrong, "opens_at": "", "title": "Hillhead"})
    assert set(faults(unread.text)) == {"opens_at", "contest-0-seats", "contest-1-title", "contest-1-options"}
    assert [one["title"] for one in organiser.get("/elections").json()["elections"]] == ["Hillhead"] * edits


def test_what_would_run_is_text_wherever_it_comes_back(browser: Browser) -> None:
    evil = {"title": EVIL, "description": EVIL, "contest__0__title": EVIL, "contest__0__options": f"{EVIL}\n{EVIL}"}
    answer = send(browser, **evil)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert (field(answer.text, "title"), area(answer.text, "description")) == (EVIL, EVIL)
    election = saved(send(browser, **{**evil, "contest__0__options": f"{EVIL}\nAda\nBob"}))
    for path in ("", "/edit", "/voters", "/import"):
        page = browser.get(f"/manage/elections/{election}{path}")
        assert (page.status_code, "<script>alert" in page.text) == (200, False)


def test_contests_come_and_go_with_all_that_was_typed(browser: Browser, organiser: Organiser) -> None:
    more = send(browser, act="add", title=EVIL).text
    assert field(more, "title") == EVIL
    assert field(more, "contest-0-title") == "Council"
    assert re.search(r'id="contest-1-title"[^>]*autofocus', more)
    second = {"contest-1-title": "Chair", "contest-1-method": "plurality", "contest-1-options": "Eve\nFay"}
    answer = browser.post(NEW, {**TYPED, **second, "contest-1-seats": "1", "act": "remove-0"}).text
    assert (field(answer, "contest-0-title"), area(answer, "contest-0-options")) == ("Chair", "Eve\nFay")
    assert 'name="contest-1-title"' not in answer
    election = saved(browser.post(NEW, {**TYPED, **second, "contest-1-seats": "1"}))
    assert [contest["title"] for contest in organiser.show(election)["contests"]] == ["Council", "Chair"]


def test_the_ballot_is_shown_before_anything_is_saved(browser: Browser, organiser: Organiser) -> None:
    answer = send(browser, act="preview", contest__0__title=EVIL)
    before = answer.text.partition('id="ballot-preview"')[0]
    assert ('<p class="lead">Hillhead</p>' in before, '<p class="typed">Two\nlines</p>' in before) == (True, True)
    assert (answer.status_code, "<script>alert" in answer.text) == (200, False)
    assert 'id="ballot-preview"' in answer.text
    assert field(answer.text, "title") == "Hillhead"
    assert organiser.get("/elections").json()["elections"] == []


def test_a_time_that_clocks_skip_is_refused_and_one_that_comes_twice_is_asked_about(
    browser: Browser, organiser: Organiser
) -> None:
    answer = send(browser, opens_at="2027-03-28T02:30", closes_at="2027-10-31T02:30")
    assert set(faults(answer.text)) == {"opens_at", "closes_at"}
    assert "no such time" in faults(answer.text)["opens_at"]
    assert 'name="closes_which"' in answer.text
    assert 'name="opens_which"' not in answer.text
    for which, moment in (("first", "2027-10-31T00:30:00Z"), ("second", "2027-10-31T01:30:00Z")):
        election = saved(send(browser, closes_at="2027-10-31T02:30", closes_which=which))
        assert organiser.show(election)["closes_at"] == moment


def test_a_form_without_a_session_comes_back_whole_and_takes_the_log_in(deployment: World) -> None:
    browser = Browser(deployment)
    browser.post("/manage/sign-up", {"email": "ada@example.org", "password": "correct horse battery"})
    form_cookie_stays = browser.client.cookies["ballotcast-form"]
    deployment.clock.advance(hours=2)
    over = send(browser)
    assert (over.status_code, field(over.text, "title")) == (401, "Hillhead")
    browser.client.cookies.delete("ballotcast-session")
    gone = send(browser)
    assert (gone.status_code, area(gone.text, "contest-0-options")) == (401, TYPED["contest-0-options"])
    assert browser.client.cookies["ballotcast-form"] == form_cookie_stays
    wrong = send(browser, email="ada@example.org", password="wrong")
    assert (wrong.status_code, field(wrong.text, "email")) == (401, "ada@example.org")
    assert field(wrong.text, "title") == "Hillhead"
    assert "wrong" not in field(wrong.text, "password")
    election = saved(send(browser, email="ada@example.org", password="correct horse battery"))
    assert "Hillhead" in browser.get(f"/manage/elections/{election}").text


def test_a_form_of_before_a_log_in_comes_back_and_is_not_acted_on(browser: Browser, organiser: Organiser) -> None:
    old = browser.token()
    browser.client.cookies.delete("ballotcast-form")
    answer = browser.post(NEW, {**TYPED, "form_token": old})
    assert (answer.status_code, field(answer.text, "title")) == (403, "Hillhead")
    assert organiser.get("/elections").json()["elections"] == []
    saved(browser.post(NEW, {**TYPED, "form_token": field(answer.text, "form_token")}))


def test_a_frozen_election_cannot_be_edited_and_says_so(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")
    assert organiser.invite(election).status_code == 202
    answer = send(browser, f"/manage/elections/{election}/edit")
    assert (answer.status_code, field(answer.text, "title")) == (409, "Hillhead")
    assert "can no longer be changed" in answer.text


def test_an_election_of_somebody_else_is_not_there(browser: Browser, deployment: World) -> None:
    theirs = Organiser(deployment, "other").create()
    path = f"/manage/elections/{theirs}"
    asked = [browser.get(path + below) for below in ("", "/edit", "/voters", "/import")]
    asked.append(browser.post(path, {"act": "close", "sure": "yes"}))
    assert {answer.status_code for answer in asked} == {404}
    assert all("There is no such election" in answer.text for answer in asked)
