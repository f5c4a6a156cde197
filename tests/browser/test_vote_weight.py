"""What a voter's journey weighs on the line, and how long it keeps a slow processor busy."""

import gzip

import pytest
from playwright.sync_api import Browser, expect

from invited_elections import Elections
from this_machine import on_this_machine
from voter_page import VoterPage, gzip_weight

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
COUNCIL = {"title": "Council", "method": "scottish-stv", "options": [f"Name {number:03}" for number in range(1, 256)]}
FIRST_PAGE, JOURNEY = 40 * 1024, 120 * 1024
"""Bytes, with gzip."""
SLOWER = 4
SCRIPT_SECONDS = 2.0


def test_weight_and_script_time(browser: Browser, elections: Elections) -> None:
    [invited] = elections.make([CHAIR, COUNCIL], 1).voters
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        weights = gzip_weight(voter.page, lambda body: len(gzip.compress(body, 6)))
        session = context.new_cdp_session(voter.page)
        session.send("Performance.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        voter.visit(invited.link)
        expect(voter.page.get_by_role("button", name="Open my election")).to_be_visible()
        voter.page.wait_for_load_state("networkidle")
        first = sum(weights.values())
        voter.press("Open my election")
        voter.press("Continue to the ballot")
        voter.mark_and_review("Grace")
        voter.press("Cast my vote")
        voter.expect_receipt()
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        voter.close()
    journey, script, tasks = sum(weights.values()), metrics["ScriptDuration"], metrics["TaskDuration"]
    print(f"\nfirst page {first} bytes, journey {journey} bytes in {len(weights)} answers, gzip;")  # noqa: T201
    print(f"{script:.2f} s of script in {tasks:.2f} s of tasks, {SLOWER} times slower")  # noqa: T201
    assert first <= FIRST_PAGE
    assert journey <= JOURNEY
    assert script < on_this_machine(SCRIPT_SECONDS)
