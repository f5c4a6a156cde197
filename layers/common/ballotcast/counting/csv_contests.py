"""Several contests in one CSV file of ballots: in rows whose column names theirs, or in columns next to each other."""

from collections.abc import Sequence

from ballotcast.tables import Table

from .ballot_file import BallotFileError
from .csv_choices import CsvChoices
from .csv_header import Column, split_bracket
from .csv_names import fold, spelling
from .csv_source import Source


def one_contest(table: Table, columns: Sequence[Column], choices: CsvChoices) -> tuple[Source, bool]:
    """Return the rows of one contest, and whether `CsvChoices.contest` has chosen them."""
    source = Source(table, columns)
    for column in columns:
        if column.role != "contest":
            continue
        values = {fold(value): spelling(value) for value in source.values[column.place]}
        wanted = fold(choices.contest)
        if choices.contest and wanted in values:
            return (Source(table, columns, (column.place, wanted)) if len(values) > 1 else source), True
        if len(values) > 1:
            raise _several(source.line, sorted(values.values()), choices)
    return source, False


def columns_of_contest(groups: Sequence[str], choices: CsvChoices, line: int, *, chosen: bool) -> str:
    """Return the name of the only group of columns, or of the one chosen."""
    for name in groups:
        if choices.contest and fold(name) == fold(choices.contest):
            return name
    if len(groups) > 1 or (choices.contest and not chosen):
        raise _several(line, groups, choices)
    return groups[0]


def by_contest(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Rank columns by the contest that their headers name. Ranks that come again begin another contest, named by its
    number."""
    named: dict[str, list[Column]] = {}
    for column in columns:
        named.setdefault(fold(column.contest), []).append(column)
    groups: dict[str, list[Column]] = {}
    for same in named.values():
        runs: list[list[Column]] = []
        for column in same:
            fitting = next((run for run in runs if all(other.rank != column.rank for other in run)), None)
            if fitting is None:
                runs.append(fitting := [])
            fitting.append(column)
        for number, run in enumerate(runs, 1):
            label = same[0].contest
            groups[f"{label} {number}".strip() if len(runs) > 1 else label] = run
    return groups


def by_question(columns: Sequence[Column]) -> tuple[dict[str, list[tuple[Column, str]]], list[Column]]:
    """Columns of options by the question in a header such as ``Board [Ada]``, each with its option, and those without a
    question where others have one. A text before brackets that stands there once is part of a name."""
    split = [(column, *split_bracket(column.name)) for column in columns]
    times: dict[str, int] = {}
    for _, question, _ in split:
        times[fold(question)] = times.get(fold(question), 0) + 1
    if not any(question and times[fold(question)] > 1 for _, question, _ in split):
        return {"": [(column, column.name) for column in columns]}, []
    groups: dict[str, list[tuple[Column, str]]] = {}
    labels: dict[str, str] = {}
    for column, question, answer in split:
        if question:
            groups.setdefault(labels.setdefault(fold(question), question), []).append((column, answer))
    return groups, [column for column, question, _ in split if not question]


def _several(line: int, names: Sequence[str], choices: CsvChoices) -> BallotFileError:
    shown = ", ".join(repr(name) for name in names[:20])
    if choices.contest:
        return BallotFileError(line, f"no contest {choices.contest!r}; there is {shown}")
    return BallotFileError(line, f"{len(names)} contests in one file; --contest names the one to count: {shown}")
