"""A sheet of ballots as a table: the only sheet that is visible and not empty, or one that is named.

What has two readings is refused: a formula without a result, an error such as #REF!, merged cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ballotcast.faults import OTHER, fault
from ballotcast.tables import Block, Row, Table, TableError
from ballotcast.text import recognise
from ballotcast.workbooks import OWN, Workbook, WorkbookError, read_workbook

SIGNATURE = b"PK\x03\x04"


class SheetRow(Row):
    """line: the row's number. A line break in a cell begins no other."""

    def line_of(self, place: int) -> int:
        """Return the row's number, for every place."""
        return self.line


@dataclass(frozen=True)
class SheetTable(Table):
    """sheet: its name. rows: all from the header on, blank ones too, each at least as long as the header."""

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
        workbook = read_workbook(data, OWN, sheet)
    except WorkbookError as error:
        raise TableError(1, f"not a spreadsheet that can be read: {error}") from None
    if sheet and sheet not in workbook.names:
        raise TableError(1, f"no sheet {sheet!r}; there is {', '.join(map(repr, workbook.names))}")
    if len(workbook.sheets) != 1:
        shown = ", ".join(repr(found.name) for found in workbook.sheets) or ", ".join(map(repr, workbook.names))
        raise TableError(1, f"{len(workbook.sheets)} sheets with content; --sheet names the one to read: {shown}")
    for line, reason in workbook.lost:
        raise TableError(line, f"{reason}; open the file, mend the cell, and save it again")
    found = workbook.sheets[0]
    if found.merged:
        line = int(found.merged.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        raise TableError(line, f"merged cells from {found.merged}: which of them has the text?")
    header = SheetRow(*found.rows[0])
    rows, width = [header], len(header.cells)
    for row in found.rows[1:]:
        rows += [SheetRow(line, [""] * width) for line in range(rows[-1].line + 1, row.line)]
        rows.append(SheetRow(row.line, row.cells + [""] * (width - len(row.cells))))
    warnings = [fault(OTHER, reason=warning) for warning in _warnings(workbook, found.name)]
    return SheetTable(header, "", "Unicode text", warnings, recognise(""), 1, keep_blank, sheet=found.name, rows=rows)


def _warnings(workbook: Workbook, sheet: str) -> Iterator[str]:
    if workbook.hidden_rows:
        yield "There are hidden rows or columns, which are read like others."
    if workbook.formulas:
        yield "Formulas are read as their results when the file was saved."
    if others := [name for name in workbook.hidden if name != sheet]:
        yield f"Hidden sheets are not read: {', '.join(map(repr, others))}."
