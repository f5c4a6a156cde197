"""Pages of channels: the list, a channel, registering one and looking after it, over the real channel API."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx2 as httpx
import pytest

from asgi_client import TestClient
from ballotcast.channels.records import encode_records
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.client.api import Api
from relays_played import PlayedChannels
from sensor import SENSOR, START, sample
from web.app import create_app
from web.channel_schemas import SAMPLE, example, judge, signals
from world import World

HOSTILE = "<script>alert(1)</script>"
NEW, OWN = "/manage/channels/new", "/manage/channels"


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    played = PlayedChannels(deployment)
    yield played
    played.client.close()


class Browser:
    """An organiser's browser: cookies, and forms sent from the page that showed them."""

    def __init__(self, played: PlayedChannels, organiser: str = "") -> None:
        app = create_app(played.wiring)
        app.state.connect = lambda address: Api(played.client, sleep=lambda seconds: None)
        self.client = TestClient(app, follow_redirects=False)
        if organiser:
            self.client.cookies.set("ballotcast-session", played.session(organiser), path="/manage")

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def send(self, path: str, **fields: str) -> httpx.Response:
        """The form of the page at `path`, with these fields changed."""
        page = self.get(path).text
        typed = dict(re.findall(r'name="(form_token|once)" value="([^"]*)"', page))
        return self.client.post(path, data={**typed, **fields}, headers={"Origin": "http://testserver"})


@pytest.fixture
def browser(played: PlayedChannels) -> Browser:
    return Browser(played, "o1")


DRAFT = {
    "name": "lab",
    "port": "26001",
    "schema": json.dumps({**SENSOR, "doc": HOSTILE}),
    "decimation": "1",
    "algorithm": "downsample",
    "rotation": "hour",
    "retention": "30",
    "intent": "register",
}


def read(response: httpx.Response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(script).*?</\1>|<[^>]*>", " ", response.text, flags=re.DOTALL)))


def key_of(response: httpx.Response) -> str:
    found = re.search(r"<code>(bck_[\w-]+)</code>", response.text)
    assert found, read(response)
    return found[1]


def test_register_publish_watch_and_deregister(browser: Browser, played: PlayedChannels) -> None:
    registered = browser.send(NEW, **DRAFT)
    assert registered.status_code == 200
    assert registered.headers["cache-control"] == "no-store"
    key = key_of(registered)
    assert "ballotcast bridge lab" in read(registered)
    records = re.search(r"-d '(\{.*?\})'</code>", unescape(registered.text), re.DOTALL)
    assert records
    publish = played.client.post(
        "/channels/lab/records", json=json.loads(records[1]), headers={"Authorization": f"Bearer {key}"}
    )
    assert publish.status_code == 202, publish.text  # the line that the page shows works as it is

    assert "lab" in read(browser.get("/watch"))
    page = browser.get("/watch/lab")
    assert key not in page.text
    assert "Records 1" in read(page)
    assert 'data-channel="lab" data-axis="time" data-unit="us"' in page.text
    assert '[["volts", "volts"], ["amperes", "amperes"], ["count", "count"]]' in unescape(page.text)
    assert "/channels/lab/export?format=parquet" in page.text

    owner = browser.get("/manage/channel/lab")
    assert "Rejected messages There are none." in read(owner)
    refused = browser.send("/manage/channel/lab", intent="deregister")
    assert refused.status_code == 422
    assert "confirm it first" in read(refused)
    gone = browser.send("/manage/channel/lab", intent="deregister", confirmed="yes")
    assert (gone.status_code, gone.headers["location"]) == (303, f"{OWN}?gone=lab")
    assert "The channel lab is deregistered." in read(browser.get(gone.headers["location"]))
    assert "is deregistered" not in read(browser.get(f"{OWN}?gone=%3Cb%3E"))
    assert browser.get("/watch/lab").status_code == 404


def test_sending_the_form_twice_registers_once_and_shows_the_same_key(browser: Browser) -> None:
    page = browser.get(NEW).text
    typed = dict(re.findall(r'name="(form_token|once)" value="([^"]*)"', page))
    sent = [
        browser.client.post(NEW, data={**typed, **DRAFT}, headers={"Origin": "http://testserver"}) for _ in range(2)
    ]
    assert key_of(sent[0]) == key_of(sent[1])


def test_what_is_typed_comes_back_escaped_with_the_fields_at_fault(browser: Browser, played: PlayedChannels) -> None:
    response = browser.send(NEW, **{**DRAFT, "name": f'"{HOSTILE}', "port": "1"})
    assert response.status_code == 422
    assert HOSTILE not in response.text
    assert f'"{HOSTILE}' in unescape(response.text)
    for field in ("name", "port"):
        assert f'<span class="error" id="{field}-error">' in response.text
        assert f'<li><a href="#{field}">' in response.text
    assert response.text.count('aria-invalid="true"') == 2
    assert played.client.get("/channels").json()["channels"] == []


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({}, "name", "A channel with this name is there already."),
        ({"name": "other"}, "port", "The channel lab has this port."),
        ({"name": "other", "port": "", "retention": "3"}, "retention", "Choose one of these."),
        ({"name": "other", "port": "", "decimation": "many"}, "decimation", "A whole number from 1 to 100,000."),
        ({"name": "other", "schema": "{}"}, "schema", "The schema cannot be used"),
    ],
)
def test_refusals_stand_at_their_field(browser: Browser, change: dict[str, str], field: str, said: str) -> None:
    browser.send(NEW, **DRAFT)
    response = browser.send(NEW, **{**DRAFT, **change})
    assert response.status_code in (200, 409, 422)
    assert f'id="{field}-error"' in response.text
    assert said in read(response)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ('{"type": "record",\n "x" 1}', "line 2, character 6"),
        ('{"type": "record", "name": "R", "fields": []}', "a long field with a timestamp logical type"),
        ("[" * 100_000, "cannot be used"),
        (SAMPLE, "Its time is in the field “time”, in ms. It has 4 fields; numbers among them: 3."),
    ],
)
def test_a_schema_is_looked_at_without_registering(
    browser: Browser, played: PlayedChannels, schema: str, said: str
) -> None:
    response = browser.send(NEW, **{**DRAFT, "schema": schema, "intent": "check"})
    assert response.status_code == 200
    assert said in read(response)
    assert played.client.get("/channels").json()["channels"] == []


def test_the_sample_and_its_example_are_taken(browser: Browser, played: PlayedChannels) -> None:
    key = key_of(browser.send(NEW, **{**DRAFT, "schema": SAMPLE}))
    record = example(json.loads(SAMPLE), 1_795_165_200_000)
    sent = played.client.post(
        "/channels/lab/records", json={"records": [record]}, headers={"Authorization": f"Bearer {key}"}
    )
    assert sent.status_code == 202, sent.text


def test_a_channel_in_words(browser: Browser) -> None:
    browser.send(NEW, **DRAFT)
    page = browser.get("/watch/lab")
    assert HOSTILE not in page.text
    assert HOSTILE in read(page)
    german = read(browser.get("/watch/lab", headers={"Accept-Language": "de"}))
    assert "aktiv" in german
    assert "jeder Datensatz" in german


def test_records_that_wait_for_a_point_are_spoken_of(browser: Browser) -> None:
    assert 'name="decimation" class="short" value="1"' in browser.get(NEW).text
    browser.send(NEW, **DRAFT)
    assert "fewer show nothing yet" not in read(browser.get("/watch/lab"))
    browser.send(NEW, **{**DRAFT, "name": "slow", "port": "", "decimation": "10"})
    assert "There is one point for each 10 records; fewer show nothing yet." in read(browser.get("/watch/slow"))


TIME = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}


def test_the_example_of_a_type_that_holds_itself_ends() -> None:
    chain = {"type": "record", "name": "r", "fields": [TIME, {"name": "next", "type": ["null", "r"]}]}
    wide = {"name": "f", "type": {"type": "fixed", "name": "F", "size": 700_000}}
    assert example(chain, 5) == {"time": 5, "next": None}
    assert len(example({"type": "record", "name": "r", "fields": [TIME, wide]}, 5)["f"]) == 100


def test_the_list_by_state_and_page(browser: Browser, played: PlayedChannels) -> None:
    headers = {"Authorization": f"Bearer {played.session('o1')}"}
    for number in range(52):
        draft = {"name": f"channel-{number:02}", "schema": SENSOR}
        assert played.client.post("/channels", json=draft, headers=headers).status_code == 201
    first = browser.get("/watch?status=active")
    assert "channel-49" in first.text
    assert "channel-50" not in first.text
    further = re.search(r'href="(/watch\?status=active&amp;cursor=[^"]+)"', first.text)
    assert further
    second = browser.get(unescape(further[1]))
    assert "channel-51" in second.text
    assert "channel-49" not in second.text
    assert "There is no channel here yet." in read(browser.get("/watch?status=failed"))
    assert "channel-00" in browser.get("/watch?status=nonsense").text


def test_only_the_owner_acts(browser: Browser, played: PlayedChannels) -> None:
    browser.send(NEW, **DRAFT)
    stranger = Browser(played, "o2")
    assert "You have no channel yet." in read(stranger.get(OWN))
    assert "/manage/channel/lab" in browser.get(OWN).text
    for fields in ({"intent": "key"}, {"intent": "deregister", "confirmed": "yes"}):
        refused = stranger.send("/manage/channel/lab", **fields)
        assert refused.status_code == 403
        assert "belongs to somebody else" in read(refused)
    assert key_of(browser.send("/manage/channel/lab", intent="key")).startswith("bck_")


def test_nobody_registers_without_a_session_or_from_another_site(browser: Browser, played: PlayedChannels) -> None:
    for path in (NEW, OWN, "/manage/channel/lab"):
        assert Browser(played).get(path).headers["location"].startswith("/manage/log-in?next=")
    foreign = browser.client.post(NEW, data=DRAFT, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert played.client.get("/channels").json()["channels"] == []


def test_a_relay_that_does_not_start_is_told_to_its_owner(browser: Browser, played: PlayedChannels) -> None:
    played.wiring.machines.broken = f"the relay worker did not answer {HOSTILE}"
    assert browser.send(NEW, **DRAFT).status_code == 503
    owner = browser.get("/manage/channel/lab")
    assert "did not answer" in read(owner)
    assert HOSTILE not in owner.text
    played.wiring.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert browser.send("/manage/channel/lab", intent="deregister", confirmed="yes").status_code == 303


@pytest.mark.parametrize("path", ["/watch/none", "/watch/a%3Fb", "/watch/Lab", "/manage/channel/none"])
def test_a_channel_that_is_not_there(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_examples_fit_schemas_of_every_type() -> None:
    inner = {"type": "record", "name": "Inner", "fields": [{"name": "x", "type": "float"}]}
    kinds: dict[str, Any] = {
        "inner": inner,
        "again": "Inner",
        "maybe": ["null", "string"],
        "many": {"type": "array", "items": "int"},
        "by_name": {"type": "map", "values": "long"},
        "fixed": {"type": "fixed", "name": "Four", "size": 4},
        "raw": "bytes",
        "flag": "boolean",
    }
    fields = [*SENSOR["fields"], *({"name": name, "type": kind} for name, kind in kinds.items())]
    schema = {**SENSOR, "fields": fields}
    assert encode_records(ChannelSchema.parse(schema), [example(schema, 1)]).count == 1
    assert [one.name for one in signals(schema) if one.numeric] == ["time", "volts", "amperes", "count"]
    assert judge(json.dumps(schema)).good


def test_a_number_too_long_to_read_is_a_fault_of_the_schema() -> None:
    assert judge(f'{{"type": {"9" * 5000}}}').fault == "a number has too many digits"


def gone_with_records(browser: Browser, played: PlayedChannels) -> tuple[str, str]:
    """The channel `lab` had three records and is deregistered: what the list of channels says, and its own page."""
    key = key_of(browser.send(NEW, **DRAFT))
    bearer = {"Authorization": f"Bearer {key}"}
    records = {"records": [sample(n) for n in range(3)]}
    assert played.client.post("/channels/lab/records", json=records, headers=bearer).status_code == 202
    gone = browser.send("/manage/channel/lab", intent="deregister", confirmed="yes")
    listed = browser.get(gone.headers["location"])
    found = re.search(r'href="(/manage/past/lab/\d+)"', listed.text)
    assert found, read(listed)
    return read(listed), found[1]


def test_the_records_of_a_channel_that_is_gone_are_exported_and_purged(
    browser: Browser, played: PlayedChannels
) -> None:
    listed, past = gone_with_records(browser, played)
    assert "its records are kept" in listed
    assert "Records kept 3" in read(browser.get(past))
    asked = browser.send(past, intent="csv")
    assert asked.status_code == 303
    made = browser.get(asked.headers["location"])
    assert "The file is ready: 3 records" in read(made)
    assert re.search(r'href="https?://[^"]+/exports/lab/[^"]+\.csv\?', made.text)
    assert Browser(played, "o2").get(past).status_code == 404
    unconfirmed = browser.send(past, intent="purge")
    assert unconfirmed.status_code == 422
    assert "Nothing was removed" in read(unconfirmed)
    purged = browser.send(past, intent="purge", confirmed="yes")
    assert "The records of lab are being removed." in read(browser.get(purged.headers["location"]))
    assert "being removed" in read(browser.get(past))
    assert "intent" not in browser.get(past).text
    played.do_jobs()
    assert past not in browser.get(OWN).text


def test_a_large_export_is_waited_for(
    browser: Browser, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.send(NEW, **DRAFT)
    assert "/watch/lab/export?format=avro" in browser.get("/watch/lab").text
    asked = browser.get("/watch/lab/export?format=csv")
    assert asked.status_code == 303
    with monkeypatch.context() as waiting:
        waiting.setattr(played, "do_jobs", lambda: None)
        page = browser.get(asked.headers["location"])
        assert (page.headers["refresh"], "made in a moment" in read(page)) == ("1", True)
    page = browser.get(asked.headers["location"])
    assert "refresh" not in page.headers
    assert "The file is ready: 0 records" in read(page)
    assert browser.get("/watch/lab/export?job=abc").status_code == 404


@pytest.mark.parametrize("intent", ["resume", "around", "remove"])
def test_the_ways_out_of_a_failure(browser: Browser, played: PlayedChannels, intent: str) -> None:
    browser.send(NEW, **DRAFT)
    own, table = "/manage/channel/lab", played.wiring.channels_table
    assert f'value="{intent}"' not in browser.get(own).text
    table.put({**(table.get("CHANNEL#lab", "META") or {}), "status": "failed", "reason": "repaired 5 times in vain"})
    page = browser.get(own)
    assert f'value="{intent}"' in page.text
    assert "repaired 5 times in vain" in read(page)
    stranger = Browser(played, "o2").send(own, intent=intent, confirmed="yes")
    assert stranger.status_code == 403
    done = browser.send(own, intent=intent, confirmed="yes")
    assert done.status_code == 303
    if intent == "remove":
        assert played.wiring.machines.undrained == ["lab"]
        assert done.headers["location"] == f"{OWN}?gone=lab"
        return
    channel = played.wiring.channels.find("lab")
    assert channel
    assert (channel.status, channel.around) == ("repairing", intent == "around")
    assert "repairing itself" in read(browser.get(done.headers["location"]))


def test_the_page_does_not_say_that_all_was_taken_after_a_refusal(browser: Browser, played: PlayedChannels) -> None:
    key = key_of(browser.send(NEW, **DRAFT))
    bad = {"records": [{"time": "never"}]}
    refused = played.client.post("/channels/lab/records", json=bad, headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 422
    assert "A record that was refused when it was sent is not listed here." in read(browser.get("/watch/lab"))


def test_a_silent_channel_is_shown_as_that(browser: Browser, played: PlayedChannels) -> None:
    assert browser.send(NEW, **DRAFT, silence="30", quota="100").status_code == 200
    assert 'data-fact="silent" hidden' in browser.get("/watch/lab").text
    played.wiring.clock.advance(seconds=45)  # type: ignore[attr-defined]
    page = browser.get("/watch/lab")
    assert 'data-fact="silent">' in page.text
    assert "No record for 45 s. At least one every 30 s is expected." in read(page)
    assert "Kept for 30 days, at most 100 MB" in read(page)
    assert "No record for 45 s." in read(browser.get("/manage/channel/lab"))
    refused = browser.send(NEW, **{**DRAFT, "name": "other", "port": ""}, silence="soon", quota="-1")
    assert 'id="silence-error"' in refused.text
    assert 'id="quota-error"' in refused.text


def test_charts_of_several_channels_on_one_page(browser: Browser) -> None:
    for name, port in (("lab", "26001"), ("hall", "26002")):
        assert browser.send(NEW, **{**DRAFT, "name": name, "port": port}).status_code == 200
    listed = browser.get("/watch").text
    assert '<input type="checkbox" name="channel" value="hall"' in listed
    page = browser.get(
        "/watch?channel=lab&channel=hall&channel=none&channel=&window=300&low=-1&high=2.5&fields=volts,count"
    )
    assert page.status_code == 200
    for name in ("lab", "hall"):
        assert f'data-channel="{name}"' in page.text
    assert page.text.count('data-window="300" data-low="-1.0" data-high="2.5"') == 2
    assert unescape(page.text).count('data-fields="[["volts", "volts"], ["count", "count"]]"') == 2
    assert "There is no channel none." in read(page)
    assert 'id="strings"' in page.text


@pytest.mark.parametrize(
    "query",
    [
        "window=7&low=x&high=nan",
        "low=3&high=1",
        "low=-1e308&high=1e308",
        "low=1&high=1.0000000000000002",
        f"fields={HOSTILE}",
        "fields=volts,,%22",
        "&".join(f"channel=c{number}" for number in range(40)),
    ],
)
def test_what_cannot_be_meant_of_charts_is_left_out(browser: Browser, query: str) -> None:
    browser.send(NEW, **DRAFT)
    page = browser.get(f"/watch?channel=lab&{query}")
    assert page.status_code == 200
    assert HOSTILE not in page.text
    assert 'data-channel="lab" data-axis="time" data-unit="us" data-window="0" data-fields=' in page.text or (
        "no such signal" in read(page)
    )
    assert page.text.count("There is no channel") <= 6


def test_chosen_signals_of_half_a_minute_are_exported_from_the_page(browser: Browser, played: PlayedChannels) -> None:
    key = key_of(browser.send(NEW, **DRAFT))
    records = [sample(n, time=START + n * 10_000_000) for n in range(10)]
    sent = played.client.post(
        "/channels/lab/records", json={"records": records}, headers={"Authorization": f"Bearer {key}"}
    )
    assert sent.status_code == 202
    assert 'name="fields" value="volts"' in browser.get("/watch/lab").text
    asked = {"format": "csv", "fields": ["count", "volts"], "from": "2026-11-20T09:00:10Z", "duration": "PT30S"}
    made = browser.get("/watch/lab/export", params=asked)
    assert made.status_code == 303
    page = browser.get(made.headers["location"])
    assert "The file is ready: 3 records" in read(page)
    link = re.search(r'href="([^"]*/exports/[^"]*)"', page.text)
    assert link
    file = played.client.get(unescape(link[1]))
    assert file.text.splitlines() == ["volts,count", "0.25,1", "0.5,2", "0.75,3"]
    for wrong in ({"from": "yesterday"}, {"duration": "PT30S"}, {"fields": ["none"]}):
        assert browser.get("/watch/lab/export", params=wrong).status_code == 422
