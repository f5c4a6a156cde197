"""Where each ballot of a BLT file ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .ballot_file import LARGEST, BallotFileError
from .ballots import Ballot
from .blt_header import Header, ends_ballots
from .blt_text import Line, Token, plain_numbers, tokens, whole
from .reading import AmbiguousFileError, Switches

Row = list[Token]
"""The tokens of one ballot, without the 0 that ends it."""

Rows = Sequence[Row | Line]
"""Ballots that hold only numbers are kept as text: the tokens of a million of them would take a gigabyte."""

_INNER_ZERO = re.compile(r"(?<![^ \t])0(?![^ \t])")

HOW_MANY = "how many ballots, or the 0 that ends them"


@dataclass
class Cast:
    """The ballots with what their reader noticed.

    first: the line of the first of each. names: what follows the ballots on the line of the 0 that ends them.
    """

    ballots: dict[Ballot, int] = field(default_factory=dict)
    first: dict[Ballot, int] = field(default_factory=dict)
    dialect: dict[str, None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    names: str = ""
    lines: int = 0


def read_rows(lines: Sequence[Line], header: Header, end: int, cast: Cast, switches: Switches) -> Rows:
    """Read the tokens of each ballot from the lines after the header. end: the number of the file's last line."""
    cast.lines = header.lines
    if header.rest or switches.get("ballots") == "zeros":
        return _rows_in_stream(lines, header, end, cast, switches)
    return _rows_in_lines(lines, header, end, cast, switches)


def _tokens(line: Line, switches: Switches) -> Row:
    plain = plain_numbers(line)
    if plain is not None:
        return [Token(line.number, "number", text) for text in plain]
    return list(tokens(line, commas_separate=switches.get("commas") == "separate"))


def tokens_of(row: Row | Line) -> Row:
    """Return the tokens of a row, however it is kept."""
    return [Token(row.number, "number", text) for text in row.text.split()] if isinstance(row, Line) else row


def _rows_in_lines(lines: Sequence[Line], header: Header, end: int, cast: Cast, switches: Switches) -> Rows:
    rows: list[Row | Line] = []
    while True:
        if cast.lines == len(lines):
            raise BallotFileError(end, f"the file ends where {HOW_MANY} is expected")
        line = lines[cast.lines]
        cast.lines += 1
        numbers = plain_numbers(line) if rows else None
        if numbers and numbers[0][0] != "0":
            rows.append(line)
            continue
        row = _tokens(line, switches)
        if not rows and len(row) > 1 and ends_ballots(row):
            break
        if _ends_all(line, row):
            if len(rows) == 1 and len(_zeros(rows[0])) > 1:
                break
            return _without_zeros(rows, cast, switches)
        rows.append(row)
    cast.lines = header.lines
    return _rows_in_stream(lines, header, end, cast, switches)


def _ends_all(line: Line, row: Row) -> bool:
    """Return whether a line is the 0 that ends the ballots.

    Raises BallotFileError if no ballot can begin as it does.
    """
    if not row:
        raise BallotFileError(line.number, f"a line of commas where {HOW_MANY} is expected")
    if row[0].kind != "group":
        refuse_weight(row[0])
        whole(row[0], line.number, HOW_MANY, 0, LARGEST)
    if not is_zero(row[0]):
        return False
    if len(row) > 1:
        raise BallotFileError(line.number, f"{row[1].text[:20]!r} after the 0 that ends the ballots")
    return True


def _zeros(row: Row | Line) -> list[str]:
    """Return each 0 of a row."""
    return _INNER_ZERO.findall(row.text) if isinstance(row, Line) else [token.text for token in row if is_zero(token)]


def _without_zeros(rows: Rows, cast: Cast, switches: Switches) -> Rows:
    """Take the 0 off the end of every row, if all or none have it; otherwise a ballot may cross the end of a line."""
    ending = [_ends_in_zero(row) for row in rows]
    if not all(ending) and any(ending) and switches.get("ballots") != "lines":
        odd = ending.index(sum(ending) * 2 < len(ending))
        raise AmbiguousFileError(
            line_of(rows[odd]),
            f"the ballot {'ends' if ending[odd] else 'does not end'} in 0, unlike others",
            {
                "ballots=lines": "each line is one ballot, with or without 0",
                "ballots=zeros": "a ballot ends only at a 0 and continues on the next line without one",
            },
        )
    if rows and not any(ending):
        cast.dialect["no 0 at the end of ballots"] = None
        cast.warnings.append("No ballot ends in 0: each line is read as one ballot.")
    left = [_cut(row) if zero else row for row, zero in zip(rows, ending, strict=True)]
    for row in left:
        if _zeros(row):
            raise AmbiguousFileError(
                line_of(row),
                "a 0 within a ballot",
                {"ballots=zeros": "the line holds several ballots", "": "the 0 is a mistake, to be corrected"},
            )
    return left


def _ends_in_zero(row: Row | Line) -> bool:
    return row.text.rstrip(" \t")[-2:] in (" 0", "\t0") if isinstance(row, Line) else is_zero(row[-1])


def _cut(row: Row | Line) -> Row | Line:
    return Line(row.number, row.text.rstrip(" \t")[:-1]) if isinstance(row, Line) else row[:-1]


def line_of(row: Row | Line) -> int:
    """Return the number of a row's line."""
    return row.number if isinstance(row, Line) else row[0].line


def _rows_in_stream(lines: Sequence[Line], header: Header, end: int, cast: Cast, switches: Switches) -> Rows:
    """Rows that end at their 0, wherever lines end."""
    cast.dialect["ballots end at a 0, wherever lines end"] = None
    cast.warnings.append("Ballots are read from 0 to 0, wherever lines end: a missing 0 would not be noticed.")
    rows: list[Row] = []
    row: Row = []
    begun = bool(header.rest)
    for token in _stream(lines, header, cast, switches):
        if token.kind == "quote":
            raise BallotFileError(token.line, f"{token.text[:20]} where {HOW_MANY} is expected")
        if not is_zero(token):
            row.append(token)
        elif row:
            rows.append(row)
            row = []
        else:
            rest = [token for token in header.rest if token.kind == "quote"] if begun else []
            cast.names = rest[0].text if rest else ""
            return rows
    raise BallotFileError(end, f"the file ends where {'the 0 that ends the ballot' if row else HOW_MANY} is expected")


def _stream(lines: Sequence[Line], header: Header, cast: Cast, switches: Switches) -> Iterator[Token]:
    if header.rest:
        yield from header.rest
        return
    while cast.lines < len(lines):
        line = lines[cast.lines]
        cast.lines += 1
        found = _tokens(line, switches)
        numbers = [token for token in found if token.kind != "quote"]
        ends = len(numbers) < 2 or is_zero(numbers[-2])
        if len(numbers) < len(found):
            if not ends or cast.names:
                raise BallotFileError(line.number, f"{found[-1].text[:20]} where {HOW_MANY} is expected")
            cast.names = found[-1].text
        yield from numbers


def refuse_weight(token: Token) -> None:
    """Raises BallotFileError for a decimal fraction where a number of ballots is expected."""
    if token.kind == "decimal":
        raise BallotFileError(
            token.line,
            f"{token.text[:20]} ballots: weighted votes are not counted, because a weight can tell who cast a ballot; "
            "a number of ballots is whole",
        )


def is_zero(token: Token) -> bool:
    """Return whether a token is the 0 that ends a ballot or all of them."""
    return token.kind == "number" and token.text == "0"
