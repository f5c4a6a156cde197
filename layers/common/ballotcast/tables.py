"""Tables as people save them: RFC 4180 and what spreadsheets and forms make of it.

- Comma, semicolon or tab. A first line ``sep=;`` decides; without one the delimiter is the only one by which every row
  has as many cells as the header, and a table that two of them divide is refused.
- UTF-8 with any number of byte order marks, UTF-16, UTF-32, else Windows-1252, which `Table.warnings` says. A file that
  mixes UTF-8 and Windows-1252 is refused.
- A line break inside quotes belongs to its cell. A quote that is not closed is one error, at the line that opens it.
- Empty cells beyond the header's are ignored, and so are rows of empty cells only (`Table.blank_rows` finds them).
  Where an `even` table is asked for, all rows must have the same number of surplus cells: one more in a single row is
  a delimiter too many, which has moved the cells after it. A `ragged` table may have rows of any length.
- Blanks between a closing quote and the delimiter are ignored, as those before an opening quote are.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ballotcast.faults import Fault, fault
from ballotcast.text import Encoded, TextError, recognise

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
LONGEST_CELL = 131_072
_BLOCK = 500
"""Rows that are read at a time."""

_SEP = re.compile(r'"?sep=([,;\t])"?[,;\t ]*(?:\n|$)', re.IGNORECASE)
_QUOTED = re.compile(r'(?:^|(?<=[,;\t\n]))"(?:[^"]|"")*"')
_PADDED = re.compile(r'(^|[,;\t\n])( *"[^"]*(?:""[^"]*)*")(?: +(?=[,;\t\n]|\Z))?')
"""A quoted cell, and blanks after it. Every quoted cell is found as a whole, so nothing inside one is taken for one."""


class TableError(ValueError):
    """A file that is no table; `line` (1-based, as an editor shows it) is where.

    `reason`: in English, as ballot files tell it. `fault`: the same with its code, as rolls do (faults).
    """

    def __init__(self, line: int, reason: str, told: Fault | None = None) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
        self.fault = told or fault("bad-table", line=line, reason=reason)


class Row(NamedTuple):
    """line: where the row begins."""

    line: int
    cells: list[str]

    def line_of(self, place: int) -> int:
        """The line on which a cell begins, which is a later one after cells with line breaks."""
        return self.line + sum(cell.count("\n") for cell in self.cells[:place])


class Block(NamedTuple):
    """rows: some rows of a table. blank: how many rows of empty cells were between them; -1 if that is not known."""

    rows: list[list[str]]
    blank: int


@dataclass(frozen=True)
class Table:
    """header: the first row that is not blank, without surplus cells. Iterating decodes and reads the rows below it
    again each time, so that no table is too large. text: where the rows are, from the line `first_line` on."""

    header: Row
    delimiter: str
    encoding: str
    warnings: Sequence[Fault]
    text: Encoded
    first_line: int
    keep_blank: bool = False
    even: bool = False
    ragged: bool = False

    def __iter__(self) -> Iterator[Row]:
        """The rows, each as long as the header; of a `ragged` table, not shorter. Raises TableError."""
        width, length, number = len(self.header.cells), 0, 0
        rows = self._records()
        header = next(row for row in rows if not _is_blank(row.cells))
        for row in rows:
            cells = row.cells
            if _is_blank(cells) and not self.keep_blank:
                continue
            number += 1
            length = length or len(cells)
            if len(cells) == width == length:
                yield row
                continue
            if self.even and len(cells) != length:
                raise TableError(row.line, f"{_cells(len(cells))} where rows before have {length}")
            yield Row(row.line, _padded(cells, width) if self.ragged else _fit(row.line, cells, width))
        if self.even and number == 1 and length not in (width, len(header.cells)):
            raise TableError(row.line, f"{_cells(length)} under {width} columns")

    def blocks(self) -> Iterator[Block]:
        """The same rows, thousands at a time, without their lines. Raises TableError."""
        width, done = len(self.header.cells), 0
        reader = _reader(self.text, self.delimiter, self.first_line)
        try:
            next(cells for cells in reader if not _is_blank(cells))
            while read := list(islice(reader, _BLOCK)):
                rows = [cells for cells in read if cells]
                if rows and {*map(len, rows)} != {width}:
                    break
                filled = [cells for cells in rows if (cells[0] and not cells[0].isspace()) or not _is_blank(cells)]
                kept = rows if self.keep_blank else filled
                done += len(kept)
                yield Block(kept, len(rows) - len(filled))
            else:
                return
        except csv.Error:
            pass
        # Rows of another length, or none that can be read: which and where is found row by row.
        others = islice(self, done, None)
        yield Block([], -1)
        while kept := [row.cells for row in islice(others, _BLOCK)]:
            yield Block(kept, -1)

    def blank_rows(self) -> list[int]:
        """The lines of the rows whose cells are all empty."""
        return [row.line for row in self._records() if _is_blank(row.cells) and row.line > self.header.line]

    @property
    def form(self) -> str:
        """What divides the cells, in words."""
        return f"{DELIMITERS[self.delimiter]} between cells"

    def _records(self) -> Iterator[Row]:
        return _rows(self.text, self.delimiter, self.first_line)


def read_table(
    data: bytes | str, *, keep_blank: bool = False, even: bool = False, ragged: bool = False, nul: bool = False
) -> Table:
    """Read a table with a header. Raises TableError, and nothing else, for whatever is not one.

    keep_blank: whether rows of empty cells only are rows like others. even: whether all rows must be equally long.
    ragged: whether rows may be of any length, for a caller that looks at the length of each. nul: whether cells below
    the header may hold NUL characters, for a caller that refuses such rows.
    """
    try:
        text = recognise(data)
    except TextError as error:
        raise TableError(error.line, error.reason, error.fault) from None
    if text.encoding == "Latin-1":
        told = fault("no-encoding", line=text.odd_line)
        raise TableError(text.odd_line, "neither UTF-8 nor Windows-1252; save the file as CSV UTF-8", told)
    if b"\0" in text.data and not nul:
        content = text.open().read()
        line = content.count("\n", 0, content.index("\0")) + 1
        raise TableError(line, "a NUL character; save the file as CSV UTF-8", fault("nul", line=line))
    encoding, warnings = text.encoding, text.warnings
    first_line, delimiter = 1, ""
    if found := _SEP.match(text.open().readline()):
        first_line, delimiter = 2, found[1]
    if b'" ' in text.data:
        text = recognise(_PADDED.sub(r"\1\2", text.open().read()))
    delimiter = delimiter or _delimiter(text, first_line)
    for row in _rows(text, delimiter, first_line):
        if not _is_blank(row.cells):
            cells = row.cells
            while not cells[-1].strip():
                cells.pop()
            if "\0" in "".join(cells):
                raise TableError(row.line, "a NUL character; save the file as CSV UTF-8", fault("nul", line=row.line))
            header = Row(row.line, cells)
            return Table(header, delimiter, encoding, warnings, text, first_line, keep_blank, even, ragged)
    raise TableError(first_line, "no header", fault("empty-file"))


def _reader(text: Encoded, delimiter: str, first_line: int) -> "Reader":
    """The rows from a line on, whose `line_num` is 0 before that line."""
    lines = text.open()
    for _ in range(1, first_line):
        lines.readline()
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _rows(text: Encoded, delimiter: str, first_line: int) -> Iterator[Row]:
    reader = _reader(text, delimiter, first_line)
    before = 0
    try:
        for cells in reader:
            if cells:
                yield Row(before + first_line, cells)
            before = reader.line_num
    except csv.Error as error:
        raise _quote_error(text, delimiter, before, first_line, str(error)) from None


def _quote_error(text: Encoded, delimiter: str, before: int, first_line: int, reason: str) -> TableError:
    """What is wrong with the record after so many lines. Looks for the quote that is still open at the end."""
    rest = "".join(islice(text.open(), first_line - 1 + before, None))
    quoted = re.compile(rf'(?:^|[{re.escape(delimiter)}\n]) *("(?:[^"]|"")*("|$))')
    for found in quoted.finditer(rest):
        line = before + first_line + rest.count("\n", 0, found.start(1))
        if not found[2]:
            return TableError(line, "a quote that is not closed", fault("open-quote", line=line))
        after = rest[found.end() : found.end() + 1]
        if after and after not in (delimiter, "\n"):
            if "\n" in found[1]:
                said = f"a quote that is not closed, or only on another line and before {after!r}"
                return TableError(line, said, fault("open-quote", line=line))
            said = f"{after!r} after a closing quote; a quote inside quotes is written twice"
            return TableError(line, said, fault("quotes", line=line))
        if "field larger" in reason and len(found[1]) > LONGEST_CELL:
            said = "a cell that is too long: a quote that is not closed?"
            return TableError(line, said, fault("long-cell", line=line))
    line = before + first_line
    if "larger" in reason:
        return TableError(line, "a cell that is too long", fault("long-cell", line=line))
    return TableError(line, reason)


def _is_blank(cells: list[str]) -> bool:
    return not any(cells) or not any(map(str.strip, cells))


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _padded(cells: list[str], width: int) -> list[str]:
    """The cells up to the last that is not blank, and as many as the header has at least."""
    kept = len(cells)
    while kept > width and not cells[kept - 1].strip():
        kept -= 1
    return cells[:kept] + [""] * (width - kept)


def _fit(line: int, cells: list[str], width: int) -> list[str]:
    kept = len(cells)
    while kept > width and not cells[kept - 1].strip():
        kept -= 1
    if kept != width:
        raise TableError(line, f"{_cells(kept)} under {width} columns")
    return cells[:width]


def _delimiter(text: Encoded, first_line: int) -> str:
    """The one delimiter that divides the table. Raises TableError where there are two."""
    head = text.open().read(LONGEST_CELL)
    bare = next((line for line in _QUOTED.sub("", head).split("\n") if line.strip(", ;\t")), "")
    # A table of one column has no delimiter in its header, and perhaps surplus ones in its rows.
    named = [mark for mark in DELIMITERS if mark in bare]
    named = named or [mark for mark in DELIMITERS if mark.encode() in text.data] or [","]
    if len(named) == 1:
        return named[0]
    fitting = {mark: width for mark in named if (width := _width(text, mark, first_line))}
    if len(fitting) == 1:
        return next(iter(fitting))
    # Rows that no delimiter divides evenly are an error of their own only where one delimiter is meant.
    ways = ", or ".join(
        f"{DELIMITERS[mark]} as the delimiter ({f'{width} columns' if width else 'rows of different length'}), "
        f"which a first line sep={mark if mark != chr(9) else '<tab>'} chooses"
        for mark, width in ((mark, fitting.get(mark, 0)) for mark in named)
    )
    raise TableError(first_line, f"the table can be read in {len(named)} ways: with a {ways}", fault("two-delimiters"))


def _width(text: Encoded, delimiter: str, first_line: int) -> int:
    """How many columns the table has by this delimiter; 0 if rows differ."""
    width = 0
    try:
        for row in _rows(text, delimiter, first_line):
            kept = len(row.cells)
            while kept > width and not row.cells[kept - 1].strip():
                kept -= 1
            if not kept:
                continue
            width = width or kept
            if kept != width:
                return 0
    except TableError:
        return 0
    return width
