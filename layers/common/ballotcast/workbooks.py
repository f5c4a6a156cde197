"""Spreadsheets as programs save them (`.xlsx`, `.ods`): the cells of each sheet, as text.

The reader (python-calamine) is native code that allocates what a file claims to need: one cell in the last row and
column of a sheet ends its process. So it runs in a process of its own (`workbook_process.py`), which has nothing of our
environment, and limits of memory and time. Whatever becomes of it, the caller gets sheets or a WorkbookError.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from ballotcast.faults import FaultError
from ballotcast.tables import Row

READER = Path(__file__).with_name("workbook_process.py")
SECONDS = 20
MOST_TEXT = 64 * 1024 * 1024
"""Bytes of all cells together, as JSON."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REASONS = {
    "password": "locked-workbook",
    "sheets": "many-sheets",
    "large": "large-workbook",
}


class WorkbookError(FaultError):
    """A file that is no workbook, or one too large to be read. The message repeats nothing of it."""


@dataclass(frozen=True)
class Sheet:
    """rows: those that are not blank, each as long as its last cell that is not; `Row.line` is the row's number."""

    name: str
    rows: list[Row]


def is_workbook(data: bytes) -> bool:
    """Whether a file begins like a workbook: a ZIP archive, or what Excel saved before 2007."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes) -> list[Sheet]:
    """Read every visible sheet that holds anything.

    Numbers that are whole have no decimals, dates are written as `2026-11-30`, formulas as what they came to.

    Raises:
        WorkbookError: The file cannot be read.
    """
    if data.startswith(_OLE):
        raise WorkbookError("old-workbook")
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with TemporaryFile() as written:
        try:
            subprocess.run(
                [sys.executable, str(READER)],
                input=data,
                stdout=written,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise WorkbookError("large-workbook") from None
        except subprocess.CalledProcessError:
            raise WorkbookError("bad-workbook") from None
        if written.tell() > MOST_TEXT:
            raise WorkbookError("large-workbook")
        written.seek(0)
        told = json.load(written)
    if isinstance(told, str):
        raise WorkbookError(REASONS.get(told, "bad-workbook"))
    return [Sheet(name, [Row(line, cells) for line, cells in rows]) for name, rows in told]
