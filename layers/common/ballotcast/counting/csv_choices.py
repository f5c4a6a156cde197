"""What a person decides about a CSV file of ballots, what was read in it, and the error for two readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .ballot_file import BallotFileError
from .reading import Reading
from .voter_errors import Overvote

Cells = Literal["", "name", "rank", "score", "choice"]


@dataclass(frozen=True)
class CsvChoices:
    """How to read what a file does not say; each field is a switch of ``ballotcast count``.

    options: the names of all options, in their order. cells: what the cells hold. count_column: the column that says
    how many ballots a row stands for. ignore_columns: columns that are no part of a ballot. contest: which of several
    contests. no_votes: further labels that are no vote. overvote: what becomes of an overvote (see `voter_errors`).
    merge_names: whether names that differ in case only are one option. blank_rows: whether rows of empty cells only
    are blank ballots. sheet: which of several sheets of a spreadsheet.
    """

    options: Sequence[str] = ()
    cells: Cells = ""
    count_column: str = ""
    ignore_columns: Sequence[str] = ()
    contest: str = ""
    no_votes: Sequence[str] = ()
    overvote: Overvote = ""
    merge_names: bool = False
    blank_rows: bool = False
    sheet: str = ""


NO_CHOICES = CsvChoices()


@dataclass(frozen=True)
class CsvReading(Reading):
    """A CSV file of ballots and what was read in it.

    used, ignored: the headers of columns. no_votes: how many cells hold each label that is no vote.
    """

    used: Sequence[str] = ()
    ignored: Sequence[str] = ()
    no_votes: Mapping[str, int] = field(default_factory=dict)


def two_readings(line: int, reason: str, readings: Mapping[str, str]) -> BallotFileError:
    """Return the error for a file that can be read in two ways. readings: what it says then, by the switch that
    decides so.
    """
    ways = ", or ".join(f"{meaning} ({switch})" for switch, meaning in readings.items())
    return BallotFileError(line, f"{reason}: either {ways}")
