"""pip's configuration told to uv, and which Node.js of a machine is used."""

import json
from pathlib import Path

import pytest

from ballotcast_tools.build.browser_libraries import is_suitable
from ballotcast_tools.build.environments import read_pip_configuration, uv_environment, uv_settings

LISTING = """\
:env:.index-url='https://env.example/simple'
:env:.disable-pip-version-check='1'
global.index-url='https://file.example/simple'
global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'
install.trusted-host='a.example'
"""


def test_the_environment_wins_over_pips_files() -> None:
    assert read_pip_configuration(LISTING)["index-url"] == "https://env.example/simple"


def test_settings_of_several_lines_become_one() -> None:
    found = read_pip_configuration(LISTING)

    assert found["extra-index-url"] == "https://a.example/simple https://b.example/simple"
    assert found["trusted-host"] == "a.example"


def test_no_configuration() -> None:
    assert read_pip_configuration("") == {}


def test_uv_is_told_of_pips_indexes() -> None:
    settings = uv_settings(read_pip_configuration(LISTING))

    assert settings["UV_DEFAULT_INDEX"] == "https://env.example/simple"
    assert settings["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert settings["UV_INSECURE_HOST"] == "a.example"


def test_what_was_told_is_kept_and_uvs_own_settings_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tools").mkdir()
    told = {"UV_DEFAULT_INDEX": "https://pip.example", "UV_INDEX": "https://more.example"}
    (tmp_path / ".tools" / "uv-settings.json").write_text(json.dumps(told))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example")
    monkeypatch.delenv("UV_INDEX", raising=False)

    environment = uv_environment(tmp_path)

    assert environment["UV_DEFAULT_INDEX"] == "https://uv.example"
    assert environment["UV_INDEX"] == "https://more.example"


def test_nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX", "https://uv.example")
    assert uv_environment(tmp_path)["UV_INDEX"] == "https://uv.example"


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.13.1", "v23.0.0", "v24.19.0"])
def test_a_node_that_runs_every_tool_is_used(version: str) -> None:
    assert is_suitable(f"{version}\n")


@pytest.mark.parametrize("version", ["v18.20.8", "v20.18.3", "v21.7.3", "v22.12.0", "20.20.2", "", "v"])
def test_another_node_is_not(version: str) -> None:
    assert not is_suitable(f"{version}\n")
