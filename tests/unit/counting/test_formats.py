"""Reading PrefLib and CSV: what is accepted, which line is blamed, and that nothing else ever escapes."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import count
from ballotcast.counting.ballot_file import LARGEST, BallotFile, BallotFileError
from ballotcast.counting.cvr import parse_cvr
from ballotcast.counting.formats import FORMATS, format_of, read_ballots
from ballotcast.counting.preflib import parse_preflib, read_preflib

from .elections import examples

HEAD = """# FILE NAME: 00001-00000001.toi
# TITLE: Board 2026
# DESCRIPTION:
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 9
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ada
# ALTERNATIVE NAME 2: Björn: the younger
# ALTERNATIVE NAME 3: Chloé
"""


def test_orders_with_ties_are_read() -> None:
    assert parse_preflib(HEAD + "5: 2,1\n3: {3,1}\n1: { 1 , 2 },3\n") == BallotFile(
        "Board 2026", ("Ada", "Björn: the younger", "Chloé"), 1, (), {(2, 1): 5, ((1, 3),): 3, ((1, 2), 3): 1}
    )


def test_all_alternatives_left_in_last_place_are_no_preference() -> None:
    reading = read_preflib(HEAD.replace("toi", "toc") + "5: 1,{2,3}\n3: 2,{1,3}\n1: {1,2,3}\n")
    assert reading.file.ballots == {(1,): 5, (2,): 3, (): 1}
    assert reading.dialect == ["toc"]
    (warning,) = reading.warnings
    assert warning.startswith("Line 11: all options that are left are equal and last")
    assert warning.endswith("Ballots of this kind: 9.")
    counted = count("scottish-stv", options=reading.file.options, seats=1, ballots=reading.file.ballots)
    assert (counted.winners, counted.spoilt) == ((1,), 0)


def test_windows_lines_a_byte_order_mark_and_blank_orders_are_read() -> None:
    text = "\ufeff" + HEAD.replace("\n", "\r\n") + "8: 3,2\r\n1:\r\n\r\n"
    assert parse_preflib(text.encode()).ballots == {(3, 2): 8, (): 1}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "ends without"),
        ("# DATA TYPE: cat\n", 1, "data type 'cat'"),
        ("# NUMBER ALTERNATIVES: none\n", 1, "'none' where a number"),
        ("# NUMBER ALTERNATIVES: 99999999999999999999\n", 1, "where a number"),
        ("# NUMBER ALTERNATIVES: 9007199254740991\n5: 1\n", 3, "and 0 names"),
        ("3: 1,2\n", 1, "before the number of alternatives"),
        (HEAD + "9: 1,4\n", 11, "alternative 4 of 3"),
        (HEAD + "9: 1,0\n", 11, "'0' where a number"),
        (HEAD + "5: 1\n4: 2,{2,3}\n", 12, "alternative 2 is ranked twice"),
        (HEAD + "9: 1,,2\n", 11, "not an order"),
        (HEAD + "9: 1,{2\n", 11, "not an order"),
        (HEAD + "9: {}\n", 11, "'' where a number"),
        (HEAD + "9 1,2\n", 11, "not an order"),
        (HEAD + "-9: 1,2\n", 11, "not an order"),
        (HEAD + "8: 1,2\n", 12, "9 voters announced, and 8 found"),
        (HEAD.replace("toi", "soi") + "9: {1,2}\n", 11, "a tie in a file of type soi"),
        (HEAD.replace("toi", "toc") + "9: {1,2}\n", 11, "incomplete order in a file of type toc"),
        (HEAD.replace("NAME 3", "NAME 4") + "9: 1\n", 12, "3 alternatives, and 3 names"),
        (HEAD.replace("Ada", "A\x1b[31mda") + "9: 1\n", 8, "control"),
        (HEAD + f"{LARGEST}: 1\n1: 2\n", 12, "too many"),
    ],
)
def test_the_line_of_orders_to_blame(text: str, line: int, word: str) -> None:
    with pytest.raises(BallotFileError) as caught:
        parse_preflib(text)
    assert (caught.value.line, str(caught.value).split(":")[0]) == (line, f"line {line}")
    assert word in str(caught.value)


def test_columns_of_ranks_hold_names() -> None:
    text = 'Ballot_ID,Precinct,Rank 1,rank_2,RANK-3\n1,7,"Ada, the elder",skipped,Chloé\n2,7,,Chloé=Björn,undervote\n'
    text += "3,7,Björn,overvote,Chloé\n4,7,Björn,Björn,Chloé\n5,7,,,\n"
    assert parse_cvr(text) == BallotFile(
        "", ("Ada, the elder", "Björn", "Chloé"), 1, (), {(1, 3): 1, ((2, 3),): 1, (2,): 1, (2, 3): 1, (): 1}
    )


@pytest.mark.parametrize(
    "header",
    ["choice 1,choice 2", "1st choice,2nd choice", "Preference_1,Preference_2", "Rank1,Rank2", "1-rank,2-rank"],
)
def test_columns_of_ranks_go_by_several_names(header: str) -> None:
    assert parse_cvr(f"{header}\nB,A\n").ballots == {(2, 1): 1}
    swapped = ",".join(reversed(header.split(",")))
    assert parse_cvr(f"{swapped}\nB,A\n").ballots == {(1, 2): 1}


def test_equal_names_in_another_order_are_the_same_ballot() -> None:
    assert parse_cvr("rank 1,rank 2\nA=B,C\nB=A,C\n").ballots == {((1, 2), 3): 2}


def test_columns_of_options_hold_ranks_scores_or_choices() -> None:
    ranks = "id;count;A;B;C\n1;4;2;1;\n2;3;5;5;1\n"
    assert parse_cvr(ranks).ballots == {(2, 1): 4, (3, (1, 2)): 3}
    assert parse_cvr(ranks, "scores").ballots == {((1, 2), (2, 1)): 4, ((1, 5), (2, 5), (3, 1)): 3}
    assert parse_cvr("A\tB\tC\nx\t0\t1\n\t\t\n", "choice").ballots == {(1, 3): 1, (): 1}
    assert parse_cvr("A,B\n0,2\n0,0\n").ballots == {(2,): 1, (): 1}


def test_quoted_names_keep_delimiters_and_lines_are_counted_through_them() -> None:
    text = '"A, the ""first""",B\n1,0\n\n'
    assert parse_cvr(text, "choice").options == ('A, the "first"', "B")
    with pytest.raises(BallotFileError, match="line 4: 'y'"):
        parse_cvr(text + "y,1\n", "choice")


@pytest.mark.parametrize(
    ("text", "kind", "line", "word"),
    [
        ("", "ranked", 1, "no header"),
        ("\n\n", "ranked", 1, "no header"),
        ("id,count\n", "ranked", 1, "no column for an option"),
        ("A,A\n", "ranked", 1, "two with the same"),
        ("A,,B\n", "ranked", 1, "without a name"),
        ("A\x07,B\n", "ranked", 1, "without a name"),
        ("A,B\n1\n", "ranked", 2, "1 cells under 2 columns"),
        ("A,B\n1,2,3\n", "ranked", 2, "3 cells under 2 columns"),
        ("A,B\n1,-2\n", "scores", 2, "'-2' where a number up to 254"),
        ("A,B\n1,255\n", "scores", 2, "'255' where a number up to 254"),
        ("A,B\n1,2.5\n", "scores", 2, "'2.5' where a number"),
        ("A,B\n1,٣\n", "scores", 2, "where a number"),
        ("A,B\n1,2\n", "choice", 2, "'2' where 0 or 1"),
        ("count,A\nmany,1\n", "ranked", 2, "'many' where a number"),
        (f"count,A\n{LARGEST},1\n1,1\n", "ranked", 3, "too many"),
        ('A,B\n1,"2\n', "ranked", 2, "unexpected end of data"),
        ('A,B\n1,"2"x\n', "ranked", 2, "expected after"),
        ("rank 1\nA=\n", "ranked", 2, "an empty name"),
        ("rank 1\nA\x1b\n", "ranked", 2, "control"),
    ],
)
def test_the_line_of_records_to_blame(text: str, kind: Any, line: int, word: str) -> None:
    with pytest.raises(BallotFileError) as caught:
        parse_cvr(text, kind)
    assert caught.value.line == line
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("ward.BLT", b"", "blt"),
        ("x.soc", b"", "preflib"),
        ("x.toi", b"", "preflib"),
        ("x.csv", b"4 2", "csv"),
        ("-", HEAD.encode(), "preflib"),
        ("-", b"\xef\xbb\xbf4 2\n", "blt"),
        ("-", b"# comment\n4 2\n", "blt"),
        ("-", b"rank 1,rank 2\n", "csv"),
        ("-", b"", "csv"),
    ],
)
def test_the_format_is_told_by_name_or_beginning(name: str, data: bytes, expected: str) -> None:
    assert format_of(name, data) == expected


PIECES = st.sampled_from(
    [*"0123:,;={}#\n\r\t \x00\"'", "rank 1", "rank 2", "count", "id", "Ada", "9" * 400, "٣", "x", "overvote", HEAD]
)


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.binary() | st.text().map(str.encode) | st.lists(PIECES).map(lambda parts: "".join(parts).encode()))
@examples(250)
def test_whatever_the_bytes_only_ballot_file_errors_escape(name: str, data: bytes) -> None:
    for kind in ("ranked", "scores", "choice"):
        with contextlib.suppress(BallotFileError):
            cast = read_ballots(data, name, kind)
            assert sum(cast.ballots.values()) <= LARGEST


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_preflib, "# " + " " * 200_000 + "x\n"),
        (parse_preflib, HEAD + "9: " + "1 , " * 50_000 + "\n"),
        (parse_preflib, HEAD + "9: " + "{" * 100_000 + "\n"),
        (parse_cvr, "A,B\n" + "1,2\n" * 50_000),
        (parse_cvr, "rank 1\n" + "=" * 100_000 + "\n"),
    ],
)
def test_long_files_and_lines_are_read_or_refused_in_a_moment(parse: Callable[[str], BallotFile], text: str) -> None:
    before = time.process_time()
    with contextlib.suppress(BallotFileError):
        parse(text)
    assert time.process_time() - before < 2
