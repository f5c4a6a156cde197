"""Columns that may be another thing than their names say: votes that are read over, columns that are not options."""

from collections.abc import Callable, Iterator, Sequence

from .ballot_file import BallotFileError
from .csv_choices import CsvChoices, two_readings
from .csv_columns import quoted
from .csv_header import Column
from .csv_names import fold, folded, is_doubtful, no_vote, word_set
from .csv_source import Source, whole

PLAUSIBLE = word_set("ward, date, name, time, language, seed, race, office, poll, batch, created, token, voter, ballot")
SUSPECT = word_set(
    """votes, vote, vote count, number of votes, voters, total, totals, sum, tally, frequency, freq, quantity, qty,
    copies, times, n, size, score, points, average, rank, result, percent, %, age, year"""
)
READ_OVER = frozenset({"id", "number", "about", "contest", "submitted", "ignored"})


def require_no_votes_in(source: Source, columns: Sequence[Column], names: frozenset[str]) -> None:
    """Raise BallotFileError if a column that is read over holds votes: a rank renamed, a row moved."""
    for column in columns:
        if column.role in READ_OVER and column.role != "ignored":
            values = source.values[column.place]
            if column.role == "id":
                found = not all(map(names.isdisjoint, folded(values)))
            else:
                keys = filter(None, map(fold, values))
                found = next(keys, "") in names and all(key in names for key in keys)
            if found:
                raise two_readings(
                    source.line,
                    f"the column {column.name!r} holds names of options",
                    {
                        "give it the name of a rank": "they are votes",
                        f"--ignore-column {quoted(column.name)}": "they are no part of the ballots",
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
                    f"--ignore-column {quoted(column.name)}": "it is no part of the ballots",
                },
            )
        yield f"The column {column.name!r} is ignored, though it holds what columns of options hold."


def require_options(source: Source, columns: Sequence[Column], choices: CsvChoices) -> None:
    """Raise BallotFileError for a column of numbers that is perhaps no option, unless the options are given."""
    if choices.options:
        return
    for column in columns:
        numbers = [whole(value.strip()) for value in source.values[column.place]]
        ascending = source.rows == len(numbers) > 2 and numbers in [
            list(range(first, first + source.rows)) for first in (0, 1)
        ]
        if ascending or fold(column.name) in SUSPECT:
            raise two_readings(
                source.line,
                f"the column {column.name!r} is perhaps no option"
                + (": its cells are 1, 2, 3 and so on" if ascending else ""),
                {
                    "--options, which names them all": "it is an option",
                    f"--count-column {quoted(column.name)}": "it says how many ballots a row stands for",
                    f"--ignore-column {quoted(column.name)}": "it is no part of the ballots",
                },
            )


def require_no_labels(
    columns: Sequence[tuple[Column, str]], choices: CsvChoices, line: int, is_mark: Callable[[str], bool]
) -> None:
    """Raise BallotFileError for a column of marks whose name is a label that is no vote, and for names that are all
    marks themselves, as in a file without a header; unless options are given."""
    if not choices.options and all(is_mark(name) or no_vote(name) for _, name in columns):
        raise two_readings(
            line,
            f"the first row holds what ballots hold, from {columns[0][0].name!r}",
            {
                "--options, which names them all": "these are the names of options",
                "a first row with the names of the options": "it is a ballot",
            },
        )
    for column, name in columns:
        doubtful = is_doubtful(name) and fold(name) not in ("yes", "no")
        if not choices.options and (doubtful or no_vote(name)):
            raise two_readings(
                line,
                f"the column {column.name!r} may be an option or none",
                {
                    "--options, which names them all": "it is an option",
                    f"--ignore-column {quoted(column.name)}": "it is no part of the ballots",
                },
            )


def require_one_header(source: Source, columns: Sequence[Column], choices: CsvChoices) -> None:
    """Raise BallotFileError for a row that repeats the names of the columns that are read: several files in one."""
    given = {fold(name) for name in choices.options}
    for column in columns:
        name = fold(column.name)
        if name.isdigit() or name in given or name not in map(fold, source.values[column.place]):
            return
    line = source.line_of(columns[0].place, lambda cell: fold(cell) == fold(columns[0].name))
    raise BallotFileError(line, "the header again: the file is several files in one, or holds its ballots twice")


def refuse_texts(source: Source, columns: Sequence[Column]) -> None:
    """Raise BallotFileError for a column of texts among columns of options."""
    if columns:
        name = columns[0].name
        reason = f"the column {name!r} is neither an option nor known: its cells hold texts"
        raise BallotFileError(source.line, f"{reason}; --ignore-column {quoted(name)} reads the file without it")


def refuse_open(source: Source, columns: Sequence[Column], what: str) -> None:
    """Raise BallotFileError for a column that nobody knows."""
    if columns:
        name = columns[0].name
        raise two_readings(
            source.line,
            f"the column {name!r} is {what}",
            {
                f"--count-column {quoted(name)}": "it says how many ballots a row stands for",
                f"--ignore-column {quoted(name)}": "it is no part of the ballots",
            },
        )
