"""ABIF, CEF and Pabulib: what is read, and which line is blamed for what is not."""

from typing import Any

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import format_of, read_file
from ballotcast.counting.reading import Reading

ABIF = '{"title": "Board"}\n# one\n=A:[Ada Lee]\n=B:[Ben, Jr.]\n=C:[Cleo # 3]\n'
CEF = "#/Candidates: Ada ; Ben; Cleo\n#/Number of Seats: 2\n"
PABULIB = """META
key;value
num_projects;2
num_votes;3
vote_type;approval
max_length;2
PROJECTS
project_id;cost;votes;name
7;1000;2;Trees
9;2500;2;"Benches; blue"
VOTES
voter_id;age;vote
1;30;7,9
2;;9
3;40;7
"""


def read(name: str, text: str | bytes, kind: Any = "ranked", **choices: Any) -> Reading:
    switches = choices.pop("switches", {})
    return read_file(text if isinstance(text, bytes) else text.encode(), name, kind, switches, CsvChoices(**choices))


def refusal(name: str, text: str, kind: Any = "ranked", **choices: Any) -> BallotFileError:
    with pytest.raises(BallotFileError) as caught:
        read(name, text, kind, **choices)
    return caught.value


def test_abif_ranks_and_scores() -> None:
    file = read("abif", ABIF + "5: A>B=C\n4:[Cleo # 3]>A # why\n3:\n2:A>C=B\n1: A > B > A\n").file
    assert (file.title, file.options) == ("Board", ("Ada Lee", "Ben, Jr.", "Cleo # 3"))
    assert file.ballots == {(1,): 7, (3, 1): 4, (): 3, (1, 2, 1): 1}
    both = ABIF + "5:A/5>B/2=C/2\n4:B/5\n"
    assert read("abif", both).file.ballots == {(1,): 5, (2,): 4}
    assert read("abif", both, "scores").file.ballots == {((1, 5), (2, 2), (3, 2)): 5, ((2, 5),): 4}
    assert "--cells rank" in str(refusal("abif", both, "choice"))
    assert read("abif", both, "choice", cells="rank").file.kind == "ranked"
    assert read("abif", "21:A/1\n13:A/1=B/1\n3:A/0,B/1\n", "choice").file.ballots == {(1,): 21, (1, 2): 13, (2,): 3}
    scores = read("abif", "42:A/040, B/200\n", "ranked").file
    assert (scores.kind, scores.ballots) == ("scores", {((1, 40), (2, 200)): 42})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("abif", ABIF + "5:B # > A\n"),
        ("abif", ABIF + "5: # B\n"),
        ("abif", ABIF + "#5:A\n1:B\n"),
        ("cef", CEF + "Ben # Ada\n"),
    ],
)
def test_a_comment_that_may_hold_votes_is_a_warning(name: str, text: str) -> None:
    assert "may hold votes, and is not read" in read(name, text).warnings[-1]
    quiet = CEF + "Ben # two minutes late\n" if name == "cef" else ABIF + "5:B # two minutes late\n"
    assert not read(name, quiet).warnings


def test_an_invisible_character_in_a_vote_is_refused() -> None:
    assert refusal("pabulib", PABULIB.replace("1;30;7", "1;30;\u200b7"), "choice").line == 13


def test_abif_with_two_readings_is_refused() -> None:
    text = "5:A/1>B/2\n"
    assert all(switch in str(refusal("abif", text)) for switch in ("--cells rank", "--cells score"))
    assert read("abif", text, cells="rank").file.ballots == {(1, 2): 5}
    assert read("abif", text, cells="score").file.ballots == {((1, 1), (2, 2)): 5}
    assert "--cells choice" in str(refusal("abif", "5:A,B\n4:C\n"))
    assert read("abif", "5:A,B\n4:C\n", "choice").file.ballots == {(1, 2): 5, (3,): 4}
    assert read("abif", "5:A,B\n4:C\n", cells="rank").file.ballots == {((1, 2),): 5, (3,): 4}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (ABIF, 6, "no ballot"),
        (ABIF + "5:A>D\n", 6, "'D' is not an option"),
        (ABIF + "5:A>\n", 6, "line ends"),
        (ABIF + "5:A>>B\n", 6, "where an option is expected"),
        (ABIF + "5:Ada Lee>B\n", 6, "in brackets"),
        (ABIF + "5:A/5>B\n", 6, "for some options"),
        (ABIF + "5:A>B,C\n", 6, "both ',' and '>'"),
        (ABIF + "A>B\n", 6, "not a line of ballots"),
        (ABIF + "2.5:A>B\n", 6, "not a line of ballots"),
        (ABIF + "=A:[Bo]\n1:A\n", 6, "'A' again"),
        ("=A:[Bo]\n=B:[bo]\n1:A\n", 1, "same name"),
        ("1:ADA\n1:Ada\n", 2, "--merge-names"),
    ],
)
def test_the_line_of_abif_to_blame(text: str, line: int, word: str) -> None:
    error = refusal("abif", text)
    assert (error.line, word in str(error)) == (line, True)


def test_cef_is_read() -> None:
    text = CEF + "# note\nAda > Ben = Cleo * 42\nx, y:1 || Cleo # why\n\n/EMPTY_RANKING/ * 2\nAda>Ben>Ada *3\n"
    reading = read("cef", text)
    assert (reading.file.options, reading.file.seats) == (("Ada", "Ben", "Cleo"), 2)
    assert reading.file.ballots == {(1,): 42, (3,): 1, (): 2, (1, 2, 1): 3}
    assert any("named twice" in warning for warning in reading.warnings)
    assert read("cef", "Ben > Ada\nAda\n").file.options == ("Ada", "Ben")
    assert read("cef", "Ada > Ben ^7 * 2\n").warnings == [
        "Line 1: weights are not allowed by the file, and are ignored."
    ]


def test_cef_with_two_readings_is_refused() -> None:
    text = CEF + "#/Implicit Ranking: false\nAda > Ben\n"
    assert "--read unranked=last" in str(refusal("cef", text))
    assert read("cef", text, switches={"unranked": "last"}).file.ballots == {(1, 2): 1}
    assert refusal("cef", CEF + "Ada > Eve > Ben\n").line == 3
    reading = read("cef", CEF + "Ada > Eve > Ben\n", switches={"unknown": "ignore"})
    assert reading.file.ballots == {(1, 2): 1}
    assert "Names that are not options are ignored: 'Eve'." in reading.warnings


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (CEF, 1, "no ballot"),
        (CEF + "#/Weight Allowed: true\nAda ^7\n", 4, "weighted votes are not counted"),
        (CEF + "#/Weight Allowed: maybe\nAda ^7\n", 3, "true or false"),
        (CEF + "Ada\n#/Implicit Ranking: false\n", 4, "after a ballot"),
        (" " + CEF + "Ada\n", 1, "at the beginning of a line"),
        (CEF.replace("Cleo", "Cleo # me") + "Ada\n", 1, "not a parameter"),
        (CEF + "#/Candidates: Ada\nAda\n", 3, "'Candidates' of line 1 again"),
        (CEF + "Ada > > Ben\n", 3, "'' where a name"),
        (CEF + "Ada < Ben\n", 3, "'Ada < Ben' where a name"),
        (CEF + "Ada * 8 ^7\n", 3, "not a ballot"),
        (CEF + "Ada * 0\n", 3, "a number of ballots"),
        (CEF + "ada\n", 3, "differ in case only"),
        (CEF.replace("2", "two") + "Ada\n", 2, "a number of seats"),
    ],
)
def test_the_line_of_cef_to_blame(text: str, line: int, word: str) -> None:
    error = refusal("cef", text)
    assert (error.line, word in str(error)) == (line, True)


POINTS = """META
key;value
num_projects;3
num_votes;3
vote_type;cumulative
max_sum_points;5
PROJECTS
project_id;cost;name;score
7;1000;Trees;7
9;2500;Benches;4
3;10;Bins;1
VOTES
voter_id;vote;points
1;7,9;4,1
2;9,3;3,1
3;7;3
"""


def test_points_of_pabulib_are_read() -> None:
    reading = read("pabulib", POINTS, "points")
    assert reading.file.kind == "scores"
    assert reading.file.ballots == {((1, 4), (2, 1)): 1, ((2, 3), (3, 1)): 1, ((1, 3),): 1}
    assert len(reading.warnings) == 1
    odd = read("pabulib", POINTS.replace("points;5", "points;4").replace("Trees;7", "Trees;9"), "points").warnings
    assert "Some ballots give 5 points in all, and the file allows 4; --limit 4 spoils them." in odd
    assert "Line 9: the file says 9 points for 'Trees', and has 7." in odd


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("4,1", "4", 14, "1 numbers of points for 2 projects"),
        ("4,1", "4,x", 14, "'x' where a number of points"),
        ("4,1", "4,-1", 14, "'-1' where a number of points"),
        (";points\n", ";point\n", 13, "the columns of VOTES"),
        ("max_sum_points;5", "default_score;2", 6, "default_score is 2"),
    ],
)
def test_points_of_pabulib_that_cannot_be_read(old: str, new: str, line: int, word: str) -> None:
    error = refusal("pabulib", POINTS.replace(old, new), "points")
    assert (error.line, word in str(error)) == (line, True), error


def test_pabulib_is_read() -> None:
    reading = read("pabulib", PABULIB, "choice")
    assert (reading.file.options, reading.file.kind) == (("Trees", "Benches; blue"), "choice")
    assert reading.file.ballots == {(1, 2): 1, (2,): 1, (1,): 1}
    assert reading.warnings == [
        "Costs and the budget are not used: the options elected are those with the most support."
    ]
    ordinal = read("pabulib", PABULIB.replace("approval", "ordinal").replace("7,9", "9,7"))
    assert (ordinal.file.kind, ordinal.file.ballots) == ("ranked", {(2, 1): 1, (2,): 1, (1,): 1})
    odd = read("pabulib", PABULIB.replace("length;2", "length;1").replace("2;;9", "1;;9").replace("1000;2", "1000;8"))
    assert [word for word in ("--limit 1", "the file says 8 votes", "same voter_id") if word in str(odd.warnings)]
    same = read("pabulib", PABULIB.replace('"Benches; blue"', "trees"))
    assert same.file.options == ("Trees (7)", "trees (9)")


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("META", "MATE", 1, "does not begin with META"),
        ("VOTES\n", "", 15, "no section VOTES"),
        ("approval", "utility", 5, "type 'utility'"),
        ("num_votes;3", "num_votes;4", 4, "num_votes is 4, and 3"),
        ("num_projects;2", "num_projects;3", 3, "num_projects is 3"),
        ("7,9", "7,8", 13, "'8' is not a project"),
        ("9;2500", "7;2500", 10, "'7' again"),
        ("2;;9", "2;9", 14, "2 cells under 3"),
        ("voter_id;age;vote", "voter_id;age;votes", 12, "the columns of VOTES"),
    ],
)
def test_the_line_of_pabulib_to_blame(old: str, new: str, line: int, word: str) -> None:
    error = refusal("pabulib", PABULIB.replace(old, new), "choice")
    assert (error.line, word in str(error)) == (line, True)


@pytest.mark.parametrize(
    ("data", "expected"), [(ABIF, "abif"), ("3:A>B\n", "abif"), (CEF, "cef"), (PABULIB, "pabulib")]
)
def test_the_formats_are_told_by_their_beginning(data: str, expected: str) -> None:
    assert format_of("-", data.encode()) == expected
