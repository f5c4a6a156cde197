"""Spreadsheets as programs save them (`.xlsx`, `.ods`): the cells of each sheet, as text. Rolls and ballots share it.

The reader (python-calamine) is native code that allocates what a file claims to need: one cell in the last row and
column of a sheet ends its process. So it runs in a process of its own (`workbook_process.py`), which has nothing of our
environment, and limits of memory and time. Whatever becomes of it, the caller gets sheets or a WorkbookError.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from ballotcast.faults import FaultError
from ballotcast.tables import Row

READER = Path(__file__).with_name("workbook_process.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REASONS = {
    "password": "locked-workbook",
    "sheets": "many-sheets",
    "large": "large-workbook",
}


class Limits(NamedTuple):
    """memory: bytes. seconds: of processor time. text: bytes of all cells together, as JSON."""

    memory: int
    seconds: int
    text: int


UPLOADED = Limits(memory=2**30, seconds=15, text=2**26)
"""For a file that anybody may send."""

OWN = Limits(memory=3 * 2**30, seconds=300, text=2**30)
"""For a file that somebody reads on their own machine: a million rows."""


class WorkbookError(FaultError):
    """A file that is no workbook, or one too large to be read. The message repeats nothing of it."""


@dataclass(frozen=True)
class Sheet:
    """rows: those that are not blank, each as long as its last cell that is not; `Row.line` is the row's number.
    merged: the first of merged cells, of which only one has the text, as ``B3``; empty if there are none."""

    name: str
    rows: list[Row]
    merged: str = ""


@dataclass(frozen=True)
class Workbook:
    """sheets: those that hold anything, the visible ones or the one that was asked for. names: of all sheets. hidden:
    names of hidden sheets.

    lost: cells whose content was not saved, so that they are read as empty: their row, and what is wrong in which part
    of the file. hidden_rows: whether there are hidden or filtered rows or columns, which are read like others.
    formulas: whether there are formulas, of which the result is read.
    """

    sheets: Sequence[Sheet]
    names: Sequence[str] = ()
    hidden: Sequence[str] = ()
    lost: Sequence[tuple[int, str]] = ()
    hidden_rows: bool = False
    formulas: bool = False


def is_workbook(data: bytes) -> bool:
    """Whether a file begins like a workbook: a ZIP archive, or what Excel saved before 2007."""
    return data.startswith((_ZIP, _OLE))


def read_workbook(data: bytes, limits: Limits = UPLOADED, sheet: str = "") -> Workbook:
    """Read every visible sheet that holds anything, or the one with a name.

    Numbers that are whole have no decimals, dates are written as `2026-11-30`, formulas as what they came to.

    Raises:
        WorkbookError: The file cannot be read.
        ValueError: python-calamine is not installed.
    """
    if not find_spec("python_calamine"):
        raise ValueError("spreadsheets need the extra 'tables': pip install 'ballotcast[tables]'")
    if data.startswith(_OLE):
        raise WorkbookError("old-workbook")
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment |= {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}  # Windows needs it
    allowed = (limits.memory, limits.seconds, limits.text + 2**20)
    with TemporaryFile() as written:
        try:
            subprocess.run(
                [sys.executable, str(READER), *map(str, allowed), sheet],
                input=data,
                stdout=written,
                stderr=subprocess.DEVNULL,
                env=environment,
                timeout=limits.seconds + 5,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise WorkbookError("large-workbook") from None
        except (subprocess.CalledProcessError, ValueError):  # a sheet's name cannot hold NUL
            raise WorkbookError("bad-workbook") from None
        if written.tell() > limits.text:
            raise WorkbookError("large-workbook")
        written.seek(0)
        told = json.load(written)
    if isinstance(told, str):
        raise WorkbookError(REASONS.get(told, "bad-workbook"))
    sheets = [Sheet(name, [Row(line, cells) for line, cells in rows], merged) for name, rows, merged in told["sheets"]]
    lost = [(line, reason) for line, reason in told["lost"]]
    return Workbook(sheets, told["names"], told["hidden"], lost, told["hidden_rows"], told["formulas"])
