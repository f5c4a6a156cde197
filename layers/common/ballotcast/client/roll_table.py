"""The roll as a table for spreadsheets: CSV (RFC 4180), one line for each voter."""

import csv
import re
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_NUMBER = re.compile(r"\+[0-9]+")
COLUMNS = ("email", "name", "phone", "language", "delivery", "right", "issued")


def write_roll(file: TextIO, voters: Iterable[Mapping[str, Any]]) -> int:
    """Write voters as the API lists them; returns how many there are.

    What looks like a formula has an apostrophe before it. `issued` is empty before the close.
    """
    writer, written = csv.writer(file), 0
    writer.writerow(COLUMNS)
    for voter in voters:
        writer.writerow([_inert(voter[name]) for name in COLUMNS])
        written += 1
    return written


def _inert(cell: Any) -> str:
    text = cell if isinstance(cell, str) else {None: "", True: "yes", False: "no"}[cell]
    return f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text
