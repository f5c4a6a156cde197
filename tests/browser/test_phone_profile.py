"""How long voters with a slow phone wait: CPU four times slower, 400 ms of round trip, 1.6 Mbit/s, nothing cached.

    .venv/bin/pytest -s -m long tests/browser/test_phone_profile.py

prints the seconds. They depend on the machine, so nothing here fails for them. What a vote asks of the network does
not, and tests/browser/test_vote_weight.py holds that.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from invited_elections import Elections
from voter_page import VoterPage

pytestmark = [pytest.mark.stack, pytest.mark.long]

PHONE: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SLOWER = 4
LINE = {"offline": False, "latency": 400, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
BOARD = {"title": "Board", "method": "scottish-stv", "options": [f"Name {number}" for number in range(1, 13)]}
TARGETS = {"button enabled": 2.0, "tap to ballot": 2.5, "waiting in a whole vote": 5.0}
ROUNDS = 3
READS = 4
"""Seconds that a voter reads the first page."""


def slow_down(page: Page) -> None:
    """By the browser's own tools."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def seconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


def waited(browser: Browser, address: str, link: str) -> dict[str, float]:
    """What one voter waits for, step by step."""
    with browser.new_context(**PHONE) as context:
        voter = VoterPage(context, address)
        page = voter.page
        slow_down(page)
        opening = page.get_by_role("button", name="Open my election")
        review = page.get_by_role("button", name="Review your ballot")

        def visit() -> None:
            page.goto(f"{address}/vote#{link}", wait_until="commit")
            expect(opening).to_be_enabled()

        def look_up() -> None:
            opening.tap()
            expect(page.get_by_role("button", name="Continue to the ballot")).to_be_visible()

        def to_ballot() -> None:
            page.get_by_role("button", name="Continue to the ballot").tap()
            expect(review).to_be_visible()

        def to_review() -> None:
            review.tap()
            voter.expect_step("Review your ballot")

        def cast() -> None:
            page.get_by_role("button", name="Cast my vote").tap()
            voter.expect_receipt()

        found = {"button enabled": seconds(visit)}
        page.wait_for_timeout(READS * 1000)
        found["tap to ballot"] = seconds(look_up) + seconds(to_ballot)
        page.get_by_role("button", name="Name 7", exact=True).tap()
        found["to the review"] = seconds(to_review)
        found["cast to receipt"] = seconds(cast)
        voter.close()
    return {**found, "waiting in a whole vote": sum(found.values())}


def test_what_voters_with_a_slow_phone_wait_for(browser: Browser, elections: Elections) -> None:
    voters = elections.make([BOARD], ROUNDS).voters
    rounds = [waited(browser, elections.api.address, invited.link) for invited in voters]

    print(f"\nseconds, the least of {ROUNDS}: CPU {SLOWER} times slower, {LINE['latency']} ms, 1.6 Mbit/s")  # noqa: T201
    for name in rounds[0]:
        target = f"  (target {TARGETS[name]:g})" if name in TARGETS else ""
        print(f"  {name:<26}{min(one[name] for one in rounds):6.2f}{target}")  # noqa: T201
    assert all(one["waiting in a whole vote"] > one["button enabled"] > LINE["latency"] / 1000 for one in rounds)
