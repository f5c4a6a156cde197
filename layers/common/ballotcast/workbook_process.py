"""The process that reads a workbook: bytes on standard input, `[[sheet, [[row number, [cell, …]], …]], …]` out.

A reason in one word comes out instead of the list where the file cannot be read. Imports nothing of ours, so that it
starts at once.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MEMORY = 1024 * 1024 * 1024
OUTPUT = 65 * 1024 * 1024
CPU_SECONDS = 15
MOST_SHEETS = 50


def main() -> None:
    """Limits first, then the reader."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    json.dump(_sheets(sys.stdin.buffer.read()), sys.stdout)


def _sheets(data: bytes) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            shown = [
                (number, sheet.name)
                for number, sheet in enumerate(book.sheets_metadata)
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            if len(shown) > MOST_SHEETS:
                return "sheets"
            read = [(name, _rows(book.get_sheet_by_index(number))) for number, name in shown]
    except PasswordError:
        return "password"
    except (CalamineError, OSError, ValueError):
        return "broken"
    except MemoryError:
        return "large"
    return [sheet for sheet in read if sheet[1]]


def _rows(sheet: Any) -> list[tuple[int, list[str]]]:
    """Those that are not blank."""
    if sheet.start is None:
        return []
    above, left = sheet.start
    found = []
    for number, cells in enumerate(sheet.to_python(), above + 1):
        written = [""] * left + [_text(cell) for cell in cells]
        while written and not written[-1].strip():
            written.pop()
        if written:
            found.append((number, written))
    return found


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


if __name__ == "__main__":
    main()
