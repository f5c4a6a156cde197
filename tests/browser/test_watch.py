"""Channels in a browser, against the deployed stack: registered by a form, watched while records come, given away."""

import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from axe import assert_accessible
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError
from ballotcast_tools.stack.stack import Stack
from chromium import PATIENCE
from invited_elections import Elections

pytestmark = pytest.mark.stack

HOSTILE = "<img src=x onerror=alert(1)>"
SCHEMA = {
    "type": "record",
    "name": "engine",
    "doc": HOSTILE,
    "fields": [
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "rpm", "type": "double", "unit": "1/min"},
        {"name": "note", "type": "string"},
    ],
}


@pytest.fixture
def context(browser: Browser, stack: Stack, elections: Elections) -> Iterator[BrowserContext]:
    """Of an organiser who is logged in."""
    context = browser.new_context(viewport={"width": 1024, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    address = stack.outputs["ApiUrl"]
    context.add_cookies(
        [{"name": "ballotcast-session", "value": elections.organiser.token, "url": f"{address}/manage/"}]
    )
    yield context
    context.close()


def records(count: int) -> list[dict[str, Any]]:
    now = int(time.time() * 1000)
    return [{"time": now + number, "rpm": 800.0 + number, "note": HOSTILE} for number in range(count)]


def test_register_publish_watch_and_deregister(context: BrowserContext, stack: Stack, elections: Elections) -> None:
    address, name = stack.outputs["ApiUrl"], f"engine-{secrets.token_hex(3)}"
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))

    page.goto(f"{address}/manage/channels")
    page.get_by_role("link", name="Register a channel").click()
    _look_at_schemas(page)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Records for one point").fill("1")
    assert_accessible(page)
    page.get_by_role("button", name="Register", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The channel is registered")
    key = page.locator("code").first.inner_text()
    assert_accessible(page)

    page.get_by_role("link", name="Watch it live").click()
    watched = page.locator("[data-channel]")
    expect(page.get_by_role("status")).to_contain_text("Live")
    channel = Channels(elections.api, key)
    channel.publish(name, records(40))
    expect(watched).to_have_attribute("data-points", "40")
    before = page.locator("canvas").evaluate("(canvas) => canvas.toDataURL()")
    channel.publish(name, records(40))
    expect(watched).to_have_attribute("data-points", "80")
    assert page.locator("canvas").evaluate("(canvas) => canvas.toDataURL()") != before
    expect(page.locator("[data-fact=records]")).to_have_text("80")
    expect(page.locator("[data-newest] tbody tr")).to_have_count(10)
    expect(page.locator("[data-newest] tbody tr").first).to_contain_text(HOSTILE)
    assert page.locator("img").count() == 0
    assert_accessible(page)
    with pytest.raises(ApiError, match="years 1 to 9999"):
        channel.publish(name, [{"time": 2**62, "rpm": 1.0, "note": "no date"}])
    expect(watched).to_have_attribute("data-points", "80")
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Paused")

    page.get_by_role("link", name="Look after this channel").click()
    assert_accessible(page)
    page.get_by_label(f"Yes, remove {name}").check()
    page.get_by_role("button", name="Deregister it").click()
    expect(page).to_have_url(re.compile(r"/manage/channels?[/?]"))
    expect(page.locator("main")).to_contain_text(re.compile("is deregistered|takes no more records"))
    assert errors == []


def _look_at_schemas(page: Page) -> None:
    """While they are typed: what is no JSON, what is no schema, what can be used."""
    schema, verdict = page.get_by_label("Schema"), page.locator("#verdict")
    schema.fill('{"type": "record",\n "x" 1}')
    expect(verdict).to_contain_text("line 2, character 6")
    schema.fill('{"type": "record", "name": "R", "fields": []}')
    expect(verdict).to_contain_text("must say when")
    schema.fill(json.dumps(SCHEMA))
    expect(verdict).to_contain_text("Its time is in the field “time”")


def test_it_asks_again_after_a_failure_and_nothing_while_unseen(
    context: BrowserContext, stack: Stack, elections: Elections
) -> None:
    name = f"unseen-{secrets.token_hex(3)}"
    Channels(elections.api, elections.organiser.token).register_channel(name, None, SCHEMA)
    page, asked = context.new_page(), list[str]()
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.unseen ?? false })")
    page.clock.install()

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=500)

    page.route("**/live*", fail)
    page.goto(f"{stack.outputs['ApiUrl']}/watch/{name}")
    expect(page.get_by_role("status")).to_have_text("No answer; it is asked again in a while.")
    with page.expect_request("**/live*"):
        page.clock.run_for(2000)  # the first pause is one second to two
    page.evaluate("window.unseen = true; document.dispatchEvent(new Event('visibilitychange'))")
    before = len(asked)
    page.clock.run_for(600_000)
    assert len(asked) == before
    with page.expect_request("**/live*"):
        page.evaluate("window.unseen = false; document.dispatchEvent(new Event('visibilitychange'))")


def test_two_channels_on_one_page_with_one_window_and_a_warning_of_silence(
    context: BrowserContext, stack: Stack, elections: Elections
) -> None:
    address = stack.outputs["ApiUrl"]
    names = [f"together-{secrets.token_hex(3)}" for _ in range(2)]
    ours = Channels(elections.api, elections.organiser.token)
    for name in names:
        ours.register_channel(name, None, SCHEMA, {"decimation": 1, "silence": 1 if name == names[0] else 0})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/watch?channel={names[0]}&channel={names[1]}&window=60&low=0&high=5000")
    warning = page.locator("[data-fact=silent]")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("At least one every 1 s is expected.")
    for name in names:
        ours.publish(name, records(20))
    for watched in page.locator("[data-channel]").all():
        expect(watched).to_have_attribute("data-points", "20")
    expect(page.locator("canvas")).to_have_count(2)
    assert_accessible(page)
    page.get_by_label(names[1]).uncheck()
    page.get_by_role("button", name="Show together").click()
    expect(page.locator("[data-channel]")).to_have_count(1)
    assert page.get_by_label("Highest value").input_value() == "5000.0"
    assert errors == []
    for name in names:
        ours.deregister_channel(name)


def test_numbers_at_the_ends_of_their_range_do_not_hang_the_chart(
    context: BrowserContext, stack: Stack, elections: Elections
) -> None:
    name, ours = f"ends-{secrets.token_hex(3)}", Channels(elections.api, elections.organiser.token)
    ours.register_channel(name, None, SCHEMA, {"decimation": 1})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{stack.outputs['ApiUrl']}/watch/{name}")
    came = 0
    for numbers in (
        [5e-324, 0.0],
        [1e308, -1e308, 1e308],
        [-1.7976931348623157e308, 1.7976931348623157e308],
        [1.0] * 3,
    ):
        now = int(time.time() * 1000)
        ours.publish(name, [{"time": now, "rpm": number, "note": ""} for number in numbers])
        came += len(numbers)
        expect(page.locator("[data-channel]")).to_have_attribute("data-points", str(came))
        assert page.evaluate("1 + 1") == 2
    assert errors == []
    ours.deregister_channel(name)


def test_no_two_ticks_are_the_same_around_a_single_value(modules: Page) -> None:
    found = modules.evaluate("""async () => {
      const { widened } = await import("/js/watch/chart.js");
      return [widened(7200, 7200), widened(10, 11), widened(10, 20), widened(null, null)];
    }""")
    assert found == [[5400, 9000], [8.5, 12.5], [10, 20], [None, None]]
