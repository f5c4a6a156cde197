"""Cast vote records that are no tables: the marks on each card in one contest, as programs export them in JSON.

They have no lines that a person could look at; errors name the record.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .ballot_file import BallotFile, BallotFileError, Box, has_control
from .ballots import Ballot, Kind
from .csv_choices import CsvChoices
from .csv_names import close_names, fold
from .csv_options import Options
from .reading import AmbiguousFileError, Reading
from .voter_errors import OVERVOTE_READINGS, VoterErrors, correct, is_as_cast, undecided

RECORD_SWITCHES: Mapping[str, tuple[str, ...]] = {"not-votes": ("skip", "count")}

NOBODY = ""
"""The selection of somebody who is not an option: a write-in that nobody declared."""


@dataclass
class Contest:
    """A contest of the file. names: its options by their ids, in order. ranked: whether ranks are marked; else options
    are chosen, `votes` of them at most."""

    identity: str
    name: str
    names: dict[str, str] = field(default_factory=dict)
    ranked: bool = False
    votes: int = 1


@dataclass(frozen=True)
class Mark:
    """rank: 1-based; 0 where options are not ranked. counts: whether the record says that the mark is a vote."""

    selection: str
    rank: int
    counts: bool = True


def one_contest(contests: Sequence[Contest], choices: CsvChoices) -> Contest:
    """Return the only contest, or the one that is chosen by its name or id. Raises BallotFileError."""
    wanted = fold(choices.contest)
    if not wanted and len(contests) == 1:
        return contests[0]
    found = [contest for contest in contests if wanted and wanted in (fold(contest.name), fold(contest.identity))]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{contest.name!r} (id {contest.identity})" for contest in contests[:20])
    if not contests:
        raise BallotFileError(1, "no contest")
    if wanted:
        raise BallotFileError(1, f"{len(found) or 'no'} contest {choices.contest!r}; there is {shown}")
    raise BallotFileError(1, f"{len(contests)} contests in one file; --contest names the one to count: {shown}")


class Cards:
    """Gathers the ballots of one contest."""

    def __init__(self, contest: Contest, choices: CsvChoices, switches: Mapping[str, str]) -> None:
        self.contest, self.choices, self.switches = contest, choices, switches
        if has_control(contest.name):
            raise BallotFileError(1, "a control character in the name of the contest")
        names = {identity: name for identity, name in contest.names.items() if name}
        self.options = Options(choices.options or list(names.values()), choices, 1)
        self._numbers = {identity: self.options.number(name, no_line) for identity, name in names.items()}
        self._numbers[NOBODY] = 0
        if missing := [name for at, name in enumerate(self.options.names, 1) if at not in self._numbers.values()]:
            raise BallotFileError(1, f"the contest has no option {missing[0]!r}")
        self.notes: Counter[str] = Counter()
        self._box = Box[Ballot]()
        self._line = 1

    def put(self, marks: Iterable[Mark], where: str, line: int = 1) -> None:
        """One ballot. where: what record it is, and its line if it has one, for errors."""
        found, self._line = list(marks), line
        for mark in found:
            if (mark.rank > 0) != self.contest.ranked:
                raise BallotFileError(self._line, f"{where}: {'no rank' if self.contest.ranked else 'a rank'}")
        self._box.put(line, self._ranking(found, where) if self.contest.ranked else self._choice(found, where), 1)

    def reading(
        self, format_name: str, dialect: Sequence[str] = (), warnings: Sequence[str] = (), encoding: str = "JSON"
    ) -> Reading:
        """Return the ballots as read."""
        if not self._box.ballots:
            raise BallotFileError(1, f"no ballot of the contest {self.contest.name!r}")
        kind: Kind = "ranked" if self.contest.ranked else "choice"
        file = BallotFile(self.contest.name, self.options.names, 1, (), self._box.ballots, kind)
        if self.contest.ranked:
            usual = VoterErrors(self.choices.overvote or "skip", 0, "skip")
            file = replace(file, errors=usual)
            if any(map(is_as_cast, self._box.ballots)):
                ballots = correct(self._box.ballots, usual, equal=True)
                file = replace(file, ballots=ballots, as_cast=self._box.ballots)
        said = [f"{note}: {times}." for note, times in self.notes.items()]
        alike = close_names(self.options.names)
        found = [f"contest {self.contest.name!r}", *dialect]
        return Reading(file, format_name, found, encoding, [*warnings, *said, *alike])

    def _ranking(self, marks: list[Mark], where: str) -> Ballot:
        at: dict[int, list[Mark]] = {}
        for mark in marks:
            at.setdefault(mark.rank, []).append(mark)
        ranking: list[int | tuple[int, ...]] = []
        for rank in range(1, max(at, default=0) + 1):
            here = at.get(rank, [])
            selected = {mark.selection for mark in here}
            if len(selected) > 1:
                ranking.append((0, *sorted(number for name in selected if (number := self._numbers[name]))))
            elif selected and (all(mark.counts for mark in here) or self._counts_anyway(where)):
                ranking.append(self._numbers[here[0].selection])
            else:
                ranking.append(())
        while ranking and ranking[-1] == ():
            ranking.pop()
        if reason := undecided(tuple(ranking), self.choices.overvote):
            ways = ", or ".join(f"{meaning} ({switch})" for switch, meaning in OVERVOTE_READINGS.items())
            raise BallotFileError(self._line, f"{where}: {reason}: either {ways}")
        return tuple(ranking)

    def _choice(self, marks: list[Mark], where: str) -> Ballot:
        selected = sorted({self._numbers[mark.selection] for mark in marks})
        written = sum(mark.selection == NOBODY for mark in marks)
        chosen = tuple(option for option in selected if option)
        if len(chosen) + written > self.contest.votes:
            self.notes["Ballots that choose more options than the contest allows, and are spoilt"] += 1
            return (chosen or (0,),)
        if not all(mark.counts for mark in marks) and not self._counts_anyway(where):
            counting = {self._numbers[mark.selection] for mark in marks if mark.counts}
            return tuple(option for option in chosen if option in counting)
        return chosen

    def _counts_anyway(self, where: str) -> bool:
        chosen = self.switches.get("not-votes", "")
        if not chosen:
            raise AmbiguousFileError(
                self._line,
                f"{where}: a mark that is alone, and no vote as the record says",
                {"not-votes=skip": "it is none", "not-votes=count": "it is one, as RCTab reads such files"},
            )
        became = "counted" if chosen == "count" else "skipped"
        self.notes[f"Marks that are no vote, as their records say, and were {became}"] += 1
        return chosen == "count"


def no_line() -> int:
    """Return the line of what has none."""
    return 1
