"""A sheet of a spreadsheet as a table: ``.xlsx`` and ``.ods``, as the extra ``tables`` reads them.

One sheet is read: the only one that is visible and not empty, or one that is named. Numbers, dates and truth values are
the text that a CSV file would have. Cells hold what was calculated when the file was saved; a formula without a result
is refused, and so are errors such as #REF! and merged cells, of which only one has the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import TYPE_CHECKING

from .faults import OTHER, fault
from .tables import Block, Row, Table, TableError
from .text import recognise

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SIGNATURE = b"PK\x03\x04"
LARGEST_SHEETS = 2**30
"""How many bytes the parts of a file may have, unpacked."""

MOST_CELLS = 30_000_000
"""How many cells a sheet may have up to its last row and column: the reader takes memory for all, empty ones too."""

# The reader of sheets takes either for an empty cell.
_NO_RESULT = re.compile(rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>")
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"|calcext:value-type="error"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?(?:row|col)\b[^>]*\bhidden="(?:1|true)"|table:visibility="(?:collapse|filter)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b|table:formula=")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW_NUMBER = re.compile(rb'\br="([0-9]{1,7})"')


class SheetRow(Row):
    """line: the row's number. A line break in a cell begins no other."""

    def line_of(self, place: int) -> int:
        """The row's number, for every place."""
        return self.line


@dataclass(frozen=True)
class SheetTable(Table):
    """sheet: its name. rows: all of them, the header too."""

    sheet: str = ""
    rows: Sequence[Row] = ()

    def __iter__(self) -> Iterator[Row]:
        """The rows below the header."""
        return (SheetRow(*row) for row in super().__iter__())

    @property
    def form(self) -> str:
        """Which sheet it is."""
        return f"sheet {self.sheet!r}"

    def blocks(self) -> Iterator[Block]:
        """All of them at once."""
        yield Block([row.cells for row in self], -1)

    def _records(self) -> Iterator[Row]:
        return iter(self.rows)


def read_sheet(data: bytes, sheet: str = "", *, keep_blank: bool = False) -> SheetTable:
    """Read a sheet with a header. Raises TableError for whatever is not one, and ValueError without the extra.

    sheet: its name; needed where several are visible and not empty. keep_blank: as of `read_table`.
    """
    try:
        from python_calamine import CalamineError, load_workbook
    except ImportError:
        raise ValueError("spreadsheets need the extra 'tables': pip install 'ballotcast[tables]'") from None
    warnings = _look_inside(data)
    try:
        with load_workbook(BytesIO(data)) as workbook:
            name, hidden = _choose(workbook, sheet)
            found = workbook.get_sheet_by_name(name)
            if found.merged_cell_ranges:
                (row, column), _ = found.merged_cell_ranges[0]
                raise TableError(row + 1, f"merged cells from {_letters(column)}{row + 1}: which of them has the text?")
            rows = [
                SheetRow(number, list(map(_text, cells)))
                for number, cells in enumerate(found.to_python(skip_empty_area=False), 1)
            ]
    except CalamineError as error:
        raise TableError(1, f"not a spreadsheet that can be read: {error}") from None
    header = next((row for row in rows if any(cell.strip() for cell in row.cells)), None)
    if header is None:
        raise TableError(1, "no header")
    width = max(place for place, cell in enumerate(header.cells, 1) if cell.strip())
    warnings += [f"Hidden sheets are not read: {', '.join(map(repr, hidden))}."] if hidden else []
    return SheetTable(
        SheetRow(header.line, header.cells[:width]),
        "",
        "Unicode text",
        [fault(OTHER, reason=warning) for warning in warnings],
        recognise(""),
        1,
        keep_blank,
        sheet=name,
        rows=rows,
    )


def _look_inside(data: bytes) -> list[str]:
    """What the reader of sheets does not say, as warnings. Raises TableError for what must not be read."""
    from zipfile import BadZipFile, ZipFile

    warnings = []
    try:
        with ZipFile(BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_SHEETS:
                raise TableError(1, f"more than {LARGEST_SHEETS >> 20} MB when unpacked")
            for name in parts.namelist():
                if not re.fullmatch(r"xl/worksheets/[^/]+\.xml|content\.xml", name):
                    continue
                content = parts.read(name)
                if _cells_up_to_the_last(content) > MOST_CELLS:
                    raise TableError(1, f"cells far from all others in {name}; save the sheet as CSV")
                if found := _NO_RESULT.search(content):
                    line = _row_at(content, found.start())
                    raise TableError(line, f"a formula without a result in {name}; open the file, and save it again")
                if found := _ERROR.search(content):
                    raise TableError(_row_at(content, found.end()), f"a cell with an error, such as #REF!, in {name}")
                if rows := len(_HIDDEN_ROW.findall(content)):
                    warnings.append(f"{rows} hidden rows or columns in {name} are read like others.")
                if _FORMULA.search(content):
                    warnings.append(f"Formulas in {name} are read as their results when the file was saved.")
    except (BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise TableError(1, f"not a spreadsheet that can be read: {error}") from None
    return warnings


def _row_at(content: bytes, position: int) -> int:
    """The number of the row in which a part of a sheet is; 1 where the format does not number rows."""
    rows = list(_ROW.finditer(content, 0, position))
    found = _ROW_NUMBER.search(rows[-1][0]) if rows else None
    return int(found[1]) if found else 1


def _choose(workbook: "CalamineWorkbook", sheet: str) -> tuple[str, list[str]]:
    """The name of the sheet to read, and those of hidden ones."""
    from python_calamine import SheetVisibleEnum

    names = workbook.sheet_names
    hidden = [found.name for found in workbook.sheets_metadata if found.visible != SheetVisibleEnum.Visible]
    if sheet:
        if sheet not in names:
            raise TableError(1, f"no sheet {sheet!r}; there is {', '.join(map(repr, names))}")
        return sheet, [name for name in hidden if name != sheet]
    filled = [name for name in names if name not in hidden and workbook.get_sheet_by_name(name).height]
    if len(filled) != 1:
        shown = ", ".join(map(repr, filled or names))
        raise TableError(1, f"{len(filled)} sheets with content; --sheet names the one to read: {shown}")
    return filled[0], hidden


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat(*[" "] if isinstance(cell, datetime) else [])
    return str(cell)


def _cells_up_to_the_last(content: bytes) -> int:
    columns: set[bytes] = set()
    last = 0
    for found in _CELL.finditer(content):
        columns.add(found[1])
        last = max(last, int(found[2]))
    return last * max(map(_column, columns), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
