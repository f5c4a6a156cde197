"""Rankings of names: ballots of the formats that write options by name, with the names given before them or not."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from .ballot_file import TIES_ALL_LEFT, BallotFile, BallotFileError, Box, rank_together, ties_all_left
from .ballots import Ballot
from .csv_choices import CsvChoices
from .csv_names import close_names, fold, rare_names, spelling
from .csv_options import Options, options_in
from .reading import Reading

Groups = Sequence[Sequence[str]]


class NamedBallots:
    """Gathers ballots as lines with groups of names, best first, and reads them once all names are known.

    Names are those that `declare` is given or, without, `CsvChoices.options`, or those that occur. ignore_others:
    whether a name that is not declared is ignored; otherwise it is refused. incomplete: the line of the first ballot
    that does not rank all options; 0 for none. named: the options. Both are known after `finish`.
    """

    def __init__(self, choices: CsvChoices, *, ignore_others: bool = False) -> None:
        self._choices, self._ignore = choices, ignore_others
        self._declared: Options | None = None
        self._lines: dict[tuple[tuple[str, ...], ...], list[int]] = {}
        self._warnings: list[str] = []
        self._rare: list[str] = []
        self._comments: list[tuple[int, str]] = []
        self.box = Box[Ballot]()
        self.incomplete = 0
        self.named = Options((), choices, 1)

    def declare(self, line: int, names: Sequence[str]) -> None:
        """The options, in their order. Raises BallotFileError for two of one name."""
        self._declared = Options(names, self._choices, line)

    def put(self, line: int, groups: Groups, number: int) -> None:
        """A line of the file that stands for so many ballots."""
        key = tuple(map(tuple, groups))
        seen = self._lines.setdefault(key, [line, 0])
        seen[1] += number

    def comment(self, line: int, text: str) -> None:
        """Keep a comment, which may have swallowed a ballot or a part of one. An empty text is not a comment."""
        if text.strip():
            self._comments.append((line, text))

    def finish(self, last: int, short: Iterable[str] = ()) -> None:
        """Read the ballots. last: the number of the last line. short: other words for options in the file. Raises
        BallotFileError."""
        if not self._lines:
            raise BallotFileError(last, "no ballot")
        options = self.named = self._options()
        size = len(options.names)
        others: list[str] = []
        twice = truncated = twice_at = truncated_at = 0
        for names, (line, number) in sorted(self._lines.items(), key=lambda item: item[1][0]):
            groups: list[list[int]] = []
            for group in names:
                known = [name for name in group if name in options or not self._ignore]
                others += [name for name in group if name not in known]
                groups.append([options.number(name, partial(int, line)) for name in known])
            groups = [group for group in groups if group]
            named = [option for group in groups for option in group]
            if len(set(named)) < len(named):
                twice, twice_at = twice + number, twice_at or line
            elif ties_all_left(groups, size):
                groups.pop()
                truncated, truncated_at = truncated + number, truncated_at or line
            elif len(named) < size:
                self.incomplete = self.incomplete or line
            self.box.put(line, rank_together(groups), number)
        self._look_at_comments([*options.names, *short])
        if twice:
            self._warnings.append(f"Line {twice_at}: an option is named twice. Ballots spoilt in this way: {twice}.")
        if truncated:
            self._warnings.append(TIES_ALL_LEFT.format(line=truncated_at, number=truncated))
        if others:
            shown = ", ".join(map(repr, sorted(set(others))[:5]))
            self._warnings.append(f"Names that are not options are ignored: {shown}.")

    def reading(
        self,
        format_name: str,
        *,
        encoding: str,
        title: str = "",
        seats: int = 1,
        warnings: Sequence[str] = (),
        dialect: Sequence[str] = (),
        file: BallotFile | None = None,
    ) -> Reading:
        """Return the file as read, after `finish`. file: what it is read as, if not as these rankings."""
        origin = "options as the file gives them" if self._declared else "options as their names occur"
        if not self._declared and self._choices.options:
            origin = "options as given"
        file = file or BallotFile(title, self.named.names, seats, (), self.box.ballots)
        found = self._warnings if file.kind == "ranked" else ()
        alike = () if self._declared else close_names(self.named.names)
        return Reading(file, format_name, [origin, *dialect], encoding, [*warnings, *found, *alike, *self._rare])

    def _look_at_comments(self, names: Sequence[str]) -> None:
        named = "|".join(re.escape(fold(name)) for name in names)
        votes = re.compile(rf"[>=]|(?<!\w)(?:{named})(?!\w)")
        for line, text in self._comments:
            if votes.search(fold(text)):
                self._warnings.append(
                    f"Line {line}: the comment {text.strip()[:40]!r} may hold votes, and is not read."
                )
                break

    def _options(self) -> Options:
        if self._declared:
            return self._declared
        if self._choices.options:
            return Options(self._choices.options, self._choices, 1)
        lines: dict[str, int] = {}
        times: Counter[str] = Counter()
        for names, (line, number) in self._lines.items():
            for name in (name for group in names for name in group):
                lines[name] = min(line, lines.get(name, line))
                times[spelling(name)] += number
        self._rare += rare_names(times, sum(number for _, number in self._lines.values()))
        return options_in(lines, self._choices, lambda name: _line_of(lines, name), 1)


def _line_of(lines: Mapping[str, int], name: str) -> int:
    return min((line for other, line in lines.items() if spelling(other) == name), default=1)
