"""axe-core in a page: what it finds against WCAG, in light and in dark."""

from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page

from checkout import ROOT

SCRIPT = ROOT / ".tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run();
  return violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }));
}"""


@cache
def source() -> str:
    if not SCRIPT.is_file():
        pytest.skip("axe-core is not here: `make environments` fetches it")
    return SCRIPT.read_text()


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, in either colour scheme, and nothing scrolls sideways in a window 320 px wide."""
    page.evaluate(source())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found: list[Any] = page.evaluate(RUN)
        assert found == [], (scheme, page.title())
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 320, "height": before["height"]})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    assert width <= 320, page.title()
