"""Cast vote records as CSV: a line per ballot, or per group of equal ballots, in one of two layouts.

Ranks: columns ``rank 1``, ``rank 2``, … (or ``choice``, ``preference``, ``1st choice``) hold the names of options::

    id,rank 1,rank 2,rank 3
    b1,Ada,Björn=Chloé,
    b2,Chloé,skipped,Ada

Several names with ``=`` between them are ranked equally. An empty cell, ``skipped`` and ``undervote`` rank nothing, nor
does a name that was ranked before; what follows moves up. ``overvote`` ends the ballot (so most American laws have it).
The options are all names that occur, in alphabetical order.

Marks: every other column is an option, and the cells hold what the method reads: ranks, scores, or 0 and 1 (also ``x``)
for a choice. An empty cell is no mark; ranks may have gaps, and equal ones are equal ranks::

    id,count,Ada,Björn,Chloé
    b1,12,5,0,3

In both, a column ``count`` (``number``, ``ballots``) says how many ballots a line stands for, and columns ``id``,
``ballot``, ``ballot id``, ``voter``, ``precinct`` are read over. Commas, semicolons or tabs; quotes as in RFC 4180;
UTF-8. A file says nothing of seats; they are taken to be 1.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO

from .ballot_file import LARGEST, BallotFile, BallotFileError, Box, decode, has_control, rank_together
from .ballots import HIGHEST_SCORE, Ballot, Kind

_RANK = re.compile(
    r"(?:rank|choice|preference)[ -]?([0-9]{1,3})|([0-9]{1,3})(?:st|nd|rd|th)?[ -](?:rank|choice|preference)"
)
_COUNT = ("count", "number", "ballots")
_READ_OVER = ("id", "ballot", "ballot id", "voter", "precinct")
_NOTHING = ("", "skipped", "undervote")

Row = tuple[int, list[str]]


def parse_cvr(data: bytes | str, kind: Kind = "ranked") -> BallotFile:
    """Read a CSV file of ballots of this kind. Raises BallotFileError, and nothing else, for whatever is not one."""
    rows = _rows(decode(data))
    line, header = next(rows, (1, []))
    columns = [name.strip() for name in header]
    if not any(columns):
        raise BallotFileError(line, "no header")
    keys = [name.lower().replace("_", " ") for name in columns]
    count = next((place for place, key in enumerate(keys) if key in _COUNT), -1)
    places = {place: found for place, key in enumerate(keys) if (found := _RANK.fullmatch(key))}
    if places:
        order = sorted(places, key=lambda place: int(places[place][1] or places[place][2]))
        return _ranks(rows, len(columns), count, order)
    order = [place for place, key in enumerate(keys) if place != count and key not in _READ_OVER]
    options = tuple(columns[place] for place in order)
    if not options:
        raise BallotFileError(line, "no column for an option")
    if len(set(options)) != len(options) or any(not name or has_control(name) for name in options):
        raise BallotFileError(line, "a column without a name, or two with the same")
    box = Box[Ballot]()
    for line, cells in rows:
        number = _number_of(line, cells, count, len(columns))
        marks = {option: _mark(line, cells[place], kind) for option, place in enumerate(order, 1)}
        box.put(line, _marked({option: mark for option, mark in marks.items() if mark >= 0}, kind), number)
    return BallotFile("", options, 1, (), box.ballots, kind)


def _rows(text: str) -> Iterator[Row]:
    """Lines that are not empty, with their numbers."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise BallotFileError(max(1, reader.line_num), str(error)) from None


def _ranks(rows: Iterator[Row], width: int, count: int, order: Sequence[int]) -> BallotFile:
    box = Box[tuple[tuple[str, ...], ...]]()
    for line, cells in rows:
        number = _number_of(line, cells, count, width)
        ranking: list[tuple[str, ...]] = []
        seen: set[str] = set()
        for place in order:
            cell = cells[place].strip()
            if cell.lower() == "overvote":
                break
            names = [] if cell.lower() in _NOTHING else [name.strip() for name in cell.split("=")]
            if any(not name or has_control(name) for name in names):
                raise BallotFileError(line, "an empty name, or a control character in one")
            new = tuple(sorted(set(names) - seen))
            seen.update(new)
            if new:
                ranking.append(new)
        box.put(line, tuple(ranking), number)
    options = sorted({name for named in box.ballots for rank in named for name in rank})
    numbers = {name: number for number, name in enumerate(options, 1)}
    # Names and numbers correspond one to one and in order, so different rankings stay different.
    ballots = {
        rank_together([[numbers[name] for name in rank] for rank in named]): number
        for named, number in box.ballots.items()
    }
    return BallotFile("", tuple(options), 1, (), ballots)


def _number_of(line: int, cells: Sequence[str], count: int, width: int) -> int:
    if len(cells) != width:
        raise BallotFileError(line, f"{len(cells)} cells under {width} columns")
    return _whole(line, cells[count].strip(), LARGEST) if count >= 0 else 1


def _mark(line: int, cell: str, kind: Kind) -> int:
    """The number in a cell; -1 for no mark."""
    cell = cell.strip().lower()
    if not cell:
        return -1
    if kind == "choice":
        if cell not in ("0", "1", "x"):
            raise BallotFileError(line, f"{cell[:20]!r} where 0 or 1 is expected")
        return -1 if cell == "0" else 1
    return _whole(line, cell, HIGHEST_SCORE)


def _whole(line: int, text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,16}", text) or int(text) > most:
        raise BallotFileError(line, f"{text[:20]!r} where a number up to {most} is expected")
    return int(text)


def _marked(marks: dict[int, int], kind: Kind) -> Ballot:
    if kind == "scores":
        return tuple(marks.items())
    if kind == "choice":
        return tuple(marks)
    ranks = sorted({mark for mark in marks.values() if mark})
    return rank_together([[option for option, mark in marks.items() if mark == rank] for rank in ranks])
