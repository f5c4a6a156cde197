"""Photos of options on the ballot: drawn in room that is kept for them, and only if they are those of the manifest."""

import pytest
from playwright.sync_api import Browser, Route, expect

from ballotcast.elections.photo import read_photo
from invited_elections import Elections
from jpeg import grey, url
from voter_page import VoterPage

pytestmark = pytest.mark.stack

ADA, BOB = grey(120, 160), grey(value=2)
BOARD = {
    "title": "Board",
    "method": "plurality",
    "options": ["Ada", "Bob", "Cid"],
    "about": [{"photo": url(ADA), "statement": "For Ada"}, {"photo": url(BOB)}, {}],
}
DRAWN = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(96, 96, 1, 1);
  return [...data];
}"""


def test_a_photo_is_drawn_if_it_is_the_manifests(browser: Browser, elections: Elections) -> None:
    [invited] = elections.make([BOARD], 1).voters
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        voter = VoterPage(context, elections.api.address)
        ada, bob = (f"{elections.api.address}/pictures/{read_photo(photo).hash}" for photo in (ADA, BOB))

        def exchange(route: Route) -> None:
            """Ada's in the place of Bob's."""
            route.fulfill(response=route.fetch(url=ada))

        context.route(bob, exchange)
        voter.to_ballot(invited.link)
        expect(voter.page.locator("label canvas").first).to_have_css("width", "48px")
        voter.page.get_by_text("About Ada").click()
        photo = voter.page.get_by_role("img", name="Photo: Ada")
        expect(photo).to_have_css("width", "96px")
        for canvas in (".about canvas", "label canvas"):
            voter.page.wait_for_function(f"() => ({DRAWN})(document.querySelector('{canvas}'))[3] === 255")
        grey_level, *_ = photo.evaluate(DRAWN)
        assert abs(grey_level - 128) < 4
        voter.page.get_by_text("About Bob").click()
        voter.expect_text("The photo of Bob is not the one that the election was frozen with")
        assert voter.page.locator("label canvas").nth(1).evaluate(DRAWN)[3] == 0
        voter.close()
