"""Records in, the live window and exports out, over HTTP."""

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

import fastavro
import httpx2 as httpx
import pytest

from ballotcast.channels.containers import write_container
from ballotcast.channels.records import encode_records
from ballotcast.store.channel import META, channel_pk
from ballotcast.store.publisher import BACKLOG, CACHE
from problem import assert_problem
from relays_played import PlayedChannels
from requests_made import record_requests
from sensor import SENSOR, START, sample, sensor
from world import World

SCHEMA = sensor()


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    played = PlayedChannels(deployment)
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    made = played.client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": {"decimation": 2}})
    assert made.status_code == 201, made.text
    yield played
    played.client.close()


@pytest.fixture
def client(played: PlayedChannels) -> httpx.Client:
    return played.client


def publish(client: httpx.Client, first: int, count: int, **headers: str) -> httpx.Response:
    records = [sample(n) for n in range(first, first + count)]
    return client.post("/channels/lab/records", json={"records": records}, headers=headers)


def exported(client: httpx.Client, **query: str) -> list[int]:
    answer = client.get("/channels/lab/export", params=query, headers={"Accept": "application/avro"})
    assert answer.status_code == 200, answer.text
    return [record["count"] for record in fastavro.reader(BytesIO(answer.content))]


def test_each_way_in_is_in_the_export(client: httpx.Client) -> None:
    assert publish(client, 0, 3).json() == {"status": "accepted", "name": "lab", "records": 3}
    batch = encode_records(SCHEMA, [sample(3), sample(4)])
    binary = client.post("/channels/lab/records", content=batch.data, headers={"content-type": "avro/binary"})
    assert (binary.status_code, binary.json()["records"]) == (202, 2)
    container = write_container(SCHEMA.text, [encode_records(SCHEMA, [sample(5)])])
    file = client.post("/channels/lab/records", content=container, headers={"content-type": "application/avro"})
    assert (file.status_code, file.json()["records"]) == (202, 1)
    assert exported(client) == [0, 1, 2, 3, 4, 5]
    assert client.get("/channels/lab").json()["relay"]["records"] == 6


def test_no_records_are_none(client: httpx.Client) -> None:
    assert publish(client, 0, 0).json()["records"] == 0
    assert exported(client) == []


def test_the_first_bad_record_refuses_the_batch(client: httpx.Client) -> None:
    records = [sample(0), sample(1, volts="x"), sample(2, count=None)]
    refused = client.post("/channels/lab/records", json={"records": records})
    assert_problem(refused, 422, "bad-record", "/records/1/volts")
    cut = client.post("/channels/lab/records", content=b"\x02", headers={"content-type": "avro/binary"})
    assert_problem(cut, 422, "bad-record", "/records/0/volts")
    assert exported(client) == []


@pytest.mark.parametrize(
    ("content", "media_type", "status", "slug", "pointers"),
    [
        (b"{", "application/json", 400, "malformed", []),
        (b"[" * 100_000, "application/json", 400, "malformed", []),
        (b"[]", "application/json", 422, "invalid", ["/records"]),
        (b'{"records": 1}', "application/json", 422, "invalid", ["/records"]),
        (b'{"records": [], "more": 1}', "application/json", 422, "invalid", ["/more"]),
        (b"x", "text/plain", 415, "unsupported-media-type", []),
        (b"PK", "application/avro", 400, "malformed", []),
        (bytes(700_001), "avro/binary", 413, "too-many-bytes", []),
        (bytes(4_500_001), "avro/binary", 413, "body-too-large", []),
        (b" " * 3_000_001, "application/json", 413, "body-too-large", []),
    ],
)
def test_bodies_that_are_none(
    client: httpx.Client, content: bytes, media_type: str, status: int, slug: str, pointers: list[str]
) -> None:
    refused = client.post("/channels/lab/records", content=content, headers={"content-type": media_type})
    assert assert_problem(refused, status, slug, *pointers)["error"]


def test_who_may_publish(client: httpx.Client, played: PlayedChannels) -> None:
    assert_problem(publish(client, 0, 1, Authorization=""), 401, "no-session")
    assert_problem(publish(client, 0, 1, Authorization=f"Bearer {played.session('o2')}"), 403, "not-yours")
    key = client.post("/channels/lab/key").json()["api_key"]
    played.wiring.clock.advance(seconds=CACHE)  # type: ignore[attr-defined]
    assert publish(client, 0, 1, Authorization=f"Bearer {key}").status_code == 202
    assert_problem(client.post("/channels/none/records", json={"records": []}), 404, "no-channel")


@pytest.mark.parametrize("status", ["registering", "repairing", "stopping", "failed"])
def test_a_channel_that_is_not_active_takes_none(client: httpx.Client, played: PlayedChannels, status: str) -> None:
    table = played.wiring.channels_table
    table.put({**(table.get(channel_pk("lab"), META) or {}), "status": status})
    refused = publish(client, 0, 1)
    assert_problem(refused, 409, "not-ready")
    assert int(refused.headers["retry-after"]) > 0


def test_a_relay_that_is_behind_takes_no_more(client: httpx.Client, played: PlayedChannels) -> None:
    channel = played.wiring.channels.find("lab")
    assert channel
    played.wiring.channels_table.put({"pk": channel_pk("lab"), "sk": f"SENT#{channel.born}", "n": BACKLOG})
    refused = publish(client, 0, 1)
    assert_problem(refused, 429, "backlog")
    assert refused.headers["retry-after"] == "2"


def test_an_idempotency_key_publishes_once_a_day(client: httpx.Client, played: PlayedChannels) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = (publish(client, 0, 2, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert exported(client) == [0, 1]
    played.wiring.clock.advance(hours=23)  # type: ignore[attr-defined]
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    assert publish(client, 0, 2, **key).status_code == 202
    assert exported(client) == [0, 1]
    assert_problem(publish(client, 7, 2, **key), 422, "idempotency-key-reused")
    played.wiring.clock.advance(hours=2)  # type: ignore[attr-defined]
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    assert publish(client, 7, 2, **key).status_code == 202
    assert exported(client) == [0, 1, 7, 8]


def test_the_live_window_goes_on_where_it_was(client: httpx.Client) -> None:
    publish(client, 0, 4)
    first = client.get("/channels/lab/live")
    assert first.headers["cache-control"] == "public, max-age=1"
    document = first.json()
    assert [record["count"] for record in document["records"]] == [0, 2]
    assert document["records"][0] == sample(0)
    assert (document["decimation"], document["algorithm"]) == (2, "downsample")
    assert document["poll_after_ms"] > 0
    publish(client, 4, 2)
    following = client.get("/channels/lab/live", params={"since": document["next"]})
    assert [record["count"] for record in following.json()["records"]] == [4]
    since = {"since": following.json()["next"]}
    nothing = client.get("/channels/lab/live", params=since)
    assert nothing.json()["records"] == []
    unchanged = client.get("/channels/lab/live", params=since, headers={"If-None-Match": nothing.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert_problem(client.get("/channels/lab/live", params={"since": "x"}), 422, "invalid", "/query/since")
    assert_problem(client.get("/channels/none/live"), 404, "no-channel")


def test_exports_by_time_and_format(client: httpx.Client) -> None:
    for first in (0, 5):
        records = [sample(n, time=START + n * 1_000_000) for n in range(first, first + 5)]
        client.post("/channels/lab/records", json={"records": records})
    window = {"from": "2026-11-20T09:00:02Z", "to": "2026-11-20T10:00:07+01:00"}
    assert exported(client, **window) == [2, 3, 4, 5, 6]
    csv = client.get("/channels/lab/export", params={**window, "format": "csv"})
    assert [line.split(",")[3] for line in csv.text.splitlines()[1:]] == ["2", "3", "4", "5", "6"]
    assert csv.headers["x-records"] == "5"
    assert csv.headers["content-disposition"] == 'attachment; filename="lab.csv"'
    linked = client.get("/channels/lab/export", params={"format": "parquet"}, follow_redirects=False)
    assert linked.status_code == 303
    assert linked.json()["records"] == 10
    assert linked.json()["url"] == linked.headers["location"]
    assert "lab.parquet" in linked.json()["url"]
    for field, moment in (("from", "yesterday"), ("to", "2026-11-20T09:00:00")):
        refused = client.get("/channels/lab/export", params={field: moment})
        assert_problem(refused, 422, "invalid", f"/query/{field}")
    assert_problem(client.get("/channels/none/export"), 404, "no-channel")


def test_what_a_publish_costs(played: PlayedChannels, client: httpx.Client) -> None:
    """Requests to DynamoDB for 1,000 records in one publish; the number of channels and their age do not matter."""
    key = client.post("/channels/lab/key").json()["api_key"]
    publish(client, 0, 1, Authorization=f"Bearer {key}")  # remembers the channel
    made = record_requests(played.wiring)
    publish(client, 0, 1000, Authorization=f"Bearer {key}")
    assert made == ["UpdateItem CHANNEL"]
    publish(client, 1000, 1001)
    assert made[1:] == ["BatchGetItem ", "UpdateItem CHANNEL"], "by a session: whether it has ended"
    made.clear()
    played.relay()
    assert [name for name in made if "TransactWrite" in name] == ["TransactWriteItems "]
    assert len(made) <= 4, made


def test_records_of_a_channel_of_before_are_not_its_successors(client: httpx.Client, played: PlayedChannels) -> None:
    publish(client, 0, 4)
    assert client.delete("/channels/lab").status_code == 200
    played.wiring.clock.advance(seconds=CACHE)  # type: ignore[attr-defined]
    assert client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201
    assert exported(client) == []
    assert client.get("/channels/lab/live").json()["records"] == []


def test_a_session_of_an_odd_kind(client: httpx.Client) -> None:
    assert_problem(publish(client, 0, 1, Authorization="Digest x"), 401, "no-session")


def test_the_live_window_and_the_exports_have_numbers_that_json_has_not(client: httpx.Client) -> None:
    batch = BytesIO()
    for n, volts in enumerate([float("nan"), 1.0, float("inf"), 2.0]):
        fastavro.schemaless_writer(batch, SCHEMA.record, sample(n, volts=volts))
    binary = {"content-type": "avro/binary"}
    assert client.post("/channels/lab/records", content=batch.getvalue(), headers=binary).status_code == 202
    records = client.get("/channels/lab/live").json()["records"]
    assert [(one["volts"], one["not-json"]) for one in records] == [
        (None, {"/volts": "NaN"}),
        (None, {"/volts": "Infinity"}),
    ]
    csv = client.get("/channels/lab/export", params={"format": "csv"}).text.splitlines()
    assert [line.split(",")[1] for line in csv[1:]] == ["NaN", "1.0", "Infinity", "2.0"]
    body = json.dumps({"records": [sample(), sample(1, volts=float("nan"))]})
    refused = client.post("/channels/lab/records", content=body)
    assert_problem(refused, 422, "bad-record", "/records/1/volts")


def test_a_key_that_is_there_twice_is_named(client: httpx.Client) -> None:
    """The last value would be taken, and nobody told."""
    json_type = {"content-type": "application/json"}
    twice = b'{"records": [{"time": 1, "count": 1, "count": 2}]}'
    refused = client.post("/channels/lab/records", content=twice, headers=json_type)
    assert_problem(refused, 400, "malformed")
    assert "'count'" in refused.json()["detail"]
    schema = json.dumps(SENSOR)
    text = schema.replace('"name"', '"name": "x", "name"', 1)
    for place, body in {
        "/channels": f'{{"name": "other", "schema": {schema}, "name": "third"}}',
        "/channels/lab/validate-schema": f'{{"schema": {text}}}',
    }.items():
        refused = client.post(place, content=body, headers=json_type)
        assert_problem(refused, 400, "malformed")
        assert "'name'" in refused.json()["detail"]
    assert_problem(client.post("/channels", json={"name": "x", "schema": text}), 422, "invalid", "/schema")
    refused = client.post("/api/v1/channels", content=twice, headers=json_type)
    assert (refused.status_code, refused.json()["error"]) == (400, "Invalid JSON")


def test_a_single_object_is_taken_where_the_schema_is_named(client: httpx.Client) -> None:
    bare = encode_records(SCHEMA, [sample()]).data
    framed = b"\xc3\x01" + bytes.fromhex(SCHEMA.fingerprint)[::-1] + bare
    digest = sha256(client.get("/channels/lab/schema").content).hexdigest()
    for parameter, status in {"": 422, f"; schema={digest}": 202, f"; schema={'0' * 64}": 422}.items():
        headers = {"content-type": f"avro/binary{parameter}"}
        assert client.post("/channels/lab/records", content=framed, headers=headers).status_code == status
    as_json = client.post("/channels/lab/records", content=b'{"records": []}', headers={"content-type": "avro/binary"})
    assert_problem(as_json, 422, "bad-record", "/records/0")


def test_registering_again_with_its_key_is_the_same_request_only_with_the_same_schema(client: httpx.Client) -> None:
    """Two schemas that differ only in what values mean have one fingerprint."""
    headers = {"Idempotency-Key": "0123456789abcdef"}
    asked = {"name": "twice", "schema": SENSOR}
    first = client.post("/channels", json=asked, headers=headers)
    assert client.post("/channels", json=asked, headers=headers).json()["api_key"] == first.json()["api_key"]
    volts = [{**one, "unit": "mV"} if one["name"] == "volts" else one for one in SENSOR["fields"]]
    other = client.post("/channels", json={"name": "twice", "schema": {**SENSOR, "fields": volts}}, headers=headers)
    assert_problem(other, 422, "idempotency-key-reused")
