"""The baseline file: read, or refused with the line of every mistake."""

from pathlib import Path

import pytest

from ballotcast_cli.channels.baseline import read_baseline
from ballotcast_cli.channels.plan import Channel
from ballotcast_cli.channels.yaml_lines import YamlError

SCHEMA = '{"type": "record", "name": "engine", "fields": [{"name": "time", "type": "long", "unit": "ms"}]}'
GOOD = """\
channels:
  - name: engine
    port: 26001
    schema: engine.avsc
    config:
      decimation: 10
      algorithm: minmax
  - name: wheel_1
    port: 26002
    schema:
      type: record
      name: wheel
      fields: [{name: time, type: long, unit: ms}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "engine.avsc").write_text(SCHEMA)
    (tmp_path / "channels.yaml").write_text(GOOD)
    return tmp_path / "channels.yaml"


def test_schemas_come_from_files_or_stand_in_it(file: Path) -> None:
    baseline = read_baseline(file)
    time = [{"name": "time", "type": "long", "unit": "ms"}]
    assert baseline.channels == (
        Channel(
            "engine",
            26001,
            {"type": "record", "name": "engine", "fields": time},
            {"decimation": 10, "algorithm": "minmax"},
        ),
        Channel("wheel_1", 26002, {"type": "record", "name": "wheel", "fields": time}, {}),
    )


def test_lines_of_channels_and_of_what_the_api_refuses(file: Path) -> None:
    baseline = read_baseline(file)
    assert baseline.line_of("engine") == 2
    assert baseline.line_of("engine", "/config/algorithm") == 7
    assert baseline.line_of("wheel_1", "/schema/fields/0") == 13
    assert baseline.line_of("wheel_1", "/config/rotation") == 8


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("port: 26001", "port: 80"), 3, "port: 1024 to 65535"),
        (("port: 26001", 'port: "26001"'), 3, "port: Input should be a valid integer"),
        (("port: 26001", "port: 26002"), 9, "port 26002 is declared a second time, first on line 3"),
        (("name: wheel_1", "name: engine"), 8, "name engine is declared a second time, first on line 2"),
        (("name: engine\n", "name: Engine!\n"), 2, "name: 1 to 64 of A-Z, a-z"),
        (("    port: 26001\n", ""), 2, "port: Field required"),
        (("    port: 26001\n", "    prot: 26001\n    port: 26001\n"), 3, "prot: Extra inputs are not permitted"),
        (("engine.avsc", "missing.avsc"), 4, "missing.avsc: No such file"),
        (("engine.avsc", "channels.yaml"), 4, "channels.yaml: not JSON"),
        (("unit: ms", "unit: day"), 10, "must state its unit"),
        (("name: engine\n", "name: election-1\n"), 2, "are for elections"),
        (("decimation: 10", "decimation: 0"), 6, "config.decimation: Input should be greater than or equal to 1"),
        (("decimation: 10", "retention: 2"), 6, "config.retention: Input should be 1, 7, 30, 90 or 365"),
        (("algorithm: minmax", "algorythm: rms"), 7, "config.algorythm: Extra inputs"),
        (("schema: engine.avsc", "schema: 7"), 4, "schema: must be an Avro record"),
        (("channels:", "channel:"), 1, "channel: Extra inputs are not permitted"),
        ((GOOD, ""), 1, "channels: Field required"),
        ((GOOD, "- a\n"), 1, "Input should be"),
    ],
)
def test_mistakes_are_told_with_their_line(file: Path, change: tuple[str, str], line: int, says: str) -> None:
    changed = GOOD.replace(*change, 1)
    assert changed != GOOD
    file.write_text(changed)
    with pytest.raises(YamlError) as refused:
        read_baseline(file)
    assert refused.value.mistakes[0].line == line
    assert says in refused.value.mistakes[0].message


def test_all_mistakes_at_once(file: Path) -> None:
    file.write_text(GOOD.replace("26001", "1").replace("26002", "99999").replace("engine.avsc", "[]"))
    with pytest.raises(YamlError) as refused:
        read_baseline(file)
    assert [mistake.line for mistake in refused.value.mistakes] == [3, 4, 9]
