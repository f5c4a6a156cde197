"""Columns of options: the cells hold ranks, scores or marks of one ballot.

Numbers say nothing of their direction: 1 is the best rank and nearly the worst score. They are read as what the method
counts only where they cannot be the other; elsewhere `CsvChoices.cells` decides.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .ballot_file import BallotFileError, rank_together
from .ballots import HIGHEST_SCORE, Ballot, Kind
from .csv_choices import CsvChoices, two_readings
from .csv_header import Column, rank_in
from .csv_names import fold, no_vote, spelling
from .csv_source import Source

YES = frozenset(["x", "✓", "✔", "☑", "yes", "y", "true", "approve", "approved", "selected", "checked"])
NO = frozenset(["no", "n", "false", "unchecked", "not selected", "not approved", "☐"])
_KINDS: dict[str, Kind] = {"rank": "ranked", "score": "scores", "choice": "choice"}
_LOWEST = {"ranked": 1, "scores": 0, "choice": 0}

RANK_NEEDED = {
    "--cells rank": "they are ranks, 1 the best",
    "--cells score": "they are scores, the highest the best",
}


def is_mark(cell: str) -> bool:
    """Return whether a cell is a number, a rank in words or a mark; an empty one is not."""
    key = spelling(cell).casefold()
    return key.lstrip("-").replace(".", "", 1).isdecimal() or key in YES or key in NO or rank_in(key) > 0


class MarkReader:
    """What each different cell of the columns of options says. columns: by the number of their option."""

    def __init__(self, source: Source, columns: Mapping[int, Column], kind: Kind, choices: CsvChoices) -> None:
        self.source, self.choices = source, choices
        self._options = list(columns)
        self.places = [column.place for column in columns.values()]
        self.labels: Counter[str] = Counter()
        self._further = frozenset(map(fold, choices.no_votes))
        cells: Counter[str] = Counter()
        for place in self.places:
            cells.update(source.values[place])
        texts = {cell: spelling(cell).casefold() for cell in cells}
        for cell, text in texts.items():
            label = no_vote(text, self._further) if text not in YES and text not in NO else ""
            if label and label != "overvote":
                self.labels[label] += cells[cell]
                texts[cell] = ""
        filled = {text for text in texts.values() if text}
        self._words = any(map(rank_in, filled))
        self.kind = self._kind(filled, kind, texts)
        marks = {cell: self._mark(cell, text) for cell, text in texts.items()}
        self._marks = source.by_character(marks)
        self._times = Counter[int]()
        for cell, mark in marks.items():
            self._times[mark] += cells[cell]
        self._written = {texts[cell]: mark for cell, mark in marks.items()}
        self._empty = "".join(one for one, mark in self._marks.items() if mark < 0)
        # What each cell of each option's column is on a ballot; nothing for one without a mark.
        self._parts: list[dict[str, Any]] = [
            {one: self._part(option, mark) for one, mark in self._marks.items() if mark >= 0}
            for option in self._options
        ]
        self._part_of: Callable[[dict[str, Any], str], Any] = dict.get
        self._in_order = list(range(1, len(self._options) + 1))

    @property
    def one_each(self) -> bool:
        """Whether different keys are different ballots."""
        marks = [max(mark, 0) if self.kind == "choice" else mark for mark in self._marks.values()]
        return len(set(marks)) == len(marks)

    def ballots(self, keys: Sequence[str]) -> list[Ballot]:
        """Return the ballots in the cells of rows."""
        part_of, parts = self._part_of, self._parts
        whole = self.kind != "choice" and not self._empty
        found = [tuple(map(part_of, parts, key) if whole else filter(None, map(part_of, parts, key))) for key in keys]
        return list(map(self._ranking, found)) if self.kind == "ranked" else found

    def _ranking(self, parts: tuple[Any, ...]) -> Ballot:
        marks = sorted(parts)
        if [rank for rank, _ in marks] == self._in_order[: len(marks)]:
            return tuple([option for _, option in marks])
        ranks = range(1, marks[-1][0] + 1)
        return rank_together([option for mark, option in marks if mark == rank] for rank in ranks)

    def warnings_about(self, bundles: Mapping[str, int]) -> Iterator[str]:
        """Yield warnings about a row that may hold totals of scores, about empty cells next to scores or noes, and
        about marks of several kinds."""
        if self.kind == "choice":
            yield from self._mixture(bundles)
        if self.kind != "scores":
            return
        if self._holds_totals(bundles):
            yield "One row has, for every option, the sum of all other rows' scores. If it holds totals, remove it."
        *_, second, highest = sorted({0, *self._times, -1})
        if self._times[highest] == 1 and highest > 2 * second > 0:
            yield f"One score, {highest}, is more than twice any other. --limit {second} spoils that ballot."
        if empty := self._partly_empty(bundles):
            yield f"{empty} with an empty cell next to scores; it counts as 0."

    def _partly_empty(self, bundles: Mapping[str, int]) -> str:
        """Return how many ballots have marks and a cell without one, in words; empty for none."""
        if not self._empty:
            return ""
        blank = frozenset(self._empty)
        empty = sum(number for key, number in bundles.items() if key.strip(self._empty) and not blank.isdisjoint(key))
        return f"{empty} ballot{'' if empty == 1 else 's'}" if empty else ""

    def _mixture(self, bundles: Mapping[str, int]) -> Iterator[str]:
        """Yield warnings about cells that a program would not write next to the others."""
        votes, noes = ({text for text, mark in self._written.items() if mark == value} for value in (1, 0))
        numbers = (votes | noes) & {"0", "1"}
        if len(votes) > 1 or len(noes) > 1 or (numbers and numbers != votes | noes):
            yield f"Votes are marked in several ways, as {' and '.join(map(repr, sorted(votes | noes)))}."
        elif noes and (empty := self._partly_empty(bundles)):
            yield f"{empty} with an empty cell where others have {min(noes)!r}; it is read as no vote."

    def _holds_totals(self, bundles: Mapping[str, int]) -> bool:
        """Return whether the one row with the highest score of all is the sum of the others, at least two."""
        given = {one: max(mark, 0) for one, mark in self._marks.items()}
        most = max(given.values(), default=0)
        if self._times[most] > len(self.places):
            return False
        highest = {one for one, mark in given.items() if mark == most}
        rows = [key for key in bundles if not highest.isdisjoint(key)]
        if sum(bundles.values()) < 3 or len(rows) != 1 or bundles[rows[0]] != 1:
            return False
        return all(
            sum(given[key[place]] * number for key, number in bundles.items()) == 2 * given[one]
            for place, one in enumerate(rows[0])
        )

    def require_direction(self, bundles: Iterable[str]) -> None:
        """Raise BallotFileError if scores could as well be ranks: all ballots give 1, 2, … in some order."""
        if self.choices.cells or self.kind != "scores":
            return
        highest = 0
        for key in bundles:
            given = sorted({mark for one in key if (mark := self._marks[one]) > 0})
            if given != list(range(1, len(given) + 1)):
                return
            highest = max(highest, len(given))
        if highest > 1:
            raise two_readings(self.source.line, "every row numbers the options from 1", RANK_NEEDED)

    def _kind(self, filled: set[str], kind: Kind, texts: dict[str, str]) -> Kind:
        if self.choices.cells == "name" and filled:
            raise BallotFileError(self._line(texts, bool), "a mark, and no name as --cells name says")
        chosen = _KINDS.get(self.choices.cells)
        if self._words:
            if chosen not in (None, "ranked"):
                raise BallotFileError(
                    self._line(texts, rank_in), f"a rank in words, and not what --cells {self.choices.cells} says"
                )
            return "ranked"
        if chosen:
            return chosen
        if filled & (YES | NO):
            return "choice"
        numbers = {text for text in filled if text.isdecimal()}
        if kind == "ranked" and numbers:
            readings = RANK_NEEDED
            if numbers <= {"0", "1"}:
                readings = {**RANK_NEEDED, "--cells choice": "they are votes, 1 for and 0 not for an option"}
            raise two_readings(self._line(texts, numbers.__contains__), "numbers in the columns of options", readings)
        return kind

    def _line(self, texts: dict[str, str], fits: Callable[[str], object]) -> int:
        lines = [
            self.source.line_of(place, lambda cell: bool(fits(texts[cell])))
            for place in self.places
            if any(fits(texts[cell]) for cell in self.source.values[place])
        ]
        return min(lines, default=self.source.line)

    def _part(self, option: int, mark: int) -> Any:
        if self.kind == "choice":
            return option if mark else 0
        return (option, mark) if self.kind == "scores" else (mark, option)

    def _mark(self, cell: str, text: str) -> int:
        if not text:
            return -1
        if self.kind == "choice" and (text in ("0", "1") or text in YES or text in NO):
            return int(text == "1" or text in YES)
        most = HIGHEST_SCORE if self.kind == "scores" else len(self.places)
        number = rank_in(text) if self._words else _small(text)
        if self.kind == "choice" or not _LOWEST[self.kind] <= number <= most:
            raise BallotFileError(self._line_of(cell), self._expected(cell, number))
        return number

    def _expected(self, cell: str, number: int) -> str:
        shown = repr(spelling(cell)[:20])
        if self.kind == "scores":
            return f"{shown} where a number up to {HIGHEST_SCORE} is expected"
        if self.kind == "choice":
            others = number >= 0 and not self.choices.cells
            ways = "; --cells rank or --cells score says what other numbers are" if others else ""
            return f"{shown} where 0 or 1 is expected{ways}"
        return f"{shown} where a rank from 1 to {len(self.places)} is expected; an option not ranked has an empty cell"

    def _line_of(self, cell: str) -> int:
        return min(self.source.line_of(place, cell.__eq__) for place in self.places if self.source.values[place][cell])


def _small(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 16 else -1
