"""Notices and copies in a browser: the organiser says something, and everybody sees it with every change of it."""

import re

import pytest

from asgi_client import TestClient
from ballotcast.client.api import Api
from gateway import gateway
from organising import Organiser, work_off
from pages import Browser
from tally.app import create_app as tally_app
from vote.app import create_app as vote_app
from web.app import create_app as web_app
from world import World

EVIL = "<script>alert(1)</script>\nsecond line"


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


def result_page(deployment: World, election: str, language: str) -> str:
    wiring = deployment.wiring()
    with gateway(tally_app(wiring), vote_app(wiring)) as api:
        app = web_app(wiring)
        app.state.connect = lambda address: Api(api, sleep=lambda seconds: None)
        page = TestClient(app).get(f"/results/{election}", headers={"Accept-Language": language})
    assert page.status_code == 200, page.text
    return page.text


def test_what_is_said_is_shown_to_everybody_and_can_be_corrected(
    browser: Browser, organiser: Organiser, deployment: World
) -> None:
    election = organiser.create("ada@example.org", description="Old words")
    organiser.post(f"/elections/{election}/open")
    path = f"/manage/elections/{election}"
    assert "Old words" in browser.post(path, {"act": "notices"}).text
    said = browser.post(path, {"act": "notice", "text": EVIL})
    assert said.headers["location"] == f"{path}?done=notice"
    assert "It is published" in browser.get(said.headers["location"]).text
    browser.post(path, {"act": "notice", "text": "Corrected", "replaces": "1"})
    browser.post(path, {"act": "description", "text": "New words"})
    german = result_page(deployment, election, "de")
    assert "<script>alert" not in german
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", german))
    for text in ("Corrected", "Mitteilung 1 berichtigt", "Die Beschreibung wurde geändert", "New words", "Old words"):
        assert text in told
    assert told.index("Corrected") < told.index("second line")
    refused = browser.post(path, {"act": "notice", "text": ""})
    assert refused.status_code == 422
    assert "Must not be empty." in refused.text


def test_a_copy_is_made_after_a_page_that_says_what_follows(
    browser: Browser, organiser: Organiser, deployment: World
) -> None:
    election = organiser.create("ada@example.org", title="Board")
    path = f"/manage/elections/{election}"
    assert 'value="Board"' in browser.post(path, {"act": "copy"}).text
    wrong = browser.post(path, {"act": "copy", "sure": "yes", "title": ""})
    assert wrong.status_code == 422
    made = browser.post(path, {"act": "copy", "sure": "yes", "title": "Board again", "roll": "yes"})
    assert "Its voters are being added." in browser.get(made.headers["location"]).text
    work_off(deployment)
    copied = made.headers["location"].split("/")[-1].partition("?")[0]
    assert list(organiser.voters(copied)) == ["ada@example.org"]
    assert organiser.show(copied)["title"] == "Board again"
