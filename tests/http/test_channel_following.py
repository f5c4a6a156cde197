"""Every record by its number: in pages, by waiting requests, and as events."""

import json
import time
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.channels.containers import encode_long
from ballotcast.channels.records import encode_records
from ballotcast.store import record_pages
from ballotcast.store.publisher import CACHE
from channel import follow_routes
from problem import assert_problem
from relays_played import PlayedChannels
from requests_made import record_requests
from sensor import SENSOR, sample, sensor

SCHEMA = sensor()


@pytest.fixture
def client(played: PlayedChannels) -> httpx.Client:
    made = played.client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": {"decimation": 100}})
    assert made.status_code == 201, made.text
    return played.client


def publish(client: httpx.Client, first: int, count: int) -> None:
    records = [sample(n) for n in range(first, first + count)]
    accepted = client.post("/channels/lab/records", json={"records": records})
    assert accepted.status_code == 202, accepted.text


def pass_time(played: PlayedChannels, seconds: float = 1) -> None:
    played.wiring.clock.advance(seconds=seconds)  # type: ignore[attr-defined]


def read(client: httpx.Client, since: str | None = None) -> dict[str, Any]:
    answer = client.get("/channels/lab/records", params={"since": since} if since else {})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert answer.headers["x-next"] == document["next"]
    assert answer.headers["x-records"] == str(len(document["records"]))
    return document


def all_from(client: httpx.Client, since: str) -> tuple[list[int], str]:
    """The numbers of all records from a place on, and the place behind them."""
    found: list[int] = []
    while True:
        page = read(client, since)
        found += [record["count"] for record in page["records"]]
        since = page["next"]
        if page["poll_after_ms"]:
            return found, since


def test_every_record_comes_once_and_in_order_whatever_the_pages(
    client: httpx.Client, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_pages, "MOST_RECORDS", 7)
    place = read(client)
    assert (place["records"], place["skipped"]) == ([], 0)
    for first in range(0, 60, 5):
        publish(client, first, 5)
    pass_time(played)
    assert all_from(client, place["next"]) == (list(range(60)), f"{place['next'].partition('.')[0]}.60")
    born = place["next"].partition(".")[0]
    assert [all_from(client, f"{born}.{n}")[0] for n in range(61)] == [list(range(n, 60)) for n in range(61)]
    assert read(client, f"{born}.3")["records"][0] == sample(3)


def test_pages_end_with_their_size_and_the_number_of_their_segments(
    client: httpx.Client, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    for first in range(0, 8, 2):
        publish(client, first, 2)
        read(client)  # lets the relay take them as a segment of their own
    pass_time(played)
    born = read(client)["next"].partition(".")[0]
    monkeypatch.setattr(record_pages, "MOST_SEGMENTS", 2)
    page = read(client, f"{born}.0")
    assert (len(page["records"]), page["poll_after_ms"]) == (4, 0)
    monkeypatch.setattr(record_pages, "MOST_BYTES", 300)
    assert all_from(client, f"{born}.1")[0] == list(range(1, 8))


def test_a_place_beyond_the_end_is_the_end_and_one_of_an_earlier_channel_the_start(
    client: httpx.Client, played: PlayedChannels
) -> None:
    publish(client, 0, 3)
    pass_time(played)
    born = int(read(client)["next"].partition(".")[0])
    assert read(client, f"{born}.99999999999999999999999999")["next"] == f"{born}.3"
    assert all_from(client, f"{born - 1}.2")[0] == [0, 1, 2]
    later = read(client, f"{born + 1}.2")
    assert (later["records"], later["next"]) == ([], f"{born + 1}.2"), "another process knows a newer channel"
    for since in ("x", "1", "1.2.3", "-1.2"):
        refused = client.get("/channels/lab/records", params={"since": since})
        assert_problem(refused, 422, "invalid", "/query/since")
    assert_problem(client.get("/channels/none/records"), 404, "no-channel")
    assert_problem(client.get("/channels/none/follow"), 404, "no-channel")


def test_a_name_that_is_taken_again_begins_with_its_first_record(client: httpx.Client, played: PlayedChannels) -> None:
    publish(client, 0, 3)
    place = read(client)["next"]
    pass_time(played)
    assert client.delete("/channels/lab").status_code == 200
    pass_time(played, CACHE)
    assert client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201
    publish(client, 7, 2)
    pass_time(played, CACHE)
    assert all_from(client, place)[0] == [7, 8]


def test_what_is_not_kept_any_more_is_told(client: httpx.Client, played: PlayedChannels) -> None:
    publish(client, 0, 4)
    born = read(client)["next"].partition(".")[0]
    client.headers["Authorization"] = f"Bearer {client.post('/channels/lab/key').json()['api_key']}"
    pass_time(played, 31 * 86_400)
    gone = read(client, f"{born}.1")
    assert (gone["records"], gone["skipped"], gone["next"]) == ([], 3, f"{born}.4")
    publish(client, 4, 2)
    pass_time(played)
    page = read(client, f"{born}.1")
    assert ([one["count"] for one in page["records"]], page["skipped"]) == ([4, 5], 3)


def test_a_page_that_is_asked_for_by_many_is_read_once(client: httpx.Client, played: PlayedChannels) -> None:
    publish(client, 0, 5)
    born = read(client)["next"].partition(".")[0]
    pass_time(played, 2 * CACHE)
    read(client, f"{born}.0")  # what its channel is like is remembered from here on
    for since, most in ((f"{born}.0", 0), (f"{born}.5", 2)):
        requests = record_requests(played.wiring)
        for _ in range(50):
            read(client, since)
        assert len(requests) <= most, requests
    unchanged = client.get("/channels/lab/records", params={"since": f"{born}.5"})
    again = {"If-None-Match": unchanged.headers["etag"]}
    assert client.get("/channels/lab/records", params={"since": f"{born}.5"}, headers=again).status_code == 304
    assert unchanged.headers["access-control-allow-origin"] == "*"


def test_a_record_too_large_for_a_page_is_cut_and_what_json_has_not_is_marked(
    client: httpx.Client, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = encode_records(SCHEMA, [sample(0, unit="x" * 5000), sample(1)])
    binary = batch.data + encode_records(SCHEMA, [sample(2, volts=0.0)]).data.replace(
        bytes(8), b"\0\0\0\0\0\0\xf8\x7f", 1
    )
    sent = client.post("/channels/lab/records", content=binary, headers={"content-type": "avro/binary"})
    assert sent.status_code == 202, sent.text
    pass_time(played)
    monkeypatch.setattr(record_pages, "MOST_OF_ONE", 1000)
    born = read(client)["next"].partition(".")[0]
    cut, whole, marked = read(client, f"{born}.0")["records"]
    assert (cut["left-out"], cut["count"], "unit" in cut) == (1, 0, False)
    assert whole == sample(1)
    assert (marked["volts"], marked["not-json"]) == (None, {"/volts": "NaN"})


def test_a_waiting_request_answers_with_the_first_record(
    client: httpx.Client, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = read(client)["next"]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        pass_time(played, seconds)
        if len(slept) == 3:
            publisher = played.wiring.publisher  # the client takes one request at a time
            publisher.publish(publisher.target("lab"), encode_records(SCHEMA, [sample(0), sample(1)]))
            played.relay()

    monkeypatch.setattr(follow_routes, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    answer = client.get("/channels/lab/follow", params={"since": place, "wait": 10})
    assert [record["count"] for record in answer.json()["records"]] == [0, 1]
    assert len(slept) in (3, 4)
    assert answer.headers["cache-control"] == "no-store"
    nothing = client.get("/channels/lab/follow", params={"since": answer.json()["next"], "wait": 0})
    assert (nothing.json()["records"], nothing.json()["next"]) == ([], answer.json()["next"])
    for wait in ("11", "-1", "x"):
        assert_problem(client.get("/channels/lab/follow", params={"wait": wait}), 422, "invalid", "/query/wait")


def test_events_go_on_where_the_last_one_was(client: httpx.Client, played: PlayedChannels) -> None:
    place = read(client)["next"]
    publish(client, 0, 3)
    pass_time(played)
    events = {"Accept": "text/event-stream"}
    answer = client.get("/channels/lab/follow", params={"since": place}, headers=events)
    assert answer.headers["content-type"].startswith("text/event-stream")
    retry, last, data, *_ = answer.text.split("\n")
    assert retry == "retry: 1000"
    assert last == f"id: {answer.headers['x-next']}"
    assert [record["count"] for record in json.loads(data.removeprefix("data: "))["records"]] == [0, 1, 2]
    publish(client, 3, 1)
    pass_time(played)
    later = {**events, "Last-Event-ID": answer.headers["x-next"]}
    following = client.get("/channels/lab/follow", params={"since": place}, headers=later)
    assert [one["count"] for one in json.loads(following.text.split("\n")[2].removeprefix("data: "))["records"]] == [3]


def test_a_compaction_between_two_pages_changes_nothing(client: httpx.Client, played: PlayedChannels) -> None:
    born = read(client)["next"].partition(".")[0]
    client.headers["Authorization"] = f"Bearer {client.post('/channels/lab/key').json()['api_key']}"
    pass_time(played, CACHE)
    for first in range(0, 30, 3):
        publish(client, first, 3)
        read(client)
    pass_time(played, 3601)  # another period: what was before becomes one object
    publish(client, 30, 3)
    pass_time(played)
    read(client)
    assert all_from(client, f"{born}.0")[0] == list(range(33))
    assert all_from(client, f"{born}.17")[0] == list(range(17, 33))


def test_a_long_symbol_is_not_spelled_out_without_end(client: httpx.Client, played: PlayedChannels) -> None:
    time_axis = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}
    symbols = {"type": "enum", "name": "E", "symbols": ["A" * 20_000]}
    given = {
        "type": "record",
        "name": "r",
        "fields": [time_axis, {"name": "a", "type": {"type": "array", "items": symbols}}],
    }
    assert client.post("/channels", json={"name": "big", "schema": given}).status_code == 201
    record = encode_long(1_795_168_800_000) + encode_long(3000) + bytes(3001)
    sent = client.post("/channels/big/records", content=record, headers={"content-type": "avro/binary"})
    assert sent.status_code == 202, sent.text
    born = client.get("/channels/big").json()["born"]
    [shown] = client.get("/channels/big/records", params={"since": f"{born}.0"}).json()["records"]
    assert shown == {"time": 1_795_168_800_000, "left-out": 1}
    assert client.get("/channels/big/live").json()["records"] == [shown]


def test_records_that_are_cut_count_as_what_they_are_spelled_out_to(
    client: httpx.Client, played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many that are cut to nothing are a small page, but each is spelled out for it."""
    monkeypatch.setattr(record_pages, "MOST_OF_ONE", 1000)
    monkeypatch.setattr(record_pages, "MOST_SPELLED", 10_000)
    records = [sample(n, unit="x" * 3000) for n in range(20)]
    assert client.post("/channels/lab/records", json={"records": records}).status_code == 202
    pass_time(played)
    born = read(client)["next"].partition(".")[0]
    page = read(client, f"{born}.0")
    assert (len(page["records"]), page["poll_after_ms"]) == (4, 0)
    assert all_from(client, f"{born}.0")[0] == list(range(20))
