"""One column with the answer to one question: an option, or several of them with ``;`` or ``,`` between.

Microsoft Forms writes a ranking and a choice of several alike, as ``Ada;Ben;``. It is a ranking if every ballot lists
all options; any other is read as a choice by methods that count choices, and refused by others unless
`CsvChoices.cells` says that the order is a ranking.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .ballot_file import BallotFileError
from .ballots import Ballot, Kind
from .csv_choices import CsvChoices, two_readings
from .csv_header import Column
from .csv_names import fold, no_vote, rare_names, spelling
from .csv_options import Options, options_in
from .csv_source import Source


class ListReader:
    """What each different cell of the column says."""

    def __init__(self, source: Source, column: Column, kind: Kind, choices: CsvChoices) -> None:
        self.source, self.choices = source, choices
        self.places = [column.place]
        self.labels: Counter[str] = Counter()
        values = source.values[column.place]
        given = Options(choices.options, choices, source.line) if choices.options else None
        semicolons = any(";" in value for value in values)
        listed = {cell: self._names(cell, times, given, semicolons) for cell, times in values.items()}
        names = {name for parts in listed.values() for name in parts}
        self.options = given or options_in(names, choices, self._line_of_name, source.line)
        self.rare: list[str] = []
        if not given:
            occurring = Counter[str]()
            for cell, parts in listed.items():
                occurring.update(dict.fromkeys(map(spelling, parts), values[cell]))
            self.rare += rare_names(occurring, source.rows)
        numbers = {cell: self._numbers(cell, parts) for cell, parts in listed.items()}
        self.kind = self._kind(kind, [*filter(None, numbers.values())])
        if self.kind == "choice":
            numbers = {cell: tuple(sorted(chosen)) for cell, chosen in numbers.items()}
        self._ballots: dict[str, Ballot] = dict(source.by_character(numbers))

    @property
    def one_each(self) -> bool:
        """Whether different keys are different ballots."""
        return len(set(self._ballots.values())) == len(self._ballots)

    def ballots(self, keys: Sequence[str]) -> list[Ballot]:
        """Return the ballots in the cells of rows."""
        return [self._ballots[key] for key in keys]

    def warnings_about(self, bundles: Mapping[str, int]) -> Iterator[str]:
        """Yield a warning about names that occur once; an answer has no empty part."""
        yield from self.rare

    def _names(self, cell: str, times: int, given: Options | None, semicolons: bool) -> list[str]:
        text = cell.strip()
        if not spelling(text):
            return []
        if given and text in given:
            return [text]
        if label := no_vote(text, frozenset(map(fold, self.choices.no_votes))):
            self.labels[label] += times
            return []
        if semicolons:
            return [part.strip() for part in text.removesuffix(";").split(";")]
        parts = [part.strip() for part in text.replace("\n", ",").split(",")]
        if len(parts) > 1 and not given:
            raise two_readings(
                self._line(cell),
                f"a comma in {text[:60]!r}",
                {"--options, with each of them": "it is several options", "--options, with the cell": "it is one"},
            )
        return parts

    def _numbers(self, cell: str, names: list[str]) -> tuple[int, ...]:
        numbers = tuple(self.options.number(name, lambda: self._line(cell)) for name in names)
        if len(set(numbers)) < len(numbers):
            raise BallotFileError(self._line(cell), f"an option twice in {cell.strip()[:60]!r}")
        return numbers

    def _kind(self, kind: Kind, lists: Sequence[tuple[int, ...]]) -> Kind:
        cells = self.choices.cells
        if cells == "score":
            raise BallotFileError(self.source.line, "the cells hold names, and no scores as --cells score says")
        if cells in ("rank", "choice"):
            return "ranked" if cells == "rank" else "choice"
        if all(len(numbers) == 1 for numbers in lists):
            return "choice" if kind == "choice" else "ranked"
        complete = all(len(numbers) == len(self.options.names) for numbers in lists)
        if kind == ("ranked" if complete else "choice"):
            return kind
        raise two_readings(
            self.source.line,
            "every ballot lists all options" if complete else "ballots list several options",
            {"--cells rank": "they are ranked in that order", "--cells choice": "they are chosen, in no order"},
        )

    def _line(self, cell: str) -> int:
        return self.source.line_of(self.places[0], cell.__eq__)

    def _line_of_name(self, name: str) -> int:
        return self.source.line_of(self.places[0], lambda cell: name in spelling(cell))
