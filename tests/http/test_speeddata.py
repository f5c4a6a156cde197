"""SpeedData's documented API under `/api/v1`: its calls, shapes, statuses and messages, and its Python client."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.client.speeddata import HTTPError, SpeedDataClient
from ballotcast.store.channel import channel_pk
from relays_played import PlayedChannels
from speeddata_calls import CHANNEL, NANOS, PLAIN, ROOT, refused, register

NOW = 1_795_165_200_123_456_789


@pytest.fixture
def api(played: PlayedChannels) -> httpx.Client:
    return played.client


def test_health(api: httpx.Client) -> None:
    health = api.get(f"{ROOT}/health").json()
    assert (health["status"], health["service"], health["version"]) == (
        *("ok", "speeddata-registration-api"),
        "0.5.0",
    )


def test_a_channel_from_its_registration_to_its_end(api: httpx.Client) -> None:
    assert api.get(f"{ROOT}/channels").json() == {"channels": []}
    made = register(api, config={"decimation": 5, "rotation": 3600, "note": "bench 3"})
    assert made.status_code == 201
    answer = made.json()
    assert {name: answer[name] for name in ("status", "name", "port", "message")} == {
        "status": "success",
        "name": "probe1",
        "port": 26001,
        "message": "Channel 'probe1' registered and relay started",
    }
    assert type(answer["pid"]) is int
    shown = api.get(f"{ROOT}/channels/probe1").json()
    assert set(shown) == {
        *("name", "port", "schema_path", "status", "created_at", "pid", "last_heartbeat", "config"),
    }
    assert (shown["name"], shown["port"], shown["status"], shown["pid"]) == ("probe1", 26001, "active", answer["pid"])
    assert shown["config"] == {"decimation": 5, "rotation": 3600, "note": "bench 3"}
    assert datetime.fromisoformat(shown["created_at"]).tzinfo is None
    assert api.get(f"{ROOT}/{shown['schema_path']}").json() == PLAIN
    [listed] = api.get(f"{ROOT}/channels?status=active").json()["channels"]
    assert listed == {**shown, "last_heartbeat": None, "config": {"decimation": 5, "rotation": 3600}}
    assert api.get(f"{ROOT}/channels?status=registered").json() == {"channels": []}
    gone = api.delete(f"{ROOT}/channels/probe1")
    assert (gone.status_code, gone.json()) == (
        200,
        {"status": "success", "name": "probe1", "message": "Channel 'probe1' de-registered and relay stopped"},
    )
    for response in (api.get(f"{ROOT}/channels/probe1"), api.delete(f"{ROOT}/channels/probe1")):
        refused(response, 404, error="Channel not found", name="probe1")


def test_what_is_taken(api: httpx.Client) -> None:
    register(api)
    refused(register(api, name="probe2"), 409, error="Port already in use", port=26001, used_by="probe1")
    refused(register(api), 409, error="Port already in use", port=26001, used_by="probe1")
    refused(register(api, port=26002), 409, error="Channel name already registered", name="probe1")


REQUIRED = ["name", "port", "schema"]


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({"name": "probe1"}, {"error": "Missing required fields", "required": REQUIRED}),
        ({**CHANNEL, "name": ""}, {"error": "Missing required fields", "required": REQUIRED}),
        ({}, {"error": "Request body required"}),
        ([], {"error": "Request body required"}),
        ({**CHANNEL, "port": "many"}, {"error": "Port must be an integer"}),
        ({**CHANNEL, "port": 2.5}, {"error": "Port must be an integer"}),
        ({**CHANNEL, "port": 80}, {"error": "Invalid port"}),
        ({**CHANNEL, "name": "a b"}, {"error": "Invalid name"}),
        ({**CHANNEL, "name": "Election-1"}, {"error": "Invalid name"}),
        ({**CHANNEL, "schema": "config/agents/none.avsc"}, {"error": "Schema file not found"}),
        ({**CHANNEL, "schema": "{not json"}, {"error": "Invalid schema file (not valid JSON)"}),
        ({**CHANNEL, "schema": {"type": "string"}}, {"error": "Invalid schema"}),
        ({**CHANNEL, "config": {"decimation": "x"}}, {"error": "Invalid config"}),
        ({**CHANNEL, "config": {"rotation": 0}}, {"error": "Invalid config"}),
        ({**CHANNEL, "config": []}, {"error": "Config must be an object"}),
        ({**CHANNEL, "config": {"note": "x" * 10_000}}, {"error": "Config too large"}),
    ],
)
def test_what_cannot_be_registered(api: httpx.Client, body: Any, members: dict[str, Any]) -> None:
    refused(api.post(f"{ROOT}/channels", json=body), 400, **members)


def test_a_body_that_is_not_json(api: httpx.Client) -> None:
    for content in (b"", b"{", b"[" * 100_000):
        sent = api.post(f"{ROOT}/channels", content=content, headers={"Content-Type": "application/json"})
        refused(sent, 400, error="Request body required")
    register(api)
    refused(
        api.post(f"{ROOT}/channels/probe1/validate-schema", json={}),
        *(400,),
        error="Request body must contain 'schema' field",
    )


@pytest.mark.parametrize(
    ("config", "ours"),
    [
        ({}, {"decimation": 10, "algorithm": "downsample", "rotation": "hour", "retention": 30}),
        ({"rotation": 86_400, "retention": 86_401}, {"rotation": "day", "retention": 7}),
        ({"decimation": {"enabled": False, "factor": 5}}, {"decimation": 1}),
        (
            {"decimation": {"factor": 5, "algorithm": "rms"}, "rotation": {"mode": "size", "threshold": 10**9}},
            {"decimation": 5, "algorithm": "rms", "rotation": "hour"},
        ),
        ({"retention": {"mode": "ttl", "value": 86_400}}, {"retention": 1}),
    ],
)
def test_its_configuration_is_kept_as_given_and_meant_as_ours(
    api: httpx.Client, config: dict[str, Any], ours: dict[str, Any]
) -> None:
    assert register(api, config=config).status_code == 201
    assert api.get(f"{ROOT}/channels/probe1").json()["config"] == config
    found = api.get("/channels/probe1").json()["config"]
    assert {name: found[name] for name in ours} == ours


def test_schemas_are_compared_as_json(api: httpx.Client) -> None:
    register(api)
    place = f"{ROOT}/channels/probe1/validate-schema"
    same = api.post(place, json={"schema": PLAIN})
    assert (same.status_code, same.json()) == (200, {"valid": True, "message": "Schema matches registered schema"})
    other = api.post(place, json={"schema": {**PLAIN, "doc": "another"}})
    members = {"valid": False, "message": "Schema does not match", "registered_schema": PLAIN}
    refused(other, 409, **members, provided_schema={**PLAIN, "doc": "another"})
    refused(api.post(f"{ROOT}/channels/none/validate-schema", json={"schema": PLAIN}), 404, error="Channel not found")


def test_ports(api: httpx.Client) -> None:
    register(api)
    found = api.get(f"{ROOT}/ports/available?start=26000&end=26010").json()
    assert (found["range"], found["count"], 26001 in found["available"]) == ({"start": 26000, "end": 26010}, 10, False)
    assert api.get(f"{ROOT}/ports/available").json()["count"] == 1000
    for asked in ("start=5&end=5", "start=26010&end=26000"):
        refused(api.get(f"{ROOT}/ports/available?{asked}"), 400, error="Invalid range: start must be < end")
    for asked in ("start=x", "start=1&end=60000"):
        assert api.get(f"{ROOT}/ports/available?{asked}").status_code == 400
    free, used = (api.get(f"{ROOT}/ports/{port}/status").json() for port in (26002, 26001))
    assert free == {"port": 26002, "available": True, "status": "free"}
    assert used == {"port": 26001, "available": False, "status": "in_use", "channel": "probe1"}
    for port in ("1", "x", "99999999"):
        assert api.get(f"{ROOT}/ports/{port}/status").status_code == 404


@pytest.mark.parametrize("schema", [PLAIN, NANOS, json.dumps(NANOS)], ids=["no unit", "field-level", "as text"])
def test_its_times_are_nanoseconds(api: httpx.Client, played: PlayedChannels, schema: Any) -> None:
    assert register(api, schema=schema).status_code == 201
    assert api.get("/channels/probe1").json()["time"] == {"field": "time", "unit": "ns"}
    records = {"records": [{"time": NOW, "value": 1.5}]}
    assert api.post("/channels/probe1/records", json=records).status_code == 202
    span = "from=2026-11-20T09:00:00.123456Z&to=2026-11-20T09:00:00.123457Z"
    assert api.get(f"/channels/probe1/export?format=csv&{span}").text == f"time,value\r\n{NOW},1.5\r\n"
    assert api.get(f"{ROOT}/channels/probe1").json()["last_heartbeat"]


def test_a_doc_is_not_read_there_and_a_double_must_state_its_unit(api: httpx.Client) -> None:
    """Its own senders write nanoseconds into a field whose doc says milliseconds."""
    said = {**PLAIN, "fields": [{"name": "time", "type": "long", "doc": "in milliseconds"}]}
    assert register(api, schema=said).status_code == 201
    assert api.get("/channels/probe1").json()["time"]["unit"] == "ns"
    double = {**PLAIN, "fields": [{"name": "time", "type": "double"}]}
    details = refused(register(api, name="probe2", port=26002, schema=double), 400, error="Invalid schema")["details"]
    assert "must state its unit" in details
    two = {**PLAIN, "fields": [{**NANOS["fields"][0], "unit": "ms"}]}
    details = refused(register(api, name="probe2", port=26002, schema=two), 400, error="Invalid schema")["details"]
    assert "states two units" in details


@pytest.mark.parametrize("name", ["Engine.Left_1", "A", "x.y.z", "9-9"])
def test_names_with_capitals_and_dots_work_everywhere(api: httpx.Client, name: str) -> None:
    assert register(api, name=name).status_code == 201
    assert api.post(f"/channels/{name}/records", json={"records": [{"time": NOW, "value": 1.0}]}).status_code == 202
    assert api.get(f"/channels/{name}").json()["relay"]["records"] == 1
    assert api.get(f"/channels/{name}/live").status_code == 200
    assert api.delete(f"{ROOT}/channels/{name}").status_code == 200


def test_a_relay_that_does_not_start_is_undone(api: httpx.Client, played: PlayedChannels) -> None:
    played.wiring.machines.broken = "the relay worker did not answer in time"
    members = {"error": "Failed to start relay process", "name": "probe1"}
    refused(register(api), 500, **members, details="the relay worker did not answer in time")
    played.wiring.machines.broken = ""
    played.wiring.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert register(api).status_code == 201


def test_who_may(api: httpx.Client, played: PlayedChannels) -> None:
    key = register(api).json()["api_key"]
    assert refused(api.post(f"{ROOT}/channels", json=CHANNEL, headers={"Authorization": ""}), 401)["error"]
    stranger = {"Authorization": f"Bearer {played.session('o2')}"}
    assert refused(api.delete(f"{ROOT}/channels/probe1", headers=stranger), 403)["error"]
    assert api.delete(f"{ROOT}/channels/probe1", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_channels_of_the_platform_are_not_its(api: httpx.Client, played: PlayedChannels) -> None:
    assert api.post("/channels", json={"name": "portless", "schema": NANOS}).status_code == 201
    assert api.get(f"{ROOT}/channels").json() == {"channels": []}
    refused(api.get(f"{ROOT}/channels/portless"), 404, error="Channel not found")
    refused(api.get(f"{ROOT}/channels/{'x' * 300}"), 404, error="Channel not found")


def test_one_that_is_being_stopped_is_gone_for_them(api: httpx.Client, played: PlayedChannels) -> None:
    """On AWS a stop waits longer than a request may."""
    register(api)
    table = played.wiring.channels_table
    table.put({**(table.get(channel_pk("probe1"), "META") or {}), "status": "stopping"})
    refused(api.get(f"{ROOT}/channels/probe1"), 404, error="Channel not found")
    assert api.get(f"{ROOT}/channels").json() == {"channels": []}


@pytest.fixture
def client(played: PlayedChannels, monkeypatch: pytest.MonkeyPatch) -> SpeedDataClient:
    monkeypatch.setenv("BALLOTCAST_KEY", played.session("o1"))
    client = SpeedDataClient("http://testserver/api/v1")
    authorization = client.session.headers["Authorization"]
    client.session = played.client
    client.session.headers["Authorization"] = authorization
    return client


def test_its_python_client(client: SpeedDataClient, played: PlayedChannels, tmp_path: Path) -> None:
    path = tmp_path / "probe.avsc"
    path.write_text(json.dumps(NANOS))
    assert client.list_channels() == []
    assert client.get_channel("probe1") is None
    assert client.deregister_channel("probe1") is False
    assert client.upload_schema("probe1", str(path))["valid"] is None
    made = client.register_channel(name="probe1", port=26100, schema_path=str(path), config={"decimation": 10})
    assert made["status"] == "success"
    [active] = client.list_channels(status="active")
    assert (active["name"], active["port"], active["config"]) == ("probe1", 26100, {"decimation": 10})
    shown = client.get_channel("probe1")
    assert shown
    assert shown["pid"] == made["pid"]
    told = client.upload_schema("probe1", str(path))
    assert (told["valid"], told["schema"]) == (True, NANOS)
    with pytest.raises(HTTPError, match="409 Port already in use") as taken:
        client.register_channel("probe2", 26100, str(path))
    assert taken.value.response.json()["used_by"] == "probe1"
    path.write_text(json.dumps(PLAIN))
    assert client.upload_schema("probe1", str(path))["valid"] is False
    assert client.deregister_channel("probe1") is True
    path.write_text("{")
    with pytest.raises(json.JSONDecodeError):
        client.register_channel("probe2", 26100, str(path))
    with pytest.raises(FileNotFoundError):
        client.upload_schema("probe2", str(tmp_path / "none.avsc"))


def test_its_client_is_made_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BALLOTCAST_KEY", raising=False)
    plain = SpeedDataClient()
    assert plain.base_url == "http://localhost:8080/api/v1"
    assert plain.session is not None
    assert "Authorization" not in plain.session.headers
    assert SpeedDataClient(base_url="http://example.com:9000/api/v1").base_url == "http://example.com:9000/api/v1"
    assert SpeedDataClient(key="k").session.headers["Authorization"] == "Bearer k"
    assert issubclass(HTTPError, OSError)


def test_what_they_register_is_watched_as_any_channel(api: httpx.Client, played: PlayedChannels) -> None:
    register(api, config={"decimation": 1})
    api.post("/channels/probe1/records", json={"records": [{"time": NOW, "value": 1.0}]})
    assert api.get("/channels/probe1/live").json()["records"] == [{"time": NOW, "value": 1.0}]


def test_an_answer_about_a_schema_stays_small_enough_to_be_sent(api: httpx.Client) -> None:
    """What is provided is given back only where both fit a function's response, each character of it escaped twice."""
    register(api)
    place = f"{ROOT}/channels/probe1/validate-schema"
    large = api.post(place, json={"schema": '"' * 1_000_000})
    assert (large.status_code, "provided_schema" in large.json()) == (409, False)
    assert "provided_schema" in api.post(place, json={"schema": "x" * 1_000_000}).json()
