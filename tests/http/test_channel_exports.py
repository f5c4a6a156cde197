"""Exports: of chosen moments and fields at once, and large ones as jobs."""

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import fastavro
import httpx2 as httpx
import pytest

from ballotcast.store import export_counts
from channel import export_jobs, exporting
from channel.export_jobs import make_export
from problem import assert_problem
from relays_played import PlayedChannels
from sensor import SENSOR, START, sample
from world import World

SECONDS = {"type": "record", "name": "r", "fields": [{"name": "time", "type": "long", "unit": "s"}]}


@pytest.fixture
def played(deployment: World) -> Iterator[PlayedChannels]:
    played = PlayedChannels(deployment)
    played.client.headers["Authorization"] = f"Bearer {played.session('o1')}"
    assert played.client.post("/channels", json={"name": "lab", "schema": SENSOR}).status_code == 201
    for start in (0, 10, 20):
        publish(played, start, start + 10)
    played.client.headers.pop("Authorization")
    yield played
    played.client.close()


def publish(played: PlayedChannels, start: int, end: int) -> None:
    records = [sample(n, time=START + n * 1_000_000) for n in range(start, end)]
    owner = {"Authorization": f"Bearer {played.session('o1')}"}
    sent = played.client.post("/channels/lab/records", json={"records": records}, headers=owner)
    assert sent.status_code == 202, sent.text
    played.relay()


def ask(played: PlayedChannels, **order: Any) -> dict[str, Any]:
    asked = played.client.post("/channels/lab/exports", json=order)
    assert asked.status_code == 202, asked.text
    found: dict[str, Any] = asked.json()
    return found


def look(played: PlayedChannels, job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = played.client.get(f"/channels/lab/exports/{job['id']}").json()
    return found


def content(played: PlayedChannels, job: dict[str, Any]) -> bytes:
    key = played.wiring.export_jobs.find(played.wiring.channels.find("lab"), job["id"], 0).object  # type: ignore[arg-type, union-attr]
    found = played.wiring.blobs.get(key)
    assert found is not None
    assert len(found) == job["size"]
    return found


def counts(text: str) -> list[int]:
    return [int(row["count"]) for row in csv.DictReader(StringIO(text, newline=""))]


def moment(n: int) -> str:
    return f"2026-11-20T09:{n // 60:02}:{n % 60:02}Z"


def test_a_span_of_chosen_fields_at_once(played: PlayedChannels) -> None:
    asked = {"from": moment(5), "duration": "PT3S", "fields": "count,time", "format": "csv"}
    found = played.client.get("/channels/lab/export", params=asked)
    assert found.text.splitlines()[0] == "time,count"
    assert counts(found.text) == [5, 6, 7]


def test_csv_that_a_function_could_not_return_comes_as_a_link(
    played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its quotes, ends of lines and other letters take more room in the answer than in the file."""
    text = played.client.get("/channels/lab/export?format=csv").text
    monkeypatch.setattr(exporting, "ANSWER", len(json.dumps(text)))
    assert played.client.get("/channels/lab/export?format=csv").status_code == 200
    monkeypatch.setattr(exporting, "ANSWER", len(text) + 20)
    linked = played.client.get("/channels/lab/export?format=csv", follow_redirects=False)
    assert (linked.status_code, linked.json()["size"]) == (303, len(text))


def test_what_cannot_be_meant_names_the_field(played: PlayedChannels) -> None:
    queried = played.client.get("/channels/lab/export?fields=volts,nothing&format=csv")
    assert_problem(queried, 422, "invalid", "/query/fields")
    ordered = played.client.post("/channels/lab/exports", json={"fields": ["nothing"], "format": "csv"})
    assert_problem(ordered, 422, "invalid", "/fields")
    as_json = {"Content-Type": "application/json"}
    half = played.client.post(
        "/channels/lab/exports", content=rb'{"fields":["\ud800"],"format":"csv"}', headers=as_json
    )
    assert half.status_code in (400, 422)


def test_the_row_that_counts_jobs_is_no_job(played: PlayedChannels) -> None:
    assert played.client.post("/channels/lab/exports", json={"format": "csv"}).status_code == 202
    assert_problem(played.client.get("/channels/lab/exports/counts"), 404, "no-export")


@pytest.mark.parametrize("form", ["avro", "csv"])
def test_a_job_makes_the_file_and_says_how_far_it_is(
    played: PlayedChannels, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(exporting, "MOST_RECORDS", 29)
    monkeypatch.setattr(export_jobs, "STEP", 0.0)
    too_large = assert_problem(played.client.get(f"/channels/lab/export?format={form}"), 413, "export-too-large")
    assert "POST …/exports" in too_large["detail"]
    job = ask(played, format=form)
    assert (job["state"], job["done"], job["total"], job["url"]) == ("queued", 0, 30, None)
    seen = []
    advance = played.wiring.export_jobs.advance
    monkeypatch.setattr(played.wiring.export_jobs, "advance", lambda job, done: (seen.append(done), advance(job, done)))
    played.do_jobs()
    assert seen == [10, 20, 30]
    done = look(played, job)
    assert (done["state"], done["done"], done["records"]) == ("done", 30, 30)
    assert httpx.URL(done["url"]).path.endswith(f".{form}")
    made = content(played, done)
    read = counts(made.decode()) if form == "csv" else [one["count"] for one in fastavro.reader(BytesIO(made))]
    assert read == list(range(30))


def test_asking_twice_is_asking_once_until_there_is_more(played: PlayedChannels) -> None:
    first, again = ask(played, format="csv"), ask(played, format="csv")
    assert first == again
    assert ask(played, format="csv", to=moment(8))["id"] != first["id"]
    played.do_jobs()
    assert look(played, first)["state"] == "done"
    assert ask(played, format="csv")["state"] == "done"
    publish(played, 30, 31)
    assert ask(played, format="csv")["id"] != first["id"]


def test_only_so_many_at_once(played: PlayedChannels) -> None:
    for n in range(3):
        ask(played, format="csv", to=moment(n + 1))
    assert_problem(played.client.post("/channels/lab/exports", json={"format": "csv"}), 429, "exports-under-way")
    stranger, owner = ({"Authorization": f"Bearer {played.session(name)}"} for name in ("o2", "o1"))
    order = {"format": "csv", "to": moment(7)}
    for headers in (stranger, {"Authorization": "Bearer none"}):
        asked = played.client.post("/channels/lab/exports", json=order, headers=headers)
        assert_problem(asked, 429, "exports-under-way")
    assert played.client.post("/channels/lab/exports", json=order, headers=owner).status_code == 202
    ask(played, format="csv", to=moment(1))
    played.do_jobs()
    ask(played, format="csv")


def test_asking_again_tells_it_again_only_after_a_minute(played: PlayedChannels) -> None:
    def waiting() -> int:
        queue, name = played.wiring.settings.channel_jobs_queue, "ApproximateNumberOfMessages"
        return int(played.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])

    for _ in range(4):
        ask(played, format="csv")
    assert waiting() == 1
    played.wiring.clock.advance(seconds=60)  # type: ignore[attr-defined]
    job = ask(played, format="csv")
    assert ask(played, format="csv") == job
    assert waiting() == 2
    played.do_jobs()
    assert look(played, job)["state"] == "done"


def test_only_so_many_a_day(played: PlayedChannels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_counts, "MOST_A_DAY", 1)
    first = ask(played, format="csv", to=moment(1))
    refused = played.client.post("/channels/lab/exports", json={"format": "csv"})
    assert_problem(refused, 429, "exports-spent")
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert ask(played, format="csv", to=moment(1))["id"] == first["id"]


def test_a_file_that_would_be_too_large_fails_with_the_reason_and_can_be_asked_for_again(
    played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(export_jobs.MOST_LENGTH, "csv", 10)
    job = ask(played, format="csv")
    played.do_jobs()
    failed = look(played, job)
    assert (failed["state"], failed["url"]) == ("failed", None)
    assert failed["reason"] == "over 10 bytes as csv: narrow from and to"
    monkeypatch.undo()
    assert ask(played, format="csv")["state"] == "queued"
    played.do_jobs()
    assert look(played, job)["state"] == "done"


def test_a_job_that_ends_the_function_twice_has_failed(played: PlayedChannels, monkeypatch: pytest.MonkeyPatch) -> None:
    job, channel = ask(played, format="csv"), played.wiring.channels.find("lab")
    assert channel

    class Killed(BaseException): ...

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(played.wiring.blobs, "upload", kill)
        for _ in range(2):
            with pytest.raises(Killed):
                make_export(played.wiring, "lab", channel.born, job["id"])
    make_export(played.wiring, "lab", channel.born, job["id"])
    assert "did not come to an end" in look(played, job)["reason"]
    make_export(played.wiring, "lab", channel.born, job["id"])
    assert look(played, job)["state"] == "failed"


def test_a_compaction_in_between_is_met_by_reading_again(
    played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, read, races = ask(played, format="csv"), played.wiring.segments.read, iter([True, False])

    def race(segment: Any) -> bytes:
        if segment.first == 20 and next(races, False):
            raise LookupError(segment.object)
        return read(segment)

    monkeypatch.setattr(played.wiring.segments, "read", race)
    played.do_jobs()
    assert counts(content(played, look(played, job)).decode()) == list(range(30))


def test_what_is_too_much_for_a_job_is_said_before_the_work(
    played: PlayedChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_jobs, "MOST_RECORDS", 29)
    refused = played.client.post("/channels/lab/exports", json={"format": "csv"})
    assert_problem(refused, 413, "export-too-large")
    assert_problem(played.client.get("/channels/lab/exports/none"), 404, "no-export")
    assert not list(played.wiring.blobs.keys("exports/"))
