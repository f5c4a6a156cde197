"""Who may import whom: functions → wiring → rules and stores; rules import nothing above them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout import ROOT

PACKAGE = ROOT / "layers/common/ballotcast"
RULES = ("ballots", "channels", "counting", "crypto", "elections", "trustees")
ABOVE = ("boto3", "botocore", "fastapi", "mangum", "aws_lambda_powertools", "starlette", "httpx2", "click")
OURS = ("ballotcast.store", "ballotcast.http", "ballotcast.wiring", "ballotcast.settings", "ballotcast.client")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def offences(folder: Path, banned: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in imported(path)
        if any(name == one or name.startswith(f"{one}.") for one in banned)
    ]


@pytest.mark.parametrize("rules", RULES)
def test_rules_know_nothing_of_aws_http_or_stores(rules: str) -> None:
    assert offences(PACKAGE / rules, ABOVE + OURS) == []


def test_counting_and_cryptography_need_no_other_rules() -> None:
    others = tuple(f"ballotcast.{name}" for name in RULES)
    assert offences(PACKAGE / "counting", tuple(one for one in others if one != "ballotcast.counting")) == []
    assert offences(PACKAGE / "crypto", tuple(one for one in others if one != "ballotcast.crypto")) == []


def test_stores_and_the_client_know_nothing_of_http_functions() -> None:
    assert offences(PACKAGE / "store", ("ballotcast.http", "ballotcast.wiring", "fastapi", "mangum")) == []
    assert offences(PACKAGE / "client", ("ballotcast.http", "ballotcast.store", "ballotcast.wiring", "boto3")) == []


def test_nothing_that_is_deployed_imports_what_never_is() -> None:
    never = ("ballotcast_cli", "ballotcast_tools")
    assert offences(PACKAGE, never) + offences(ROOT / "functions", never) == []


def test_the_command_that_people_install_needs_no_tool_but_where_it_lists_those_of_a_checkout() -> None:
    assert offences(ROOT / "cli", ("ballotcast_tools",)) == ["cli/ballotcast_cli/main.py: ballotcast_tools.commands"]


def test_what_a_lambda_build_runs_is_neither_the_command_nor_a_function() -> None:
    build = ROOT / "tools/ballotcast_tools/build"
    assert offences(build, ("ballotcast", "ballotcast_cli")) == []
    for makefile in (ROOT / "functions/Makefile", PACKAGE.parent / "Makefile"):
        assert "ballotcast_tools.build.packaging" in makefile.read_text()
