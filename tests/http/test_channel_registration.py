"""Registering, showing and deregistering channels, over HTTP."""

import json
from base64 import b64encode
from typing import Any

import httpx2 as httpx
import pytest

from problem import assert_problem
from relays_played import PlayedChannels
from sensor import SENSOR, sample
from world import World


@pytest.fixture
def client(played: PlayedChannels) -> httpx.Client:
    return played.client


def draft(**changes: Any) -> dict[str, Any]:
    return {"name": "lab", "port": 26001, "schema": SENSOR, **changes}


def test_register_show_and_deregister(client: httpx.Client) -> None:
    made = client.post("/channels", json=draft(config={"decimation": 5}))
    assert made.status_code == 201
    registered = made.json()
    assert registered["status"] == "success"
    assert (registered["name"], registered["port"]) == ("lab", 26001)
    assert registered["pid"].startswith("lab#")
    shown = client.get("/channels/lab").json()
    assert shown["status"] == "active"
    assert shown["pid"] == registered["pid"]
    assert shown["time"] == {"field": "time", "unit": "us"}
    usual = {"algorithm": "downsample", "rotation": "hour", "retention": 30, "silence": 0, "quota": 0}
    assert shown["config"] == {"decimation": 5, **usual}
    assert shown["relay"]["records"] == 0
    gone = client.delete("/channels/lab")
    assert (gone.status_code, gone.json()["status"]) == (200, "success")
    assert_problem(client.get("/channels/lab"), 404, "no-channel")
    assert_problem(client.delete("/channels/lab"), 404, "no-channel")


def test_the_key_may_come_as_the_password_of_a_url(client: httpx.Client) -> None:
    api_key = client.post("/channels", json=draft()).json()["api_key"]
    basic = {"Authorization": "Basic " + b64encode(f"any:{api_key}".encode()).decode()}
    assert client.delete("/channels/lab", headers=basic).status_code == 200


def test_a_relay_that_does_not_start_is_told(played: PlayedChannels, client: httpx.Client) -> None:
    played.wiring.machines.broken = "the relay worker did not answer in time"
    failed = assert_problem(client.post("/channels", json=draft()), 503, "spawn-failed")
    assert "did not answer" in failed["detail"]
    assert client.get("/channels/lab").json()["status"] == "failed"
    assert client.delete("/channels/lab").status_code == 200
    played.wiring.machines.broken = ""
    played.wiring.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert client.post("/channels", json=draft()).status_code == 201


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"name": ".lab"}, ["/name"]),
        ({"name": "a" * 65}, ["/name"]),
        ({"name": "election-1"}, ["/name"]),
        ({"name": "Election-1"}, ["/name"]),
        ({"port": 1023}, ["/port"]),
        ({"port": 65536}, ["/port"]),
        ({"port": "26001"}, ["/port"]),
        ({"schema": {"type": "string"}}, ["/schema"]),
        ({"schema": "not json"}, ["/schema"]),
        ({"schema": {"type": "record", "name": "R", "fields": []}}, ["/schema"]),
        ({"schema": {**SENSOR, "doc": "x" * 1_000_000}}, ["/schema"]),
        ({"name": "-A", "port": 1, "schema": "x"}, ["/name", "/port", "/schema"]),
        ({"config": {"decimation": 0}}, ["/config/decimation"]),
        ({"config": {"algorithm": "median"}}, ["/config/algorithm"]),
        ({"config": {"retention": 3}}, ["/config/retention"]),
        ({"config": {"extra": 1}}, ["/config/extra"]),
        ({"extra": 1}, ["/extra"]),
    ],
)
def test_what_is_refused_names_the_field(client: httpx.Client, change: dict[str, Any], pointers: list[str]) -> None:
    found = assert_problem(client.post("/channels", json=draft(**change)), 422, "invalid", *pointers)
    assert found["error"] == found["title"]
    assert client.get("/channels").json()["channels"] == []


def test_a_name_or_a_port_is_taken_once(client: httpx.Client) -> None:
    assert client.post("/channels", json=draft()).status_code == 201
    name = assert_problem(client.post("/channels", json=draft(port=26002)), 409, "name-taken")
    assert (name["used_by"], name["error"]) == ("lab", "Conflict")
    port = assert_problem(client.post("/channels", json=draft(name="other")), 409, "port-taken")
    assert port["used_by"] == "lab"
    assert client.post("/channels", json=draft(name="other", port=26002)).status_code == 201
    assert client.post("/channels", json={"name": "portless", "schema": SENSOR}).json()["port"] is None


def test_the_same_request_again_gets_the_same_answer(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = (client.post("/channels", json=draft(), headers=key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert_problem(client.post("/channels", json=draft(port=26002), headers=key), 422, "idempotency-key-reused")


def test_a_name_that_is_registered_again_gets_no_old_key_back(client: httpx.Client, deployment: World) -> None:
    once, rotated = {"Idempotency-Key": "k1"}, {"Idempotency-Key": "k2"}
    keys = []
    for _ in range(2):
        keys.append(client.post("/channels", json=draft(), headers=once).json()["api_key"])
        keys.append(client.post("/channels/lab/key", headers=rotated).json()["api_key"])
        assert client.delete("/channels/lab").status_code == 200
        deployment.clock.advance(seconds=1)
    assert len(set(keys)) == len(keys)


def test_who_may_do_what(client: httpx.Client, played: PlayedChannels) -> None:
    stranger = {"Authorization": f"Bearer {played.session('o2')}"}
    assert_problem(client.post("/channels", json=draft(), headers={"Authorization": ""}), 401, "no-session")
    api_key = client.post("/channels", json=draft()).json()["api_key"]
    holder = {"Authorization": f"Bearer {api_key}"}
    assert_problem(client.delete("/channels/lab", headers=stranger), 403, "not-yours")
    assert_problem(client.post("/channels/lab/key", headers=stranger), 403, "not-yours")
    assert_problem(client.post("/channels", json=draft(name="b"), headers=holder), 403, "no-organiser")
    assert_problem(client.post("/channels/lab/key", headers=holder), 403, "no-organiser")
    wrong = {"Authorization": f"Bearer {api_key[:-1]}"}
    assert_problem(client.delete("/channels/lab", headers=wrong), 403, "not-yours")
    assert_problem(client.delete("/channels/lab", headers={"Authorization": "Basic !"}), 401, "bad-session")


def test_a_rotated_key_is_the_only_one(client: httpx.Client) -> None:
    old = client.post("/channels", json=draft()).json()["api_key"]
    new = client.post("/channels/lab/key").json()["api_key"]
    assert new != old
    assert_problem(client.delete("/channels/lab", headers={"Authorization": f"Bearer {old}"}), 403, "not-yours")
    assert client.delete("/channels/lab", headers={"Authorization": f"Bearer {new}"}).status_code == 200


def test_keys_are_kept_hashed(client: httpx.Client, played: PlayedChannels) -> None:
    api_key = client.post("/channels", json=draft(), headers={"Idempotency-Key": "k"}).json()["api_key"]
    table = played.wiring.channels_table
    assert api_key not in str(table.client.scan(TableName=table.name)["Items"])


def test_the_listing_is_in_order_by_state_and_page(client: httpx.Client) -> None:
    for n in (3, 1, 4, 0, 2):
        client.post("/channels", json=draft(name=f"c{n}", port=26000 + n))
    page = client.get("/channels", params={"limit": 2}).json()
    names = [one["name"] for one in page["channels"]]
    while page["next_cursor"]:
        page = client.get("/channels", params={"limit": 2, "cursor": page["next_cursor"]}).json()
        names += [one["name"] for one in page["channels"]]
    assert names == ["c0", "c1", "c2", "c3", "c4"]
    assert len(client.get("/channels", params={"status": "active"}).json()["channels"]) == 5
    assert client.get("/channels", params={"status": "failed"}).json()["channels"] == []
    assert_problem(client.get("/channels", params={"status": "asleep"}), 422, "invalid", "/query/status")


def test_validate_schema(client: httpx.Client) -> None:
    client.post("/channels", json=draft())
    same = client.post("/channels/lab/validate-schema", json={"schema": json.dumps(SENSOR)})
    assert (same.status_code, same.json()["valid"]) == (200, True)
    fewer = {**SENSOR, "fields": SENSOR["fields"][:3]}
    other = client.post("/channels/lab/validate-schema", json={"schema": fewer})
    assert other.status_code == 409
    answer = other.json()
    assert answer["valid"] is False
    assert (answer["registered_schema"], answer["provided_schema"]) == (SENSOR, fewer)
    assert answer["compatibility"] == "provided-reads-registered"
    assert answer["reasons"]
    bad = client.post("/channels/lab/validate-schema", json={"schema": {"type": "record"}})
    assert_problem(bad, 422, "invalid", "/schema")
    assert_problem(client.post("/channels/none/validate-schema", json={"schema": SENSOR}), 404, "no-channel")
    assert_problem(client.get("/channels/none/schema"), 404, "no-channel")


def test_a_large_schema_is_kept_in_the_bucket(client: httpx.Client) -> None:
    large = {**SENSOR, "doc": "x" * 200_000}
    assert client.post("/channels", json=draft(schema=large)).status_code == 201
    assert client.get("/channels/lab/schema").json() == large


def test_ports(client: httpx.Client) -> None:
    client.post("/channels", json=draft())
    free = client.get("/ports/available", params={"start": 26000, "end": 26010}).json()
    assert free["range"] == {"start": 26000, "end": 26010}
    assert 26001 not in free["available"]
    assert free["count"] == len(free["available"]) == 10
    assert client.get("/ports/available").json()["range"] == {"start": 26000, "end": 27000}
    taken = client.get("/ports/26001/status").json()
    assert taken == {"port": 26001, "available": False, "status": "in_use", "channel": "lab"}
    assert client.get("/ports/26002/status").json() == {"port": 26002, "available": True, "status": "free"}
    assert_problem(client.get("/ports/80/status"), 404, "no-port")


@pytest.mark.parametrize(
    ("start", "end", "pointer"),
    [(26000, 26000, "/query/end"), (1, 26000, "/query/start"), (1024, 20000, "/query/end"), ("x", 1, "/query/start")],
)
def test_ranges_that_are_none(client: httpx.Client, start: Any, end: Any, pointer: str) -> None:
    assert_problem(client.get("/ports/available", params={"start": start, "end": end}), 422, "invalid", pointer)


def test_pages_of_other_sites_may_read_what_is_public_and_nothing_else(client: httpx.Client) -> None:
    client.post("/channels", json=draft())
    public = (
        *(
            "/channels",
            "/channels/lab",
            "/channels/lab/live",
            "/channels/lab/schema",
            "/channels/lab/export?format=csv",
        ),
        *("/ports/available", "/channels/none", "/api/v1/channels", "/api/v1/channels/none"),
    )
    for path in public:
        assert client.get(path).headers["access-control-allow-origin"] == "*", path
    assert "X-Records" in client.get("/channels/lab/live").headers["access-control-expose-headers"]
    for response in (
        *(client.get("/past-channels"), client.post("/channels", json=draft()), client.delete("/channels/none")),
        client.get("/channel/health"),
    ):
        assert "access-control-allow-origin" not in response.headers


def test_a_channel_that_is_silent_for_too_long_says_so(played: PlayedChannels) -> None:
    config = {"silence": 30, "quota": 100}
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": config}).status_code == 201
    clock = played.wiring.clock

    def shown() -> tuple[int, bool]:
        channel = played.client.get("/channels/lab").json()
        assert channel["config"]["silence"] == 30
        return channel["quiet_for"], channel["silent"]

    assert shown() == (0, False)
    clock.advance(seconds=31)  # type: ignore[attr-defined]
    assert shown() == (31, True), "it has never had a record"
    assert played.client.post("/channels/lab/records", json={"records": [sample()]}).status_code == 202
    assert shown() == (0, False)
    clock.advance(seconds=30)  # type: ignore[attr-defined]
    assert shown() == (30, False)
    clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert shown() == (31, True)
    changed = played.client.patch("/channels/lab", json={"config": {"silence": 0}})
    assert (changed.status_code, changed.json()["config"]["quota"]) == (200, 100)
    assert not played.client.get("/channels/lab").json()["silent"]


@pytest.mark.parametrize(
    "config", [{"silence": -1}, {"silence": 2_592_001}, {"quota": -1}, {"quota": 1_000_001}, {"silence": 1.5}]
)
def test_limits_of_silence_and_quota(played: PlayedChannels, config: dict[str, Any]) -> None:
    refused = played.client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": config})
    assert_problem(refused, 422, "invalid", f"/config/{next(iter(config))}")


@pytest.mark.parametrize("algorithm", ["downsample", "average", "minmax", "rms"])
def test_without_decimation_each_record_is_a_point(played: PlayedChannels, algorithm: str) -> None:
    config = {"decimation": 1, "algorithm": algorithm}
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": config}).status_code == 201
    records = [sample(n, volts=-float(n)) for n in range(5)]
    assert played.client.post("/channels/lab/records", json={"records": records}).status_code == 202
    assert played.client.get("/channels/lab/live").json()["records"] == records
