"""Rolls as spreadsheets save them, and every row accounted for."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.elections.roll_file import Rejection, RollFileError, Row, read_roll

ADA, BOB = Row("ada@example.org", ""), Row("bob@example.org", "")


@pytest.mark.parametrize(
    "data",
    [
        b"email\nada@example.org\nbob@example.org\n",
        b"email\nada@example.org\nbob@example.org",
        b"email\r\nada@example.org\r\nbob@example.org\r\n",
        b"email\rada@example.org\rbob@example.org\r",
        b"\xef\xbb\xbfemail\r\nada@example.org\r\nbob@example.org\r\n",
        b'\xef\xbb\xbf"email"\n"ada@example.org"\n"bob@example.org"\n',
        b" E-Mail \n".replace(b"-", b"") + b"  ada@example.org \n\n   \nbob@example.org\n",
        b"email,phone\nada@example.org,\nbob@example.org\n",
        b"email;phone\r\nada@example.org;\r\nbob@example.org;\r\n",
        b"Phone,EMAIL\n,ada@example.org\n,bob@example.org\n",
    ],
)
def test_every_way_to_save_the_same_roll(data: bytes) -> None:
    roll = read_roll(data)
    assert (roll.rows, roll.duplicates, roll.rejected) == ([ADA, BOB], 0, [])


@pytest.mark.parametrize(
    ("data", "ignored"),
    [
        (b"email,name\nada@example.org,Ada\nbob@example.org,\n", ["name"]),
        (b"Name;Email;;\r\nAda;ada@example.org;;\r\nBob;bob@example.org;;\r\n", ["name"]),
        (b"a,email,a,b\n1,ada@example.org,2,3\n,bob@example.org,,\n", ["a", "b"]),
        (b"email,%s\nada@example.org\nbob@example.org\n" % (b"x" * 50), ["x" * 40]),
        (
            b"email,%s\nada@example.org\nbob@example.org\n" % b",".join(b"c%d" % n for n in range(30)),
            [f"c{n}" for n in range(20)],
        ),
    ],
)
def test_columns_that_no_roll_has_are_ignored_and_named(data: bytes, ignored: list[str]) -> None:
    roll = read_roll(data)
    assert (roll.rows, roll.rejected, roll.ignored) == ([ADA, BOB], [], ignored)


@pytest.mark.parametrize(
    "data",
    [b"email,phone\nada@example.org,+49 151 12345678\n", b'email;phone\n"ada@example.org";"+49 (151) 12345678"\n'],
)
def test_telephone_numbers(data: bytes) -> None:
    assert read_roll(data).rows == [Row("ada@example.org", "+4915112345678")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"ada@example.org\nbob@example.org\n", "header"),
        (b"\nemail\nada@example.org\n", "header"),
        (b"Name;Phone\nAda;\n", "no column email; its columns are: name, phone"),
        (b"ada@example.org,Ada\n", "header that names the columns"),
        (b'"email\nada@example.org\n', "header"),
        (b"email,Email\nada@example.org,ada@example.org\n", "twice"),
        ("email\nada@bücher.example\n".encode("latin-1"), "UTF-8"),
        ("email\nada@example.org\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_no_roll_at_all(data: bytes, words: str) -> None:
    with pytest.raises(RollFileError, match=words):
        read_roll(data)


def test_an_election_with_text_messages_needs_a_number_in_each_row() -> None:
    with pytest.raises(RollFileError, match="phone"):
        read_roll(b"email\nada@example.org\n", phone_needed=True)
    roll = read_roll(
        b"email,phone\nada@example.org,+4915112345678\nbob@example.org,\ncid@example.org,+4415112345678\n",
        phone_needed=True,
        calling_codes=("+49",),
    )
    assert roll.rows == [Row("ada@example.org", "+4915112345678")]
    assert [rejection.line for rejection in roll.rejected] == [3, 4]


def test_each_bad_row_is_told_by_its_line_and_the_rest_is_taken() -> None:
    lines = [
        b"email,phone",
        b"ada@example.org,",
        b"",
        b"not an address,",
        b'"x,y"@example.org,',
        b'"bob@example.org,',
        b",",
        b"a@b.de,,",
        b"bob@example.org,12",
        b"bob@example.org,",
    ]
    data = b"\n".join(lines)
    roll = read_roll(data)
    assert roll.rows == [ADA, BOB]
    assert [rejection.line for rejection in roll.rejected] == [4, 5, 6, 7, 8, 9]
    assert roll.rejected[0] == Rejection(4, "not an e-mail address")
    assert roll.rejected[2].reason == "quotes that do not match"
    assert roll.rejected[4].reason == "3 columns where the header has 2"
    assert "example" not in str(roll.rejected)


def test_the_same_address_in_another_spelling_of_case_is_a_duplicate() -> None:
    roll = read_roll(b"email\nAda@Example.org\nbob@example.org\nADA@EXAMPLE.ORG\n ada@example.org \n")
    assert roll.rows == [Row("Ada@Example.org", ""), BOB]
    assert roll.duplicates == 2


def test_ten_thousand_rows_with_a_bad_address_on_line_4711() -> None:
    lines = ["email", *(f"voter{number}@example.org" for number in range(2, 10_002))]
    lines[4710] = "voter4711@example"
    roll = read_roll("\r\n".join(lines).encode())
    assert len(roll.rows) == 9_999
    assert roll.rejected == [Rejection(4711, "not an e-mail address")]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


@given(st.lists(st.one_of(st.sampled_from(["ada@example.org", "Bob@example.org"]), CELLS), max_size=30))
def test_no_row_is_lost_silently(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["email"], *([cell] for cell in cells)])
    roll = read_roll(text.getvalue().encode())
    assert len(roll.rows) + roll.duplicates + len(roll.rejected) == len(cells)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        roll = read_roll(data)
    except RollFileError:
        return
    assert all("@" in row.email for row in roll.rows)
