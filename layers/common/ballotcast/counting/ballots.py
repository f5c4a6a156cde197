"""Ballots as the rules read them, and the sifting of what was cast into papers, blank and spoilt ones.

A ballot is a tuple of 1-based option numbers in one of four kinds:

- choice: the options named, ascending, as ``(1, 4)``;
- ranked: in order of preference, as ``(3, 1, 2)``; under rules with `equal`, options ranked equally stand in a tuple
  of their own, as ``(3, (1, 4), 2)``; options not ranked are equal to each other and below all that are;
- scores: pairs of option and score (0 to 254), ascending by option, as ``((1, 5), (4, 0))``;
- points: pairs of option and the points it gets of those that the voter may give in all, as ``((1, 3), (4, 2))``.

The empty tuple is the blank ballot. A ballot is spoilt if it names an option twice or one that does not exist, names
more options than the contest's limit (scores: holds a score above it or below 0; points: gives more in all), ranks
options equally under a rule that cannot read this, or has another form than its kind. Points for nobody are a blank
ballot.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from operator import itemgetter, ne
from typing import Any, Literal, TypeGuard, cast

Ballot = tuple[int | tuple[int, ...], ...]
Ballots = Mapping[Ballot, int]
"""How many voters cast each ballot."""

Paper = tuple[Ballot, int]
"""A ballot and how many voters cast it."""

Kind = Literal["choice", "ranked", "scores", "points"]
PAIRED: frozenset[Kind] = frozenset({"scores", "points"})
"""The kinds whose ballots are pairs of option and number."""

HIGHEST_SCORE = 254
MOST_POINTS = 255
_MOST_PAIRS = 20_000

_RANK = re.compile(r" *[0-9]{1,3} *(?:= *[0-9]{1,3} *)*")
_SCORE = re.compile(r" *[0-9]{1,3} *: *[0-9]{1,3} *")


@dataclass(frozen=True)
class Sifted:
    """papers: the valid ballots, equal ones together. blank and spoilt: how many ballots."""

    papers: Collection[Paper]
    blank: int
    spoilt: int


def parse_ballot(text: str, kind: Kind) -> Ballot:
    """Read a ballot as people write it: ``3,1=4,2`` (a ranking, 1 and 4 equally; or a choice), ``1:5,4:0`` (scores),
    nothing for a blank one. Raises ValueError for other text; whether a contest can count it is another question."""
    form, mark, example = (_SCORE, ":", "1:5,4:0") if kind in PAIRED else (_RANK, "=", "3,1,2 or 3,1=4,2")
    parts = text.split(",") if text.strip() else []
    if not all(form.fullmatch(part) for part in parts):
        raise ValueError(f"{text[:40]!r} is not a ballot such as {example}")
    numbers = [[int(number) for number in part.split(mark)] for part in parts]
    if kind in PAIRED:
        return tuple(sorted((option, score) for option, score in numbers))
    return tuple(tuple(sorted(rank)) if len(rank) > 1 else rank[0] for rank in numbers)


def options(ballot: Ballot) -> tuple[int, ...]:
    """Return the options of a choice, or of a ranking without equal ranks."""
    return cast("tuple[int, ...]", ballot)


def ranks(ballot: Ballot) -> Iterator[tuple[int, ...]]:
    """Yield the options at each rank of a ranking, best first."""
    for rank in ballot:
        yield rank if isinstance(rank, tuple) else (rank,)


def scores(ballot: Ballot) -> tuple[tuple[int, int], ...]:
    """Return the pairs of a ballot of scores, or of points."""
    return cast("tuple[tuple[int, int], ...]", ballot)


def gives_nothing(ballot: Ballot) -> bool:
    """Return whether a ballot of points gives none."""
    return not any(points for _, points in scores(ballot))


def points_of(ballot: Ballot) -> int:
    """Return how many points a ballot gives in all."""
    return sum(points for _, points in scores(ballot))


def sift(
    ballots: Ballots, *, kind: Kind, equal: bool, options: int, withdrawn: Collection[int], limit: int | None
) -> Sifted:
    """Strike withdrawn options from every ballot and sort out the blank and the spoilt ones.

    Raises ValueError for a negative number of ballots, which no ballot box can hold.
    """
    if min(ballots.values(), default=0) < 0:
        raise ValueError("a negative number of ballots")
    numbers = frozenset(range(1, options + 1))
    blank = ballots.get((), 0)
    plain = kind != "points" and _all_plain(ballots, kind, numbers, limit)
    left_out = [] if plain else list(filterfalse(_reader(kind, equal, numbers, limit), ballots))
    spoilt = sum(map(ballots.__getitem__, left_out))
    if kind == "points":  # points for nobody are no vote
        bad = set(left_out)
        nothing = [ballot for ballot in ballots if ballot and ballot not in bad and gives_nothing(ballot)]
        blank += sum(map(ballots.__getitem__, nothing))
        left_out += nothing
    left_out += [()] if () in ballots else []
    papers = ballots
    if left_out:  # a copy is large, and most often not needed
        papers = dict(ballots)
        for ballot in left_out:
            del papers[ballot]
    if withdrawn:
        struck: Counter[Ballot] = Counter()
        for ballot, number in papers.items():
            struck[strike(ballot, kind, withdrawn)] += number
        blank += struck.pop((), 0)
        papers = struck
    return Sifted(papers.items(), blank, spoilt)


def _all_plain(ballots: Ballots, kind: Kind, numbers: frozenset[int], limit: int | None) -> bool:
    """Return whether none can be spoilt: all ballots at once, in half the time of one after the other."""
    known: frozenset[Any] = numbers
    distinct: Callable[[Any], Collection[Any]] = set
    if kind in PAIRED:
        known, distinct = _pairs(kind, numbers, limit), dict
    elif limit is not None and max(map(len, ballots), default=0) > limit:
        return False
    return all(map(known.issuperset, ballots)) and not any(map(ne, map(len, ballots), map(len, map(distinct, ballots))))


def _pairs(kind: Kind, numbers: frozenset[int], limit: int | None) -> frozenset[tuple[int, int]]:
    """Return the pairs that ballots may have, or none if they are very many."""
    highest = _highest(kind, limit)
    given = range(highest + 1) if kind in PAIRED and len(numbers) * highest <= _MOST_PAIRS else ()
    return frozenset((option, score) for option in numbers for score in given)


def _reader(kind: Kind, equal: bool, numbers: frozenset[int], limit: int | None) -> Callable[[Ballot], bool]:
    """Return the test whether a ballot is not spoilt.

    Nearly every ballot passes at a glance; the others are looked at.
    """
    most = len(numbers) if limit is None else limit
    pairs = _pairs(kind, numbers, limit)
    option_of: Callable[[Any], int] = itemgetter(0)

    def scored(ballot: Ballot) -> bool:
        plain = pairs.issuperset(ballot) and len({*map(option_of, ballot)}) == len(ballot)
        return plain or not fault_of(ballot, kind, equal=equal, numbers=numbers, limit=limit)

    def pointed(ballot: Ballot) -> bool:
        return scored(ballot) and (limit is None or points_of(ballot) <= limit)

    def named(ballot: Ballot) -> bool:
        options = set(ballot)
        plain = len(options) == len(ballot) <= most and options <= numbers
        return plain or not fault_of(ballot, kind, equal=equal, numbers=numbers, limit=limit)

    return pointed if kind == "points" else scored if kind == "scores" else named


def _highest(kind: Kind, limit: int | None) -> int:
    return limit if limit is not None else MOST_POINTS if kind == "points" else HIGHEST_SCORE


def fault_of(ballot: Ballot, kind: Kind, *, equal: bool, numbers: frozenset[int], limit: int | None) -> str:
    """Why a ballot is spoilt, in words that follow "a ballot that"; empty for one that is not.

    numbers: of the contest's options.
    """
    if kind in PAIRED:
        highest = _highest(kind, limit)
        if not all(_is_score(pair, highest) for pair in ballot):
            given = "points that are" if kind == "points" else "a score that is"
            return f"gives {given} not 0 to {highest}"
        if kind == "points" and limit is not None and points_of(ballot) > limit:
            return f"gives more than {limit} point{'' if limit == 1 else 's'} in all"
        named: list[object] = [option for option, _ in scores(ballot)]
        most = len(named)
    else:
        if equal and () in ballot:
            return "has a rank without an option"
        if not equal and any(isinstance(rank, tuple) for rank in ballot):
            return "ranks options equally"
        named = [option for rank in ranks(ballot) for option in rank] if equal else list(ballot)
        most = len(numbers) if limit is None else limit
    if not numbers.issuperset(named):
        return "names an option that does not exist"
    if len(set(named)) < len(named):
        return "names an option twice"
    return f"names more than {most} option{'' if most == 1 else 's'}" if len(named) > most else ""


def _is_score(pair: int | tuple[int, ...], highest: int) -> TypeGuard[tuple[int, int]]:
    return isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], int) and 0 <= pair[1] <= highest


def strike(ballot: Ballot, kind: Kind, withdrawn: Collection[int]) -> Ballot:
    """Return a ballot without some options; what stood below them moves up."""
    if kind == "scores":
        return tuple((option, score) for option, score in scores(ballot) if option not in withdrawn)
    if kind == "points":
        return tuple((option, points) for option, points in scores(ballot) if points and option not in withdrawn)
    struck: list[int | tuple[int, ...]] = []
    for rank in ranks(ballot):
        left = tuple(option for option in rank if option not in withdrawn)
        if left:
            struck.append(left if len(left) > 1 else left[0])
    return tuple(struck)
