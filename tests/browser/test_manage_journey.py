"""An organiser's whole journey in a browser on the deployed stack: from sign-up to erasure, each page looked at."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from axe import assert_accessible
from ballotcast.client.api import connect
from ballotcast.client.voter import Voter
from ballotcast_tools.stack.stack import Stack
from chromium import PATIENCE
from png import plain

pytestmark = pytest.mark.stack

ZONE = "Asia/Dubai"
"""Where clocks never change, so that this test does not depend on when it runs."""
PASSWORD = "correct horse battery"
EVIL = "Board <script>alert(1)</script>"
COUNT_PATIENCE = 150_000.0
"""Milliseconds."""


class Pages:
    """An organiser's browser, which lives in Dubai."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        self.address = stack.outputs["ApiUrl"]
        self.mailbox = stack.outputs["MailboxPage"]
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(dialog.message))

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"#{name.replace('__', '-')}").fill(text)

    def look(self, heading: str) -> None:
        """The page is there, nothing runs that was typed, and axe finds nothing."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        assert self.errors == []
        assert_accessible(self.page)

    def mail(self, to: str, pattern: str) -> str:
        """What a pattern finds in the newest mail to an address, on the mailbox's page."""
        tab = self.page.context.new_page()
        try:
            tab.goto(f"{self.mailbox}?to={to}")
            for _ in range(100):
                if found := re.search(pattern, tab.locator("main").inner_text()):
                    assert_accessible(tab)
                    return found[1]
                tab.get_by_role("button", name="Refresh").click()
                tab.wait_for_load_state()
            raise AssertionError(f"no mail to {to}")
        finally:
            tab.close()


@pytest.fixture
def pages(browser: Browser, stack: Stack) -> Iterator[Pages]:
    with browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id=ZONE, locale="en-US") as context:
        context.set_default_timeout(PATIENCE)
        yield Pages(context.new_page(), stack)


def sign_up(pages: Pages) -> str:
    email = f"organiser@{secrets.token_hex(4)}.example.org"
    pages.page.goto(f"{pages.address}/")
    pages.follow("Run an election")
    pages.look("Log in")
    pages.follow("Sign up")
    pages.look("Become an organiser")
    pages.fill(email=email, password=PASSWORD)
    pages.press("Sign up")
    pages.look("Verify your address")
    pages.fill(token="0000")
    pages.press("Verify")
    expect(pages.page.get_by_role("alert")).to_be_focused()
    pages.look("Verify your address")
    pages.fill(token=pages.mail(email, r"Code:\s+(\S+)"))
    pages.press("Verify")
    expect(pages.page.get_by_role("status")).to_contain_text("verified")
    pages.look("Your elections")
    return email


def draft(pages: Pages) -> str:
    """The address of the election's page."""
    opens = datetime.now(ZoneInfo(ZONE)) - timedelta(hours=3)
    pages.follow("New election")
    pages.look("New election")
    expect(pages.page.locator("#zone")).to_have_value(ZONE)
    pages.press("Save the draft")
    expect(pages.page.get_by_role("alert")).to_be_focused()
    pages.look("New election")
    pages.fill(title=EVIL, description="Two\nlines", opens_at=f"{opens:%Y-%m-%dT%H:%M}")
    pages.fill(closes_at=f"{opens + timedelta(days=9):%Y-%m-%dT%H:%M}")
    pages.fill(contest__0__title="Chair", contest__0__options="Ada\nBen")
    choose_photo(pages)
    pages.press("Add a contest")
    expect(pages.page.locator("#contest-1-title")).to_be_focused()
    pages.fill(contest__1__title="Members", contest__1__options=f"{EVIL}\nCid\nDov", contest__1__seats="2")
    method = pages.page.get_by_role("radio", name="Single transferable vote (Scotland)", exact=True)
    method.check()
    expect(method).to_have_accessible_description(re.compile("quota"))
    pages.press("Show the ballot")
    expect(pages.page.get_by_role("group", name="Members")).to_be_visible()
    expect(pages.page.locator("label canvas")).to_be_visible()
    expect(pages.page.get_by_role("radio", name="Ada")).to_be_disabled()
    pages.look("New election")
    pages.press("Save the draft")
    pages.look(EVIL)
    pages.page.get_by_text("The ballot", exact=True).click()
    expect(pages.page.get_by_role("radio", name="Ada")).to_be_disabled()
    pages.look(EVIL)
    address = pages.page.url.partition("?")[0]
    pages.follow("Edit the draft")
    expect(pages.page.locator("#opens_at")).to_have_value(f"{opens:%Y-%m-%dT%H:%M}")
    pages.look("Edit the draft")
    pages.press("Save the draft")
    return address


def choose_photo(pages: Pages) -> None:
    """Of the first option of the first contest."""
    pages.page.get_by_text("Statements, links and photos of the options").first.click()
    pages.press("Show a field for each option")
    field = pages.page.locator("[data-photo]").first
    field.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no"})
    expect(field.get_by_role("alert")).to_contain_text("cannot be opened")
    field.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": plain(600, 800)}
    )
    expect(field.get_by_role("img")).to_be_visible()
    expect(field.get_by_role("alert")).to_have_count(0)
    pages.look("New election")


def import_roll(pages: Pages, run: str) -> None:
    pages.follow("Import a roll")
    pages.look("Import a roll")
    roll = f"email\nada@{run}\nbad\nADA@{run}\nben@{run}\n".encode()
    pages.page.locator("#file").set_input_files({"name": "roll.csv", "mimeType": "text/csv", "buffer": roll})
    expect(pages.page.get_by_role("heading", name="What would come of this file")).to_be_focused()
    expect(pages.page.get_by_role("row", name="3 bad This is not an e-mail address.")).to_be_visible()
    pages.look("Import a roll")
    pages.press("Add 2 voters to the roll")
    expect(pages.page.get_by_role("heading", name="The roll is imported")).to_be_focused()
    pages.look("Import a roll")
    pages.follow("To the roll")
    pages.fill(email=f"cem@{run}")
    pages.press("Add")
    expect(pages.page.get_by_role("rowheader")).to_have_count(3)
    pages.look("Roll")


def test_an_election_from_the_sign_up_to_the_erasure(pages: Pages) -> None:
    sign_up(pages)
    address = draft(pages)
    run = f"{secrets.token_hex(4)}.example.org"
    import_roll(pages, run)

    pages.page.goto(address)
    pages.press("Send the invitations")
    pages.look("Fix the ballot and invite everybody on the roll?")
    pages.press("Fix it and send the invitations")
    expect(pages.page.get_by_role("status")).to_contain_text("3 invitations are on their way")
    expect(pages.page).not_to_have_url(re.compile("done="))
    pages.page.reload()
    expect(pages.page.get_by_role("heading", level=1)).to_be_visible()
    expect(pages.page.get_by_text("3 invitations are on their way")).to_have_count(0)
    pages.look(EVIL)
    link = pages.mail(f"ada@{run}", r"(http\S+/vote#\S+)")
    api = connect(pages.address)
    Voter(api, lambda state: None).vote(link, [[1], [2, 1]])
    api.http.close()
    pages.page.goto(address)
    expect(pages.page.get_by_text("ballots of 3 voters")).to_be_visible()
    pages.page.goto(f"{address}/voters")
    pages.page.get_by_role("button", name=f"New link (ben@{run})").click()
    expect(pages.page.get_by_role("status")).to_contain_text("new link")
    pages.look("Roll")

    pages.page.goto(address)
    pages.press("Close early")
    pages.look("End voting now?")
    pages.follow("Cancel")
    pages.press("Close early")
    pages.press("End voting now")
    pages.look(EVIL)
    for _ in range(int(COUNT_PATIENCE / 1000)):
        if pages.page.get_by_text("The result is published").count():
            break
        pages.page.wait_for_timeout(1000)
        pages.page.goto(address)
    expect(pages.page.get_by_role("link", name="Result page")).to_be_visible()
    expect(pages.page.get_by_text("1 ballot of 3 voters")).to_be_visible()
    pages.look(EVIL)
    export = pages.page.get_by_role("link", name="Download the export").get_attribute("href")
    assert export
    assert export.endswith(f"/elections/{address.rpartition('/')[2]}/export")
    pages.press("Erase personal data")
    pages.look("Erase the addresses of all voters?")
    pages.press("Erase them")
    pages.look(EVIL)
    pages.page.goto(f"{address}/voters")
    expect(pages.page.get_by_text(f"ada@{run}")).to_have_count(0)
    pages.page.goto(f"{pages.address}/manage")
    pages.look("Your elections")
    pages.press("Log out")
    pages.page.goto(address)
    pages.look("Log in")


def test_a_session_that_ends_while_a_form_is_filled_costs_nothing(pages: Pages) -> None:
    email = sign_up(pages)
    pages.follow("New election")
    pages.fill(title="Kept", opens_at="2030-01-01T09:00", closes_at="2030-01-02T09:00")
    pages.fill(contest__0__title="Chair", contest__0__options="Ada\nBen")
    pages.page.context.clear_cookies(name="ballotcast-session")
    pages.press("Save the draft")
    pages.look("New election")
    assert pages.page.locator("#contest-0-options").input_value() == "Ada\nBen"
    pages.fill(email=email, password=PASSWORD)
    pages.press("Save the draft")
    pages.look("Kept")


def test_a_draft_by_keys_alone(pages: Pages) -> None:
    sign_up(pages)
    pages.page.goto(f"{pages.address}/manage/elections/new")
    keys = pages.page.keyboard
    pages.page.locator("#title").focus()
    keys.type("By keys")
    for name in ("opens_at", "closes_at"):
        pages.page.locator(f"#{name}").focus()
        keys.type("01012030" if name == "opens_at" else "01022030")
        keys.press("Tab")
        keys.type("0900AM")
    pages.page.locator("#contest-0-title").focus()
    keys.type("Chair")
    keys.press("Tab")
    keys.type("Ada")
    keys.press("Enter")
    keys.type("Ben")
    keys.press("Tab")
    keys.type("Two years")
    keys.press("Tab")  # statements and links of options, folded
    keys.press("Tab")
    keys.press("ArrowDown")
    expect(pages.page.get_by_role("radio", name="Approval", exact=True)).to_be_checked()
    pages.page.locator("#title").focus()
    keys.press("Enter")
    pages.look("By keys")


@pytest.mark.localstack("compression")
def test_pages_go_out_compressed(stack: Stack) -> None:
    answer = httpx.get(f"{stack.outputs['ApiUrl']}/", trust_env=False)
    assert answer.headers["content-encoding"] == "gzip"


def test_a_page_may_set_both_cookies(stack: Stack) -> None:
    with httpx.Client(base_url=stack.outputs["ApiUrl"], trust_env=False) as client:
        page = client.get("/manage/log-in")
        token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        origin = "/".join(stack.outputs["ApiUrl"].split("/")[:3])
        gone = client.post("/manage/log-out", data={"form_token": token}, headers={"Origin": origin})
    assert gone.status_code == 303
    assert len(gone.headers.get_list("set-cookie")) == 2
