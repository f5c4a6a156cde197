"""What every format of ballot files is read into, and the one error for a file that is bad."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from .ballots import Ballot, Ballots, Kind, ranks, scores
from .rules import RULES
from .voter_errors import NO_ERRORS, VoterErrors, correct

Cast = TypeVar("Cast")

TIES_ALL_LEFT = (
    "Line {line}: all options that are left are equal and last, which says the same as naming none of them, and is "
    "read so. Ballots of this kind: {number}."
)

LARGEST = 2**53 - 1  # what every JSON reader can hold (RFC 7493, section 2.2)


class BallotFileError(ValueError):
    """A file that is not of its format; `line` (1-based) is where, and the message begins with it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


@dataclass(frozen=True)
class BallotFile:
    """A ballot file. Options are 1-based numbers in the order of `options`; ballots are of one kind, as
    `ballotcast.counting.ballots` has them, rankings with equal ranks where the file has such.

    as_cast: the rankings with voters' errors in them (see `voter_errors`), where the file shows such. errors: what the
    format makes of those errors, which made `ballots`."""

    title: str
    options: tuple[str, ...]
    seats: int
    withdrawn: tuple[int, ...]
    ballots: Ballots
    kind: Kind = "ranked"
    as_cast: Ballots | None = field(default=None, compare=False)
    errors: VoterErrors = field(default=NO_ERRORS, compare=False)

    def each_ballot(self) -> Iterator[Ballot]:
        """Yield every single ballot; equal ones follow each other."""
        for ballot, number in self.ballots.items():
            for _ in range(number):
                yield ballot

    def ballots_for(self, method: str, errors: VoterErrors = NO_ERRORS) -> Ballots:
        """Return the ballots as a method of `RULES` reads them. Raises ValueError where the file does not say so much.

        errors: what becomes of voters' errors, if not what the format makes of them.

        Rankings, under plurality: a vote for the first option that is not withdrawn (spoilt if several are first);
        under the other choice rules: a vote for every ranked option. A ranking that names an option twice stays as it
        is, and so spoilt. Scores, under rules of rankings: ranked by score.
        """
        kind = RULES[method].ballot
        ballots = self.ballots
        if errors != NO_ERRORS:
            if self.kind != "ranked":
                raise ValueError(f"the file holds {_IN_WORDS[self.kind]}, and errors in rankings are not in them")
            errors.require_applicable(method)
            ballots = correct(self.rankings, errors.or_else(self.errors), equal=has_equal_ranks(method))
        if kind == self.kind or (kind == "points" and self.kind == "scores"):
            return ballots
        read: Callable[[Ballot], Ballot]
        if self.kind == "ranked" and kind == "choice":
            read = self._first if method == "plurality" else self._all
        elif self.kind == "scores" and kind == "ranked":
            read = _by_score
        else:
            raise ValueError(f"{method} counts {_IN_WORDS[kind]}, and the file holds {_IN_WORDS[self.kind]}")
        counted: Counter[Ballot] = Counter()
        for ballot, number in ballots.items():
            counted[read(ballot)] += number
        return counted

    @property
    def rankings(self) -> Ballots:
        """The rankings as cast."""
        return self.ballots if self.as_cast is None else self.as_cast

    @cached_property
    def _standing(self) -> frozenset[int | tuple[int, ...]]:
        return frozenset(range(1, len(self.options) + 1)).difference(self.withdrawn)

    def _first(self, ranking: Ballot) -> Ballot:
        named = set(ranking)
        if len(named) == len(ranking) and self._standing.issuperset(named):
            return ranking[:1]
        if _repeats(ranking):
            return ranking
        for rank in ranks(ranking):
            standing = tuple(option for option in rank if option not in self.withdrawn)
            if standing:
                return standing if len(standing) == 1 else (standing,)
        return ()

    def _all(self, ranking: Ballot) -> Ballot:
        named = set(ranking)
        if len(named) == len(ranking) and self._standing.issuperset(named):  # nearly all: what follows takes long
            return tuple(sorted(cast("set[Any]", named)))
        if _repeats(ranking):
            return ranking
        return tuple(sorted(option for rank in ranks(ranking) for option in rank if option not in self.withdrawn))


def has_equal_ranks(method: str) -> bool:
    """Return whether a method reads several options at one rank of a ballot as equal, and not as an overvote."""
    return RULES[method].equal or (RULES[method].ballot == "choice" and method != "plurality")


_IN_WORDS = {"ranked": "rankings", "choice": "choices", "scores": "scores", "points": "points"}


def _repeats(ranking: Ballot) -> bool:
    named = [option for rank in ranks(ranking) for option in rank]
    return len(set(named)) < len(named)


def _by_score(ballot: Ballot) -> Ballot:
    at: dict[int, list[int]] = {}
    for option, score in scores(ballot):
        at.setdefault(score, []).append(option)
    return rank_together(at[score] for score in sorted(at, reverse=True))


class Box(Generic[Cast]):
    """Gathers what the lines of a file cast, equal ballots together."""

    def __init__(self) -> None:
        self.ballots: dict[Cast, int] = {}
        self.total = 0

    def put(self, line: int, ballot: Cast, number: int) -> None:
        """Raises BallotFileError for more ballots than every JSON reader can hold."""
        self.total += number
        if self.total > LARGEST:
            raise BallotFileError(line, "too many ballots")
        self.ballots[ballot] = self.ballots.get(ballot, 0) + number


def rank_together(tied: Iterable[list[int]]) -> Ballot:
    """Return a ranking of groups of options, best first; a group of one is no tie, one of none a rank that is
    skipped.
    """
    return tuple(group[0] if len(group) == 1 else tuple(sorted(group)) for group in tied)


def ties_all_left(groups: Sequence[Sequence[int]], size: int, withdrawn: Collection[int] = ()) -> bool:
    """Return whether the last group of a ranking holds all of `size` options that are left, withdrawn ones aside.

    To rank them equally and last says the same as to stop before them, which programs write in this way.
    """
    if not groups or len(groups[-1]) < 2:
        return False
    return len({option for group in groups for option in group}.difference(withdrawn)) == size - len(withdrawn)


def has_control(name: str) -> bool:
    """Return whether a name holds what no name may, lest it changes a terminal or a file."""
    return any(unicodedata.category(character) == "Cc" for character in name)
