"""Tables as people save them: what is read, and which line is blamed for what is not."""

import contextlib
import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.faults import fault
from ballotcast.tables import Row, TableError, read_table
from ballotcast.text import Text, decode
from effort import examples


def cells(data: bytes | str) -> list[list[str]]:
    table = read_table(data)
    return [table.header.cells, *(row.cells for row in table)]


@pytest.mark.parametrize(
    "data",
    [
        "a,b\n1,2\n",
        "a;b\r\n1;2\r\n",
        "a\tb\r1\t2",
        "sep=;\na;b\n1;2\n",
        '"sep=,"\na,b\n1,2\n',
        "\n\na,b,\n1,2,\n,,\n",
        "\ufeff\ufeffa,b\n1,2\n",
        "a,b\n\n , \n1,2,,\n",
        'a, "b"\n1, "2"\n',
        "a,b\n1,2\n".encode("utf-16"),
        "\ufeffa;b\n1;2\n".encode("utf-16-be"),
    ],
)
def test_a_table_is_read_in_every_dialect(data: bytes | str) -> None:
    assert cells(data) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('email,"name; surname"\na@b,Lee\n', [["email", "name; surname"], ["a@b", "Lee"]]),
        ("Lee, Ana;Fox\n1;2\n", [["Lee, Ana", "Fox"], ["1", "2"]]),
        ("email\na@b;\n", [["email"], ["a@b"]]),
        ("email\na@b\n", [["email"], ["a@b"]]),
        ('a,b\nAna "Annie" Lee,"Ben ""B"""\n', [["a", "b"], ['Ana "Annie" Lee', 'Ben "B"']]),
        ('a,b\n"1" ,2\n"x"" ,""y" ,"z"  \n', [["a", "b"], ["1", "2"], ['x" ,"y', "z"]]),
    ],
)
def test_the_delimiter_is_the_one_that_divides_every_row(data: str, expected: list[list[str]]) -> None:
    assert cells(data) == expected


def test_a_line_break_inside_quotes_belongs_to_its_cell_and_lines_are_still_known() -> None:
    rows = list(read_table('a,b,c\n"1\r\n2","3\n4",5\n6,7,8\n'))
    assert rows == [Row(2, ["1\n2", "3\n4", "5"]), Row(5, ["6", "7", "8"])]
    assert [rows[0].line_of(place) for place in range(3)] == [2, 3, 4]


def test_blank_rows_are_found_and_kept_where_that_is_asked_for() -> None:
    data = "a,b\n,\n1,2\n , \n\n"
    assert read_table(data).blank_rows() == [2, 4]
    assert [row.line for row in read_table(data, keep_blank=True)] == [2, 3, 4]


def test_other_encodings_are_read_and_said() -> None:
    table = read_table("a,b\nBjörn,2\n".encode("cp1252"))
    assert (table.encoding, next(iter(table)).cells) == ("Windows-1252", ["Björn", "2"])
    assert table.warnings == [fault("read-as", line=2, encoding="Windows-1252", shown="Björn,2")]
    assert decode("a".encode("utf-16")) == Text("a", "UTF-16")


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, ["no header"]),
        (b",,\n", 1, ["no header"]),
        (b'a,b\n1,2\n3,"4\n5,6\n7,8\n', 3, ["not closed"]),
        (b'a,b\n"x\ny","4\n5,6\n7,8\n', 3, ["not closed"]),
        (b'a,b\n1,"2\n3,"4"\n', 2, ["not closed", "before '4'"]),
        (b'a,b\n1,"2"x\n', 2, ["'x' after a closing quote"]),
        (b'a,b\n1,"' + b"x\n" * 100_000, 2, ["not closed"]),
        (b"a,b\n1," + b"x" * 200_000, 2, ["too long"]),
        (b"a,b\n1\n", 2, ["1 cell under 2 columns"]),
        (b"a,b\n1,2,3\n", 2, ["3 cells under 2 columns"]),
        (b"a,b;c\n1,2;3\n", 1, ["comma", "semicolon", "sep=,", "sep=;"]),
        (b"a,b;c\n1;2;3\n4,5,6\n", 1, ["different length", "sep=,", "sep=;"]),
        (b"a,b\n1,\x002\n", 2, ["NUL"]),
        (b"a,b\n1,\x81\n", 2, ["neither UTF-8 nor"]),
        (b"a,b\nBj\xf6rn,1\nBj\xc3\xb6rn,2\n", 2, ["not UTF-8, while line 3 is"]),
        (b"\xff\xfea", 1, ["not UTF-16"]),
    ],
)
def test_the_line_to_blame(data: bytes, line: int, words: list[str]) -> None:
    with pytest.raises(TableError) as caught:
        list(read_table(data))
    assert caught.value.line == line
    assert all(word in str(caught.value) for word in words)


def test_a_delimiter_too_many_is_refused_in_an_even_table() -> None:
    padded = "a,b,c\n1,2,,\n3,4,5,\n"
    assert [row.cells for row in read_table(padded, even=True)] == [["1", "2", ""], ["3", "4", "5"]]
    for data in ("a,b,c\n1,,2,\n3,4,5\n", "a,b,c\n3,4,5\n1,,2,\n", "a,b,c\n1,,2,\n"):
        with pytest.raises(TableError, match=r"4 cells|3 cells"):
            list(read_table(data, even=True))


def test_rows_of_a_ragged_table_keep_their_length() -> None:
    table = read_table("a,b\n1\n1,2,3\n1,2, ,\n", ragged=True)
    assert [row.cells for row in table] == [["1", ""], ["1", "2", "3"], ["1", "2"]]


@given(
    st.lists(st.lists(st.text("ab ,;\t\n\"'é"), min_size=2, max_size=2), max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
@examples(300)
def test_whatever_an_independent_writer_writes_reads_back(
    body: list[list[str]], mark: str, encoding: str, announced: bool
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([["one", "two"], *body])
    table = read_table((f"sep={mark}\r\n" * announced + text.getvalue()).encode(encoding), keep_blank=True)
    assert [row.cells for row in table] == body


@given(
    st.lists(st.lists(st.sampled_from(["", " ", "\u00a0", "a", '"b\n"']), min_size=1, max_size=3), max_size=6),
    st.integers(0, 400),
    st.booleans(),
    st.booleans(),
)
@examples(200)
def test_blocks_hold_the_rows_that_come_one_by_one(
    body: list[list[str]], more: int, keep_blank: bool, even: bool
) -> None:
    rows = [["one", "two"], *[["a", "b"]] * more, *body, *[["c", "d"]] * more]
    table = read_table("".join(",".join(cells) + "\r\n" for cells in rows), keep_blank=keep_blank, even=even)
    assert _outcome(lambda: [row.cells for row in table]) == _outcome(
        lambda: [cells for block in table.blocks() for cells in block.rows]
    )
    with contextlib.suppress(TableError):
        assert any(block.blank for block in table.blocks()) or not table.blank_rows()


def _outcome(read: Callable[[], list[list[str]]]) -> list[list[str]] | str:
    try:
        return read()
    except TableError as error:
        return str(error)


@given(st.binary() | st.text('ab,;\t\n"\ufeff').map(str.encode))
@examples(300)
def test_nothing_but_table_errors_escapes(data: bytes) -> None:
    with contextlib.suppress(TableError):
        list(read_table(data))
