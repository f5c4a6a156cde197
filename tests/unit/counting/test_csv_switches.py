"""The switches of `ballotcast count` for CSV files, as a user types them."""

import json
from pathlib import Path

import pytest

from .test_count_command import run


@pytest.mark.parametrize(
    ("text", "switches", "elected"),
    [
        ("votes,rank 1\n30,Ada\n1,Bob\n1,Bob\n", ["--count-column", "votes"], "Ada"),
        ("votes,rank 1\n30,Ada\n1,Bob\n1,Bob\n", ["--ignore-column", "votes"], "Bob"),
        ("Ada,Bob\n1,2\n1,2\n", ["--cells", "rank"], "Ada"),
        ("Ada,Bob\n1,2\n1,2\n", ["--cells", "score"], "Bob"),
        ("M Choice 1,N Choice 1\nAda,Bob\n", ["--contest", "N"], "Bob"),
        ("rank 1\nNone\nNone\nBob\n", ["--no-vote", "none"], "Bob"),
        ("rank 1\nNone\nNone\nBob\n", ["--options", "None,Bob"], "None"),
        ("rank 1\nada\nADA\nBob\n", ["--merge-names"], "ADA"),
        ("rank 1,rank 2\novervote,Ada\n,Ada\nBob,\n", ["--overvote", "skip"], "Ada"),
        ('rank 1\n"Lee, Ada"\n', ["--options", 'Bob,"Lee, Ada"'], "Lee, Ada"),
    ],
)
def test_a_file_with_two_readings_is_refused_until_a_switch_decides(
    tmp_path: Path, text: str, switches: list[str], elected: str
) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text(text, encoding="utf-8")
    refused = run(path, "--method", "irv")
    if "Lee" not in text:
        assert refused.exit_code == 2
        assert switches[0] in refused.stderr
    result = run(path, "--method", "irv", "--json", *switches)
    assert result.exit_code == 0, result.output
    assert [winner["name"] for winner in json.loads(result.stdout)["elected"]] == [elected]


def test_what_was_read_is_shown_and_warnings_are_on_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "ballots.tsv"
    path.write_bytes("id\tcount\trank 1\tPrecinct\na\t3\tBj\xf6rn\t1\nb\t9\tUWI\t1\n".encode("cp1252"))
    shown = run(path, "--explain").stdout
    for text in ("tab between cells", "columns read: rank 1, count", "columns ignored: id, Precinct", "write-in"):
        assert text in shown
    result = run(path, "--method", "irv")
    assert "Windows-1252" in result.stderr
    assert "2 rows stand for 12 ballots" in result.stderr


def test_switches_for_csv_say_nothing_of_other_formats() -> None:
    result = run("-", "--method", "irv", "--count-column", "n", stdin='1 1\n0\n"Ada"\n')
    assert result.exit_code == 2
    assert "--count-column says nothing of blt" in result.stderr


def test_the_options_of_any_file_can_be_given_and_must_be_its_own() -> None:
    blt = '2 1\n3 1 2 0\n0\n"Ada"\n"Ben"\n"T"\n'
    arguments = ("-", "--method", "irv", "--options")
    assert run(*arguments, "Ben,Ada", stdin=blt).exit_code == 0
    for names, reason in (
        ("Ada,Bea", "'Ben' is not an option; the options are 'Ada', 'Bea'"),
        ("Ada,Ben,Cy", "the file has no option 'Cy'"),
        ("Ada,BEN", "'BEN' and 'Ben' differ in case only"),
    ):
        refused = run(*arguments, names, stdin=blt)
        assert refused.exit_code == 2
        assert reason in refused.stderr
    assert (
        "1st BEN"
        in run("-", "--explain", "--merge-names", "--options", "Ada,BEN", stdin=blt.replace("1 2", "2")).stdout
    )


def test_a_list_of_options_with_an_open_quote_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_text("rank 1\nAda\n", encoding="utf-8")
    assert run(path, "--method", "irv", "--options", '"Ada').exit_code == 2


@pytest.mark.parametrize(
    ("rows", "warned"),
    [
        ("5,0\n3,4\n8,4\n", True),
        ("5,0\n5,0\n0,4\n10,4\n", True),
        ("10,4\n5,0\n5,4\n", True),  # above the ballots
        ("5,0\n3,4\n8,5\n", False),
        ("5,0\n3,4\n8,4\n8,0\n", False),  # two rows with the highest score
        ("4,2\n4,2\n", False),
    ],
)
def test_a_row_without_a_label_that_holds_sums_of_scores_is_told(rows: str, warned: bool) -> None:
    result = run("-", "--method", "score", "--format", "csv", stdin="Ada,Ben\n" + rows)
    assert result.exit_code == 0, result.output
    assert ("the sum of all other rows' scores" in result.stderr) == warned
