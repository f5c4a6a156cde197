"""The rows of one contest in a CSV file of ballots: how often each value stands in each column, and where."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from ballotcast.tables import Row, Table

from .ballot_file import LARGEST, BallotFileError
from .csv_names import fold

Cells = tuple[str, ...]


class Source:
    """A table, or its rows with one value in a column; iterated as often as needed, never held in memory."""

    def __init__(self, table: Table, only: tuple[int, str] | None = None) -> None:
        self.table = table
        self._only = only
        self.rows = 0
        self.values: list[Counter[str]] = [Counter() for _ in table.header.cells]
        rows = iter(self)
        while block := [row.cells for row in islice(rows, 5_000)]:
            self.rows += len(block)
            for counter, cells in zip(self.values, zip(*block, strict=True), strict=True):
                counter.update(cells)

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
        """The line of the first cell in a column that fits; of the header if there is none."""
        return next((row.line_of(place) for row in self if fits(row.cells[place])), self.line)

    def line_of_row(self, places: Sequence[int], cells: Cells) -> int:
        """The line of the first row with these cells."""
        return next((row.line for row in self if tuple(row.cells[place] for place in places) == cells), self.line)

    def bundles(self, places: Sequence[int], count: int) -> Counter[Cells]:
        """How many ballots have the same cells in these places. count: the column that says so of a row, or -1."""
        single = itemgetter(slice(places[0], places[0] + 1))
        take: Callable[[list[str]], Cells] = itemgetter(*places) if len(places) > 1 else lambda row: tuple(single(row))
        if count < 0:
            return Counter(take(row.cells) for row in self)
        found: Counter[Cells] = Counter()
        total = 0
        for row in self:
            number = whole(row.cells[count].strip())
            total += number
            if number < 0 or total > LARGEST:
                reason = _no_count(row.cells[count]) if number < 0 else "too many ballots"
                raise BallotFileError(row.line_of(count), reason)
            found[take(row.cells)] += number
        return found


def whole(text: str) -> int:
    """A whole number that every JSON reader can hold; -1 for other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST else -1


def _no_count(cell: str) -> str:
    return f"{cell[:20]!r} where a number of ballots is expected"
