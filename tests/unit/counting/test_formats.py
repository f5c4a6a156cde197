"""Reading PrefLib and CSV: what is accepted, which line is blamed, and that nothing else ever escapes."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting import count
from ballotcast.counting.ballot_file import LARGEST, BallotFile, BallotFileError
from ballotcast.counting.cvr import parse_cvr
from ballotcast.counting.formats import FORMATS, format_of, read_ballots
from ballotcast.counting.preflib import parse_preflib, read_preflib
from effort import examples
from growth import assert_grows_no_faster_than_its_input

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
    ("parse", "before", "repeated", "after"),
    [
        (parse_preflib, "# ", "  ", "x\n"),
        (parse_preflib, HEAD + "9: ", "1 , ", "\n"),
        (parse_preflib, HEAD + "9: ", "{{", "\n"),
        (parse_cvr, "A,B\n", "1,2\n", ""),
        (parse_cvr, "rank 1\n", "==", "\n"),
    ],
)
def test_long_files_and_lines_are_read_or_refused_in_a_moment(
    parse: Callable[[str], BallotFile], before: str, repeated: str, after: str
) -> None:
    def read(times: int) -> None:
        with contextlib.suppress(BallotFileError):
            parse(before + repeated * times + after)

    assert_grows_no_faster_than_its_input(read, 3_125)
