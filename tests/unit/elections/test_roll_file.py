"""Rolls as spreadsheets save them, and every row accounted for."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.elections.roll_file import (
    Duplicate,
    Mended,
    Reading,
    Rejection,
    RollFile,
    RollFileError,
    Row,
    read_roll,
)
from ballotcast.faults import Fault, fault
from effort import examples
from spreadsheet_files import xlsx

ANA, BEN = ("ana@example.org", "Ana"), ("ben@example.org", "Ben")


def voters(roll: RollFile) -> list[tuple[str, str]]:
    return [(row.email, row.name) for row in roll.rows]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"email,name,member no\r\nana@example.org,Ana,1\r\n,,\r\nben@example.org,Ben,2\r\n,,\r\n,,\r\n", [ANA, BEN]),
        (b'email,"name; surname"\nana@example.org,Ana\nben@example.org,Ben\n', [ANA, BEN]),
        (b"\xef\xbb\xbf\xef\xbb\xbfemail,name\r\nana@example.org,Ana\r\n", [ANA]),
        (b"E-mail,Name\r\nana@example.org,Ana\r\n", [ANA]),
        (b"Email Address,First Name\r\nana@example.org,Ana\r\n", [ANA]),
        (b"Given Name,E-mail 1 - Value\r\nAna,ana@example.org\r\n", [ANA]),
        (b'name,address,email\r\nAna,"1 High St\nOldtown",ana@example.org\r\nBen,2 Low St,ben@example.org', [ANA, BEN]),
        (b"sep=,\r\nemail,name\r\nana@example.org,Ana\r\n", [ANA]),
        (b"sep=;\r\nemail;name\r\nana@example.org;Ana\r\n", [ANA]),
        (b"email\r\nana@example.org,\r\nben@example.org,,\r\n", [("ana@example.org", ""), ("ben@example.org", "")]),
        (b"email\r\nana@example.org;\r\nben@example.org;\r\n", [("ana@example.org", ""), ("ben@example.org", "")]),
        ("\ufeffemail,name\r\nana@example.org,Ana Müller\r\n".encode("utf-16-le"), [("ana@example.org", "Ana Müller")]),
        ("email\tname\r\nana@example.org\tAna Müller\r\n".encode("utf-16"), [("ana@example.org", "Ana Müller")]),
        ("email\tname\r\nana@example.org\tAna Müller\r\n".encode(), [("ana@example.org", "Ana Müller")]),
        ("email\u200b,name\r\nana@example.org,Ana\r\n".encode(), [ANA]),
        (b'email,name\n"ana@example.org" ,Ana\n  "ben@example.org",Ben\n', [ANA, BEN]),
        (b'email,name\nana@example.org,Ana "A" Lee\n', [("ana@example.org", 'Ana "A" Lee')]),
        (b"email;phone\r\nana@example.org;\r\nben@example.org\r\n", [("ana@example.org", ""), ("ben@example.org", "")]),
        ("email;name\nana@example.org;Björn\n".encode("cp1252"), [("ana@example.org", "Björn")]),
    ],
)
def test_every_way_to_save_a_roll(data: bytes, expected: list[tuple[str, str]]) -> None:
    roll = read_roll(data)
    assert (voters(roll), roll.duplicates, roll.rejected, roll.mended) == (expected, [], [], [])


def test_the_same_roll_in_a_workbook() -> None:
    book, saved = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet
    for row in (
        ["Name", "E-Mail-Adresse", "Handy", "Sprache"],
        [],
        ["Ana", "ana@example.org", 491511234567, "Deutsch"],
    ):
        sheet.append(row)
    book.create_sheet("Notes").append(["to do"])
    book.save(saved)
    assert read_roll(saved.getvalue()).rows == [Row("ana@example.org", "491511234567", "Ana", "de", 3)]
    book.create_sheet("Others").append(["Email"])
    saved = io.BytesIO()
    book.save(saved)
    with pytest.raises(RollFileError, match=r"several sheets \(Sheet, Others\)"):
        read_roll(saved.getvalue())


def test_addresses_that_differ_in_case_or_spelling_of_the_domain_are_one_and_both_lines_are_told() -> None:
    data = "email\nAna@Example.org\nana@example.org\na.na@example.org\nben@bücher.example\nBEN@xn--bcher-kva.example \n"
    roll = read_roll(data.encode())
    assert [row.email for row in roll.rows] == ["Ana@Example.org", "a.na@example.org", "ben@xn--bcher-kva.example"]
    assert roll.duplicates == [Duplicate(3, "ana@example.org", 2), Duplicate(6, "BEN@xn--bcher-kva.example", 5)]
    assert roll.mended == [Mended(5, "ben@xn--bcher-kva.example", fault("mended-domain"))]


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("\u200bana@example.org", "ana@example.org"),
        ("ana@example.org\u200b", "ana@example.org"),
        ("\u202aana@example.org\u202c", "ana@example.org"),
        ("ana@exam\u00adple.org", "ana@example.org"),
        ("\ufeffana@example.org\u2028", "ana@example.org"),
        ("Ana Lee <ana@example.org>", "ana@example.org"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("<ana@example.org>", "ana@example.org"),
        ('"Ana" <ana@example.org>', "ana@example.org"),
        ("ana@example.org.", "ana@example.org"),
        ("'ana@example.org'", "ana@example.org"),
    ],
)
def test_what_is_meant_is_taken_and_said(cell: str, email: str) -> None:
    roll = read_roll(table(["email"], [cell]))
    assert [row.email for row in roll.rows] == [email]
    assert [(row.line, row.value) for row in roll.mended] == [(2, email)]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("ana@example.org; ana.home@example.org", "several-emails"),
        ("ben@example.org,ben2@example.org", "several-emails"),
        ("ana @example.org", "space-in-email"),
        ("josé@example.org", "ascii-email"),
        ("nobody", "bad-email"),
        ("ana@example.org\nbcc: eve@example.org", "several-emails"),
        ("ana@b\u0378.example", "bad-email"),
    ],
)
def test_what_is_not_one_address_is_rejected_with_its_value(cell: str, reason: str) -> None:
    roll = read_roll(table(["email", "name"], [cell, "Ana"]))
    [rejected] = roll.rejected
    assert (roll.rows, rejected.line, rejected.value) == ([], 2, " ".join(cell.split()).replace("\u0378", "\ufffd"))
    assert rejected.reason.code == reason


def test_telephone_numbers_are_checked_only_where_codes_go_there() -> None:
    numbers = {
        "0151 1234567": "+491511234567",
        "(030) 123456": "+4930123456",
        "+49 (0)151 1234567": "+491511234567",
        "0049 151 1234567": "+491511234567",
        "4.91511E+12": "rounded-phone",
        "n/a": "bad-phone",
        "-": "bad-phone",
        "+49 151 1234567 ext. 3": "extension",
        "+44 7700 900123": "foreign-phone",
        "": "no-phone",
    }
    rows = [[f"v{number}@example.org", phone] for number, phone in enumerate(numbers)]
    kept = read_roll(table(["email", "phone"], *rows))
    assert [row.phone for row in kept.rows][:9] == [*list(numbers)[:8], "+447700900123"]
    for reading in (Reading(True, ["+49"]), Reading(True, ["+49", "+43"], "DE")):
        roll = read_roll(table(["email", "phone"], *rows), reading)
        assert [row.phone for row in roll.rows] == list(numbers.values())[:4]
        for rejected, (value, reason) in zip(roll.rejected, list(numbers.items())[4:], strict=True):
            assert rejected.value == value
            assert rejected.reason.code == reason
    without_country = read_roll(table(["email", "phone"], *rows), Reading(True, ["+49", "+43"]))
    assert [row.phone for row in without_country.rows] == ["+491511234567"]


def test_names_and_languages() -> None:
    data = table(
        ["Email", "Vorname", "Name", "Sprache"],
        ["a@example.org", "Ana", "Lee\nFox", "Français"],
        ["b@example.org", "=cmd()", "\u202eB", "de-AT"],
        ["c@example.org", "C" * 150, "D" * 60, ""],
        ["d@example.org", "D\x07", "", ""],
        ["e@example.org", "", "", "tlh"],
    )
    roll = read_roll(data)
    assert [(row.name, row.language) for row in roll.rows] == [("Ana Lee Fox", "fr"), ("=cmd() B", "de"), ("", "")]
    assert [(row.line, row.reason) for row in roll.rejected] == [
        (5, fault("too-long", most=200)),
        (6, fault("control")),
    ]
    assert [(row.line, row.note) for row in roll.mended] == [
        (2, fault("mended-breaks")),
        (4, fault("mended-invisible")),
        (7, fault("mended-language")),
    ]


def test_columns_that_are_not_read_are_named() -> None:
    data = table(["Email", "Beitrag", "Ort", "x" * 50], ["ana@example.org", "1", "2", "3"])
    assert read_roll(data).ignored == ["beitrag", "ort", "x" * 40]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", fault("empty-file")),
        (b"\xef\xbb\xbf\r\n \r\n", fault("empty-file")),
        (b"ana@example.org\nben@example.org\n", fault("no-header")),
        (b"Who;Phone\nAna;\n", fault("no-email-column", names="who, phone")),
        (
            b"email,E-Mail\nana@example.org,ben@example.org\n",
            fault("two-columns", what="email", names="1 (email), 2 (E-Mail)"),
        ),
        (b'email,name\nana@example.org,"Ana\nben@example.org,Ben\n', fault("open-quote", line=2)),
        (b"email\0\nhal@example.org\n", fault("nul", line=1)),
        (b"PK\x03\x04", fault("bad-workbook")),
    ],
)
def test_what_is_no_roll_takes_nobody(data: bytes, told: Fault) -> None:
    with pytest.raises(RollFileError) as refused:
        read_roll(data)
    assert refused.value.fault == told
    assert "example" not in str(refused.value)


def test_a_line_with_a_nul_is_refused_alone_whichever_cell_has_it() -> None:
    data = b'email,note\nana@example.org,\nhal@example.org\0,\nben@example.org,x\0y\n"cid@example.org",z\n'
    roll = read_roll(data)
    assert [row.email for row in roll.rows] == ["ana@example.org", "cid@example.org"]
    damaged = [Rejection(3, "hal@example.org\ufffd", fault("nul", line=3))]
    assert roll.rejected == [*damaged, Rejection(4, "x\ufffdy", fault("nul", line=4))]


def test_columns_can_be_chosen_where_their_names_are_not_known() -> None:
    data = table(["ana@example.org", "Lee", "Ana"], ["ben@example.org", "Fox", "Ben"])
    with pytest.raises(RollFileError) as refused:
        read_roll(data)
    assert refused.value.first_rows == [["ana@example.org", "Lee", "Ana"], ["ben@example.org", "Fox", "Ben"]]
    roll = read_roll(data, Reading(choice="email:1,name:3+2", header=False))
    assert voters(roll) == [("ana@example.org", "Ana Lee"), ("ben@example.org", "Ben Fox")]
    for choice in ("name:1", "email:0", "email:1,email:2", "email:1+2", "email:1,name:1", "email:4", "email:1;name:2"):
        with pytest.raises(RollFileError):
            read_roll(data, Reading(choice=choice, header=False))


def test_an_election_with_text_messages_needs_a_column_of_numbers() -> None:
    with pytest.raises(RollFileError, match="phone") as refused:
        read_roll(b"email,tel. privat\nana@example.org,1\n", Reading(True))
    assert refused.value.first_rows
    chosen = read_roll(b"email,tel. privat\na@b.de,0151 1234567\n", Reading(True, ["+49"], choice="email:1,phone:2"))
    assert [row.phone for row in chosen.rows] == ["+491511234567"]


def test_ten_thousand_rows_with_a_bad_address_on_line_4711() -> None:
    lines = ["email", *(f"voter{number}@example.org" for number in range(2, 10_002))]
    lines[4710] = "voter4711@example"
    roll = read_roll("\r\n".join(lines).encode())
    assert len(roll.rows) == 9_999
    assert roll.rejected == [Rejection(4711, "voter4711@example", fault("bad-email"))]


def table(*rows: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def test_hidden_rows_of_a_workbook_are_read_and_said() -> None:
    hidden = '<row r="3" hidden="1"><c r="A3" t="inlineStr"><is><t>b@example.org</t></is></c></row>'
    roll = read_roll(xlsx({"Members": [["email"], ["a@example.org"]]}, cells=hidden))
    assert [row.email for row in roll.rows] == ["a@example.org", "b@example.org"]
    assert roll.warnings == [fault("hidden-rows")]


CELLS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.one_of(st.sampled_from(["ada@example.org", "Bob@example.org"]), CELLS), max_size=30))
@examples(100)
def test_no_row_is_lost_silently(cells: list[str]) -> None:
    roll = read_roll(table(["email", "n"], *([cell, "x"] for cell in cells)))
    assert len(roll.rows) + len(roll.duplicates) + len(roll.rejected) == len(cells)
    assert all(row.email.isascii() and row.email.count("@") == 1 for row in roll.rows)


@given(st.binary(max_size=200) | st.text('em ail,;\t\n"@.\ufeff').map(str.encode))
@examples(200)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        roll = read_roll(data)
    except RollFileError:
        return
    assert all("@" in row.email for row in roll.rows)
