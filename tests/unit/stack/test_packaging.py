"""What goes into the layer and the functions."""

import platform
import re
import sys
import tomllib
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from ballotcast_tools.build import packaging
from ballotcast_tools.build.environments import TOP
from ballotcast_tools.build.packaging import Target, build_functions, target

HERE = Target(f"{sys.version_info[0]}.{sys.version_info[1]}", platform.machine(), True, sys.executable)


def test_lambda_on_arm_is_the_default() -> None:
    wanted = target({})

    assert (wanted.python, wanted.architecture, wanted.local) == ("3.13", "arm64", False)
    assert wanted.install_options == ["--python-version", "3.13", "--python-platform", "aarch64-manylinux_2_28"]


def test_another_machine_and_python() -> None:
    assert target({"PY": "3.12", "ARCH": "x86_64"}).install_options == [
        "--python-version",
        "3.12",
        "--python-platform",
        "x86_64-manylinux_2_28",
    ]


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(KeyError):
        _ = target({"ARCH": "sparc"}).install_options


def test_the_one_machine_stack_gets_what_its_own_python_runs() -> None:
    wanted = target({"LAYER_PYTHON": sys.executable, "PY": "3.13", "ARCH": "arm64"})

    assert wanted == HERE
    assert wanted.install_options == ["--python", sys.executable]


def test_functions_carry_code_and_bytecode_and_nothing_else(tmp_path: Path) -> None:
    build_functions(tmp_path, HERE)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".py", ".pyc", ".json", ".html", ".js", ".css", ".map", ".svg", ".txt"}
    assert {path.name for path in tmp_path.rglob("*.json")} == {"de.json", "en.json", "fr.json", "hashes.json"}, (
        "no npm lock, no machine"
    )
    assert not (tmp_path / "web" / "static").exists(), "bundles only"
    bytecode = next(tmp_path.rglob("app*.pyc")).read_bytes()
    assert bytecode[:4] == MAGIC_NUMBER
    assert bytecode[4] == 0b01  # hash-based and unchecked (PEP 552)
    assert b"/var/task/" in bytecode
    assert str(tmp_path).encode() not in bytecode


def test_the_layer_has_its_extra_and_what_functions_share_with_the_command_but_no_terminal() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = {
        re.split(r"[>\[]", name)[0] for name in (*project["dependencies"], *project["optional-dependencies"]["layer"])
    }

    locked = set(re.findall(r"^([a-z0-9-]+)==", packaging.layer_requirements(), re.MULTILINE))

    assert wanted - locked == {"click"}
    assert not locked & {"click", "pyyaml", "uvicorn", "httptools", "pytest"}
