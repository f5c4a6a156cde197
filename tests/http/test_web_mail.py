"""The page of what mails say: what was typed comes back, faults stand at their fields, the mail itself runs nothing."""

import os
from base64 import b64encode

import httpx2 as httpx
import pytest

from organising import Organiser
from pages import Browser, faults, field
from png import header, pixels, png
from shown_html import Shown
from world import World

TYPED = {
    "organisation": "Hillhead Club",
    "contact": "office@club.example",
    "language": "en",
    "zone": "Europe/Berlin",
    "subject": "{title}",
    "text": "Dear {name}",
    "act": "mail",
}
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


def send(browser: Browser, election: str, **changes: str) -> httpx.Response:
    return browser.post(f"/manage/elections/{election}", {**TYPED, **changes})


def test_what_is_typed_is_saved_and_shown_again(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    answer = send(browser, election)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/manage/elections/{election}/mail?done=mail")
    page = browser.get(f"/manage/elections/{election}/mail").text
    for name in ("organisation", "contact", "subject"):
        assert field(page, name) == TYPED[name]
    assert organiser.get(f"/elections/{election}/mail").json()["zone"] == "Europe/Berlin"


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    for act in ("mail", "mail-preview"):
        answer = send(browser, election, act=act, text="{nmae}", organisation="a@b", subject=EVIL)
        assert answer.status_code == 422
        assert set(faults(answer.text)) == {"organisation", "text"}
        assert field(answer.text, "organisation") == "a@b"
        assert "&#34;&gt;&lt;script&gt;" in answer.text
        assert "<script>alert" not in answer.text
        assert "{nmae} is no placeholder" in answer.text


def test_a_preview_shows_what_is_typed_and_saves_nothing(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    page = send(browser, election, act="mail-preview", reminds="yes", text="Hello {name}").text
    assert "Hello organiser@example.org" in page
    assert "Reminder: Hillhead" in page
    assert organiser.get(f"/elections/{election}/mail").json()["text"] == ""


def test_what_was_changed_is_said(browser: Browser, organiser: Organiser) -> None:
    page = send(browser, organiser.create(), text="a\u202eb <b>")
    assert page.status_code == 200
    assert "Introduction: HTML is not interpreted" in page.text
    assert field(page.text, "organisation") == "Hillhead Club"


def test_a_test_is_sent_with_what_is_saved(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election = organiser.create()
    assert send(browser, election, act="mail-test").headers["location"].endswith("/mail?done=mailtest")
    [message] = deployment.take_messages("MAIL_QUEUE")
    assert (message["kind"], message["election"], message["reminds"]) == ("test", election, False)
    assert "a test is on its way" in browser.get(f"/manage/elections/{election}/mail?done=mailtest").text


def test_the_mail_as_a_page_runs_and_loads_nothing(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create(description=EVIL)
    send(browser, election)
    answer = browser.get(f"/manage/elections/{election}/mail?alone=true")
    assert "Dear organiser@example.org" in " ".join(Shown(answer.text).words)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "script" not in Shown(answer.text).tags


def test_a_logo_comes_with_the_form_and_is_shown_by_its_address(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create()
    noise = b"".join(b"\0" + os.urandom(3 * 60) for _ in range(60))
    picture = png(header(60, 60), pixels(noise))
    assert len(picture) > 10_000
    assert send(browser, election, logo=f"data:image/png;base64,{b64encode(picture).decode()}").status_code == 303
    name = organiser.get(f"/elections/{election}/mail").json()["logo"]
    page = browser.get(f"/manage/elections/{election}/mail").text
    assert field(page, "logo") == name
    assert f'/pictures/{name.partition("-")[0]}" width="30" height="30"' in page
    assert send(browser, election, logo=name).status_code == 303
    answer = send(browser, election, logo="data:image/png;base64,R0lGODlh")
    assert (answer.status_code, set(faults(answer.text))) == (422, {"logo"})
    assert send(browser, election, logo="").status_code == 303
    assert organiser.get(f"/elections/{election}/mail").json()["logo"] == ""
