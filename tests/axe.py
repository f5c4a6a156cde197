"""axe-core in a page: what it finds against WCAG, in light and in dark; and what the page looks like, for anyone who
asks.

Where SCREENSHOTS names a folder, each state that is looked at leaves a picture there for each width of the window and
each colour scheme.
"""

import os
import re
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from checkout import ROOT

SCRIPT = ROOT / ".tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 768, 1280)
SCHEMES: dict[Literal["light", "dark"], Any] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "scrollable-region-focusable"]},
}
"""What axe looks at in which colours: in the second only what colours and a narrow window change."""
ZOOMED = (640, 320)
"""CSS pixels that a window of 1280 has at 200 and at 400 % zoom."""
RUN = """async (options) => {
  const { violations } = await axe.run(options);
  return violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }));
}"""


@cache
def source() -> str:
    if not SCRIPT.is_file():
        pytest.skip("axe-core is not here: `make environments` fetches it")
    return SCRIPT.read_text()


TARGET = 44
"""CSS pixels: as high as a finger needs it."""
SMALL = """(least) => [...document.querySelectorAll("#voting :is(button, summary, label, a.button, input, select)")]
  .filter((one) => !one.matches(".link, [type=radio], [type=checkbox], .field > label, .scored > label"))
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
  .filter(([, height]) => height > 0 && height < least)"""


def assert_easily_hit(page: Page) -> None:
    """What voters press is 44 px high, in a narrow window too; radio buttons and boxes by their labels."""
    before = page.viewport_size
    assert before is not None
    for width in (WIDTHS[0], before["width"]):
        page.set_viewport_size({"width": width, "height": before["height"]})
        assert page.evaluate(SMALL, TARGET) == [], page.title()


def assert_accessible(page: Page) -> None:
    """Axe finds nothing, in either colour scheme, as the window is and at 200 % zoom.

    Nothing scrolls sideways at 200 and 400 %; the second is a window 320 px wide."""
    page.evaluate(source())
    before = page.viewport_size
    assert before is not None
    zoomed = {"width": ZOOMED[0], "height": before["height"] // 2}
    for scheme, options in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"light": before, "dark": zoomed}[scheme])
        found: list[Any] = page.evaluate(RUN, options)
        assert found == [], (scheme, page.title())
    for width in ZOOMED:
        page.set_viewport_size({"width": width, "height": before["height"]})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.title()
    folder = os.environ.get("SCREENSHOTS")
    for width in WIDTHS if folder else ():
        page.set_viewport_size({"width": width, "height": before["height"]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=_picture(Path(str(folder)), page.title(), f"{width}-{scheme}"), full_page=True)
    page.set_viewport_size(before)


_PICTURES = len(WIDTHS) * len(SCHEMES)
_number = count(_PICTURES)


def _picture(folder: Path, title: str, kind: str) -> Path:
    """Named by the test, the state's number in it and its title."""
    test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" ")[0]
    name = re.sub(r"\W+", "-", f"{test} {next(_number) // _PICTURES:03} {title}").strip("-")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name[:120]}-{kind}.png"
