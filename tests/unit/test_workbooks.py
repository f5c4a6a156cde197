"""Workbooks as spreadsheets save them, and files that claim more than they hold."""

import io
import random
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from ballotcast.tables import Row
from ballotcast.workbooks import Sheet, WorkbookError, is_workbook, read_workbook

OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
TABLE = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
TEXT = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(sheets: dict[str, Sequence[Sequence[Any]]], cells: dict[str, Any] | None = None) -> bytes:
    book, saved = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for place, value in (cells or {}).items():
            sheet[place] = value
    book.save(saved)
    return saved.getvalue()


def ods(rows: Sequence[Sequence[str]], repeated: int = 1, rows_after: int = 0) -> bytes:
    """As LibreOffice writes it: what is equal is written once with a number, and the rest of the sheet as well."""

    def cell(text: str) -> str:
        times = f'table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
        lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
        return f'<table:table-cell office:value-type="string" {times}>{lines}</table:table-cell>'

    empty = f'<table:table-row table:number-rows-repeated="{rows_after}"><table:table-cell/></table:table-row>'
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {OFFICE} {TABLE} {TEXT}><office:body><office:spreadsheet>'
        f'<table:table table:name="Tabelle1">{body}{empty if rows_after else ""}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
    )
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return saved.getvalue()


def test_the_cells_of_a_workbook_as_text() -> None:
    rows = [
        ["email", None, "n"],
        [],
        ["a@b.de", "x\ny", 4915112345678],
        ["-", 1.5, True],
        [None, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)],  # noqa: DTZ001 - a cell has no zone
    ]
    data = xlsx({"Mitglieder": rows, "Leer": []})
    assert is_workbook(data)
    assert read_workbook(data).sheets == [
        Sheet(
            "Mitglieder",
            [
                Row(1, ["email", "", "n"]),
                Row(3, ["a@b.de", "x\ny", "4915112345678"]),
                Row(4, ["-", "1.5", "TRUE"]),
                Row(5, ["", "2026-01-02", "2026-01-02 03:04:00"]),
            ],
        )
    ]


def test_a_table_that_begins_further_down_keeps_the_numbers_of_its_rows_and_columns() -> None:
    assert read_workbook(xlsx({"a": []}, {"C4": "email", "C5": "a@b.de"})).sheets == [
        Sheet("a", [Row(4, ["", "", "email"]), Row(5, ["", "", "a@b.de"])])
    ]


def test_an_opendocument_spreadsheet() -> None:
    data = ods([["email", "name"], ["a@b.de", "A\nB"]], rows_after=1_048_570)
    assert read_workbook(data).sheets == [Sheet("Tabelle1", [Row(1, ["email", "name"]), Row(2, ["a@b.de", "A\nB"])])]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(xlsx({"a": [["x"]]}, {"XFD1048576": "x"}), id="a cell in the last corner"),
        pytest.param(ods([["x" * 60_000]], repeated=1_000_000), id="a cell repeated"),
        pytest.param(b"PK\x03\x04", id="a header only"),
        pytest.param(xlsx({"a": [["x"]]})[:-200], id="cut off"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), id="of Excel 97"),
    ],
)
def test_what_cannot_be_read_is_refused_and_ends_no_process_of_ours(data: bytes) -> None:
    assert is_workbook(data)
    with pytest.raises(WorkbookError):
        read_workbook(data)


@pytest.mark.long
def test_nothing_but_workbook_errors_comes_of_damaged_files() -> None:
    whole, chance = xlsx({"a": [["email", "name"], ["a@b.de", "Ada"]]}), random.Random(1)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        try:
            sheets = read_workbook(bytes(data)).sheets
        except WorkbookError:
            continue
        assert all(isinstance(cell, str) for sheet in sheets for row in sheet.rows for cell in row.cells)
