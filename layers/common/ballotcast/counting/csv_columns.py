"""The columns next to the votes: which are read over and why that is safe, which one counts, and which are refused."""

from collections.abc import Iterator, Sequence

from .ballot_file import BallotFileError
from .csv_choices import CsvChoices, two_readings
from .csv_header import Column
from .csv_names import fold, folded
from .csv_source import Source, whole

TOTALS = frozenset({"total", "totals", "grand total", "sum", "average"})


def require_chosen(columns: Sequence[Column], choices: CsvChoices, line: int) -> None:
    """Raise BallotFileError unless the header has the columns that a person named."""
    present = {fold(column.name) for column in columns}
    named = (("--count-column", choices.count_column), *(("--ignore-column", name) for name in choices.ignore_columns))
    for switch, name in named:
        if name and fold(name) not in present:
            raise BallotFileError(line, f"{switch} {name!r}: no such column; there are {listing(columns)}")


def listing(columns: Sequence[Column]) -> str:
    """Return the names of columns, in quotes."""
    return ", ".join(repr(column.name) for column in columns)


def counting_column(source: Source, columns: Sequence[Column], choices: CsvChoices) -> int:
    """Return the place of the column that says how many ballots a row stands for; -1 if there is none."""
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
                f"--count-column {quoted(column.name)}": "each is how many ballots the row stands for",
                f"--ignore-column {quoted(column.name)}": "each is the number of one ballot",
            },
        )
    return column.place


def require_read_over(source: Source, columns: Sequence[Column]) -> Iterator[str]:
    """Yield warnings about columns that are no part of a ballot; raise BallotFileError where that may be wrong."""
    for column in columns:
        values = source.values[column.place]
        if column.role in ("id", "number", "about") and not all(map(TOTALS.isdisjoint, folded(values))):
            line = source.line_of(column.place, lambda cell: fold(cell) in TOTALS)
            raise BallotFileError(line, f"a row of totals in column {column.name!r}, and not a ballot; remove it")
        if column.role == "number" and source.rows and not _running(source, column.place):
            raise two_readings(
                source.line,
                f"the column {column.name!r} does not hold running numbers",
                {
                    f"--count-column {quoted(column.name)}": "each is how many ballots the row stands for",
                    f"--ignore-column {quoted(column.name)}": "it is no part of the ballots",
                },
            )
        if column.role == "submitted" and any(not value.strip() for value in values):
            line = source.line_of(column.place, lambda cell: not cell.strip())
            raise two_readings(
                line,
                f"nothing in column {column.name!r}",
                {
                    "remove the row": "the voter did not submit the ballot",
                    f"--ignore-column {quoted(column.name)}": "all rows are ballots",
                },
            )
        if column.role == "id":
            if "" in values or any(map(str.isspace, values)):
                line = source.line_of(column.place, lambda cell: not cell.strip())
                reason = f"nothing in column {column.name!r}: cells in the wrong column?"
                raise BallotFileError(line, f"{reason} --ignore-column {quoted(column.name)} reads the row as it is")
            unique = len(values) == source.rows
            again = [] if unique else [value for value, times in values.items() if times > 1]
            if again:
                shown = f"{again[0][:20]!r} on {values[again[0]]} of them"
                yield f"Several rows have the same value in column {column.name!r}, as {shown}."


def _may_number(source: Source, place: int) -> bool:
    """Return whether counts could as well number the rows: they ascend one by one, or are 1, 2, 3, … in another
    order.
    """
    if source.rows < 2 or not _running(source, place):
        return False
    numbers = [whole(value.strip()) for value in source.values[place]]
    return numbers == sorted(numbers) or (min(numbers) < 2 and source.rows > 2)


def _running(source: Source, place: int) -> bool:
    """Return whether a column numbers the rows: whole numbers without a gap or a repetition."""
    numbers = [whole(value.strip()) for value in source.values[place]]
    return len(numbers) == source.rows and min(numbers) >= 0 and max(numbers) - min(numbers) == len(set(numbers)) - 1


def quoted(name: str) -> str:
    """Return a column's name as a shell reads it."""
    return repr(name) if " " in name else name
