"""CSV files of ballots as people and programs write them: what is read, what is refused, and which line is blamed."""

from typing import Any

import pytest

from ballotcast.counting.ballot_file import BallotFile, BallotFileError
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
