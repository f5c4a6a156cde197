"""A roll as a CSV file (RFC 4180, and what spreadsheets make of it): who is in it, and every row that cannot be taken.

A header names the columns: `email`, and `phone` if there is one, in any order and case; others are ignored. Comma or
semicolon, LF, CRLF or CR, with or without a byte order mark, UTF-8. A row is one line: an open quote spoils its own
line, not the file.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from ballotcast.ballots.roll import email_key
from ballotcast.elections.addresses import AddressError, email_address, phone_number

COLUMNS = ("email", "phone")
NAMED = 20
"""Columns that are told by name, each by as many of its letters as `NAME_LENGTH`."""
NAME_LENGTH = 40
_LINE_END = re.compile(r"\r\n|\n|\r")


class RollFileError(ValueError):
    """Not a roll at all: nothing of it can be taken."""


class Row(NamedTuple):
    email: str
    phone: str
    """E.164, or empty."""


class Rejection(NamedTuple):
    line: int
    """1-based, as an editor shows it; the header is on line 1."""
    reason: str
    """Repeats nothing of the line."""


@dataclass(frozen=True)
class RollFile:
    """`duplicates`: rows whose address stands further up already, in whatever spelling of case.

    `ignored`: names of columns that no roll has, at most 20.
    """

    rows: list[Row] = field(default_factory=list)
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_roll(data: bytes, *, phone_needed: bool = False, calling_codes: Sequence[str] | None = None) -> RollFile:
    """Read a roll; RollFileError if it is empty, not UTF-8, or has no column `email`. `addresses`: what is taken."""
    try:
        lines = _LINE_END.split(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RollFileError(f"byte {error.start} is not UTF-8: save the file as CSV UTF-8") from None
    if not any(map(str.strip, lines)):
        raise RollFileError("the file is empty")
    delimiter = ";" if ";" in lines[0] else ","
    columns = _columns(lines[0], delimiter)
    if phone_needed and "phone" not in columns:
        raise RollFileError("this election needs telephone numbers: add the column phone")
    seen: set[str] = set()
    rows: list[Row] = []
    rejected: list[Rejection] = []
    duplicates = 0
    for number, cells in _records(lines, delimiter):
        try:
            row = _row(cells, columns, phone_needed, calling_codes)
        except (AddressError, csv.Error) as error:
            rejected.append(Rejection(number, str(error)))
            continue
        if (key := email_key(row.email)) in seen:
            duplicates += 1
            continue
        seen.add(key)
        rows.append(row)
    return RollFile(rows, duplicates, rejected, _named([name for name in columns if name not in COLUMNS]))


def _columns(header: str, delimiter: str) -> list[str]:
    try:
        names = [name.strip().lower() for name in _cells(header, delimiter)]
    except csv.Error:
        names = []
    if "email" not in names:
        if not any(names) or any("@" in name for name in names):  # a voter, whose address is not repeated
            raise RollFileError("the first line must be a header that names the columns, one of them email")
        raise RollFileError(f"the header has no column email; its columns are: {', '.join(_named(names))}")
    if any(names.count(name) > 1 for name in COLUMNS):
        raise RollFileError("the header names a column twice")
    return names


def _named(columns: Sequence[str]) -> list[str]:
    return [name[:NAME_LENGTH] for name in dict.fromkeys(columns) if name][:NAMED]


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            try:
                yield number, _cells(line, delimiter)
            except csv.Error as error:
                yield number, error


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True))


def _row(
    cells: list[str] | csv.Error, columns: Sequence[str], phone_needed: bool, calling_codes: Sequence[str] | None
) -> Row:
    if isinstance(cells, csv.Error):
        raise csv.Error("quotes that do not match")
    if len(cells) > len(columns):
        raise AddressError(f"{len(cells)} columns where the header has {len(columns)}")
    found = dict(zip_longest(columns, cells, fillvalue=""))
    email, phone = email_address(found["email"]), found.get("phone", "")
    if phone_needed or phone.strip():
        return Row(email, phone_number(phone, calling_codes))
    return Row(email, "")
