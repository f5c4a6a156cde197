"""The voter's page, driven as a person drives it: by what it says, not by how it is made."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Request, Route, expect

from ballotcast.client.state import Cast, State, from_json
from chromium import PATIENCE

expect.set_options(timeout=15_000)
KEPT = """() => new Promise((resolve) => {
  const opening = indexedDB.open("ballotcast");
  opening.onsuccess = () => {
    const reading = opening.result.transaction("votes").objectStore("votes").getAll();
    reading.onsuccess = () => resolve(reading.result);
  };
})"""


class VoterPage:
    """`address`: of the deployment."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def visit(self, link: str = "") -> None:
        self.page.goto(f"{self.address}/vote" + (f"#{link}" if link else ""))

    def open(self, link: str) -> None:
        self.visit(link)
        self.press("Open my election")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def expect_step(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_focused()

    def expect_step_loaded(self, heading: str) -> None:
        """On the page as it is first shown, where nothing takes the focus."""
        expect(self.page.get_by_role("heading", name=heading)).to_be_visible()

    def expect_text(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def contest(self, title: str) -> Locator:
        return self.page.get_by_role("group", name=title, exact=True)

    def to_ballot(self, link: str) -> None:
        self.open(link)
        self.press("Continue to the ballot")
        expect(self.page.get_by_role("button", name="Review your ballot")).to_be_visible()

    def prepare(self) -> None:
        """This device, from the election's step."""
        self.page.get_by_text("Prepare this device first (optional)").click()
        self.press("Prepare this device now")
        self.expect_text("This device is prepared")

    def mark_and_review(self, option: str) -> None:
        self.page.get_by_role("radio", name=option).check()
        self.press("Review your ballot")
        self.expect_step("Review your ballot")

    def reviewed(self) -> list[list[str]]:
        """What the review says, contest by contest: title, then a line for each thing chosen."""
        cards = self.page.locator("#voting section").all_inner_texts()
        return [[line for line in text.split("\n") if line][:-1] for text in cards]

    def expect_receipt(self) -> None:
        self.expect_step("Your ballot is in the box")

    @property
    def receipt(self) -> str:
        return self.page.locator("#receipt").text_content() or ""

    def kept(self) -> list[dict[str, Any]]:
        """The records on the device, with the state as an object, or None while nothing is bound."""
        records: list[dict[str, Any]] = self.page.evaluate(KEPT)
        return [{**record, "state": json.loads(record["state"] or "null")} for record in records]

    def save(self, button: str, folder: Path) -> Path:
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def save_recovery(self, folder: Path) -> Path:
        self.page.get_by_text("Continue later, or on another device").click()
        return self.save("Save the recovery file", folder)

    def state(self) -> State:
        """Of the one record on the device."""
        [kept] = self.kept()
        return from_json(json.dumps(kept["state"]))

    def cast(self) -> Cast:
        """The state that is left once a ballot is in the box."""
        state = self.state()
        assert isinstance(state, Cast)
        return state

    def unbound(self) -> bool:
        """Whether the device keeps nothing but a link and what is marked."""
        return [record["state"] for record in self.kept()] in ([], [None])

    def close(self) -> None:
        """The tab, with whatever is under way; nothing went wrong unseen until here."""
        assert self.errors == []
        self.page.close()


class Interference:
    """Cuts in a page's or context's line, one for each answer that is lost, before or after the server did its work."""

    def __init__(self, where: Page | BrowserContext, path: str, *, cuts: int, delivered: bool) -> None:
        self.bodies: list[str] = []
        self.cuts = cuts
        self._delivered = delivered
        where.route(path, self._pass)

    def _pass(self, route: Route, request: Request) -> None:
        self.bodies.append(request.post_data or "")
        if self.cuts <= 0:
            route.continue_()
            return
        self.cuts -= 1
        if self._delivered:
            assert route.fetch().ok
        route.abort("connectionreset")


def gzip_weight(page: Page, weigh: Callable[[bytes], int]) -> dict[str, int]:
    """URL → weight of every answer that the page gets from now on; grows while it works."""
    weights: dict[str, int] = {}
    page.on("requestfinished", lambda request: weights.update({request.url: weigh(_body(request))}))
    return weights


def _body(request: Request) -> bytes:
    response = request.response()
    return response.body() if response else b""
