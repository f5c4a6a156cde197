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
        "The quota of 4.00000 votes was reached by Ada at stage 1 and Björn at stage 2.",
    ]


def test_a_narrow_terminal_gets_the_stages_below_each_other(file: Path) -> None:
    lines = run(file, "--method", "scottish-stv", width=30).stdout.splitlines()
    table = lines[: lines.index("* elected, x excluded at this stage")]
    assert max(map(len, table)) <= 35
    assert [line.split() for line in table if "stage " in line] == [["stage", "1"], ["stage", "2"]]


def test_ties_are_told(file: Path) -> None:
    lines = run(file, "--method", "irv", "--tie", "lot").stdout.splitlines()
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
    assert "BLT, PrefLib (soc, soi, toc, toi) or CSV" in text


CVR = "id,count,Ada,Björn,Chloé\n1,5,3,2,0\n2,4,0,3,1\n3,2,,1,3\n"


def test_the_cells_of_a_csv_file_are_what_the_method_counts_or_what_a_switch_says(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text(CVR, encoding="utf-8")
    star = json.loads(run(path, "--method", "star", "--json").stdout)
    assert star["stages"][0]["votes"] == ["15", "24", "10"]
    refused = run(path, "--method", "irv")
    assert refused.exit_code == 2
    assert "--cells rank" in refused.stderr
    assert "--cells score" in refused.stderr
    by_score = json.loads(run(path, "--method", "irv", "--cells", "score", "--json").stdout)
    assert by_score["stages"][0]["votes"] == ["5", "4", "2"]
    approval = run(path, "--method", "approval")
    assert approval.exit_code == 2
    assert f"{path}: line 2: '3' where 0 or 1 is expected" in approval.stderr


def test_every_figure_of_a_rule_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "cycle.toi"
    text = "# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 3\n"
    text += "".join(f"# ALTERNATIVE NAME {n}: {name}\n" for n, name in enumerate("ABC", 1))
    path.write_text(text + "5: 1,2,3\n4: 2,3,1\n3: 3,1,2\n", encoding="utf-8")
    lines = run(path, "--method", "ranked-pairs").stdout.splitlines()
    assert "Smith set: 1 A, 2 B, 3 C" in lines
    assert lines[lines.index("majorities, the largest first:") + 1 :][:3] == [
        "2 B over 3 C, 9 to 3: locked",
        "1 A over 2 B, 8 to 4: locked",
        "3 C over 1 A, 7 to 5: not locked: it contradicts those before",
    ]
    place = lines.index("ballots that prefer the row's option to the column's:")
    assert [line.split() for line in lines[place + 1 :][:4]] == [
        ["1", "2", "3"],
        ["1", "A", "0", "8", "5"],
        ["2", "B", "4", "0", "9"],
        ["3", "C", "7", "3", "0"],
    ]
    schulze = run(path, "--method", "schulze").stdout
    assert "strongest path from the row's option to the column's:" in schulze
    loser = run("-", "--method", "condorcet", "--format", "blt", stdin='2 1\n3 1 2 0\n0\n"Ada"\n"Björn"\n').stdout
    assert "Condorcet loser: 2 Björn" in loser


def test_grades_are_shown_and_spoilt_ballots_told(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text(CVR, encoding="utf-8")
    lines = run(path, "--method", "majority-judgment", "--limit", "2").stdout.splitlines()
    assert "ballots: 11, blank: 0, spoilt: 11, valid: 0" in lines
    lines = run(path, "--method", "majority-judgment").stdout.splitlines()
    place = lines.index("ballots that give each grade:")
    assert [line.split() for line in lines[place + 1 :][:2]] == [["0", "1", "2", "3"], ["1", "Ada", "6", "0", "0", "5"]]


def test_conditions_are_applied_to_the_count(file: Path) -> None:
    arguments = [file, "--method", "plurality", "--seats", "2", "--turnout", ">1/2", "--entitled", "24"]
    result = run(*arguments)
    assert result.stdout.splitlines()[-2:] == [
        "12 of 24 voted, and not more than 1/2: nobody is elected.",
        "seated: nobody; vacant: 2",
    ]
    account = json.loads(run(*arguments[:-1], "23", "--none-of-the-above", "1", "--json").stdout)
    assert account["outcome"] == {
        "elected": [],
        "vacant": 2,
        "reasons": ["A seat fell to none of the above; it and those after it stay vacant."],
        "none_of_the_above": "5",
    }
    assert account["elected"][0] == {"option": 1, "name": "Ada"}
    assert "none of the above: 5" in run(*arguments[:-1], "23", "--none-of-the-above", "1").stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--method", "irv", "--turnout", "1/2"], "--turnout needs --entitled"),
        (["--method", "irv", "--turnout", "most", "--entitled", "5"], "not a part"),
        (["--method", "borda", "--share", "1/2"], "no shares"),
        (["--method", "irv", "--none-of-the-above", "9"], "not one of the 4 options"),
        (["--method", "star"], "star counts scores, and the file holds rankings"),
        (["--method", "irv", "--format", "preflib"], "line 1"),
    ],
)
def test_conditions_and_formats_that_do_not_fit_are_usage_errors(file: Path, arguments: list[str], word: str) -> None:
    result = run(file, *arguments)
    assert result.exit_code == 2
    assert word in result.stderr


def test_rankings_of_any_format_are_written_as_blt(tmp_path: Path) -> None:
    source, target = tmp_path / "ballots.csv", tmp_path / "out.blt"
    source.write_text("rank 1,rank 2\nAda,Björn=Chloé\nChloé,\n", encoding="utf-8")
    assert run(source, "--method", "borda", "--blt-out", target).exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("3 1\n1 1 2=3 0\n1 3 0\n0\n")
    assert run(source, "--method", "star", "--blt-out", target).exit_code == 2
