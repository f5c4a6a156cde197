"""Tables that hold something that is not a ballot, though each cell by itself could be one."""

import pytest

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.ballots import Kind
from ballotcast.counting.csv_choices import CsvChoices
from ballotcast.counting.formats import read_file

RANKED = "1st choice,2nd choice\n" + "Ada,Ben\nBen,Ada\n" * 6
LISTED = "Timestamp,Whom?\n" + "2026-05-01 09:00:01,Ada;Ben;\n2026-05-01 09:00:02,Ben;\n" * 6
SCORED = "Ada,Ben\n" + "5,3\n4,0\n" * 6


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        (RANKED * 2, "ranked", "line 14: the header again"),
        (LISTED * 2, "choice", "line 14: the header again"),
        ("2,1,3\n1,2,3\n3,1,2\n", "ranked", "line 1: the first row holds what ballots hold"),
        ("5,0\n4,1\n3,3\n", "scores", "line 1: the first row holds what ballots hold"),
    ],
)
def test_a_header_in_the_middle_and_a_missing_one_are_refused(text: str, kind: Kind, reason: str) -> None:
    choices = CsvChoices(cells="rank") if text[:1] == "2" else CsvChoices(cells="score" if kind == "scores" else "")
    with pytest.raises(BallotFileError, match=reason):
        read_file(text.encode(), "csv", kind, {}, choices)


@pytest.mark.parametrize(
    ("format_name", "text", "kind", "warning"),
    [
        ("csv", RANKED + "Adda,Ben\n", "ranked", "Options that occur once: 'Adda'"),
        ("csv", LISTED + "2026-05-01 09:00:03,½;\n", "choice", "Options that occur once: '½'"),
        ("cef", "Ada > Ben * 12\nBen Ada * 1\n", "ranked", "Options that occur once: 'Ben Ada'"),
        ("csv", SCORED + "99,0\n", "scores", "One score, 99, is more than twice any other. --limit 5"),
    ],
)
def test_what_occurs_once_is_named(format_name: str, text: str, kind: Kind, warning: str) -> None:
    switches = {"unranked": "last"} if format_name == "cef" else {}
    warnings = read_file(text.encode(), format_name, kind, switches).warnings
    assert [said for said in warnings if said.startswith(warning)]


@pytest.mark.parametrize(("text", "kind"), [(RANKED, "ranked"), (LISTED, "choice"), (SCORED, "scores")])
def test_nothing_is_said_of_a_table_without_such_cells(text: str, kind: Kind) -> None:
    assert read_file(text.encode(), "csv", kind).warnings == []


def test_options_that_are_given_are_no_surprise() -> None:
    given = CsvChoices(options=("Ada", "Ben", "Adda"))
    assert read_file(f"{RANKED}Adda,Ben\n".encode(), "csv", "ranked", {}, given).warnings == []


@pytest.mark.parametrize("header", ["Whom?,Name", "1st choice,Name", "Ada,Name"])
def test_a_table_without_a_vote_is_refused_unless_the_options_are_given(header: str) -> None:
    """The names of two columns changed places: votes are in a column that is about the voter."""
    table = f"{header}\n,Ada;Ben;\n,Ben;Ada;\n".encode()
    with pytest.raises(BallotFileError, match="line 1: no cell holds a vote"):
        read_file(table, "csv", "ranked")
    if header != "Whom?,Name":
        assert read_file(table, "csv", "ranked", {}, CsvChoices(options=("Ada", "Ben"))).file.ballots == {(): 2}
