"""Cells of CSV ballots: names, labels that are no vote, overvotes, and the line that a refusal blames."""

import json
from typing import Any

import pytest

from ballotcast.counting.ballot_file import LARGEST, BallotFile, BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import parse_cvr, read_cvr
from growth import assert_grows_no_faster_than_its_input

ABC = {(1, 2, 3): 1, (2, 1): 1}


def refusal(text: str | bytes, kind: Any = "ranked", **choices: Any) -> BallotFileError:
    with pytest.raises(BallotFileError) as caught:
        parse_cvr(text, kind, CsvChoices(**choices))
    return caught.value


def test_labels_that_are_no_vote_are_returned() -> None:
    text = "id,Rank 1,Rank 2,Rank 3\n1,Ada,Undervote,Ben\n3,Write-in,Ada,\n5,UWI,Ada,Ada\n6,Skipped,over vote,\n"
    text += "7,blank,Ada,\n8, ,Ben,Ada\n9,exhausted,Ada,\n10,N/A,Ben,\n"
    reading = read_cvr(text)
    assert reading.file.options == ("Ada", "Ben")
    assert reading.file.ballots == {(1, 2): 1, (1,): 4, (): 1, (2, 1): 1, (2,): 1}
    expected = {"undervote": 1, "write-in": 2, "skipped": 1, "overvote": 1, "blank": 2, "exhausted": 1}
    assert reading.no_votes == expected
    only = read_cvr("rank 1,rank 2\nN/A,N/A\nN/A,\nN/A,\nAda,Bob\nBob,Ada\n")
    assert (only.file.ballots, only.no_votes) == ({(): 3, (1, 2): 1, (2, 1): 1}, {"blank": 4})
    assert parse_cvr(text, "ranked", CsvChoices(options=("Ada", "Ben", "Write-in"))).ballots[3, 1] == 1


def test_what_is_ranked_below_an_overvote_is_a_matter_of_law() -> None:
    text = "rank 1,rank 2,rank 3\nBen,overvote,Ada\n"
    assert refusal(text).line == 2
    assert parse_cvr(text, "ranked", CsvChoices(overvote="exhaust")).ballots == {(2,): 1}
    assert parse_cvr(text, "ranked", CsvChoices(overvote="skip")).ballots == {(2, 1): 1}


@pytest.mark.parametrize("cell", ['"Ada\nBen"', '"Ada,Ben"', "Ada;Ben", "Ada|Ben", '"Ada, Ben"'])
def test_several_names_in_a_cell_are_an_overvote_only_if_all_are_options(cell: str) -> None:
    text = f"rank 1,rank 2\nAda,Ben\n{cell},Cleo\n"
    error = refusal(text)
    assert (error.line, "--options" in str(error)) == (3, True)
    chosen = CsvChoices(options=("Ada", "Ben", "Cleo"), overvote="exhaust")
    reading = read_cvr(text, "ranked", chosen)
    assert (reading.file.ballots, reading.no_votes) == ({(1, 2): 1, (): 1}, {"overvote": 1})


def test_a_name_with_a_comma_is_a_name() -> None:
    assert parse_cvr('rank 1,rank 2\n"Begich, Nick","Peltola, Mary S."\n').options == (
        "Begich, Nick",
        "Peltola, Mary S.",
    )


def test_spellings_that_collide_are_merged_only_on_request() -> None:
    seen = "rank 1,rank 2\nAda,Ben\n{},Ben\n"
    for same in ("Ada ", "Ada\u00a0 ", "Ada\u200b"):
        reading = read_cvr(seen.format(same))
        assert reading.file.ballots == {(1, 2): 2}
    assert len(read_cvr("rank 1\nJos\u00e9\nJose\u0301\n").warnings) == 1
    error = refusal(seen.format("ADA"))
    assert error.line == 3 or "'ADA' and 'Ada'" in str(error)
    assert "--merge-names" in str(error)
    assert parse_cvr(seen.format("ADA"), "ranked", CsvChoices(merge_names=True)).ballots == {(1, 2): 2}
    assert "'ADA'" in str(refusal(seen.format("ADA"), options=("Ada", "Ben")))


def test_given_options_keep_who_has_no_vote_and_refuse_others() -> None:
    text = "rank 1,rank 2\nAda,Ben\n"
    assert parse_cvr(text, "ranked", CsvChoices(options=("Zed", "Ben", "Ada"))) == BallotFile(
        "", ("Zed", "Ben", "Ada"), 1, (), {(3, 2): 1}
    )
    error = refusal(text + "Ada,Bem\n", options=("Ada", "Ben"))
    assert (error.line, "'Bem' is not an option" in str(error)) == (3, True)
    reading = read_cvr("Ada,Ben\n5,4\n", "scores", CsvChoices(options=("Zed", "Ben", "Ada")))
    assert reading.file.ballots == {((2, 4), (3, 5)): 1}
    assert reading.warnings == ["No column for Zed."]


@pytest.mark.parametrize(
    ("text", "kind", "line", "word"),
    [
        ("", "ranked", 1, "no header"),
        ("\n\n", "ranked", 1, "no header"),
        ("id,count\n", "ranked", 1, "no column for an option"),
        ("A,A\n", "ranked", 1, "same name"),
        ("A,,B\n1,1,1\n", "choice", 1, "without a name"),
        ("A\x07,B\n", "ranked", 1, "without a name"),
        ("A,B\n1\n", "choice", 2, "1 cell under 2 columns"),
        ("A,B\n1,2,3\n", "ranked", 2, "3 cells under 2 columns"),
        ("A,B\n1,-2\n", "scores", 2, "'-2' where a number up to 254"),
        ("A,B\n1,255\n", "scores", 2, "'255' where a number up to 254"),
        ("A,B\n1,2.5\n", "scores", 2, "'2.5' where a number"),
        ("A,B\n1,٣\n", "scores", 2, "where a number"),
        ("A,B\n1,2\n", "choice", 2, "'2' where 0 or 1"),
        ('"A, the ""first""",B\n1,0\n\n9,1\n', "choice", 4, "'9' where 0 or 1"),
        ("count,A\nmany,1\n", "choice", 2, "'many' where a number"),
        (f"count,A\n{LARGEST},1\n1,1\n", "choice", 3, "too many"),
        ('A,B\n1,"2\n', "choice", 2, "not closed"),
        ('A,B\n1,"2"x\n', "choice", 2, "'x' after a closing quote"),
        ("rank 1\nA=\n", "ranked", 2, "an empty name"),
        ("rank 1\nA\x1b\n", "ranked", 2, "control"),
        ("rank 1,rank 3\nA,B\n", "ranked", 1, "no column for rank 2"),
        ("rank 1,Comment\nA,fine\n", "ranked", 1, "--ignore-column Comment"),
        ("Ada,Comment\n1,fine\n", "choice", 1, "--ignore-column Comment"),
        ("rank 1,rank 2,Name\nAda,Ben,Cleo\nCleo,Ada,Ben\n", "ranked", 1, "--ignore-column Name"),
        ("rank 1\nAda\nNone\n", "ranked", 3, "--no-vote 'None'"),
        ("rank 1\nAda\n7\n", "ranked", 3, "'7' is a number"),
        ("rank 1\nAda\na@example.org\n", "ranked", 3, "an address"),
        ("submitdate,rank 1\n2026-05-01,Ada\n,Ben\n", "ranked", 3, "did not submit"),
        ("id,Ada\n1,4\n2,0\nTotal,4\n", "scores", 4, "a row of totals"),
        ("Ada,Ben\n1st choice,2\n", "ranked", 2, "'2' where a rank"),
        ("count,weight,rank 1\n1,1,A\n", "ranked", 1, "two columns of counts"),
    ],
)
def test_the_line_of_records_to_blame(text: str, kind: Any, line: int, word: str) -> None:
    error = refusal(text, kind)
    assert error.line == line
    assert word in str(error)


@pytest.mark.parametrize(
    "label",
    [
        "Overvoted rank",
        "over-votes",
        "Under vote (1)",
        "Write-in: Smith",
        "Exhausted ballot",
        "BLANK VOTE",
        "Not ranked 2",
    ],
)
def test_words_like_a_label_are_a_name_only_if_that_is_said(label: str) -> None:
    text = f"rank 1,rank 2\nAda,Ben\n{label},Ada\n"
    error = refusal(text)
    assert (error.line, f"--no-vote '{label}'" in str(error)) == (3, True)
    assert parse_cvr(text, "ranked", CsvChoices(no_votes=[label])).ballots == {(1, 2): 1, (1,): 1}
    assert parse_cvr(text, "ranked", CsvChoices(options=("Ada", "Ben", label))).ballots == {(1, 2): 1, (3, 1): 1}


def test_ranks_that_mean_not_ranked_are_refused() -> None:
    for number in ("99", "0"):
        error = refusal(f"A,B\n1,2\n1,{number}\n", cells="rank")
        assert (error.line, f"'{number}' where a rank from 1 to 2" in str(error)) == (3, True)


def test_ids_on_several_rows_are_said() -> None:
    warning = "Several rows have the same value in column 'id', as '7' on 2 of them."
    assert read_cvr("id,rank 1\n7,Ada\n7,Ben\n").warnings == [warning]


def test_a_ballot_is_the_same_in_whatever_order_equal_names_are() -> None:
    assert parse_cvr("rank 1,rank 2\nA=B,C\nB=A,C\n").ballots == {((1, 2), 3): 2}
    assert parse_cvr("rank 1,rank 2,rank 3\nA,A,B\n").ballots == {(1, 2): 1}


def test_the_work_grows_no_faster_than_the_file() -> None:
    def read(rows: int) -> None:
        text = "id,rank 1,rank 2\n" + "".join(f"{row},Ada,Ben\n" for row in range(rows))
        assert parse_cvr(text).ballots == {(1, 2): rows}

    assert_grows_no_faster_than_its_input(read, 2_500)


def test_what_was_read_is_data() -> None:
    reading = read_cvr("id;rank 1\n1;Ada\n2;undervote\n".encode("utf-16"))
    assert json.dumps([reading.used, reading.ignored, reading.no_votes]) == '[["rank 1"], ["id"], {"undervote": 1}]'
    assert (reading.format, reading.encoding) == ("CSV", "UTF-16")
    assert "semicolon between cells" in reading.dialect


def test_answers_yes_and_no_are_votes_or_options() -> None:
    text = "Motion\nYes\nNo\nNo\n"
    assert "--cells choice" in str(refusal(text, "choice"))
    assert parse_cvr(text, "choice", CsvChoices(options=("Yes", "No"))).ballots == {(1,): 1, (2,): 2}
    assert parse_cvr(text, "choice", CsvChoices(cells="choice")).ballots == {(1,): 1, (): 2}
    two = "Motion,Budget\nYes,No\nNo,No\n"
    assert "--contest" in str(refusal(two, "choice"))
    chosen = CsvChoices(options=("Yes", "No"), contest="budget")
    assert parse_cvr(two, "choice", chosen).ballots == {(2,): 2}


@pytest.mark.parametrize("name", ["Blank", "Overvote", "Undervote", "None", "Abstain", "Write-in"])
def test_a_column_named_like_a_label_is_refused(name: str) -> None:
    text = f"Ada,{name}\n1,0\n0,1\n"
    assert f"--ignore-column {name}" in str(refusal(text, "choice"))
    assert parse_cvr(text, "choice", CsvChoices(options=("Ada", name))).ballots == {(1,): 1, (2,): 1}
    assert parse_cvr(text, "choice", CsvChoices(ignore_columns=[name])).ballots == {(1,): 1, (): 1}


def test_names_that_look_alike_are_said() -> None:
    for other in ("\u0410da", "Ada (Labour)", "Áda", "A.d.a"):
        reading = read_cvr(f"rank 1\nAda\n{other}\n")
        assert len(reading.file.options) == 2
        assert len(reading.warnings) == 1
