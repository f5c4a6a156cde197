"""Rank columns: each holds the name of the option at that rank, or a label that is no vote.

Rows are read as cast (see `voter_errors`): an empty cell and most labels are a rank that is skipped, a write-in ranks
nobody, an overvote is its label or several names in one cell, and names with ``=`` between them are ranked equally.
Whether what is ranked below an overvote counts is a matter of law, so a ballot that ranks something there needs
``overvote``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .ballot_file import BallotFileError
from .ballots import Ballot
from .csv_choices import CsvChoices, two_readings
from .csv_header import Column
from .csv_names import fold, no_vote, rare_names, spelling
from .csv_options import Options, options_in
from .csv_source import Source
from .voter_errors import OVERVOTE_READINGS, undecided

# Labels in place of names. An option may have such a name, but none begins with NUL.
_OVERVOTE, _WRITE_IN = "\0overvote", "\0write-in"
_LABELS = frozenset({_OVERVOTE, _WRITE_IN})
_BETWEEN = re.compile(r"\s*[\n;|,/]\s*")
_SURELY_SEVERAL = re.compile(r"[\n;|]|,(?=\S)")


class RankReader:
    """What each different cell of the rank columns says: the names it ranks, or the label it holds."""

    def __init__(self, source: Source, columns: Sequence[Column], choices: CsvChoices) -> None:
        self.source, self.choices = source, choices
        self.places = [column.place for column in columns]
        self.warnings: list[str] = []
        self.labels: Counter[str] = Counter()
        self._further = frozenset(map(fold, choices.no_votes))
        cells: Counter[str] = Counter()
        for place in self.places:
            cells.update(source.values[place])
        given = Options(choices.options, choices, source.line) if choices.options else None
        named = {cell: self._names(cell, times, given) for cell, times in cells.items()}
        known = {fold(names[0]) for names in named.values() if len(names) == 1 and names[0] not in _LABELS}
        if not given:
            self._require_one_name_each(named, known)
        texts = [name for names in named.values() for name in names if name not in _LABELS]
        self.options = given or options_in(texts, choices, self._line_of_name, source.line)
        self._say_merged(texts)
        if not given:
            occurring = Counter[str]()
            for cell, names in named.items():
                occurring.update(dict.fromkeys((spelling(name) for name in names if name not in _LABELS), cells[cell]))
            self.warnings += rare_names(occurring, source.rows)
        several = [cell for cell, names in named.items() if given and len(names) > 1 and cell.count("=") == 0]
        ranked = {cell: self._rank(cell, names, overvote=cell in several) for cell, names in named.items()}
        self.labels["overvote"] += sum(cells[cell] for cell in several)
        self._ranks = source.by_character(ranked)
        unsaid = {cell: True for cell in ranked if not cell.strip() or no_vote(cell, self._further) == "blank"}
        self._empty = frozenset(source.by_character({cell: True for cell in unsaid if named[cell] == ()}))
        self._no_option = "".join(one for one, rank in self._ranks.items() if not _ranks_any(rank))
        self._no_rank = "".join(one for one, rank in self._ranks.items() if rank == ())
        self._overvotes = frozenset(one for one, rank in self._ranks.items() if isinstance(rank, tuple) and 0 in rank)

    @property
    def one_each(self) -> bool:
        """Whether different keys are different ballots."""
        return len(set(self._ranks.values())) == len(self._ranks)

    def ballots(self, keys: Sequence[str]) -> list[Ballot]:
        """Return the rankings in the cells of rows, as cast."""
        rank_of, no_rank = self._ranks.__getitem__, self._no_rank
        rankings: list[Ballot] = [tuple(map(rank_of, key.rstrip(no_rank))) for key in keys]
        for key, ranking in zip(keys, rankings, strict=True) if self._overvotes else ():
            if not self._overvotes.isdisjoint(key) and (reason := undecided(ranking, self.choices.overvote)):
                raise two_readings(self.source.line_of_row(self.places, key.__eq__), reason, OVERVOTE_READINGS)
        return rankings

    def warnings_about(self, bundles: Mapping[str, int]) -> Iterator[str]:
        """Yield a warning about ranks that are empty or blank, and not said to be skipped, above ranks that are not."""
        empty, no_option = self._empty, self._no_option
        gaps = sum(number for key, number in bundles.items() if not empty.isdisjoint(key.rstrip(no_option)))
        if gaps:
            yield f"{gaps} ballot{'' if gaps == 1 else 's'} with an empty cell above a rank; what follows moves up."

    def _names(self, cell: str, times: int, given: Options | None) -> tuple[str, ...]:
        text = cell.strip()
        if not spelling(text):
            return ()
        if given and text in given:
            return (text,)
        if label := no_vote(text, self._further):
            self.labels[label] += times
            return (f"\0{label}",) if f"\0{label}" in _LABELS else ()
        if "=" in text:
            return tuple(name.strip() for name in text.split("="))
        parts = [part for part in _BETWEEN.split(text) if part]
        if given and len(parts) > 1 and all(part in given for part in parts):
            return tuple(parts)
        return (text,)

    def _require_one_name_each(self, named: dict[str, tuple[str, ...]], known: set[str]) -> None:
        for cell, names in named.items():
            parts = [fold(part) for part in _BETWEEN.split(cell.strip())]
            if len(parts) < 2 or set(names) <= _LABELS or "=" in cell:
                continue
            if _SURELY_SEVERAL.search(cell.strip()) or known & set(parts):
                raise two_readings(
                    self._line(cell),
                    f"several names in one cell, {spelling(cell)[:60]!r}",
                    {"--options, with each of them": "it is an overvote", "--options, with the cell": "it is one name"},
                )

    def _rank(self, cell: str, names: tuple[str, ...], *, overvote: bool) -> int | tuple[int, ...]:
        if names in ((_OVERVOTE,), (_WRITE_IN,)):
            return (0,) if names == (_OVERVOTE,) else 0
        numbers = tuple(sorted({self.options.number(name, lambda: self._line(cell)) for name in names}))
        if overvote:
            return (0, *numbers)
        return numbers[0] if len(numbers) == 1 else numbers

    def _line(self, cell: str) -> int:
        lines = [self.source.line_of(place, cell.__eq__) for place in self.places if self.source.values[place][cell]]
        return min(lines, default=self.source.line)

    def _line_of_name(self, name: str) -> int:
        cells = {cell for place in self.places for cell in self.source.values[place]}
        fitting = [cell for cell in cells if name in map(spelling, cell.split("=")) or name == spelling(cell)]
        return min(map(self._line, fitting), default=self.source.line)

    def _say_merged(self, texts: Iterable[str]) -> None:
        written: dict[str, set[str]] = {}
        for text in texts:
            written.setdefault(fold(text) if self.choices.merge_names else spelling(text), set()).add(text.strip())
        for spellings in written.values():
            if len(spellings) > 1:
                self.warnings.append(
                    f"{len(spellings)} spellings of {spelling(min(spellings))!r} are read as one option."
                )


def _ranks_any(rank: int | tuple[int, ...]) -> bool:
    return 0 not in rank and bool(rank) if isinstance(rank, tuple) else rank > 0


def require_ranks(columns: Sequence[Column], line: int) -> list[Column]:
    """Return the columns in the order of their ranks.

    Raises BallotFileError unless there is one for each rank from 1.
    """
    ordered = sorted(columns, key=lambda column: column.rank)
    for rank, column in enumerate(ordered, 1):
        if column.rank != rank:
            raise BallotFileError(line, f"no column for rank {rank}, but one for rank {column.rank}: {column.name!r}")
    return ordered
