"""A browser for the tests of a file, and a page in which the modules of `static/js` run.

Playwright's event loop stays marked as running in its thread while it is started, so that nothing else in the worker
could run one: hence one browser for each file, which ends with it (0.7 s), and not one for the session.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import chromium
from ballotcast.client.api import connect
from ballotcast_tools.stack.stack import Stack
from invited_elections import Elections
from static_site import STATIC, static_site
from voter_page import VoterPage

RUN = """async (given) => {
  const load = (name) => import(`/js/protocol/${name}.js`);
  const { hexDecode: bytes, hexEncode: hex } = await load("encoding");
  const refusal = async (attempt) => {
    try {
      await attempt();
      return null;
    } catch (error) {
      if (!error.reason) throw error;
      return { kind: error.name, reason: error.reason, field: error.field ?? "", contest: error.contest ?? "" };
    }
  };
  %s
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.executable()
    if path is None:
        pytest.skip("no chromium here: install one, or name it in $CHROMIUM")
    expect.set_options(timeout=chromium.PATIENCE)
    with chromium.launched(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def elections(stack: Stack) -> Iterator[Elections]:
    """Elections on the deployed stack, by an organiser who is logged in."""
    api = connect(stack.outputs["ApiUrl"])
    yield Elections(api, stack.outputs["MailboxUrl"])
    api.http.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A device: what it keeps ends with the test."""
    with browser.new_context(viewport={"width": 768, "height": 900}) as opened:
        opened.set_default_timeout(chromium.PATIENCE)
        yield opened


@pytest.fixture
def voter(context: BrowserContext, elections: Elections) -> VoterPage:
    return VoterPage(context, elections.api.address)


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page on the origin of the static files: `import("/js/…")` works in what it evaluates."""
    if not (STATIC / "vendor" / "hpke.js").is_file():
        pytest.skip("static/vendor is not packed: `make build` does that")
    with static_site() as address:
        page = browser.new_page()
        page.goto(f"{address}/")
        yield page
        page.close()


class Protocol:
    """The election protocol's modules in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, body: str, **given: Any) -> Any:
        """What a function with this body returns, in JSON types.

        It sees `given`; `load(name)`, which imports a module of `js/protocol`; `bytes` and `hex`, which decode and
        encode; and `refusal(attempt)`: what a refusing function threw, or null.
        """
        return self.page.evaluate(RUN % body, given)


@pytest.fixture(scope="module")
def protocol(modules: Page) -> Protocol:
    return Protocol(modules)
