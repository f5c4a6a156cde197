"""`ballotcast channels …` against the app: what it prints, and how it ends."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import fastavro
import pytest
from click.testing import Result

from ballotcast.client.channels import Channels
from channel import export_jobs, exporting
from relays_played import PlayedChannels

SCHEMA = {
    "type": "record",
    "name": "engine",
    "fields": [{"name": "time", "type": "long", "unit": "ms"}, {"name": "rpm", "type": "double"}],
}
Run = Callable[..., Result]


@pytest.fixture
def schema_file(tmp_path: Path) -> str:
    (tmp_path / "engine.avsc").write_text(json.dumps(SCHEMA))
    return str(tmp_path / "engine.avsc")


@pytest.fixture
def key(run: Run, schema_file: str) -> str:
    registered = run("channels", "register", "engine", "--schema", schema_file, "--port", "26001", "--decimation", "2")
    assert registered.exit_code == 0, registered.output
    return registered.stdout.strip()


def lines(count: int, first: int = 0) -> str:
    return "".join(f'{{"time": {number}, "rpm": {number}.0}}\n' for number in range(first, first + count))


def test_register_prints_the_key_and_nothing_else(key: str) -> None:
    assert key.startswith("bck_")
    assert " " not in key


def test_register_refused(run: Run, key: str, schema_file: str, tmp_path: Path) -> None:
    taken = run("channels", "register", "wheel", "--schema", schema_file, "--port", "26001")
    assert taken.exit_code == 1
    assert "port 26001 is taken by engine" in taken.output
    (tmp_path / "wrong.avsc").write_text('{"type": "record", "name": "x", "fields": []}')
    wrong = run("channels", "register", "x", "--schema", str(tmp_path / "wrong.avsc"))
    assert wrong.exit_code == 2
    assert "wrong.avsc: " in wrong.output


def test_list_and_show(run: Run, key: str, channels: Channels) -> None:
    assert run("channels", "list").output == "engine                   26001  active      downsample 1:2\n"
    assert run("channels", "list", "--status", "failed").output == ""
    assert [one["name"] for one in json.loads(run("channels", "list", "--mine", "--json").output)] == ["engine"]
    channels.publish("engine", [{"time": 1, "rpm": 1.0}])
    shown = run("channels", "show", "engine").output
    assert "schema         " in shown
    assert "time is time in ms" in shown
    assert "records        1\n" in shown
    assert json.loads(run("channels", "show", "engine", "--schema").output) == SCHEMA
    assert json.loads(run("channels", "show", "engine", "--json").output)["port"] == 26001
    unknown = run("channels", "show", "wheel")
    assert (unknown.exit_code, "404 no-channel" in unknown.output) == (1, True)


def test_validate(run: Run, key: str, schema_file: str, tmp_path: Path) -> None:
    assert run("channels", "validate", "engine", "--schema", schema_file).exit_code == 0
    (tmp_path / "less.avsc").write_text(json.dumps({**SCHEMA, "fields": SCHEMA["fields"][:1]}))
    other = run("channels", "validate", "engine", "--schema", str(tmp_path / "less.avsc"))
    assert (other.exit_code, other.output.split(":")[0]) == (1, "provided-reads-registered")
    assert "rpm" in other.output


def test_publish_json_lines_with_the_key(run: Run, key: str, channels: Channels) -> None:
    published = run("channels", "publish", "engine", "--key", key, input=lines(1500))
    assert (published.exit_code, published.output) == (0, "1500 records accepted.\n")
    assert channels.get_channel("engine")["relay"]["records"] == 1500


def test_publish_names_the_bad_line_and_what_was_accepted(run: Run, key: str, channels: Channels) -> None:
    bad = lines(1001) + '\n{"time": 1, "rpm": "fast"}\n' + lines(1)
    refused = run("channels", "publish", "engine", input=bad)
    assert refused.exit_code == 1
    assert "line 1003: engine.rpm: expected double; 1000 records were accepted" in refused.output
    assert channels.get_channel("engine")["relay"]["records"] == 1000
    assert "line 2: not JSON" in run("channels", "publish", "engine", input=lines(1) + "{time: 1}\n").output


def test_publish_an_avro_file_in_blocks(run: Run, key: str, channels: Channels, tmp_path: Path) -> None:
    output = BytesIO()
    records = [{"time": number, "rpm": number / 2} for number in range(3000)]
    fastavro.writer(output, SCHEMA, records, codec="deflate", sync_interval=2000)
    (tmp_path / "engine.avro").write_bytes(output.getvalue())
    published = run("channels", "publish", "engine", str(tmp_path / "engine.avro"))
    assert published.output == "3000 records accepted.\n"
    channels.export("engine", tmp_path / "out.avro")
    with (tmp_path / "out.avro").open("rb") as file:
        assert list(fastavro.reader(file)) == records
    (tmp_path / "engine.avro").write_bytes(output.getvalue()[:-5])
    assert run("channels", "publish", "engine", str(tmp_path / "engine.avro")).exit_code == 1


def test_a_wrong_key(run: Run, key: str) -> None:
    refused = run("channels", "publish", "engine", "--key", "bck_wrong", input=lines(1))
    assert (refused.exit_code, "403" in refused.output) == (1, True)
    assert "bck_wrong" not in refused.output


def test_tail(run: Run, key: str, channels: Channels) -> None:
    channels.publish("engine", [{"time": number, "rpm": float(number)} for number in range(40)])
    told = run("channels", "tail", "engine", "--points", "3").output
    assert [json.loads(line)["rpm"] for line in told.splitlines()] == [0, 2, 4]
    assert "▁" in run("channels", "tail", "engine", "--points", "20", "--plot", "rpm").output
    assert run("channels", "tail", "engine", "--points", "1", "--plot", "speed").exit_code == 2


def test_follow(run: Run, key: str, channels: Channels) -> None:
    """Every record, though the live window has one in two; it ends with the place from which it continues."""
    channels.publish("engine", [{"time": number, "rpm": float(number)} for number in range(40)])
    told = run("channels", "follow", "engine", "--all", "--records", "5")
    assert [json.loads(line)["rpm"] for line in told.stdout.splitlines()] == [0, 1, 2, 3, 4]
    place = told.stderr.removeprefix("Go on with --since ").strip()
    assert place.endswith(".5")
    later = run("channels", "follow", "engine", "--since", place, "--records", "35")
    assert [json.loads(line)["rpm"] for line in later.stdout.splitlines()] == list(range(5, 40))
    assert run("channels", "follow", "engine", "--since", place, "--all").exit_code == 2


@pytest.mark.parametrize("form", ["avro", "csv", "parquet"])
def test_export(run: Run, key: str, channels: Channels, tmp_path: Path, form: str) -> None:
    channels.publish("engine", [{"time": 1, "rpm": 1.0}])
    path = tmp_path / f"e.{form}"
    told = run("channels", "export", "engine", "--format", form, "-o", str(path))
    assert told.output == f"{path}: {path.stat().st_size} bytes\n"


def test_rotate_and_deregister(run: Run, key: str, played: PlayedChannels) -> None:
    rotated = run("channels", "rotate-key", "engine").output.strip()
    assert rotated.startswith("bck_")
    assert rotated != key
    assert run("channels", "deregister", "engine", input="n\n").exit_code == 1
    gone = run("channels", "deregister", "engine", "--yes").output
    assert gone == "engine is gone. Its records are kept: ballotcast channels past\n"
    assert run("channels", "deregister", "engine", "--yes").exit_code == 1
    assert run("channels", "list").output == ""


def test_the_records_of_a_channel_that_is_gone(
    run: Run, key: str, channels: Channels, schema_file: str, tmp_path: Path, played: PlayedChannels
) -> None:
    channels.publish("engine", [{"time": 1, "rpm": 1.0}, {"time": 2, "rpm": 2.0}])
    played.wiring.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert run("channels", "deregister", "engine", "--yes").exit_code == 0
    [name, born, *_] = run("channels", "past").output.split()
    assert name == "engine"
    again = run("channels", "register", "engine", "--schema", schema_file)
    assert f"ballotcast channels export engine --born {born}" in again.stderr
    path, span = tmp_path / "e.csv", ("--duration", "PT0.002S", "--from", "1970-01-01T00:00:00Z")
    exported = run(
        *("channels", "export", "engine", "--born", born, "--format", "csv", "--fields", "rpm", *span, "-o", str(path))
    )
    assert (exported.exit_code, path.read_text()) == (0, "rpm\n1.0\n")
    assert run("channels", "purge", "engine", "--born", born, input="n\n").exit_code == 1
    assert run("channels", "purge", "engine", "--born", born, "--yes").exit_code == 0
    assert "being removed" in run("channels", "past").output
    assert "of a channel" not in run("channels", "deregister", "engine", "--yes", "--purge").output
    assert run("channels", "past").output.count("being removed") == 2


def test_a_large_export_is_made_while_the_command_waits(
    run: Run, key: str, channels: Channels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels.publish("engine", [{"time": n, "rpm": float(n)} for n in range(20)])
    channels.live("engine")
    monkeypatch.setattr(exporting, "MOST_RECORDS", 19)
    path = tmp_path / "e.csv"
    told = run("channels", "export", "engine", "--format", "csv", "-o", str(path))
    assert told.exit_code == 0, told.output
    assert told.stderr == "0 of 20 records\n20 of 20 records\n"
    assert len(path.read_text().splitlines()) == 21
    monkeypatch.setitem(export_jobs.MOST_LENGTH, "csv", 10)
    assert run("channels", "export", "engine", "--format", "csv", "-o", str(path)).exit_code == 0, "it is there"
    channels.publish("engine", [{"time": 20, "rpm": 0.0}])
    failed = run("channels", "export", "engine", "--format", "csv", "-o", str(path))
    assert failed.exit_code == 1
    assert "over 10 bytes as csv" in failed.output
    assert len(path.read_text().splitlines()) == 21, "what was there stays"


@pytest.mark.parametrize("around", [False, True])
def test_resume(run: Run, key: str, channels: Channels, played: PlayedChannels, around: bool) -> None:
    table = played.wiring.channels_table
    failed = {**(table.get("CHANNEL#engine", "META") or {}), "status": "failed", "reason": "in vain"}
    table.put(failed)
    table.delete("CHANNEL#engine", "LEASE")
    options = ["--around"] if around else []
    assert run("channels", "resume", "engine", *options).output == "engine is active.\n"
    assert run("channels", "resume", "engine").output == "engine is active.\n", "one that runs stays as it is"
    table.put(failed)
    table.delete("CHANNEL#engine", "LEASE")
    played.wiring.machines.broken = "the relay worker did not answer in time"
    again = run("channels", "resume", "engine", *options)
    assert again.exit_code == 1
    assert "engine is failed: the relay worker did not answer in time" in again.output
    assert run("channels", "resume", "nothing").exit_code == 1


def test_removing_one_that_cannot_be_drained(run: Run, key: str, played: PlayedChannels) -> None:
    table = played.wiring.channels_table
    table.put({**(table.get("CHANNEL#engine", "META") or {}), "status": "repairing"})
    assert run("channels", "deregister", "engine", "--yes").exit_code == 1
    assert run("channels", "deregister", "engine", "--yes", "--no-drain").exit_code == 0
    assert played.wiring.machines.undrained == ["engine"]
