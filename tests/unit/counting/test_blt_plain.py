"""Plain BLT files are read in bulk, and what is found is what the reader of lines finds."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.counting.ballot_file import BallotFileError
from ballotcast.counting.blt import read_blt
from ballotcast.counting.blt_plain import read_plain
from ballotcast.counting.reading import Reading

NAMES = '"Ada"\n"Björn" # of the party\n"Chloé"\n"Dmitri"\n"Board"\n'
LINES = st.lists(
    st.tuples(st.integers(1, 12), st.lists(st.integers(1, 4), max_size=5)).map(
        lambda ballot: " ".join(map(str, [ballot[0], *ballot[1], 0]))
    ),
    min_size=1,
    max_size=12,
)


def by_lines(text: str) -> Reading:
    """What the reader of lines finds: a space more at the end of the first line is no plain file."""
    spaced = text.replace("\n", " \n", 1).replace(" 0\n", " 0 \n", 1)
    assert read_plain(spaced) is None
    return read_blt(spaced)


@given(lines=LINES, withdrawn=st.sampled_from(["", "-2\n", "-2 -4\n", "-1\n-3\n"]))
def test_both_readers_find_the_same(lines: list[str], withdrawn: str) -> None:
    text = f"4 2\n{withdrawn}" + "\n".join(lines) + f"\n0\n{NAMES}"

    assert read_plain(text) is not None
    assert read_blt(text) == by_lines(text)


def test_equal_ballots_are_added_in_the_order_in_which_they_come() -> None:
    read = read_blt(f"4 2\n2 3 1 0\n1 4 0\n5 3 1 0\n1 0\n0\n{NAMES}").file

    assert list(read.ballots.items()) == [((3, 1), 7), ((4,), 1), ((), 1)]


@pytest.mark.parametrize(
    ("ballots", "message"),
    [
        ("1 1 2 0\n1 5 0\n", "line 3: 5 where an option, or the 0 that ends the ballot (1 to 4) is expected"),
        (f"1 1 0\n{2**53} 2 0\n", f"line 3: {2**53} where how many ballots"),
        (f"1 1 0\n{2**53 - 1} 2 0\n", "line 3: too many ballots"),
        ("1 1 2 0\n1 3\n1 1 0\n", "line 3: the ballot does not end in 0, unlike others"),
        ("1 1 2 0\n1 0 3 0\n", "line 3: a 0 within a ballot"),
        ("1 1 2 0\n01 3 0\n", "line 3: 01 where how many ballots"),
        ("1 1 2 0\n1 03 0\n", "line 3: 03 where an option"),
    ],
)
def test_bad_ballots_are_refused_by_their_line(ballots: str, message: str) -> None:
    with pytest.raises(BallotFileError) as refused:
        read_blt(f"4 2\n{ballots}0\n{NAMES}")

    assert str(refused.value).startswith(message)


def test_lines_after_the_ballots_keep_their_numbers() -> None:
    with pytest.raises(BallotFileError) as refused:
        read_blt('2 1\n1 1 0\n1 2 0\n0\n"Ada"\n"Björn\n')

    assert refused.value.line == 6


def test_the_line_of_an_option_named_twice_is_told() -> None:
    assert read_blt(f"4 2\n1 3 0\n1 1 2 1 0\n3 2 2 0\n0\n{NAMES}").warnings == (
        "Line 3: an option is named twice. Ballots spoilt in this way: 4.",
    )


@pytest.mark.parametrize(
    "ballots",
    [
        "1 1=2 0\n",
        "1  1 2 0\n",
        " 1 1 2 0\n",
        "1 1 2 0 \n",
        "1 1 2 0\n\n1 3 0\n",
        "1 1 2 0 # a comment\n",
        "/*\n1 1 2 0\n*/\n1 3 0\n",
        "(a) 1 1 2 0\n",
        "1,1,2,0\n",
        "1 1 - 2 0\n",
        "1 1 2\n",
    ],
)
def test_anything_else_is_left_to_the_reader_of_lines(ballots: str) -> None:
    assert read_plain(f"4 2\n{ballots}0\n{NAMES}") is None


def test_a_head_with_a_comment_that_is_open_is_not_plain() -> None:
    assert read_plain(f"/* 4 2\n1 1 0\n0\n*/\n4 2\n1 2 0\n0\n{NAMES}") is None
    assert read_plain(f"4 2 /*\n1 1 0\n0\n*/\n1 2 0\n0\n{NAMES}") is None


def test_ballots_that_end_at_zeros_wherever_lines_end_are_read_so_if_that_is_asked_for() -> None:
    text = f"4 2\n1 1 2 0\n1 3 0\n0\n{NAMES}"
    streamed = read_blt(text, {"ballots": "zeros"})

    assert streamed.file == read_blt(text).file
    assert "from 0 to 0" in streamed.warnings[0]


def test_bulk_takes_a_fraction_of_the_time() -> None:
    ballots = "".join(f"1 {n % 4 + 1} {(n + 1 + n % 3) % 4 + 1} 0\n" for n in range(20_000))
    text = f"4 2\n{ballots}0\n{NAMES}"
    began = time.process_time()
    bulk = read_blt(text)
    ended = time.process_time()
    lines = by_lines(text)

    assert replace(bulk, dialect=()) == replace(lines, dialect=())
    assert ended - began < (time.process_time() - ended) / 2
