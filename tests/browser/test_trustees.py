"""Three trustees in real browsers, each from the mail alone: a ceremony and the opening; two lose their phones."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from axe import assert_accessible
from ballotcast.client import published
from ballotcast.client.voter import Voter
from ballotcast.clock import to_rfc3339
from ballotcast.elections.verification import verify_export
from invited_elections import Elections

pytestmark = pytest.mark.stack

NAMES = ("Ada", "Bo", "Cleo")
PHONE: Any = {"viewport": {"width": 320, "height": 640}, "accept_downloads": True}
PASSPHRASE = "four words of mine alone"
LASTS = timedelta(seconds=100)
"""Of the election: trustees open it no earlier than announced."""


class Device:
    """A trustee's phone, and the file that was saved last."""

    def __init__(self, browser: Browser, name: str, email: str, folder: Path) -> None:
        self.browser, self.name, self.email, self.folder = browser, name, email, folder
        self.context: BrowserContext = browser.new_context(**PHONE)
        self.file: Path | None = None

    def lose(self) -> None:
        """Another phone takes its place, with nothing on it."""
        self.context.close()
        self.context = self.browser.new_context(**PHONE)

    def open(self, link: str) -> Page:
        page = self.context.new_page()
        page.goto(link)
        page.get_by_role("button", name="Show what there is to do").click()
        return page

    def saving(self, page: Page, act: Callable[[], object]) -> None:
        with page.expect_download() as download:
            act()
        self.file = self.folder / f"{self.name}-{secrets.token_hex(2)}.json"
        download.value.save_as(self.file)

    def give_file(self, page: Page) -> None:
        assert self.file
        page.locator("#file").set_input_files(self.file)


@pytest.fixture
def devices(browser: Browser, tmp_path: Path) -> Iterator[list[Device]]:
    run = secrets.token_hex(4)
    made = [Device(browser, name, f"{name.lower()}@{run}.example.org", tmp_path) for name in NAMES]
    yield made
    for device in made:
        device.context.close()


def newest_link(elections: Elections, email: str, mails: int) -> str:
    """Of the mail with this number to an address."""
    text = elections.newest_mail(email, than=mails - 1).text
    return next(word for word in text.split() if "/trustee#" in word)


def test_three_trustees_hold_the_key_and_one_loses_the_phone(
    elections: Elections, devices: list[Device], tmp_path: Path
) -> None:
    organiser, now = elections.organiser, datetime.now(UTC).replace(microsecond=0)
    closes = now + LASTS
    draft = {
        "title": "Works council",
        "opens_at": to_rfc3339(now),
        "closes_at": to_rfc3339(closes),
        "contests": [{"title": "Chair", "method": "plurality", "options": ["Red", "Blue"]}],
        "mode": "trustees",
    }
    election = str(organiser.create_election(draft)["id"])
    voters = [f"voter{n}@{secrets.token_hex(3)}.example.org" for n in range(2)]
    organiser.import_voters(election, "\r\n".join(["email", *voters]).encode())
    people = [{"name": one.name, "email": one.email} for one in devices]
    organiser.order_trustees(election, "begin", attempt=1, t=2, trustees=people)

    for device in devices:
        join(device, newest_link(elections, device.email, 1))
    for device in devices:
        if device.name == "Bo":
            device.lose()  # before the second visit: the file of the first one is all that is left
        deal(device, newest_link(elections, device.email, 2))
    organiser.order_trustees(election, "fix")
    fingerprints = {confirm(device, newest_link(elections, device.email, 3)) for device in devices}
    assert len(fingerprints) == 1

    organiser.invite(election)
    for email in voters:
        link = elections.newest_link(email)
        Voter(elections.api, lambda _state: None).vote(f"{elections.api.address}/vote#{link}", [(1,)])
    ada, _, cleo = devices
    ada.lose()  # after the third visit
    time.sleep(max(0.0, (closes - datetime.now(UTC)).total_seconds()))
    pages = [start_opening(one, newest_link(elections, one.email, 4)) for one in (ada, cleo)]
    for page in pages:
        expect(page.get_by_role("heading", name="The ballots can be opened")).to_be_visible()
    result = published.results(elections.api, election, patience=120)
    assert result["opened_by"] == {"t": 2, "trustees": list(NAMES), "released": ["Ada", "Cleo"]}
    path = tmp_path / "export.zip"
    published.export(elections.api, election, path)
    assert verify_export(path).ok


def join(device: Device, link: str) -> None:
    if device.name == "Bo":  # keys are made, and no message gets through: they are kept for the next time
        device.context.route("**/trustees/messages", lambda route: route.abort())
        page = device.open(link)
        device.saving(page, lambda: choose(page, PASSPHRASE))
        expect(page.get_by_text("No answer. Your keys are kept")).to_be_visible()
        page.close()
        device.context.unroute_all()
        page = device.open(link)
        choose(page, "another passphrase than then")
        expect(page.get_by_text("This browser already keeps keys")).to_be_visible()
        page.close()
    page = device.open(link)
    if device.name == "Cleo":  # another language keeps the link
        page.get_by_role("link", name="Deutsch").click()
        page.get_by_role("button", name="Zeigen, was zu tun ist").click()
        expect(page.locator("#step")).to_have_text("Erster Besuch: Ihre Schlüssel erzeugen")
        page.get_by_role("link", name="English").click()
        page.get_by_role("button", name="Show what there is to do").click()
    expect(page.get_by_text("Works council")).to_be_visible()
    page.get_by_label("A new passphrase").fill("short")
    page.get_by_role("button", name="Make my keys").click()
    expect(page.get_by_text("Take at least 12 characters")).to_be_visible()
    if device.name == "Ada":
        assert_accessible(page)
    device.saving(page, lambda: choose(page, PASSPHRASE))
    taken(page, "First visit")
    assert device.file
    assert "signing" not in json.loads(device.file.read_text())
    page.close()


def choose(page: Page, passphrase: str) -> None:
    page.get_by_label("A new passphrase").fill(passphrase)
    page.get_by_label("The same passphrase again").fill(passphrase)
    page.keyboard.press("Enter")


def deal(device: Device, link: str) -> None:
    page = device.open(link)
    if device.name == "Bo":
        device.give_file(page)
        page.get_by_label("Your passphrase").fill("not this one at all")
        page.get_by_role("button", name="Give the shares").click()
        expect(page.get_by_text("does not open with this passphrase")).to_be_visible()
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    device.saving(page, lambda: page.get_by_role("button", name="Give the shares").click())
    taken(page, "Second visit")
    page.close()


def confirm(device: Device, link: str) -> str:
    """The fingerprint that was shown."""
    page = device.open(link)
    button = page.get_by_role("button", name="Confirm")
    button.click()
    expect(page.get_by_text("Compare the fingerprint first")).to_be_visible()
    if device.name == "Ada":
        assert_accessible(page)
    page.get_by_label("We have read the fingerprint").check()
    device.give_file(page)
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    fingerprint = page.locator("#fingerprint").inner_text()
    button.click()
    taken(page, "Third visit")
    page.close()
    return fingerprint


def taken(page: Page, step: str) -> None:
    """The page shows another step: the service has the message of this one."""
    expect(page.locator("#step")).not_to_contain_text(step)


def start_opening(device: Device, link: str) -> Page:
    page = device.open(link)
    if device.name == "Ada":
        device.give_file(page)
    expect(page.get_by_text("Is this the end that was announced last?")).to_be_visible()
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Agree, and give my share").click()
    return page
