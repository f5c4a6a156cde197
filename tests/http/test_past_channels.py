"""What a deregistered channel leaves: its organiser can export it until the retention is over, or purge it."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import httpx2 as httpx
import pytest

from ballotcast.store.channel import META, channel_pk, schema_sk
from ballotcast.store.channels import OLD_SCHEMA
from channel.jobs import work
from problem import assert_problem
from relays_played import PlayedChannels
from sensor import SENSOR, sample
from world import World


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    played = PlayedChannels(deployment)
    sign_in(played)
    yield played
    played.client.close()


def sign_in(played: PlayedChannels, organiser: str = "o1") -> None:
    played.client.headers["Authorization"] = f"Bearer {played.session(organiser)}"


def gone(played: PlayedChannels, count: int = 3, **config: Any) -> int:
    """A channel `lab` that had so many records is deregistered; its generation."""
    client = played.client
    assert client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": config}).status_code == 201
    born: int = client.get("/channels/lab").json()["generation"]
    records = {"records": [sample(n) for n in range(count)]}
    assert client.post("/channels/lab/records", json=records).status_code == 202
    assert client.delete("/channels/lab").status_code == 200
    played.wiring.clock.advance(seconds=3)  # type: ignore[attr-defined] # what publishers remember is over
    return born


def exported(response: httpx.Response) -> list[int]:
    assert response.status_code == 200, response.text
    return [int(row["count"]) for row in csv.DictReader(StringIO(response.text, newline=""))]


def test_its_records_are_exported_by_its_organiser(played: PlayedChannels) -> None:
    born = gone(played)
    assert_problem(played.client.get("/channels/lab/export"), 404, "no-channel")
    [listed] = played.client.get("/past-channels").json()["channels"]
    assert (listed["name"], listed["born"], listed["purging"]) == ("lab", born, False)
    shown = played.client.get(f"/channels/lab/past/{born}").json()
    assert (shown["records"], shown["time"]) == (3, {"field": "time", "unit": "us"})
    assert shown["to_time"] - shown["from_time"] == 2
    assert exported(played.client.get(f"/channels/lab/past/{born}/export?format=csv")) == [0, 1, 2]


def test_nobody_else_hears_of_it(played: PlayedChannels) -> None:
    born = gone(played)
    for who, status in (("o2", 404), ("", 401)):
        played.client.headers.pop("Authorization", None)
        if who:
            sign_in(played, who)
            assert played.client.get("/past-channels").json() == {"channels": []}
        for path in ("", "/export", "/exports/x"):
            assert played.client.get(f"/channels/lab/past/{born}{path}").status_code == status
        assert played.client.post(f"/channels/lab/past/{born}/exports", json={}).status_code == status
        assert played.client.delete(f"/channels/lab/past/{born}").status_code == status
    sign_in(played)
    assert exported(played.client.get(f"/channels/lab/past/{born}/export?format=csv")) == [0, 1, 2]


def test_a_channels_key_ends_with_it(played: PlayedChannels) -> None:
    key = played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).json()["api_key"]
    born = played.client.get("/channels/lab").json()["generation"]
    assert played.client.delete("/channels/lab").status_code == 200
    held = {"Authorization": f"Bearer {key}"}
    assert_problem(played.client.get(f"/channels/lab/past/{born}/export", headers=held), 403, "no-organiser")


def test_registering_again_says_what_is_there_and_starts_empty(played: PlayedChannels) -> None:
    born = gone(played)
    made = played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).json()
    assert [(one["name"], one["born"]) for one in made["past"]] == [("lab", born)]
    assert exported(played.client.get("/channels/lab/export?format=csv")) == []
    assert exported(played.client.get(f"/channels/lab/past/{born}/export?format=csv")) == [0, 1, 2]
    assert played.client.post("/channels", json={"name": "la", "schema": SENSOR}).json()["past"] == []
    sign_in(played, "o2")
    assert played.client.post("/channels", json={"name": "lab2", "schema": SENSOR}).json()["past"] == []


@pytest.mark.parametrize(("had", "has"), [(30, 30), (90, 7)])
def test_it_is_kept_for_the_longest_retention_that_it_had(played: PlayedChannels, had: int, has: int) -> None:
    client = played.client
    client.post("/channels", json={"name": "lab", "schema": SENSOR, "config": {"retention": had}})
    client.patch("/channels/lab", json={"config": {"retention": has}})
    client.delete("/channels/lab")
    [listed] = client.get("/past-channels").json()["channels"]
    kept = datetime.fromisoformat(listed["kept_until"]) - datetime.fromisoformat(listed["deregistered_at"])
    assert kept == timedelta(days=had + 1)
    played.wiring.clock.advance(days=had + 2)  # type: ignore[attr-defined]
    sign_in(played)
    assert client.get("/past-channels").json() == {"channels": []}
    assert_problem(client.get(f"/channels/lab/past/{listed['born']}"), 404, "no-past-channel")


def test_an_elections_channel_is_its_keepers(played: PlayedChannels) -> None:
    client, table = played.client, played.wiring.channels_table
    client.post("/channels", json={"name": "lab", "schema": SENSOR})
    table.put({**(table.get(channel_pk("lab"), META) or {}), "owner": "", "keeper": "o2"})
    sign_in(played, "o2")
    assert client.delete("/channels/lab").status_code == 200
    assert [one["name"] for one in client.get("/past-channels").json()["channels"]] == ["lab"]


def test_purging_removes_every_object_and_row(played: PlayedChannels) -> None:
    born, other = gone(played), "/channels/lab/past/1"
    assert played.client.post(f"/channels/lab/past/{born}/exports", json={"format": "csv"}).status_code == 202
    played.do_jobs()
    assert list(played.wiring.blobs.keys("archive/30d/lab/"))
    assert_problem(played.client.delete(other), 404, "no-past-channel")
    purged = played.client.delete(f"/channels/lab/past/{born}")
    assert (purged.status_code, purged.json()) == (202, {"name": "lab", "born": born, "status": "purging"})
    assert_problem(played.client.get(f"/channels/lab/past/{born}/export"), 410, "purged")
    assert played.client.get("/past-channels").json()["channels"][0]["purging"] is True
    played.do_jobs()
    for prefix in ("archive/", "exports/"):
        assert list(played.wiring.blobs.keys(prefix)) == []
    assert played.client.get("/past-channels").json() == {"channels": []}
    left = [row["sk"] for row in played.wiring.channels_table.query(channel_pk("lab"))]
    assert not [sk for sk in left if sk.startswith(("SEG#", "SCHEMA", "META", "LEASE"))]
    assert_problem(played.client.delete(f"/channels/lab/past/{born}"), 404, "no-past-channel")


def test_a_purge_leaves_a_newer_channel_of_the_name_alone(played: PlayedChannels) -> None:
    born = gone(played)
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201
    assert played.client.post("/channels/lab/records", json={"records": [sample(7)]}).status_code == 202
    assert exported(played.client.get("/channels/lab/export?format=csv")) == [7]
    assert played.client.delete(f"/channels/lab/past/{born}").status_code == 202
    played.do_jobs()
    assert exported(played.client.get("/channels/lab/export?format=csv")) == [7]
    assert_problem(played.client.delete(f"/channels/lab/past/{born}"), 404, "no-past-channel")


def test_a_purge_that_nobody_ordered_does_nothing(played: PlayedChannels) -> None:
    """A message that is delivered late, or twice, or was never ours."""
    born = gone(played)
    for organiser in ("o1", "o2"):
        played.wiring.channel_jobs_queue.send({"kind": "purge", "channel": "lab", "born": born, "organiser": organiser})
    played.do_jobs()
    assert exported(played.client.get(f"/channels/lab/past/{born}/export?format=csv")) == [0, 1, 2]


def test_the_schema_of_a_channel_of_an_earlier_version_is_kept_too(played: PlayedChannels) -> None:
    client, table = played.client, played.wiring.channels_table
    client.post("/channels", json={"name": "lab", "schema": SENSOR})
    born = client.get("/channels/lab").json()["generation"]
    row = table.get(channel_pk("lab"), schema_sk(born))
    assert row
    table.put({**row, "sk": OLD_SCHEMA})
    table.delete(channel_pk("lab"), schema_sk(born))
    assert client.post("/channels/lab/records", json={"records": [sample(1)]}).status_code == 202
    assert client.get("/channels/lab/schema").json() == SENSOR
    assert client.delete("/channels/lab").status_code == 200
    assert table.get(channel_pk("lab"), OLD_SCHEMA) is None
    assert exported(client.get(f"/channels/lab/past/{born}/export?format=csv")) == [1]


def test_a_job_that_cannot_be_read_is_given_up(played: PlayedChannels) -> None:
    message = {"messageId": "m", "receiptHandle": "h", "body": '{"kind": "purge", "channel": 5}', "attributes": {}}
    assert work({"Records": [message]}, played.wiring) == {"batchItemFailures": [{"itemIdentifier": "m"}]}
