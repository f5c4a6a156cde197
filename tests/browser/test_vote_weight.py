"""What a voter's journey weighs on the line, and how long it keeps a slow processor busy."""

import gzip
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from invited_elections import Elections
from this_machine import on_this_machine
from voter_page import VoterPage, gzip_weight

pytestmark = pytest.mark.stack

CHAIR = {"title": "Chair", "method": "plurality", "options": ["Ada", "Alan", "Grace"]}
COUNCIL = {"title": "Council", "method": "scottish-stv", "options": [f"Name {number:03}" for number in range(1, 256)]}
FIRST_PAGE, JOURNEY = (6, 40 * 1024), (20, 90 * 1024)
"""Requests at most; and bytes, with gzip."""
AHEAD = "js/vote/journey.js"
SLOWER = 4
SCRIPT_SECONDS = 2.0


def test_weight_and_script_time(browser: Browser, elections: Elections) -> None:
    [invited] = elections.make([CHAIR, COUNCIL], 1).voters
    with browser.new_context() as context:
        voter = VoterPage(context, elections.api.address)
        weights = gzip_weight(voter.page, lambda body: len(gzip.compress(body, 6)))
        session = context.new_cdp_session(voter.page)
        sent: list[str] = []
        session.on("Network.responseReceived", lambda event: sent.extend(_from_network(event["response"])))
        session.send("Network.enable")
        session.send("Performance.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        voter.visit(invited.link)
        expect(voter.page.get_by_role("button", name="Open my election")).to_be_visible()
        voter.page.wait_for_load_state("networkidle")
        # What is fetched while a person reads counts for the vote; a program that scans mails does not get it.
        at_once = [weight for url, weight in weights.items() if not url.endswith(AHEAD)]
        first = len([url for url in sent if not url.endswith(AHEAD)]), sum(at_once)
        voter.press("Open my election")
        voter.press("Continue to the ballot")
        voter.mark_and_review("Grace")
        voter.press("Cast my vote")
        voter.expect_receipt()
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        voter.close()
    journey = len(sent), sum(weights.values())
    script, tasks = metrics["ScriptDuration"], metrics["TaskDuration"]
    print("\n".join(["", *(f"{weight:6} {url}" for url, weight in weights.items())]))  # noqa: T201
    print(f"first page {first}, journey {journey}: requests, and bytes with gzip;")  # noqa: T201
    print(f"{script:.2f} s of script in {tasks:.2f} s of tasks, {SLOWER} times slower")  # noqa: T201
    for found, most in ((first, FIRST_PAGE), (journey, JOURNEY)):
        assert found[0] <= most[0]
        assert found[1] <= most[1]
    # Again for the review, for options may be withdrawn.
    once = [url for url in sent if not url.endswith("/log/statements")]
    assert len(once) == len(set(once)), "nothing else is asked for twice"
    assert script < on_this_machine(SCRIPT_SECONDS)


def _from_network(response: dict[str, Any]) -> list[str]:
    """Its address, unless the browser had it already."""
    return [] if response["fromDiskCache"] or response.get("fromPrefetchCache") else [response["url"]]
