"""A roll as people have it: a table by any program (`ballotcast.tables`, `ballotcast.workbooks`), row by row.

Every row is in exactly one of `rows`, `duplicates` and `rejected`. What was changed to read a cell is in `mended`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ballotcast.ballots.roll import email_key
from ballotcast.elections.addresses import AddressError, phone_as_written, phone_number
from ballotcast.elections.roll_cells import read_email, read_language, read_name, visible
from ballotcast.elections.roll_columns import Columns, UnknownColumns, chosen_columns, find_columns, shown_names
from ballotcast.faults import Fault, fault
from ballotcast.tables import Row as Record
from ballotcast.tables import TableError, read_table
from ballotcast.workbooks import WorkbookError, is_workbook, read_workbook

SHOWN_ROWS, SHOWN_COLUMNS, SHOWN_CELL = 5, 30, 60
"""Of the first rows, from which columns are chosen."""


class RollFileError(ValueError):
    """Not a roll at all: nothing of it is taken. first_rows: those of the table, where there is one to choose from."""

    def __init__(self, fault: Fault, first_rows: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.first_rows = first_rows


class Row(NamedTuple):
    """phone: E.164 where text messages go there, else as it is written. line: where the row begins."""

    email: str
    phone: str = ""
    name: str = ""
    language: str = ""
    line: int = 0


class Rejection(NamedTuple):
    """line: where the row begins, 1-based as an editor shows it; of a sheet, its row. value: the cell, shortened."""

    line: int
    value: str
    reason: Fault


class Duplicate(NamedTuple):
    """first_line: where the same address stands further up."""

    line: int
    value: str
    first_line: int


class Mended(NamedTuple):
    """note: what was changed to read the row of this address."""

    line: int
    value: str
    note: Fault


class _CellError(Exception):
    """What is wrong with a cell, and the cell."""

    def __init__(self, fault: Fault, value: str) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.value = value


@dataclass(frozen=True)
class RollFile:
    """header, first_rows: the table as it came, shortened. ignored: names of columns that are not read, at most 20."""

    columns: Columns
    header: Sequence[str]
    first_rows: Sequence[Sequence[str]]
    ignored: Sequence[str]
    warnings: Sequence[Fault]
    rows: list[Row] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """How telephone numbers and columns are to be read.

    phone_needed: whether codes go there. calling_codes: where they may (`+49`). country: of numbers without a code.
    choice: columns as somebody chose them (roll_columns.py); empty: by their names. header: whether there is one.
    """

    phone_needed: bool = False
    calling_codes: Sequence[str] | None = None
    country: str = ""
    choice: str = ""
    header: bool = True


BY_NAME = Reading()


class _Source(NamedTuple):
    records: Iterable[Record]
    """All rows, the header first."""
    width: int
    warnings: Sequence[Fault]


def read_roll(data: bytes, reading: Reading = BY_NAME) -> RollFile:
    """Read a roll. Raises RollFileError where it is not one: then nothing of it counts."""
    try:
        source = _source(data)
        roll, records = _begun(source, reading)
        seen: dict[str, int] = {}
        for record in records:
            _take(roll, record, source.width, reading, seen)
    except (TableError, WorkbookError) as error:
        raise RollFileError(error.fault) from None
    return roll


def _source(data: bytes) -> _Source:
    if not is_workbook(data):
        if not data.strip(b"\xef\xbb\xbf \t\r\n"):
            raise RollFileError(fault("empty-file"))
        table = read_table(data, ragged=True, nul=True)
        return _Source([table.header, *table], len(table.header.cells), table.warnings)
    workbook = read_workbook(data)
    sheets = list(workbook.sheets)
    if not sheets:
        raise RollFileError(fault("empty-file"))
    if len(sheets) > 1:
        known = [sheet for sheet in sheets if _is_header(sheet.rows[0].cells)]
        if len(known) != 1:
            told = ", ".join(sheet.name[:40] for sheet in (known or sheets)[:5])
            raise RollFileError(fault("several-sheets", names=told))
        sheets = known
    rows = sheets[0].rows
    width = len(rows[0].cells)
    warnings = [fault("hidden-rows")] if workbook.hidden_rows else []
    return _Source([Record(line, cells + [""] * (width - len(cells))) for line, cells in rows], width, warnings)


def _is_header(cells: Sequence[str]) -> bool:
    try:
        find_columns(cells)
    except UnknownColumns:
        return False
    return True


def _begun(source: _Source, reading: Reading) -> tuple[RollFile, Sequence[Record]]:
    records = list(source.records)
    header, shown = records[0].cells, [_shown(record.cells) for record in records[: SHOWN_ROWS + 1]]
    try:
        columns = chosen_columns(reading.choice, header=reading.header) if reading.choice else find_columns(header)
        if max(columns.used) >= source.width:
            raise UnknownColumns("no-such-column", count=source.width)
        if reading.phone_needed and columns.phone is None:
            raise UnknownColumns("no-phone-column")
    except UnknownColumns as error:
        raise RollFileError(error.fault, shown) from None
    unread = [name for place, name in enumerate(header) if place not in columns.used] if columns.header else []
    roll = RollFile(columns, _shown(header), shown[1 if columns.header else 0 :], shown_names(unread), source.warnings)
    return roll, records[1:] if columns.header else records


def _take(roll: RollFile, record: Record, width: int, reading: Reading, seen: dict[str, int]) -> None:
    notes: list[Fault] = []
    line = record.line
    if not any(cell.strip() for cell in record.cells):
        return
    try:
        if len(record.cells) > width:
            found = fault("columns", found=len(record.cells), header=width)
            raise _CellError(found, record.cells[roll.columns.email])
        damaged = next((cell for cell in record.cells if "\0" in cell), None)
        if damaged is not None:
            raise _CellError(fault("nul", line=line), damaged)
        row = _row(record, roll.columns, reading, notes)
    except _CellError as error:
        roll.rejected.append(Rejection(line, _short(error.value), error.fault))
        return
    first = seen.setdefault(email_key(row.email), line)
    if first != line:
        roll.duplicates.append(Duplicate(line, row.email, first))
        return
    roll.rows.append(row._replace(line=line))
    roll.mended.extend(Mended(line, row.email, note) for number, note in enumerate(notes) if note not in notes[:number])


def _row(record: Record, columns: Columns, reading: Reading, notes: list[Fault]) -> Row:
    cells, say = record.cells, notes.append
    value = cells[columns.email]
    try:
        email = read_email(value, say)
        value = " ".join(cells[place] for place in columns.name)
        name = read_name([cells[place] for place in columns.name], say)
        language = "" if columns.language is None else read_language(cells[columns.language], say)
        value = "" if columns.phone is None else cells[columns.phone]
        phone = visible(value, say)
        if reading.phone_needed:
            phone = phone_number(phone, reading.calling_codes, reading.country)
        else:
            phone = phone_as_written(phone)
    except AddressError as error:
        raise _CellError(error.fault, value) from None
    return Row(email, phone, name, language)


def _shown(cells: Sequence[str]) -> list[str]:
    return [_short(cell) for cell in cells[:SHOWN_COLUMNS]]


def _short(cell: str) -> str:
    """A cell as it is shown to anyone who sent it, on one line."""
    text = " ".join(visible(cell, lambda _: None).split())
    return "".join(one if one.isprintable() else "\ufffd" for one in text)[:SHOWN_CELL]
