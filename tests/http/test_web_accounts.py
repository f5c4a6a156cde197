"""Organisers' accounts in a browser: sign-up, the code, log-in and log-out, and what the cookies are like."""

import logging

import httpx2 as httpx
import pytest

from organising import Organiser
from pages import Browser, faults, field
from world import World

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"


@pytest.fixture
def browser(deployment: World) -> Browser:
    return Browser(deployment)


def sign_up(browser: Browser, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
    return browser.post("/manage/sign-up", {"email": email, "password": password})


def log_in(browser: Browser, password: str = PASSWORD, **fields: str) -> httpx.Response:
    return browser.post("/manage/log-in", {"email": EMAIL, "password": password, **fields})


def test_whoever_signs_up_is_logged_in_and_led_to_the_code(browser: Browser) -> None:
    answer = sign_up(browser)
    assert answer.status_code == 303
    path, _, organiser = answer.headers["location"].partition("?organiser=")
    assert path == "/manage/verify"
    assert field(browser.get(answer.headers["location"]).text, "organiser_id") == organiser
    assert browser.get("/manage").status_code == 200
    assert [one["organiser"] for one in browser.deployment.take_messages("MAIL_QUEUE")] == [organiser]


def test_what_was_typed_stays_and_is_told_at_its_field(browser: Browser) -> None:
    answer = sign_up(browser, '"><script>alert(1)</script>', "short")
    assert answer.status_code == 422
    assert set(faults(answer.text)) == {"email", "password"}
    assert field(answer.text, "email") == '"><script>alert(1)</script>'
    assert "<script>alert" not in answer.text
    assert "short" not in answer.text.partition("<form method")[2].partition('name="password"')[2][:200]


def test_an_address_that_is_taken_is_told(browser: Browser) -> None:
    sign_up(browser)
    answer = sign_up(browser, password="another correct horse")
    assert (answer.status_code, field(answer.text, "email")) == (409, EMAIL)
    assert "There is an account with this address already. Log in; or" in answer.text
    assert 'href="/manage/forgot"' in answer.text


def test_a_wrong_code_stays_in_the_form(browser: Browser) -> None:
    answer = browser.post("/manage/verify", {"organiser_id": "o", "token": "nonsense"})
    assert (answer.status_code, field(answer.text, "token")) == (403, "nonsense")
    assert "This code is wrong" in answer.text


def test_who_is_led_to_the_code_is_asked_for_the_code_only(browser: Browser) -> None:
    assert "two lines, “Organiser” and “Code”" in browser.get("/manage/verify").text
    page = browser.get("/manage/verify?organiser=0123").text
    assert (field(page, "organiser_id"), "two lines" in page) == ("0123", False)
    assert "Copy the code here." in page


def test_a_log_in_leads_on_and_a_locked_account_says_for_how_long(browser: Browser) -> None:
    sign_up(browser)
    browser.post("/manage/log-out")
    assert browser.get("/manage").status_code == 303
    wanted = {"next": "/manage/elections/new"}
    assert log_in(browser, **wanted).headers["location"] == "/manage/elections/new"
    for _ in range(5):
        wrong = log_in(browser, "wrong", **wanted)
        assert (wrong.status_code, field(wrong.text, "next")) == (401, "/manage/elections/new")
        assert field(wrong.text, "email") == EMAIL
    locked = log_in(browser)
    assert locked.status_code == 429
    assert "locked" in locked.text
    assert "Try again in 15 minutes." in locked.text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/a b"]
)
def test_a_log_in_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    sign_up(browser)
    assert field(browser.get("/manage/log-in", params={"next": wanted}).text, "next") == "/manage"
    assert log_in(browser, next=wanted).headers["location"] == "/manage"


def test_the_cookies_are_for_organisers_pages_and_no_script(browser: Browser) -> None:
    kept = sign_up(browser).headers.get_list("set-cookie")
    session = next(cookie for cookie in kept if cookie.startswith("ballotcast-session="))
    assert {part.strip().lower() for part in session.split(";")[1:]} == {
        "httponly",
        "max-age=3600",
        "path=/manage",
        "samesite=lax",
    }
    form = next(cookie for cookie in kept if cookie.startswith("ballotcast-form="))
    assert {"httponly", "path=/manage", "samesite=lax"} <= {part.strip().lower() for part in form.split(";")}
    browser.client.cookies.clear()
    assert "set-cookie" not in browser.get("/").headers
    assert "set-cookie" in browser.get("/manage/log-in").headers


def test_logging_out_forgets_both_cookies(browser: Browser) -> None:
    sign_up(browser)
    answer = browser.post("/manage/log-out")
    assert answer.headers["location"] == "/"
    assert all("Max-Age=0" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert len(answer.headers.get_list("set-cookie")) == 2
    assert browser.get("/manage").headers["location"] == "/manage/log-in?next=%2Fmanage"


def test_a_session_that_is_over_leads_to_the_log_in_and_back(deployment: World, organiser: Organiser) -> None:
    browser = Browser(deployment, organiser.id)
    deployment.clock.advance(hours=2)
    answer = browser.get("/manage/elections/new")
    assert answer.status_code == 200  # nothing is asked of the API for an empty form
    answer = browser.get("/manage")
    assert (answer.status_code, answer.headers["location"]) == (303, "/manage/log-in?next=%2Fmanage")


def test_the_dashboard_tells_what_comes_next(deployment: World, organiser: Organiser) -> None:
    browser = Browser(deployment, organiser.id)
    assert "You have no elections yet" in browser.get("/manage").text
    election = organiser.create(title="<script>alert(1)</script>")
    page = browser.get("/manage").text
    assert f'href="/manage/elections/{election}"' in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "put voters on the roll" in page
    assert "/results/" not in page
    organiser.import_(election, b"email\na@example.org\n")
    organiser.post(f"/elections/{election}/open")
    organiser.post(f"/elections/{election}/close")
    assert f'href="/results/{election}"' in browser.get("/manage").text


def test_who_is_not_verified_is_led_to_the_code(deployment: World) -> None:
    organiser = Organiser(deployment, "newcomer", verified=False)
    election = organiser.create("a@example.org")
    answer = Browser(deployment, "newcomer").post(f"/manage/elections/{election}", {"act": "begin", "sure": "yes"})
    assert answer.status_code == 403
    assert 'href="/manage/verify?organiser=newcomer"' in answer.text


def test_what_is_asked_of_the_api_is_no_line_of_a_log(
    deployment: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("httpx2"), "level", logging.NOTSET)
    caplog.set_level(logging.INFO)  # as Lambda has it where lines are JSON
    assert log_in(Browser(deployment)).status_code == 401
    assert not [record for record in caplog.records if record.name.startswith("httpx")]
