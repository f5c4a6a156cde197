"""`ballotcast channels apply`: from nothing to a baseline, on to another, and never further than told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from relays_played import PlayedChannels

SCHEMA = {"type": "record", "name": "engine", "fields": [{"name": "time", "type": "long", "unit": "ms"}]}
BASELINE = """\
channels:
  - name: engine
    port: 26001
    schema: engine.avsc
    config: {decimation: 5}
  - name: wheel
    port: 26002
    schema: engine.avsc
"""
Apply = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "engine.avsc").write_text(json.dumps(SCHEMA))
    (tmp_path / "channels.yaml").write_text(BASELINE)
    return tmp_path / "channels.yaml"


@pytest.fixture
def apply(run: Callable[..., Result], file: Path) -> Apply:
    def apply_changed(*options: str, **changes: str) -> Result:
        text = BASELINE
        for old, new in changes.items():
            text = text.replace({"port": "26001", "decimation": "{decimation: 5}"}.get(old, old), new)
        file.write_text(text)
        return run("channels", "apply", str(file), *options)

    return apply_changed


def held(channels: Channels) -> list[tuple[Any, ...]]:
    return [(one["name"], one["port"], one["config"]["decimation"]) for one in channels.list_channels()]


def test_a_dry_run_does_nothing(apply: Apply, channels: Channels) -> None:
    told = apply("--dry-run")
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "+ engine  port 26001",
        "+ wheel  port 26002",
        "2 to do, 0 as declared",
        "Nothing was done: --dry-run.",
    ]
    assert held(channels) == []


def test_applying_twice_does_nothing_the_second_time(apply: Apply, channels: Channels) -> None:
    first = apply()
    assert first.exit_code == 0
    assert first.output.count("registered, key bck_") == 2
    assert held(channels) == [("engine", 26001, 5), ("wheel", 26002, 10)]
    assert apply().output == "0 to do, 2 as declared\n"


def test_a_config_is_changed_in_place(apply: Apply, channels: Channels) -> None:
    apply()
    channels.publish("engine", [{"time": 1}])
    told = apply(decimation="{decimation: 7}")
    assert "~ engine  decimation 5 → 7" in told.output
    assert held(channels)[0] == ("engine", 26001, 7)
    assert channels.get_channel("engine")["relay"]["records"] == 1


def test_another_port_needs_leave_to_lose_records(apply: Apply, channels: Channels) -> None:
    apply()
    blocked = apply(port="26003")
    assert blocked.exit_code == 1
    assert "engine would lose its records: port 26001 → 26003; --replace allows it" in blocked.output
    assert held(channels)[0] == ("engine", 26001, 5)
    assert apply("--replace", port="26003").exit_code == 0
    assert held(channels)[0] == ("engine", 26003, 5)


def test_pruning_removes_ones_own_only(apply: Apply, channels: Channels, api: Api, played: PlayedChannels) -> None:
    channels.register_channel("old", 26009, SCHEMA)
    Channels(api, played.session("bob")).register_channel("bobs", 26010, SCHEMA)
    assert "- old" not in apply().output
    told = apply("--prune")
    assert "- old  (not declared)" in told.output
    assert [name for name, *_ in held(channels)] == ["bobs", "engine", "wheel"]


def test_what_another_has_blocks_or_is_refused_with_its_line(
    apply: Apply, channels: Channels, api: Api, played: PlayedChannels
) -> None:
    bob = Channels(api, played.session("bob"))
    bob.register_channel("engine", 26001, SCHEMA)
    assert "engine belongs to another publisher (decimation 10 → 5)" in apply().output
    bob.deregister_channel("engine")
    bob.register_channel("bobs", 26002, SCHEMA)
    refused = apply()
    assert refused.exit_code == 1
    assert "engine: registered" in refused.output
    assert "channels.yaml:6: port 26002 is taken by bobs" in refused.output
    bob.deregister_channel("bobs")
    assert apply().exit_code == 0, "a run that broke off is finished by the next"


def test_mistakes_in_the_file_come_with_their_lines(apply: Apply, channels: Channels) -> None:
    told = apply(port="80", decimation="{decimation: many}")
    assert told.exit_code == 1
    assert "channels.yaml:3: port: 1024 to 65535" in told.output
    assert "channels.yaml:5: config.decimation: Input should be a valid integer" in told.output
    assert held(channels) == []
