"""The page of checks, driven as a person drives it, and a service that lies to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from chromium import PATIENCE

KEEP = """(record) => new Promise((resolve) => {
  const opening = indexedDB.open("ballotcast", 2);
  opening.onupgradeneeded = () => opening.result.createObjectStore("votes", { keyPath: "id" });
  opening.onsuccess = () => {
    const writing = opening.result.transaction("votes", "readwrite");
    writing.objectStore("votes").put(record);
    writing.oncomplete = () => { opening.result.close(); resolve(); };
  };
})"""


class CheckPage:
    """`address`: of the deployment. Outcomes are told of by where they stand: `ballot` or `whole`."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def visit(self, election: str = "") -> None:
        self.page.goto(f"{self.address}/check" + (f"?election={election}" if election else ""))
        expect(self.page.get_by_role("button", name="Check this ballot")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def check(self, receipt: str) -> None:
        self.page.get_by_label("Or paste your receipt here").fill(receipt)
        self.press("Check this ballot")

    def choose(self, label: str, path: Path) -> None:
        self.page.get_by_label(label).set_input_files(path)

    def verify(self, election: str) -> None:
        self.page.get_by_label("Election id").fill(election)
        self.press("Download and verify")

    def keep(self, record: dict[str, object]) -> None:
        """As the voter's page keeps a vote on this device."""
        self.page.evaluate(KEEP, record)

    def outcome(self, where: str, kind: str, heading: str) -> Locator:
        """The notice, once it is there: its heading has the focus, and it is the only one in its place."""
        notice = self.page.locator(f"#{where}-outcome [data-outcome]")
        expect(notice.get_by_role("heading", level=3, name=heading)).to_be_focused(timeout=PATIENCE)
        expect(notice).to_have_attribute("data-outcome", kind)
        expect(notice).to_have_count(1)
        return notice

    def refused(self, where: str, check: str, why: str) -> None:
        """A failed check says why, what to do is said above it, and nothing on the whole page says that all is well."""
        heading = "Your ballot is NOT proved" if where == "ballot" else "NOT verified: a check failed"
        notice = self.outcome(where, "bad", heading)
        expect(notice).to_contain_text("What to do now")
        expect(notice).to_contain_text(why)
        failed = self.page.locator(f'#{where}-outcome [data-check="{check}"]')
        expect(failed).to_have_attribute("data-state", "failed")
        expect(failed).to_contain_text(why)
        expect(self.page.locator("[data-outcome=good]")).to_have_count(0)

    def states(self, where: str) -> dict[str, str]:
        """Check → pending, passed, failed or skipped, in order."""
        items = self.page.locator(f"#{where}-outcome [data-check]")
        found: list[tuple[str, str]] = items.evaluate_all(
            "items => items.map(({ dataset: { check, state } }) => [check, state])"
        )
        return dict(found)

    def text(self, where: str) -> str:
        return self.page.locator(f"#{where}-outcome").inner_text()

    def close(self) -> None:
        assert self.errors == [], self.errors
        self.page.close()


def alter(page: Page, path: str, change: Callable[[bytes], bytes]) -> None:
    """What the service answers under this path is changed on its way."""

    def lie(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.body()))

    page.route(path, lie)


@dataclass
class ServedExport:
    """An export in parts of `part_size` bytes, told with the hash that it has. `held`, `cut`: numbers of parts."""

    content: bytes
    part_size: int = 4_000_000
    held: set[int] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    sha256: str = ""

    def __post_init__(self) -> None:
        self.sha256 = self.sha256 or sha256(self.content).hexdigest()

    def serve(self, page: Page) -> None:
        page.route("**/export/parts", self._tell)
        page.route("**/export/parts/*", self._part)

    def _tell(self, route: Route) -> None:
        size = len(self.content)
        parts = -(-size // self.part_size)
        told = {"sha256": self.sha256, "size": size, "part_size": self.part_size, "parts": parts}
        route.fulfill(body=json.dumps(told), content_type="application/json")

    def _part(self, route: Route) -> None:
        number = int(route.request.url.rpartition("/")[2])
        self.asked.append(number)
        if number in self.cut:
            route.abort("connectionreset")
        elif number not in self.held:
            part = self.content[number * self.part_size : (number + 1) * self.part_size]
            route.fulfill(body=part, content_type="application/octet-stream")
