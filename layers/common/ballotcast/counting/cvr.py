"""Cast vote records as CSV: a row per ballot, or per group of equal ballots, in one of three layouts.

- Ranks (`csv_ranks`): columns ``rank 1``, ``rank 2``, … hold the names of options.
- Marks (`csv_marks`): a column per option holds ranks, scores or marks.
- One question (`csv_lists`): one column holds an option, or several.

What else a row says is in columns of agreed names (`csv_header`); a column that nobody knows is refused. Nothing is
guessed: a file with two readings is refused with both of them, and a field of `CsvChoices` decides. A file says nothing
of seats; they are taken to be 1.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ballotcast.tables import Table, TableError, read_table

from .ballot_file import BallotFile, BallotFileError
from .ballots import Ballot, Kind
from .csv_choices import NO_CHOICES, CsvChoices, CsvReading, two_readings
from .csv_columns import counting_column, require_chosen, require_read_over
from .csv_contests import by_contest, by_question, columns_of_contest, one_contest
from .csv_doubts import (
    refuse_open,
    refuse_texts,
    require_no_labels,
    require_no_marks_in,
    require_no_votes_in,
    require_one_header,
    require_options,
)
from .csv_header import Column, columns_of, split_bracket
from .csv_lists import ListReader
from .csv_marks import NO, MarkReader, is_mark
from .csv_names import close_names, fold, no_vote
from .csv_options import Options
from .csv_ranks import RankReader, require_ranks
from .csv_source import whole
from .dominion_csv import is_dominion_csv, read_dominion_csv
from .sheet_table import SIGNATURE, read_sheet
from .voter_errors import VoterErrors, any_as_cast, correct, names_twice

_BLOCK = 5_000
"""Ballots that are read at a time."""


def parse_cvr(data: bytes | str, kind: Kind = "ranked", choices: CsvChoices = NO_CHOICES) -> BallotFile:
    """`read_cvr` without what was read."""
    return read_cvr(data, kind, choices).file


def read_cvr(data: bytes | str, kind: Kind = "ranked", choices: CsvChoices = NO_CHOICES) -> CsvReading:
    """Read a CSV file of ballots. Raises BallotFileError, and nothing else, for whatever is not one.

    kind: what the method counts, which decides what cells are where they do not say so themselves.
    """
    if isinstance(data, bytes) and is_dominion_csv(data):
        found = read_dominion_csv(data, choices)
        return CsvReading(found.file, found.format, found.dialect, found.encoding, found.warnings)
    try:
        return _Cvr(data, kind, choices).read()
    except TableError as error:
        raise BallotFileError(error.line, error.reason) from None


class _Cvr:
    def __init__(self, data: bytes | str, kind: Kind, choices: CsvChoices) -> None:
        self.kind, self.choices = kind, choices
        if isinstance(data, bytes) and data.startswith(SIGNATURE):
            self.table: Table = read_sheet(data, choices.sheet, keep_blank=choices.blank_rows)
        elif choices.sheet:
            raise BallotFileError(1, "--sheet is for spreadsheets")
        else:
            self.table = read_table(data, keep_blank=choices.blank_rows, even=True)
        header = self.table.header
        self.columns = columns_of(
            header.cells, options=choices.options, count=choices.count_column, ignore=choices.ignore_columns
        )
        require_chosen(self.columns, choices, header.line)
        self.source, self.chosen = one_contest(self.table, self.columns, choices)
        self.warnings = [*map(str, self.table.warnings), *self._blank_rows()]
        self.columns = [column for column in self.columns if column.name or any(map(str.strip, self._values(column)))]

    def read(self) -> CsvReading:
        source, line = self.source, self.source.line
        if any(not column.name for column in self.columns):
            raise BallotFileError(line, "a column without a name")
        self.warnings += require_read_over(source, self.columns)
        self.count = counting_column(source, self.columns, self.choices)
        ranks = [column for column in self.columns if column.role == "rank"]
        open_columns = [column for column in self.columns if column.role == "open"]
        if ranks and self._hold_names(ranks):
            return self._read_ranks(ranks, open_columns)
        open_columns = [column for column in self.columns if column.role in ("open", "rank")]
        if not open_columns:
            raise BallotFileError(line, "no column for an option")
        keys = [fold(column.name) for column in open_columns]
        if again := next((name for name, key in zip(open_columns, keys, strict=True) if keys.count(key) > 1), None):
            raise BallotFileError(line, f"two columns with the same name, {again.name!r}")
        texts = [column for column in open_columns if self._holds_text(column)]
        if questions := self._questions(open_columns, texts):
            return self._read_list(questions)
        refuse_texts(source, texts)
        return self._read_marks(open_columns)

    def _read_ranks(self, ranks: Sequence[Column], open_columns: Sequence[Column]) -> CsvReading:
        refuse_open(self.source, open_columns, "neither a rank nor known")
        groups = by_contest(ranks)
        label = columns_of_contest(list(groups), self.choices, self.source.line, chosen=self.chosen)
        used = require_ranks(groups[label], self.source.line)
        require_one_header(self.source, used, self.choices)
        reader = RankReader(self.source, used, self.choices)
        require_no_votes_in(self.source, self.columns, reader.options.keys)
        self.warnings += reader.warnings
        self.warnings += close_names(reader.options.names)
        return self._reading(reader, used, reader.options.names, "ranked", "rank columns")

    def _read_list(self, texts: Sequence[Column]) -> CsvReading:
        groups = {column.name: [column] for column in texts}
        label = columns_of_contest(list(groups), self.choices, self.source.line, chosen=self.chosen or len(texts) == 1)
        require_one_header(self.source, groups[label], self.choices)
        reader = ListReader(self.source, groups[label][0], self.kind, self.choices)
        require_no_votes_in(self.source, self.columns, reader.options.keys)
        self.warnings += close_names(reader.options.names)
        return self._reading(reader, groups[label], reader.options.names, reader.kind, "one column with names")

    def _read_marks(self, columns: Sequence[Column]) -> CsvReading:
        require_options(self.source, columns, self.choices)
        groups, others = by_question(columns)
        refuse_open(self.source, others, "neither an option of the question nor known")
        label = columns_of_contest(list(groups), self.choices, self.source.line, chosen=self.chosen)
        require_no_labels(groups[label], self.choices, self.source.line, is_mark)
        used = {fold(name): column for column, name in groups[label]}
        options = Options([name for _, name in groups[label]], self.choices, self.source.line)
        if self.choices.options:
            given = Options(self.choices.options, self.choices, self.source.line)
            for name in options.names:
                given.number(name, lambda: self.source.line)
            options = given
            if missing := [name for name in given.names if fold(name) not in used]:
                self.warnings.append(f"No column for {', '.join(missing)}.")
        ordered = {number: used[key] for number, name in enumerate(options.names, 1) if (key := fold(name)) in used}
        reader = MarkReader(self.source, ordered, self.kind, self.choices)
        self.warnings += require_no_marks_in(self.source, self.columns, is_mark)
        return self._reading(reader, list(ordered.values()), options.names, reader.kind, "a column per option")

    def _reading(
        self,
        reader: RankReader | ListReader | MarkReader,
        used: Sequence[Column],
        options: Sequence[str],
        kind: Kind,
        layout: str,
    ) -> CsvReading:
        if not self.source.rows:
            raise BallotFileError(self.source.line, "no ballot below the header")
        bundles = self.source.bundles(reader.places, self.count)
        if isinstance(reader, MarkReader):
            reader.require_direction(bundles)
        self.warnings += reader.warnings_about(bundles)
        if self.count >= 0 and not self.choices.count_column:
            name, total = self.table.header.cells[self.count], sum(bundles.values())
            self.warnings.append(f"By column {name!r}, {self.source.rows} rows stand for {total} ballots.")
        usual = VoterErrors(self.choices.overvote or "skip", 0, "skip")
        ballots = _ballots(reader, bundles)
        if ballots.keys() == {()} and not self.choices.options:
            reason = "no cell holds a vote: are the votes in another column? With --options, which names them all,"
            raise BallotFileError(self.source.line, f"{reason} every ballot is blank")
        errors = kind == "ranked" and any_as_cast(ballots, len(options))
        if errors and (twice := sum(number for ballot, number in ballots.items() if names_twice(ballot))):
            self.warnings.append(
                f"Ballots that rank an option twice: {twice}. The first rank counts, without --duplicates."
            )
        taken = [column.name for column in used] + [
            column.name for column in self.columns if column.place == self.count
        ]
        ignored = [column.name for column in self.columns if column.name not in taken]
        no_votes = {label: times for label, times in reader.labels.items() if times}
        if no_votes:
            told = ", ".join(f"{label} in {times}" for label, times in no_votes.items())
            self.warnings.append(f"Labels in cells are read as no vote: {told}.")
        dialect = [self.table.form, layout, f"columns read: {', '.join(taken)}"]
        dialect += [f"columns ignored: {', '.join(ignored)}"] if ignored else []
        dialect += [f"{times} cells with no vote: {label}" for label, times in no_votes.items()]
        file = BallotFile("", tuple(options), 1, (), ballots, kind, errors=usual)
        if errors:
            file = replace(file, ballots=correct(ballots, usual, equal=True), as_cast=ballots)
        return CsvReading(
            file=file,
            format="CSV",
            dialect=dialect,
            encoding=self.table.encoding,
            warnings=self.warnings,
            used=taken,
            ignored=ignored,
            no_votes=no_votes,
            line_of=lambda ballot: self._line_of(reader, ballot),
        )

    def _line_of(self, reader: RankReader | ListReader | MarkReader, ballot: Ballot) -> int:
        line = self.source.line_of_row(reader.places, lambda key: reader.ballots([key]) == [ballot])
        return 0 if line == self.source.line else line

    def _values(self, column: Column) -> Sequence[str]:
        return list(self.source.values[column.place])

    def _holds_text(self, column: Column) -> bool:
        """Whether a column holds texts and no mark."""
        filled = [value for value in self._values(column) if value.strip() and not no_vote(value)]
        return bool(filled) and not any(map(is_mark, filled))

    def _questions(self, columns: Sequence[Column], texts: Sequence[Column]) -> Sequence[Column]:
        """The columns if each holds the answers to a question; none if each is an option."""
        given = {fold(name) for name in self.choices.options}
        other = not given.isdisjoint(fold(value) for column in columns for value in self._values(column))
        named = {fold(column.name) for column in columns}
        if len(texts) == len(columns) or self.choices.cells == "name" or (other and given.isdisjoint(named)):
            return columns
        words = [column for column in columns if {fold(value) for value in self._values(column)} & NO]
        if words and not given and not self.choices.cells and not split_bracket(words[0].name)[0]:
            raise two_readings(
                self.source.line,
                f"yes and no in column {words[0].name!r}",
                {
                    "--cells choice": "each column is an option, and yes a vote for it",
                    "--options yes,no with --contest": "each column is a question with these options",
                },
            )
        return []

    def _hold_names(self, ranks: Sequence[Column]) -> bool:
        """Whether columns with the names of ranks hold names, and are no options with such names."""
        filled = [value for column in ranks for value in self._values(column) if value.strip() and not no_vote(value)]
        numeric = bool(filled) and all(whole(value.strip()) >= 0 for value in filled)
        if self.choices.cells in ("rank", "score", "choice"):
            if not numeric and filled:
                reason = f"the cells of {ranks[0].name!r} hold names, and not what --cells {self.choices.cells} says"
                raise BallotFileError(self.source.line, reason)
            return not numeric
        if numeric and not self.choices.cells and not self.choices.options:
            raise two_readings(
                self.source.line,
                f"the columns from {ranks[0].name!r} hold numbers",
                {
                    "--cells name": "each column is a rank, and a number names the option there",
                    "--cells rank, score or choice": "each column is an option",
                },
            )
        return True

    def _blank_rows(self) -> list[str]:
        blank = self.table.blank_rows() if self.source.blank and not self.choices.blank_rows else []
        if not blank:
            return []
        rows = "1 row of empty cells is" if len(blank) == 1 else f"{len(blank)} rows of empty cells are"
        return [f"{rows} ignored (line {blank[0]}); --blank-rows counts blank ballots in their place."]


def _ballots(reader: RankReader | ListReader | MarkReader, bundles: Counter[str]) -> dict[Ballot, int]:
    """The ballots of all keys, which are used up: together they would take twice the memory."""
    ballots: dict[Ballot, int] = {}
    keys, numbers = list(bundles), array("q", bundles.values())
    bundles.clear()
    keys.reverse()
    numbers.reverse()
    while keys:
        read = zip(reader.ballots(keys[: -_BLOCK - 1 : -1]), numbers[: -_BLOCK - 1 : -1], strict=True)
        del keys[-_BLOCK:], numbers[-_BLOCK:]
        if reader.one_each:
            ballots.update(read)
        else:
            for ballot, number in read:
                ballots[ballot] = ballots.get(ballot, 0) + number
    return ballots
