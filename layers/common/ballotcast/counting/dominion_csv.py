"""Cast vote records that Dominion's system exports as CSV: four rows of headers, and a column per mark.

The first row names the election, the second the contest of each column, the third its option (with the rank in
parentheses where options are ranked), and the fourth begins with ``CvrNumber``. A cell holds 1 for a mark and 0 for
none; where all cells of a contest are empty, it is not on the card.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from io import StringIO

from .ballot_file import BallotFileError
from .csv_choices import CsvChoices
from .csv_names import fold, no_vote, spelling
from .reading import Reading
from .records import NOBODY, Cards, Contest, Mark, one_contest
from .text import decode_text

_HEADER = re.compile(rb'^\s*"?CvrNumber"?\s*,', re.MULTILINE | re.IGNORECASE)
_RANKED = re.compile(
    r"(?P<name>.*\S)\s*\(Number of positions=(?P<votes>[0-9]{1,4}), Number of ranks=(?P<ranks>[0-9]{1,4})\)"
)
_CHOICE = re.compile(r"(?P<name>.*\S)\s*\(Vote For=(?P<votes>[0-9]{1,4})\)")
_OPTION = re.compile(r"(?P<name>.*\S)\s*\((?P<rank>[1-9][0-9]{0,2})\)")

Column = tuple[int, str, int]
"""The place of a column, its selection and its rank (0 where options are not ranked)."""


def is_dominion_csv(data: bytes) -> bool:
    """Whether a CSV file has such headers."""
    head = data[:200_000].split(b"\n", 12)[1:12]
    return any(map(_HEADER.match, head))


def read_dominion_csv(data: bytes, choices: CsvChoices) -> Reading:
    """Read an export. Raises BallotFileError, and nothing else, for whatever is not one."""
    useful = ("options", "merge_names", "overvote", "contest")
    if other := next(
        (field.name for field in fields(choices) if field.name not in useful and getattr(choices, field.name)), ""
    ):
        raise BallotFileError(1, f"--{other.replace('_', '-')} says nothing of Dominion's records")
    decoded = decode_text(data)
    rows = _rows(decoded.content)
    heads: list[tuple[int, list[str]]] = []
    for row in rows:
        heads.append(row)
        if fold(row[1][0]) == "cvrnumber":
            break
    if len(heads) < 3 or fold(heads[-1][1][0]) != "cvrnumber":
        raise BallotFileError(1, "no row that begins with CvrNumber, below the rows of contests and of options")
    (_, titles), (line, names), (own_line, own_names) = heads[-3:]
    if len(own_names) > len(names):
        raise BallotFileError(own_line, f"{len(own_names)} cells under {len(names)} columns")
    contests, columns = _contests(line, titles, names)
    contest = one_contest(contests, choices)
    own = columns[contest.identity]
    cards = Cards(contest, choices, {})
    last = own_line
    for last, cells in rows:
        line = last
        if len(cells) != len(names):
            raise BallotFileError(line, f"{len(cells)} cells under {len(names)} columns")
        marks = [cells[place].strip() for place, _, _ in own]
        if odd := next((mark for mark in marks if mark not in ("", "0", "1")), ""):
            raise BallotFileError(line, f"{odd[:20]!r} where 0 or 1 is expected")
        if any(marks):
            if not all(marks):
                raise BallotFileError(line, "some cells of the contest are empty, and others are not")
            found = zip(marks, own, strict=True)
            where = f"record {cells[0][:20]!r}"
            cards.put((Mark(selection, rank) for mark, (_, selection, rank) in found if mark == "1"), where, line)
    if last == own_line:
        raise BallotFileError(own_line, "no record below the headers")
    return cards.reading("Dominion CSV", warnings=[*map(str, decoded.warnings)], encoding=decoded.encoding)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text), strict=True)
    before = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield before, cells
            before = reader.line_num + 1
    except csv.Error as error:
        raise BallotFileError(before, str(error)) from None


def _contests(line: int, titles: Sequence[str], names: Sequence[str]) -> tuple[list[Contest], dict[str, list[Column]]]:
    if len(titles) != len(names):
        raise BallotFileError(line, f"{len(names)} cells below {len(titles)}")
    contests: dict[str, Contest] = {}
    columns: dict[str, list[Column]] = {}
    for place, (title, name) in enumerate(zip(map(spelling, titles), map(spelling, names), strict=True)):
        if not title and not name:
            continue
        found = _RANKED.fullmatch(title) or _CHOICE.fullmatch(title)
        if not found or not name:
            raise BallotFileError(line, f"column {place + 1}: no contest such as 'Mayor (Vote For=1)' with an option")
        ranked = found.re is _RANKED and int(found["ranks"]) > 1
        contest = contests.setdefault(title, Contest(title, found["name"], {}, ranked, int(found["votes"])))
        rank = 0
        if ranked:
            option = _OPTION.fullmatch(name)
            if not option:
                raise BallotFileError(line, f"column {place + 1}: {name[:40]!r} has no rank in parentheses")
            name, rank = option["name"], int(option["rank"])
        selection = NOBODY if no_vote(name) == "write-in" else name
        if selection:
            contest.names[selection] = selection
        column = (place, selection, rank)
        if selection and any(column[1:] == other[1:] for other in columns.get(title, [])):
            raise BallotFileError(line, f"column {place + 1}: {name[:40]!r} again")
        columns.setdefault(title, []).append(column)
    return list(contests.values()), columns
