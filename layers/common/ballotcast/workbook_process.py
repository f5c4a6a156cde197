"""The process that reads a workbook: bytes on standard input, JSON with sheets and what is odd about them out.

Arguments: bytes of memory, seconds of processor time, bytes of output, and the name of a sheet, or nothing for all that
are visible. A reason in one word comes out instead where the file cannot be read. Imports nothing of ours, so that it
starts at once. `workbooks` has the types of what comes out.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

MOST_SHEETS = 50
LARGEST_PARTS = 2**30
"""How many bytes the sheets of a file may have, unpacked."""

# python-calamine takes either for an empty cell.
_NO_RESULT = re.compile(rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*</(?:\w+:)?c>")
_ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*\bt="e"|calcext:value-type="error"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?(?:row|col)\b[^>]*\bhidden="(?:1|true)"|table:visibility="(?:collapse|filter)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b|table:formula=")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb'\br="([0-9]{1,7})"')


def main() -> None:
    """Limits first, then the reader."""
    memory, seconds, output = map(int, sys.argv[1:4])
    _limit(memory, seconds, output)
    try:
        told: Any = _read(sys.stdin.buffer.read(), "".join(sys.argv[4:5]))
    except MemoryError:
        told = "large"
    json.dump(told, sys.stdout)


def _limit(memory: int, seconds: int, output: int) -> None:
    if sys.platform == "win32":  # has no such limits; the process still ends alone
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _read(data: bytes, wanted: str) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            all_sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            hidden = [sheet.name for sheet in all_sheets if sheet.visible != SheetVisibleEnum.Visible]
            shown = [sheet.name for sheet in all_sheets if sheet.name == wanted or not (wanted or sheet.name in hidden)]
            if len(shown) > MOST_SHEETS:
                return "sheets"
            read = [(name, *_rows(book.get_sheet_by_name(name))) for name in shown]
        if read and sum(part.file_size for part in ZipFile(BytesIO(data)).infolist()) > LARGEST_PARTS:
            return "large"
        return {
            "sheets": [sheet for sheet in read if sheet[1]],
            "names": [sheet.name for sheet in all_sheets],
            "hidden": hidden,
            **_odd(data),
        }
    except PasswordError:
        return "password"
    except (CalamineError, BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return "broken"


def _rows(sheet: Any) -> tuple[list[tuple[int, list[str]]], str]:
    """Those that are not blank, and the first cell of the first merged ones."""
    if sheet.start is None:
        return [], ""
    above, left = sheet.start
    found = []
    for number, cells in enumerate(sheet.to_python(), above + 1):
        written = [""] * left + [_text(cell) for cell in cells]
        while written and not written[-1].strip():
            written.pop()
        if written:
            found.append((number, written))
    merged = sheet.merged_cell_ranges or []
    return found, f"{_letters(merged[0][0][1])}{merged[0][0][0] + 1}" if merged else ""


def _odd(data: bytes) -> dict[str, Any]:
    """What the reader of sheets does not say."""
    lost: list[tuple[int, str]] = []
    hidden_rows, formulas = False, False
    for name, content in _parts(data):
        if found := _NO_RESULT.search(content):
            lost.append((_row_at(content, found.start()), f"a formula without a result in {name}"))
        if found := _ERROR.search(content):
            lost.append((_row_at(content, found.end()), f"a cell with an error, such as #REF!, in {name}"))
        hidden_rows = hidden_rows or bool(_HIDDEN_ROW.search(content))
        formulas = formulas or bool(_FORMULA.search(content))
    return {"lost": lost, "hidden_rows": hidden_rows, "formulas": formulas}


def _parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml|content\.xml", name):
                yield name, parts.read(name)


def _row_at(content: bytes, position: int) -> int:
    """The number of the row in which a part of a sheet is; 1 where the format does not number rows."""
    rows = list(_ROW.finditer(content, 0, position))
    found = _ROW_NUMBER.search(rows[-1][0]) if rows else None
    return int(found[1]) if found else 1


def _text(cell: Any) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


if __name__ == "__main__":
    main()
