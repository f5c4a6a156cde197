"""`ballotcast count`, as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ballotcast_cli.count import command

ELECTION = """4 2
-4
5 1 2 0
3 2 0
2 3 2 0
1 4 3 0
1 0
0
"Ada"
"Björn"
"Chloé"
"Dmitri"
"Board 2026"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "board.blt"
    path.write_text(ELECTION, encoding="utf-8")
    return path


def run(*arguments: str | Path, stdin: str | None = None, width: int = 200) -> Result:
    return CliRunner().invoke(
        command, [str(argument) for argument in arguments], input=stdin, env={"COLUMNS": str(width)}
    )


def test_the_account_as_json_names_the_elected_by_the_file_s_numbers(file: Path) -> None:
    result = run(file, "--method", "scottish-stv", "--json")
    assert result.exit_code == 0, result.output
    account = json.loads(result.stdout)
    assert account["elected"] == [{"option": 1, "name": "Ada"}, {"option": 2, "name": "Björn"}]
    assert account["options"] == ["Ada", "Björn", "Chloé", "Dmitri"]
    assert (account["title"], account["quota"], account["tie"]) == ("Board 2026", "4.00000", "previous-stages")
    assert (account["ballots"], account["blank"], account["valid"], account["withdrawn"]) == (12, 1, 11, [4])
    assert [stage["action"] for stage in account["stages"]] == ["first-preferences", "surplus"]
    assert account["stages"][0]["votes"] == ["5.00000", "3.00000", "3.00000", "0.00000"]
    assert account["stages"][1]["votes"] == ["4.00000", "4.00000", "3.00000", "0.00000"]
    assert account["ties"] == []


@pytest.mark.parametrize(
    ("method", "elected", "votes"),
    [
        ("plurality", [1], ["5", "3", "3", "0"]),
        ("approval", [2], ["5", "10", "3", "0"]),
        ("irv", [1], ["5", "3", "3", "0"]),
    ],
)
def test_every_method_counts_the_same_file(file: Path, method: str, elected: list[int], votes: list[str]) -> None:
    account = json.loads(run(file, "--method", method, "--json", "--seats", "1", "--seed", "07").stdout)
    assert account["stages"][0]["votes"] == votes
    assert account["seats"] == 1
    assert account["seed"] == "07"
    assert [winner["option"] for winner in account["elected"]] == elected


def test_irv_fills_one_seat_of_a_file_with_more(file: Path) -> None:
    account = json.loads(run(file, "--method", "irv", "--json").stdout)
    assert account["seats"] == len(account["elected"]) == 1


def test_the_table_shows_every_stage(file: Path) -> None:
    result = run(file, "--method", "scottish-stv")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "Board 2026",
        "scottish-stv, seats: 2",
        "ballots: 12, blank: 1, valid: 11",
        "quota: 4.00000",
        "",
        "                   stage 1    stage 2",
        "                     first  surplus 1",
        "1 Ada              5.00000*   4.00000",
        "2 Björn            3.00000    4.00000*",
        "3 Chloé            3.00000    3.00000",
        "4 Dmitri           0.00000    0.00000",
        "non-transferable   0.00000    0.00000",
        "rounding           0.00000    0.00000",
        "* elected, x excluded at this stage",
        "",
        "elected: 1 Ada, 2 Björn",
    ]


def test_a_narrow_terminal_gets_the_stages_below_each_other(file: Path) -> None:
    lines = run(file, "--method", "scottish-stv", width=30).stdout.splitlines()
    assert max(map(len, lines)) <= 35
    assert [line.split() for line in lines if "stage " in line and "*" not in line] == [["stage", "1"], ["stage", "2"]]


def test_ties_are_told(file: Path) -> None:
    lines = run(file, "--method", "irv", "--tie", "lot").stdout.splitlines()
    assert [line for line in lines if line.startswith("tie at stage 1 (exclusion), decided by lot, best first: ")]


def test_a_file_without_ballots_elects_nobody() -> None:
    result = run("-", "--method", "plurality", stdin='1 1\n0\n"Ada"\n')
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "elected: nobody"


def test_a_bad_file_is_a_usage_error_that_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.blt"
    path.write_text("2 1\n1 1 2 0\n1 3 0\n0\n", encoding="utf-8")
    result = run(path, "--method", "irv")
    assert result.exit_code == 2
    assert f"{path}: line 3: 3 where an option" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--method", "dictatorship"], "dictatorship"),
        ([], "--method"),
        (["--method", "irv", "--seats", "2"], "irv fills one seat, not 2"),
        (["--method", "irv", "--seats", "0"], "--seats"),
        (["--method", "irv", "--seed", "xyz"], "not hexadecimal"),
        (["--method", "irv", "--tie", "age"], "age"),
    ],
)
def test_bad_options_are_usage_errors(file: Path, arguments: list[str], word: str) -> None:
    result = run(file, *arguments)
    assert result.exit_code == 2
    assert word in result.stderr


@pytest.mark.parametrize("name", ["none.blt", "."])
def test_a_missing_file_or_a_folder_is_a_usage_error(tmp_path: Path, name: str) -> None:
    result = run(tmp_path / name, "--method", "irv")
    assert result.exit_code == 2
    assert str(tmp_path / name) in result.stderr


def test_the_help_says_how_rankings_are_read() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "Under plurality the first preference counts" in text
    assert "under approval every ranked option is approved" in text
