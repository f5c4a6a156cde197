"""The rows of one contest in a CSV file of ballots: equal ones together, and how often each value is in each column.

A file is read once, in blocks of rows. Of a row only the columns that may hold votes are kept, as a *key*: a string
with one character per cell, which stands for the cell's text. A key takes a tenth of the memory of its row, and equal
rows are found by it before anybody looks at what their cells say.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import TypeVar

from ballotcast.tables import Row, Table

from .ballot_file import LARGEST, BallotFileError
from .csv_header import Column, Role
from .csv_names import fold

KEPT: frozenset[Role] = frozenset({"rank", "open", "count", "contest"})
"""The roles of columns whose cells are in the keys; of the others only how often each value occurs is known."""

_FEW = 50

T = TypeVar("T")


class _Characters(dict[str, str]):
    """The character for each text; a text that is not there yet gets the next one."""

    def __missing__(self, text: str) -> str:
        if len(self) > sys.maxunicode:
            raise OverflowError
        character = self[text] = chr(len(self))
        return character


class Source:
    """A table, or its rows with one value in a column (`only`).

    rows: how many. blank: whether there may be rows of empty cells between them. values: how often each value is in
    each column, in the order of their first rows; nothing where the column is ignored.
    """

    def __init__(self, table: Table, columns: Sequence[Column], only: tuple[int, str] | None = None) -> None:
        self.table = table
        self._only = only
        self.rows = 0
        self.blank = False
        self._places = [column.place for column in columns if column.role in KEPT]
        self._characters = _Characters()
        self._keys: Counter[str] = Counter()
        self.values: list[Counter[str]] = [Counter() for _ in table.header.cells]
        others = [column.place for column in columns if column.role not in KEPT and column.role != "ignored"]
        try:
            self._read({place: self.values[place] for place in others})
        except OverflowError:
            reason = (
                "more than a million different cells in columns that may hold votes; --ignore-column reads them over"
            )
            raise BallotFileError(self.line, reason) from None

    def _read(self, others: Mapping[int, Counter[str]]) -> None:
        width = len(self._places)
        every = width == len(self.values)
        take = _cells_at(self._places)
        character_of = self._characters.__getitem__
        found: list[Counter[str]] = [Counter() for _ in self._places]
        for block in self._blocks():
            self.rows += len(block)
            cells = chain.from_iterable(block if every else map(take, block))
            characters = "".join(map(character_of, cells))
            self._keys.update([characters[at : at + width] for at in range(0, len(characters), width or 1)])
            for at, counter in enumerate(found):
                _add(counter, characters[at::width])
            for place, values in others.items():
                values.update(map(itemgetter(place), block))
        texts = list(self._characters)
        for place, counter in zip(self._places, found, strict=True):
            self.values[place] = Counter({texts[ord(character)]: times for character, times in counter.items()})

    def _blocks(self) -> Iterator[list[list[str]]]:
        place, value = self._only or (0, "")
        for rows, blank in self.table.blocks():
            self.blank = self.blank or blank != 0
            yield [cells for cells in rows if fold(cells[place]) == value] if self._only else rows

    def __iter__(self) -> Iterator[Row]:
        if not self._only:
            return iter(self.table)
        place, value = self._only
        return (row for row in self.table if fold(row.cells[place]) == value)

    @property
    def line(self) -> int:
        """The header's line."""
        return self.table.header.line

    def line_of(self, place: int, fits: Callable[[str], bool]) -> int:
        """Return the line of the first cell in a column that fits; of the header if there is none."""
        return next((row.line_of(place) for row in self if fits(row.cells[place])), self.line)

    def line_of_row(self, places: Sequence[int], fits: Callable[[str], bool]) -> int:
        """Return the line of the first row whose key for these places fits; of the header if there is none."""
        take = _cells_at(places)
        keys = ((row.line, "".join(map(self._characters.__getitem__, take(row.cells)))) for row in self)
        return next((line for line, key in keys if fits(key)), self.line)

    def by_character(self, meanings: Mapping[str, T]) -> dict[str, T]:
        """Return what is known by the text of a cell, by its character in keys."""
        return {self._characters[text]: meaning for text, meaning in meanings.items()}

    def bundles(self, places: Sequence[int], count: int) -> Counter[str]:
        """Return how many ballots have the same key for these places. count: the column that says so of a row, or -1.

        The rows are forgotten: it can be asked for once.
        """
        keys, self._keys, self.values = self._keys, Counter(), []
        if list(places) == self._places:
            return keys
        at = [self._places.index(place) for place in places]
        take: Callable[[str], Sequence[str]] = itemgetter(*at)  # of one place its character, of several a tuple
        found: Counter[str] = Counter()
        if count < 0:
            for key, rows in keys.items():
                found["".join(take(key))] += rows
            return found
        numbers = self.by_character({text: whole(text.strip()) for text in self._characters})
        counting, total = self._places.index(count), 0
        for key, rows in keys.items():
            number = numbers[key[counting]]
            total += number * rows
            if number < 0 or total > LARGEST:
                raise self._bad_count(count)
            found["".join(take(key))] += number * rows
        return found

    def _bad_count(self, place: int) -> BallotFileError:
        total = 0
        for row in self:
            cell = row.cells[place]
            number = whole(cell.strip())
            total += number
            if number < 0:
                return BallotFileError(row.line_of(place), f"{cell[:20]!r} where a number of ballots is expected")
            if total > LARGEST:
                break
        return BallotFileError(row.line_of(place), "too many ballots")


def _add(counter: Counter[str], characters: str) -> None:
    """Count characters. Where few are known, to search for each takes a tenth of the time of looking at all."""
    if 0 < len(counter) <= _FEW:
        known = {one: characters.count(one) for one in counter}
        if sum(known.values()) == len(characters):
            counter.update(known)
            return
    counter.update(characters)


def _cells_at(places: Sequence[int]) -> Callable[[list[str]], Sequence[str]]:
    """Return the function that takes the cells in some places of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))


def whole(text: str) -> int:
    """Return a whole number that every JSON reader can hold; -1 for other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST else -1
