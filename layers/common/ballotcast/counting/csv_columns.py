"""The columns beside the votes: which are read over and why that is safe, which one counts, and which are refused."""

from collections.abc import Callable, Iterator, Sequence

from .ballot_file import BallotFileError
from .csv_choices import CsvChoices, two_readings
from .csv_header import Column
from .csv_names import fold, word_set
from .csv_source import Source, whole

TOTALS = frozenset({"total", "totals", "grand total", "sum", "average"})
PLAUSIBLE = word_set("ward, date, name, time, language, seed, race, office, poll, batch, created, token, voter, ballot")
SUSPECT = word_set(
    """votes, vote, vote count, number of votes, voters, total, totals, sum, tally, frequency, freq, quantity, qty,
    copies, times, n, size, score, points, average, rank, result, percent, %, age, year"""
)
READ_OVER = frozenset({"id", "number", "about", "contest", "submitted", "ignored"})


def require_chosen(columns: Sequence[Column], choices: CsvChoices, line: int) -> None:
    """Raise BallotFileError unless the header has the columns that a person named."""
    present = {fold(column.name) for column in columns}
    named = (("--count-column", choices.count_column), *(("--ignore-column", name) for name in choices.ignore_columns))
    for switch, name in named:
        if name and fold(name) not in present:
            raise BallotFileError(line, f"{switch} {name!r}: no such column; there are {listing(columns)}")


def listing(columns: Sequence[Column]) -> str:
    """The names of columns, in quotes."""
    return ", ".join(repr(column.name) for column in columns)


def counting_column(source: Source, columns: Sequence[Column], choices: CsvChoices) -> int:
    """The place of the column that says how many ballots a row stands for; -1 if there is none."""
    counting = [column for column in columns if column.role == "count"]
    if len(counting) > 1:
        raise BallotFileError(
            source.line, f"two columns of counts: {listing(counting)}; --ignore-column names the other"
        )
    if not counting:
        return -1
    column = counting[0]
    if not choices.count_column and _may_number(source, column.place):
        raise two_readings(
            source.line,
            f"the column {column.name!r} holds running numbers",
            {
                f"--count-column {_quoted(column.name)}": "each is how many ballots the row stands for",
                f"--ignore-column {_quoted(column.name)}": "each is the number of one ballot",
            },
        )
    return column.place


def require_read_over(source: Source, columns: Sequence[Column]) -> Iterator[str]:
    """Yield warnings about columns that are no part of a ballot; raise BallotFileError where that may be wrong."""
    for column in columns:
        values = source.values[column.place]
        if column.role in ("id", "number", "about") and any(fold(value) in TOTALS for value in values):
            line = source.line_of(column.place, lambda cell: fold(cell) in TOTALS)
            raise BallotFileError(line, f"a row of totals in column {column.name!r}, and not a ballot; remove it")
        if column.role == "number" and source.rows and not _running(source, column.place):
            raise two_readings(
                source.line,
                f"the column {column.name!r} does not hold running numbers",
                {
                    f"--count-column {_quoted(column.name)}": "each is how many ballots the row stands for",
                    f"--ignore-column {_quoted(column.name)}": "it is no part of the ballots",
                },
            )
        if column.role == "submitted" and any(not value.strip() for value in values):
            line = source.line_of(column.place, lambda cell: not cell.strip())
            raise two_readings(
                line,
                f"nothing in column {column.name!r}",
                {
                    "remove the row": "the voter did not submit the ballot",
                    f"--ignore-column {_quoted(column.name)}": "all rows are ballots",
                },
            )
        if column.role == "id":
            if any(not value.strip() for value in values):
                line = source.line_of(column.place, lambda cell: not cell.strip())
                reason = f"nothing in column {column.name!r}: cells in the wrong column?"
                raise BallotFileError(line, f"{reason} --ignore-column {_quoted(column.name)} reads the row as it is")
            again = [value for value, times in values.items() if times > 1]
            if again:
                shown = f"{again[0][:20]!r} on {values[again[0]]} of them"
                yield f"Several rows have the same value in column {column.name!r}, as {shown}."


def require_no_votes_in(source: Source, columns: Sequence[Column], names: frozenset[str]) -> None:
    """Raise BallotFileError if a column that is read over holds votes: a rank renamed, a row moved."""
    for column in columns:
        if column.role in READ_OVER and column.role != "ignored":
            values = {fold(value) for value in source.values[column.place]} - {""}
            if values and (values & names if column.role == "id" else values <= names):
                raise two_readings(
                    source.line,
                    f"the column {column.name!r} holds names of options",
                    {
                        "give it the name of a rank": "they are votes",
                        f"--ignore-column {_quoted(column.name)}": "they are no part of the ballots",
                    },
                )


def require_no_marks_in(source: Source, columns: Sequence[Column], is_mark: Callable[[str], bool]) -> Iterator[str]:
    """Yield a warning about a column that is read over though its cells could be marks; raise BallotFileError if its
    name could be an option's as well: Ward is a name, too."""
    for column in columns:
        if column.role not in ("id", "about", "contest") or not source.rows:
            continue
        filled = [value for value in source.values[column.place] if value.strip()]
        if not filled or not all(map(is_mark, filled)) or (column.role == "id" and len(filled) == source.rows):
            continue
        if fold(column.name) in PLAUSIBLE:
            raise two_readings(
                source.line,
                f"the column {column.name!r} holds what columns of options hold",
                {
                    "--options, which names them all": "it is an option",
                    f"--ignore-column {_quoted(column.name)}": "it is no part of the ballots",
                },
            )
        yield f"The column {column.name!r} is ignored, though it holds what columns of options hold."


def require_options(source: Source, columns: Sequence[Column], choices: CsvChoices) -> None:
    """Raise BallotFileError for a column of numbers that is perhaps no option, unless the options are given."""
    if choices.options:
        return
    for column in columns:
        numbers = [whole(value.strip()) for value in source.values[column.place]]
        ascending = source.rows > 2 and numbers in [list(range(first, first + source.rows)) for first in (0, 1)]
        if ascending or fold(column.name) in SUSPECT:
            raise two_readings(
                source.line,
                f"the column {column.name!r} is perhaps no option"
                + (": its cells are 1, 2, 3 and so on" if ascending else ""),
                {
                    "--options, which names them all": "it is an option",
                    f"--count-column {_quoted(column.name)}": "it says how many ballots a row stands for",
                    f"--ignore-column {_quoted(column.name)}": "it is no part of the ballots",
                },
            )


def refuse_open(source: Source, columns: Sequence[Column], what: str) -> None:
    """Raise BallotFileError for a column that nobody knows."""
    if columns:
        name = columns[0].name
        raise two_readings(
            source.line,
            f"the column {name!r} is {what}",
            {
                f"--count-column {_quoted(name)}": "it says how many ballots a row stands for",
                f"--ignore-column {_quoted(name)}": "it is no part of the ballots",
            },
        )


def _may_number(source: Source, place: int) -> bool:
    """Whether counts could as well number the rows: they ascend one by one, or are 1, 2, 3, … in another order."""
    if source.rows < 2 or not _running(source, place):
        return False
    numbers = [whole(value.strip()) for value in source.values[place]]
    return numbers == sorted(numbers) or (min(numbers) < 2 and source.rows > 2)


def _running(source: Source, place: int) -> bool:
    """Whether a column numbers the rows: whole numbers without a gap or a repetition."""
    numbers = [whole(value.strip()) for value in source.values[place]]
    return len(numbers) == source.rows and min(numbers) >= 0 and max(numbers) - min(numbers) == len(set(numbers)) - 1


def _quoted(name: str) -> str:
    return repr(name) if " " in name else name
