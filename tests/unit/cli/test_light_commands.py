"""Commands are imported when they are run: who counts or verifies needs few packages, and waits for no others."""

import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from ballotcast_cli import commands
from ballotcast_cli.main import COMMANDS, commands_here, main

TOP = Path(__file__).resolve().parents[3]
WARD = TOP / "examples" / "student-union.blt"
BASE = {"click", "cryptography", "httpx2", "pydantic"}
RUN = """
import json, sys
from ballotcast_cli.main import main
try:
    main(json.loads(sys.argv[1]), prog_name="ballotcast")
except SystemExit:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """All modules in memory after a command."""
    ended = subprocess.run([sys.executable, "-c", RUN, json.dumps(arguments)], capture_output=True, check=True)
    return set(json.loads(ended.stderr.splitlines()[-1]))


def distributions(modules: set[str]) -> set[str]:
    """The top-level names that are neither Python's nor the project's."""
    ours = {"ballotcast", "ballotcast_cli", "ballotcast_tools"}
    return {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names) - ours - {"__main__"}


def test_a_count_imports_its_rule_its_reader_and_click() -> None:
    modules = imported("count", str(WARD), "--method", "irv")

    assert {name for name in distributions(modules) if not name.startswith("_")} == {"click"}
    assert {"ballotcast.counting.irv", "ballotcast.counting.blt"} < modules
    others = ("meek_stv", "cvr", "preflib", "conditions", "proportional_approval")
    assert not modules & {f"ballotcast.counting.{name}" for name in others}
    assert not {name for name in modules if name.startswith(("ballotcast.client", "ballotcast.ballots"))}
    assert not modules & {"logging", "asyncio", "fractions", "ssl"}


@pytest.mark.parametrize("arguments", [["verify", str(WARD)], ["vote", "--link", "x"]])
def test_verifiers_and_voters_need_the_base_dependencies_only(arguments: Sequence[str]) -> None:
    foreign = {"boto3", "botocore", "fastapi", "aws_lambda_powertools", "jinja2", "fastavro", "gmpy2", "yaml"}

    found = distributions(imported(*arguments))

    assert not found & foreign
    assert "cryptography" in found


def test_the_distribution_asks_for_these_and_has_the_rest_in_extras() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]

    assert {name.partition(">")[0] for name in project["dependencies"]} == BASE
    assert set(project["optional-dependencies"]) == {"layer", "channels", "doctor", "runtime", "tables"}


def test_a_count_costs_little_more_than_the_import_of_click() -> None:
    count = [str(Path(sys.executable).with_name("ballotcast")), "count", str(WARD), "--method", "irv"]
    click = [sys.executable, "-c", "import click"]

    measured = [(_cpu(count), _cpu(click)) for _ in range(3)]

    assert min(one for one, _ in measured) <= 4 * min(other for _, other in measured)


def _cpu(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("name", commands_here())
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    command = commands_here()[name].load()

    assert command.name == name
    assert command.get_short_help_str(limit=200) == commands_here()[name].summary


def test_the_list_is_shown_without_an_import() -> None:
    modules = imported("--help")

    assert not {f"{lazy.package}.{lazy.module}" for lazy in commands_here().values()} & modules


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (["operator", "approve", "x", "--table", "roll"], "boto3", "runtime"),
        (["channels", "list"], "fastavro", "channels"),
    ],
)
def test_a_missing_package_is_named_in_one_line(
    arguments: Sequence[str], package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ("ballotcast.channels", "ballotcast.store", "ballotcast_cli.channels", "ballotcast_cli.operator")
    for module in [name for name in sys.modules if name.startswith((*ours, f"{package}."))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)

    refused = CliRunner().invoke(main, arguments)

    assert refused.exit_code == 1
    expected = f"Error: this command needs the package {package}, which is not installed: pip install 'ballotcast"
    assert refused.stderr == f"{expected}[{extra}]'\n"


def test_our_own_missing_module_is_a_fault_and_no_advice() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"ballotcast_cli\.nowhere"):
        commands.LazyCommand("nowhere", "").load()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the wheel and their dependencies, as after `pip install .`, without the checkout around them."""
    folder = tmp_path_factory.mktemp("installed")
    hatch = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    for package in hatch["targets"]["wheel"]["packages"]:
        shutil.copytree(TOP / package, folder / Path(package).name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run_installed(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command without `.pth` files (-S), which would bring the checkout back."""
    paths = os.pathsep.join([str(installed), sysconfig.get_path("purelib")])
    return subprocess.run(
        [sys.executable, "-S", "-c", "from ballotcast_cli.main import main; main()", *arguments],
        cwd=installed,
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


def test_the_wheel_has_the_products_commands_and_no_tools(installed: Path) -> None:
    listed = run_installed(installed, "--help").stdout
    refused = run_installed(installed, "stack")

    assert {name for name in commands_here() if f"\n  {name} " in listed} == set(COMMANDS)
    assert "No such command 'stack'" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["count", str(WARD), "--method", "irv"], 0, "elected: 1 Amara Okafor"),
        (["verify", str(WARD)], 1, "This export does NOT verify."),
        (["vote", "--link", "x"], 1, "Error: this link is not complete"),
    ],
)
def test_the_wheel_counts_verifies_and_votes(installed: Path, arguments: Sequence[str], code: int, said: str) -> None:
    ended = run_installed(installed, *arguments)

    assert "Traceback" not in ended.stderr
    assert (ended.returncode, said in ended.stdout + ended.stderr) == (code, True), ended


def test_an_unknown_command_is_refused() -> None:
    assert "No such command 'cuont'" in CliRunner().invoke(main, ["cuont"]).stderr
