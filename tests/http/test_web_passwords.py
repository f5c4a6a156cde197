"""A forgotten password in a browser."""

import pytest

from notify.worker import Worker
from outbox import Outbox
from pages import Browser, faults, field
from world import World

EMAIL, OLD, NEW = "ada@example.org", "correct horse battery", "another horse battery"


@pytest.fixture
def browser(deployment: World) -> Browser:
    browser = Browser(deployment)
    assert browser.post("/manage/sign-up", {"email": EMAIL, "password": OLD}).status_code == 303
    browser.post("/manage/log-out")
    deployment.take_messages("MAIL_QUEUE")
    return browser


def test_from_the_log_in_to_a_new_password(browser: Browser, deployment: World) -> None:
    outbox = Outbox()
    assert 'href="/manage/forgot"' in browser.get("/manage/log-in").text
    assert field(browser.get("/manage/forgot").text, "email") == ""
    asked = browser.post("/manage/forgot", {"email": EMAIL})
    assert (asked.status_code, field(asked.text, "email"), field(asked.text, "token")) == (200, EMAIL, "")
    assert "is on its way" in asked.text
    [message] = deployment.take_messages("MAIL_QUEUE")
    Worker(deployment.wiring()).deliver(message)
    code = outbox.mails()[0].field("Code")
    fields = {"email": EMAIL, "token": f" {code} "}
    short = browser.post("/manage/password", {**fields, "password": "short"})
    assert (short.status_code, field(short.text, "token"), field(short.text, "password")) == (422, code, "")
    assert set(faults(short.text)) == {"password"}
    done = browser.post("/manage/password", {**fields, "password": NEW})
    assert (done.status_code, done.headers["location"]) == (303, "/manage?done=password")
    assert "Your new password is set" in browser.get(done.headers["location"]).text
    browser.post("/manage/log-out")
    assert browser.post("/manage/log-in", {"email": EMAIL, "password": OLD}).status_code == 401


def test_an_unknown_address_is_led_on_alike(browser: Browser) -> None:
    known, unknown = (browser.post("/manage/forgot", {"email": email}) for email in (EMAIL, "eve@example.org"))
    assert unknown.status_code == known.status_code == 200
    assert _without_token(unknown.text).replace("eve@example.org", EMAIL) == _without_token(known.text)


def test_a_wrong_code_stays_in_the_form(browser: Browser) -> None:
    answer = browser.post("/manage/password", {"email": EMAIL, "token": "nonsense", "password": NEW})
    assert (answer.status_code, field(answer.text, "email"), field(answer.text, "token")) == (403, EMAIL, "nonsense")
    assert "This code is wrong" in answer.text
    assert NEW not in answer.text


def test_no_address_is_told_at_its_field(browser: Browser) -> None:
    answer = browser.post("/manage/forgot", {"email": '"><script>'})
    assert (answer.status_code, set(faults(answer.text)), field(answer.text, "email")) == (422, {"email"}, '"><script>')


@pytest.mark.parametrize("path", ["/manage/forgot", "/manage/password"])
def test_another_site_sends_nothing(browser: Browser, deployment: World, path: str) -> None:
    fields = {"email": EMAIL, "token": "t", "password": NEW}
    answer = browser.post(path, fields, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert browser.post(path, {**fields, "form_token": "forged"}).status_code == 403
    assert deployment.take_messages("MAIL_QUEUE") == []


def _without_token(page: str) -> str:
    return page.replace(field(page, "form_token"), "")
