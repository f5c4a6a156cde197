"""Small elections for hypothesis, as keyword arguments of `count`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from ballotcast.counting import RULES, Rule
from ballotcast.counting.ballots import PAIRED

NAMES = ("Ada", "Björn", "Chloé", "Dmitri", "Ewa", "Farid")
Ballot = tuple[Any, ...]


@st.composite
def rankings(draw: st.DrawFn, options: int) -> Ballot:
    order = draw(st.permutations(range(1, options + 1)))
    return tuple(order[: draw(st.integers(0, options))])


def ballots_of(rule: Rule, options: int) -> st.SearchStrategy[tuple[Any, ...]]:
    if rule.ballot == "scores":
        scored = st.dictionaries(st.integers(1, options), st.integers(0, 5), max_size=options)
        return scored.map(lambda scores: tuple(sorted(scores.items())))
    if rule.ballot == "points":
        given = st.lists(st.integers(1, options), max_size=5)
        return given.map(lambda points: tuple(sorted(Counter(points).items())))
    if rule.ballot == "choice":
        return rankings(options).map(lambda ranking: tuple(sorted(ranking)))
    return weak_rankings(options) if rule.equal else rankings(options)


@st.composite
def weak_rankings(draw: st.DrawFn, options: int) -> tuple[Any, ...]:
    """A ranking in which neighbours may share a rank."""
    ranks: list[list[int]] = []
    for option in draw(rankings(options)):
        if ranks and draw(st.booleans()):
            ranks[-1].append(option)
        else:
            ranks.append([option])
    return tuple(tuple(sorted(rank)) if len(rank) > 1 else rank[0] for rank in ranks)


def flat(ranking: Ballot) -> list[int]:
    """The options that a ranking names."""
    return [option for rank in ranking for option in (rank if isinstance(rank, tuple) else (rank,))]


@st.composite
def elections(draw: st.DrawFn, method: str, *, withdrawals: bool = True) -> dict[str, Any]:
    """An election by a method with ballots of the kind that it reads."""
    size = draw(st.integers(1, len(NAMES)))
    ballots = draw(st.dictionaries(ballots_of(RULES[method], size), st.integers(1, 12), max_size=14))
    withdrawn = draw(st.sets(st.integers(1, size), max_size=2)) if withdrawals and draw(st.booleans()) else set()
    return {
        "options": NAMES[:size],
        "seats": 1 if RULES[method].one_seat else draw(st.integers(1, 4)),
        "ballots": ballots,
        "tie": draw(st.sampled_from(["lot", "previous-stages"])),
        "seed": draw(st.binary(max_size=2)),
        "withdrawn": withdrawn,
    }


def cast_as(kind: str, ranking: Ballot, options: int = 0) -> tuple[Any, ...]:
    """A ranking as a ballot of another kind: a choice of all it ranks, or one point less from rank to rank, the first
    getting as many as there are options."""
    if kind == "ranked":
        return ranking
    if kind == "choice":
        return tuple(sorted(ranking))
    return tuple(sorted((option, (options or len(NAMES)) - place) for place, option in enumerate(ranking)))


def aggregate(ballots: Iterable[tuple[Ballot, int]]) -> dict[Ballot, int]:
    counted: Counter[Ballot] = Counter()
    for ballot, number in ballots:
        counted[ballot] += number
    return dict(counted)


def rows(text: str) -> dict[Ballot, int]:
    """Ballots written as in a textbook: ``"42 ABC, 26 BA"``, where A is option 1."""
    return aggregate(
        (tuple("ABCDEFGH".index(letter) + 1 for letter in ranking), int(number))
        for number, ranking in (row.split() for row in text.split(","))
    )


def renamed(kind: str, ballot: Ballot, new: Mapping[int, int]) -> Ballot:
    """A ballot of a kind with its options renumbered."""
    if kind in PAIRED:
        return tuple(sorted((new[option], score) for option, score in ballot))
    ranks = [tuple(sorted(map(new.__getitem__, rank))) if isinstance(rank, tuple) else new[rank] for rank in ballot]
    return tuple(ranks if kind == "ranked" else sorted(ranks))
