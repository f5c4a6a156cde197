"""`ballotcast channels …` against the app: what it prints, and how it ends."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import fastavro
import pytest
from click.testing import Result

from ballotcast.client.channels import Channels
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
    assert run("channels", "deregister", "engine", "--yes").output == "engine is gone.\n"
    assert run("channels", "deregister", "engine", "--yes").exit_code == 1
    assert run("channels", "list").output == ""
