"""CSV files of ballots as people and programs write them: what is read, what is refused, and which line is blamed."""

import json
import time
from typing import Any

import pytest

from ballotcast.counting.ballot_file import LARGEST, BallotFile, BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.cvr import parse_cvr, read_cvr

ABC = {(1, 2, 3): 1, (2, 1): 1}


def refusal(text: str | bytes, kind: Any = "ranked", **choices: Any) -> BallotFileError:
    with pytest.raises(BallotFileError) as caught:
        parse_cvr(text, kind, CsvChoices(**choices))
    return caught.value


@pytest.mark.parametrize(
    "header",
    [
        "rank 1,rank 2,rank 3",
        "Rank1,rank_2,RANK-3",
        "1st,2nd,3rd",
        "First choice,Second choice,Third choice",
        "1st preference,2nd preference,3rd preference",
        "Preference_1,Preference_2,Preference_3",
        "Choice 1 of 3 Mayor,Choice 2 of 3 Mayor,Choice 3 of 3 Mayor",
        "For Mayor Choice 1 (45),For Mayor Choice 2 (45),For Mayor Choice 3 (45)",
        "DEM Mayor Choice 1 of 3 Kings (02),DEM Mayor Choice 2 of 3 Kings (02),DEM Mayor Choice 3 of 3 Kings (02)",
        "Mayor - 1st Choice,Mayor - 2nd Choice,Mayor - 3rd Choice",
        "Mayor: First,Mayor: Second,Mayor: Third",
        "Your first choice for chair?,Your second choice for chair?,Your third choice for chair?",
        "Board [1st choice],Board [2nd choice],Board [3rd choice]",
        "Order them [Rank 1],Order them [Rank 2],Order them [Rank 3]",
        "q1[1],q1[2],q1[3]",
        "1,2,3",
        "Choice #1,Choice No. 2,Choice 3",
    ],
)
def test_rank_columns_have_many_names(header: str) -> None:
    assert parse_cvr(f"{header}\nAda,Ben,Cleo\nBen,Ada,\n").ballots == ABC
    turned = ",".join(reversed(header.split(",")))
    assert parse_cvr(f"{turned}\nCleo,Ben,Ada\n,Ada,Ben\n").ballots == ABC


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        (  # ES&S
            "Cast Vote Record,Precinct,Ballot Style,Mayor - 1st Choice,Mayor - 2nd Choice,Mayor - 3rd Choice\n"
            "100,P1,S,Ada,Ben,Cleo\n101,P1,S,Ben,Ada,undervote\n",
            ["Cast Vote Record", "Precinct", "Ballot Style"],
        ),
        (  # RCTab's own
            "Source Filepath,CVR Provider,Contest Id,Tabulator Id,Batch Id,Record Id,Precinct,Precinct Portion,Rank 1,"
            "Rank 2,Rank 3\n./x/,dominion,7,9,1,6,,D,Ada,Ben,Cleo\n./x/,dominion,7,9,1,7,,D,Ben,Ada,undervote\n",
            [
                "Source Filepath",
                "CVR Provider",
                "Contest Id",
                "Tabulator Id",
                "Batch Id",
                "Record Id",
                "Precinct",
                "Precinct Portion",
            ],
        ),
        (  # Google Forms, a grid with the ranks as rows
            "Timestamp,Email Address,Board [1st choice],Board [2nd choice],Board [3rd choice]\n"
            "2026/05/01 9:00:01 AM GMT+2,a@example.org,Ada,Ben,Cleo\n"
            "2026/05/01 9:01:01 AM GMT+2,b@example.org,Ben,Ada,\n",
            ["Timestamp", "Email Address"],
        ),
        (  # Google Forms, a grid with the options as rows
            "Timestamp,Board [Ada],Board [Ben],Board [Cleo]\n"
            "2026/05/01 9:00:01 AM GMT+2,1st choice,2nd choice,3rd choice\n"
            "2026/05/01 9:02:01 AM GMT+2,2nd choice,1st choice,\n",
            ["Timestamp"],
        ),
        (  # LimeSurvey
            '"Response ID","Date submitted","Last page","Start language","Seed","Rank them [Rank 1]",'
            '"Rank them [Rank 2]","Rank them [Rank 3]"\n"1","2026-05-01 09:00:00","1","en","77","Ada","Ben","Cleo"\n'
            '"2","2026-05-01 09:01:00","1","en","78","Ben","Ada",""\n',
            ["Response ID", "Date submitted", "Last page", "Start language", "Seed"],
        ),
    ],
)
def test_files_of_other_programs_are_read(text: str, ignored: list[str]) -> None:
    reading = read_cvr(text)
    assert reading.file == BallotFile("", ("Ada", "Ben", "Cleo"), 1, (), ABC)
    assert reading.ignored == ignored


def test_a_ranking_of_microsoft_forms_is_read() -> None:
    head = "ID,Start time,Completion time,Email,Name,Rank the candidates\n"
    complete = (
        head
        + "1,5/1/26 9:00,5/1/26 9:01,a@b.org,Ann,Ada;Ben;Cleo;\n2,5/1/26 9:02,5/1/26 9:03,c@d.org,Bo,Ben;Ada;Cleo;\n"
    )
    assert parse_cvr(complete).ballots == {(1, 2, 3): 1, (2, 1, 3): 1}
    assert "--cells choice" in str(refusal(complete, "choice"))
    several = complete + "3,5/1/26 9:04,5/1/26 9:05,e@f.org,Cy,Ben;\n"
    assert parse_cvr(several, "choice").ballots == {(1, 2, 3): 2, (2,): 1}
    assert "--cells rank" in str(refusal(several))
    assert parse_cvr(several, "ranked", CsvChoices(cells="rank")).ballots == {(1, 2, 3): 1, (2, 1, 3): 1, (2,): 1}


def test_a_question_with_one_answer_or_several_is_read() -> None:
    assert parse_cvr("Timestamp,Chair?\n1/1/26 9:00,Ada\n1/1/26 9:01,Ben\n", "choice").ballots == {(1,): 1, (2,): 1}
    several = 'Chair?\n"Ada, Ben"\nBen\n'
    assert "--options" in str(refusal(several, "choice"))
    assert parse_cvr(several, "choice", CsvChoices(options=("Ben", "Ada", "Cy"))) == BallotFile(
        "", ("Ben", "Ada", "Cy"), 1, (), {(1, 2): 1, (1,): 1}, "choice"
    )


def test_scores_of_star_vote_are_read() -> None:
    text = "voterID,voteTime,pollID,Ada,Ben\nx1,2023-05-01 10:00:00,p,5,0\nx2,2023-05-01 10:01:00,p,3,4\n"
    assert parse_cvr(text, "scores").ballots == {((1, 5), (2, 0)): 1, ((1, 3), (2, 4)): 1}
    assert "contests" in str(refusal(text.replace(":01:00,p", ":01:00,q"), "scores"))


def test_numbers_in_columns_of_options_need_their_direction_said() -> None:
    ranks = "id;count;A;B;C\na;4;2;1;\nb;3;3;3;1\n"
    for word in ("--cells rank", "--cells score"):
        assert word in str(refusal(ranks))
    assert parse_cvr(ranks, "ranked", CsvChoices(cells="rank")).ballots == {(2, 1): 4, (3, (1, 2)): 3}
    scores = parse_cvr(ranks, "scores")
    assert scores.ballots == {((1, 2), (2, 1)): 4, ((1, 3), (2, 3), (3, 1)): 3}
    assert parse_cvr(ranks, "ranked", CsvChoices(cells="score")) == scores
    assert "--cells rank" in str(refusal("A,B\n1,2\n2,1\n", "scores"))
    assert parse_cvr("A,B\n1,2\n2,1\n", "scores", CsvChoices(cells="score")).kind == "scores"
    assert "--cells name" in str(refusal("Choice 1,Choice 2\n1,2\n2,1\n"))


def test_marks_are_read() -> None:
    assert parse_cvr("A\tB\tC\nx\t0\t1\n\t\t\n", "choice", CsvChoices(blank_rows=True)).ballots == {(1, 3): 1, (): 1}
    assert parse_cvr("A,B\n0,1\n0,0\n", "choice").ballots == {(2,): 1, (): 1}
    assert parse_cvr("Who? [A],Who? [B]\nYes,No\nNo,Yes\n", "choice").ballots == {(1,): 1, (2,): 1}


def test_rows_of_empty_cells_are_ignored_and_said() -> None:
    reading = read_cvr("rank 1,rank 2\nAda,Ben\n,\n,\n")
    assert reading.file.ballots == {(1, 2): 1}
    assert reading.warnings == [
        "2 rows of empty cells are ignored (line 3); --blank-rows counts blank ballots in their place."
    ]
    assert parse_cvr("id,rank 1\n1,Ada\n2,\n").ballots == {(1,): 1, (): 1}


def test_a_running_number_is_no_count() -> None:
    assert parse_cvr("number,rank 1,rank 2\n1,Ada,Bob\n2,Ada,Bob\n3,Ada,\n4,Bob,\n5,Bob,\n").ballots == {
        (1, 2): 2,
        (1,): 1,
        (2,): 2,
    }
    for name in ("number", "ballots"):
        text = f"{name},rank 1\n1,Ada\n2,Ben\n" if name == "ballots" else f"{name},rank 1\n30,Ada\n1,Ben\n1,Ben\n"
        assert all(switch in str(refusal(text)) for switch in (f"--count-column {name}", f"--ignore-column {name}"))
    assert parse_cvr("ballots,rank 1\n1,Ada\n2,Ben\n", "ranked", CsvChoices(count_column="Ballots")).ballots[2,] == 2
    assert (
        parse_cvr("ballots,rank 1\n1,Ada\n2,Ben\n", "ranked", CsvChoices(ignore_columns=["ballots"])).ballots[2,] == 1
    )


def test_a_count_is_read_by_an_agreed_name_or_a_given_one() -> None:
    rows = "30,Ada,Bob\n1,Bob,Ada\n1,Bob,Ada\n"
    for name in ("count", "Weight", "ballots", "Multiplicity"):
        assert parse_cvr(f"{name},rank 1,rank 2\n{rows}").ballots == {(1, 2): 30, (2, 1): 2}
    refused = str(refusal(f"votes,rank 1,rank 2\n{rows}"))
    assert "--count-column votes" in refused
    assert "--ignore-column votes" in refused
    chosen = CsvChoices(count_column="votes")
    assert parse_cvr(f"votes,rank 1,rank 2\n{rows}", "ranked", chosen).ballots == {(1, 2): 30, (2, 1): 2}
    assert "no such column" in str(refusal(f"count,rank 1,rank 2\n{rows}", count_column="votes"))


def test_a_voter_s_number_is_no_option() -> None:
    reading = read_cvr("Voter ID,Ada,Bob\n101,5,4\n102,5,3\n", "scores")
    assert (reading.file.options, reading.ignored) == (("Ada", "Bob"), ["Voter ID"])


@pytest.mark.parametrize("name", ["Ward", "Date", "Name"])
def test_an_option_with_the_name_of_another_column_is_not_lost(name: str) -> None:
    text = f"Ada,{name}\n5,4\n0,3\n"
    assert "--options" in str(refusal(text, "scores"))
    chosen = CsvChoices(options=("Ada", name))
    assert parse_cvr(text, "scores", chosen).ballots == {((1, 5), (2, 4)): 1, ((1, 0), (2, 3)): 1}


def test_several_contests_are_refused_unless_one_is_chosen() -> None:
    twice = "choice 1,choice 2,choice 1,choice 2\nAda,Bob,Yea,Nay\nBob,Ada,Nay,Yea\nBob,,Yea,\n"
    assert "--contest" in str(refusal(twice))
    assert parse_cvr(twice, "ranked", CsvChoices(contest="1")).ballots == {(1, 2): 1, (2, 1): 1, (2,): 1}
    assert parse_cvr(twice, "ranked", CsvChoices(contest="2")).options == ("Nay", "Yea")
    named = "Mayor - 1st Choice,Clerk - 1st Choice\nAda,Cy\n"
    assert parse_cvr(named, "ranked", CsvChoices(contest="clerk")).options == ("Cy",)
    rows = "contest,rank 1\nMayor,Ada\nClerk,Cy\n"
    assert "'Clerk', 'Mayor'" in str(refusal(rows))
    assert parse_cvr(rows, "ranked", CsvChoices(contest="Mayor")).ballots == {(1,): 1}
    grids = "Board [Ada],Board [Ben],Chair [Cy],Chair [Di]\n1,0,1,0\n"
    assert "'Board', 'Chair'" in str(refusal(grids, "choice"))
    assert parse_cvr(grids, "choice", CsvChoices(contest="Chair")).options == ("Cy", "Di")
    assert "'President', 'Treasurer'" in str(refusal("President,Treasurer\nAda,Ben\n", "choice"))
    assert "no contest 'Pope'" in str(refusal(grids, "choice", contest="Pope"))


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
    assert parse_cvr(text, "ranked", CsvChoices(overvote="end")).ballots == {(2,): 1}
    assert parse_cvr(text, "ranked", CsvChoices(overvote="skip")).ballots == {(2, 1): 1}


@pytest.mark.parametrize("cell", ['"Ada\nBen"', '"Ada,Ben"', "Ada;Ben", "Ada|Ben", '"Ada, Ben"'])
def test_several_names_in_a_cell_are_an_overvote_only_if_all_are_options(cell: str) -> None:
    text = f"rank 1,rank 2\nAda,Ben\n{cell},Cleo\n"
    error = refusal(text)
    assert (error.line, "--options" in str(error)) == (3, True)
    chosen = CsvChoices(options=("Ada", "Ben", "Cleo"), overvote="end")
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


@pytest.mark.parametrize("rows", [200_000])
def test_a_large_file_is_read_in_a_moment(rows: int) -> None:
    text = "id,rank 1,rank 2\n" + "".join(f"{row},Ada,Ben\n" for row in range(rows))
    before = time.process_time()
    assert parse_cvr(text).ballots == {(1, 2): rows}
    assert time.process_time() - before < 4


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
