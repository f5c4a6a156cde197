"""`ballotcast count`, as a user types it."""

import json
from pathlib import Path

import pytest

from ballotcast.counting import RULES
from ballotcast_cli.count_switches import FAMILIES
from count_command import run


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
    account = json.loads(run(file, "--method", "irv", "--json", "--seed", "07").stdout)
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
        "The quota of 4.00000 votes was reached by Ada at stage 1 and Björn at stage 2.",
    ]


def test_a_narrow_terminal_gets_the_stages_below_each_other(file: Path) -> None:
    lines = run(file, "--method", "scottish-stv", width=30).stdout.splitlines()
    table = lines[: lines.index("* elected, x excluded at this stage")]
    assert max(map(len, table)) <= 35
    assert [line.split() for line in table if "stage " in line] == [["stage", "1"], ["stage", "2"]]


def test_ties_are_told(file: Path) -> None:
    lines = run(file, "--method", "irv", "--tie", "lot", "--seed", "0614").stdout.splitlines()
    assert [line for line in lines if line.startswith("tie at stage 1 (exclusion), decided by lot, best first: ")]


def test_a_file_without_ballots_elects_nobody() -> None:
    result = run("-", "--method", "plurality", stdin='1 1\n0\n"Ada"\n')
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == ["elected: nobody", "Nobody is elected: no valid ballot."]


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
        (["--method", "irv", "--seats", "2"], "This method fills one seat only."),
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


def test_what_looks_odd_is_a_warning_beside_the_count(tmp_path: Path) -> None:
    path = tmp_path / "odd.blt"
    path.write_text("3 1\n5 1 2=3 0\n4 2 1=3 0\n0\nA\nB\nC\n", encoding="utf-8")
    result = run(path, "--method", "irv", "--json")
    assert json.loads(result.stdout)["elected"] == [{"option": 1, "name": "A"}]
    assert result.stderr.splitlines() == [
        "Warning: Line 2: all options that are left are equal and last, which says the same as naming none of them, "
        "and is read so. Ballots of this kind: 9.",
        "Warning: There is no title: the last text, 'C', is read as a name.",
    ]


def test_a_file_with_two_readings_is_refused_until_one_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.blt"
    path.write_text('4 1\n3 1 2\n4 3 0\n0\n"A"\n"B"\n"C"\n"D"\n"T"\n', encoding="utf-8")
    refused = run(path, "--method", "plurality")
    assert refused.exit_code == 2
    assert "--read ballots=lines" in refused.stderr
    assert "--read ballots=zeros" in refused.stderr
    lines = json.loads(run(path, "--method", "plurality", "--read", "ballots=lines", "--json").stdout)
    assert lines["stages"][0]["votes"] == ["3", "0", "4", "0"]
    zeros = run(path, "--method", "plurality", "--read", "ballots=zeros", "--json")
    assert json.loads(zeros.stdout)["stages"][0]["votes"] == ["3", "0", "0", "0"]
    assert "a missing 0 would not be noticed" in zeros.stderr
    unknown = run(path, "--method", "plurality", "--read", "ballots=guess")
    assert unknown.exit_code == 2
    assert "ballots=lines|zeros" in unknown.stderr


def test_explain_counts_nothing_and_needs_no_method(file: Path) -> None:
    result = run(file, "--explain")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "format: BLT, quoted names and withdrawn options",
        "encoding: UTF-8",
        "title: Board 2026",
        "seats: 2",
        "options: 4",
        "  1 Ada: on 5 ballots",
        "  2 Björn: on 10 ballots",
        "  3 Chloé: on 3 ballots",
        "  4 Dmitri: on 1 ballot, withdrawn",
        "withdrawn: Dmitri",
        "ballots: 12, of which 5 different",
        "the first ballots:",
        "  5 × 1st Ada, 2nd Björn",
        "  3 × 1st Björn",
        "  2 × 1st Chloé, 2nd Björn",
    ]


def test_the_help_says_how_files_are_read() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "plurality counts the first preference" in text
    assert "in one of the formats of --format" in text


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("stv", "scottish-stv, wigm-stv, ers97, meek-stv"),
        ("STV", "scottish-stv, wigm-stv, ers97, meek-stv"),
        ("runoff", "irv, contingent-vote"),
        ("pav", "proportional-approval, sequential-proportional-approval"),
    ],
)
def test_a_name_of_several_rules_is_refused_with_them(file: Path, name: str, rules: str) -> None:
    refused = run(file, "--method", name)

    assert refused.exit_code == 2
    assert f"{name!r} is several rules: {rules}" in refused.stderr


def test_every_rule_of_a_family_exists() -> None:
    assert {rule for rules in FAMILIES.values() for rule in rules} < set(RULES)
    assert not set(FAMILIES) & set(RULES)
