"""`ballotcast count` on files of many formats and rules: what is read, shown and written."""

import json
from pathlib import Path

import pytest

from count_command import run

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
    arguments = [
        file,
        "--method",
        "plurality",
        "--seats",
        "2",
        "--seed",
        "0614",
        "--quorum",
        ">1/2",
        "--entitled",
        "24",
    ]
    result = run(*arguments)
    assert result.stdout.splitlines()[-2:] == [
        "12 of 24 voted, and not more than 1/2: nobody is elected.",
        "elected: nobody; vacant: 2",
    ]
    account = json.loads(run(*arguments[:-1], "23", "--none-of-the-above", "1", "--json").stdout)
    assert account["outcome"] == {
        "elected": [],
        "vacant": 2,
        "unmet": ["none-of-the-above"],
        "quorum": {"cast": 12, "voters": 23},
        "reasons": ["A seat fell to none of the above; it and those after it stay vacant."],
        "none_of_the_above": "5",
    }
    assert account["elected"] == []
    assert account["by_the_count"][0] == {"option": 1, "name": "Ada"}
    assert "none of the above: 5" in run(*arguments[:-1], "23", "--none-of-the-above", "1").stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--method", "irv", "--quorum", "1/2"], "needs --entitled"),
        (["--method", "irv", "--quorum", "most", "--entitled", "5"], "not a part"),
        (["--method", "borda", "--threshold", "1/2"], "no shares"),
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
    assert run(source, "--method", "borda", "--seed", "0614", "--blt-out", target).exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("3 1\n1 1 2=3 0\n1 3 0\n0\n")
    assert run(source, "--method", "star", "--blt-out", target).exit_code == 2
