"""Bodies to SpeedData's API and to records that Python's reader takes and JSON does not, and what a list may hold."""

import json

import httpx2 as httpx
import pytest

from ballotcast.store.channel import channel_pk
from channel import speeddata_routes
from relays_played import PlayedChannels
from speeddata_calls import NANOS, PLAIN, ROOT, refused, register


@pytest.fixture
def api(played: PlayedChannels) -> httpx.Client:
    return played.client


SCHEMA_TEXT = json.dumps(PLAIN)
UNANSWERABLE = ["NaN", "-Infinity", "1e999", '"\\ud800"', '{"\\udfff": 1}', "[" * 300 + "]" * 300]
"""What Python's reader takes and no answer can give back."""


@pytest.mark.parametrize("value", UNANSWERABLE)
def test_what_cannot_be_given_back_is_not_taken(api: httpx.Client, value: str) -> None:
    register(api)
    whole = f'{{"name": "probe2", "port": 26002, "schema": {SCHEMA_TEXT}, "config": {{"x": {value}}}}}'
    refused(api.post(f"{ROOT}/channels", content=whole), 400, error="Request body required")
    for schema in (value, f'{{"type": {value}}}'):
        sent = api.post(f"{ROOT}/channels/probe1/validate-schema", content=f'{{"schema": {schema}}}')
        refused(sent, 400, error="Request body must contain 'schema' field")
    inner = json.dumps(f'{SCHEMA_TEXT[:-1]}, "x": {value}}}')
    sent = api.post(f"{ROOT}/channels", content=f'{{"name": "probe2", "port": 26002, "schema": {inner}}}')
    refused(sent, 400, error="Invalid schema file (not valid JSON)")
    [listed] = api.get(f"{ROOT}/channels").json()["channels"]
    assert listed["name"] == "probe1"


@pytest.mark.parametrize(
    "body", ['{"records": [], "\\ud800": 1}', '{"records": [{"time": 1, "value": 1, "\\ud800": 1}]}']
)
def test_records_with_half_a_pair_are_refused(api: httpx.Client, body: str) -> None:
    register(api)
    sent = api.post("/channels/probe1/records", content=body, headers={"Content-Type": "application/json"})
    assert (sent.status_code, sent.json()["type"]) == (400, "urn:ballotcast:problem:malformed")


@pytest.mark.parametrize("value", ["NaN", "1e999"])
def test_a_schema_that_is_not_json_is_not_registered(api: httpx.Client, value: str) -> None:
    body = f'{{"name": "probe2", "schema": {json.dumps(NANOS)[:-1]}, "x": {value}}}}}'
    assert api.post("/channels", content=body, headers={"Content-Type": "application/json"}).status_code == 422


@pytest.mark.parametrize(
    "asked", ['{"x": NaN}', '{"x": Infinity}', '{"x": "\\ud800"}', '{"x": ' + "[" * 300 + "]" * 300 + "}"]
)
def test_one_that_was_taken_once_spoils_no_answer(api: httpx.Client, played: PlayedChannels, asked: str) -> None:
    register(api, config={"decimation": 5})
    table = played.wiring.channels_table
    table.put({**(table.get(channel_pk("probe1"), "META") or {}), "asked": asked})
    [listed] = api.get(f"{ROOT}/channels").json()["channels"]
    shown = api.get(f"{ROOT}/channels/probe1").json()
    assert listed["config"] == shown["config"]
    assert shown["config"]["decimation"] == 5


def test_a_schema_that_was_taken_once_spoils_no_answer(api: httpx.Client, played: PlayedChannels) -> None:
    register(api)
    table = played.wiring.channels_table
    [row] = table.query(channel_pk("probe1"), prefix="SCHEMA#")
    table.put({**row, "text": f'{json.dumps(PLAIN)[:-1]}, "x": [NaN, Infinity]}}'})
    assert json.loads(api.get(f"{ROOT}/channels/probe1/schema").text, parse_constant=pytest.fail)["x"] == [None, None]
    sent = api.post(f"{ROOT}/channels/probe1/validate-schema", json={"schema": PLAIN})
    refused(sent, 409, registered_schema={**PLAIN, "x": [None, None]})


def test_a_list_does_not_grow_by_what_is_written_into_a_configuration(
    api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation = {"mode": "size" * 9, "threshold": 10**300, "x": 1}
    known = {"decimation": {"factor": 5, "algorithm": "rms", "enabled": True, "y": "x" * 900}, "retention": 86_400}
    asked = {**known, "rotation": rotation, "note": "x" * 8000}
    assert register(api, config=asked).status_code == 201
    assert register(api, name="probe2", port=26002).status_code == 201
    assert api.get(f"{ROOT}/channels/probe1").json()["config"] == asked
    listed = api.get(f"{ROOT}/channels")
    assert listed.json()["channels"][0]["config"] == {
        "decimation": {"factor": 5, "algorithm": "rms", "enabled": True},
        "retention": 86_400,
        "rotation": {},
    }
    assert len(listed.content) < 2 * 900
    monkeypatch.setattr(speeddata_routes, "MOST_SHOWN", 1)
    assert [one["name"] for one in api.get(f"{ROOT}/channels").json()["channels"]] == ["probe1"]
