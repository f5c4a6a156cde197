"""The maintained libraries pref-voting and abcvoting as oracles, where they are installed (`make oracles` does).

They return every option that can win; ours is one of them, and the only one if nothing was put to a tie. Where a
library measures otherwise by default, it is told to do as the rule's source here does.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from ballotcast.counting import Count, count

pref_voting = pytest.importorskip("pref_voting", reason="only `make oracles` installs the oracles")
abcvoting = pytest.importorskip("abcvoting", reason="only `make oracles` installs the oracles")

# Their import and their numpy warn of what is not ours.
pytestmark = pytest.mark.filterwarnings("ignore")

Ballots = Mapping[tuple[Any, ...], int]
OPTIONS = 4
ROUNDS = 60


@cache
def theirs(module: str) -> Any:
    return import_module(module)


def drawn(seed: int, kind: str) -> Ballots:
    """A random electorate of full, truncated (strict), tied or scored ballots."""
    chance = random.Random(seed)
    ballots: dict[tuple[Any, ...], int] = {}
    for _ in range(chance.randint(1, 7)):
        order = chance.sample(range(1, OPTIONS + 1), OPTIONS)
        if kind in ("truncated", "tied", "choice"):
            order = order[: chance.randint(1, OPTIONS)]
        ballot: tuple[Any, ...] = tuple(order)
        if kind == "tied" and len(order) > 2 and chance.random() < 0.5:
            ballot = (order[0], tuple(sorted(order[1:3])), *order[3:])
        if kind == "choice":
            ballot = tuple(sorted(order))
        if kind == "scores":
            ballot = tuple((option, chance.randint(0, 5)) for option in range(1, OPTIONS + 1))
        ballots[ballot] = chance.randint(1, 9)
    return ballots


def profile_with_ties(ballots: Ballots) -> Any:
    rankings = []
    for ballot in ballots:
        places = {}
        for place, rank in enumerate(ballot, 1):
            places.update(dict.fromkeys(rank if isinstance(rank, tuple) else (rank,), place))
        rankings.append(places)
    made = theirs("pref_voting.profiles_with_ties").ProfileWithTies(
        rankings, rcounts=list(ballots.values()), candidates=list(range(1, OPTIONS + 1))
    )
    made.use_extended_strict_preference()
    return made


def grades(ballots: Ballots) -> Any:
    made = theirs("pref_voting.grade_profiles").GradeProfile
    return made([dict(ballot) for ballot in ballots], list(range(6)), gcounts=list(ballots.values()))


def borda(ballots: Ballots) -> list[int]:
    return list(theirs("pref_voting.scoring_methods").borda_for_profile_with_ties(profile_with_ties(ballots)))


def condorcet(ballots: Ballots) -> list[int]:
    winner = profile_with_ties(ballots).condorcet_winner()
    return [] if winner is None else [winner]


def schulze(ballots: Ballots) -> list[int]:
    """Winning votes: the support of a majority, 0 where there is none."""
    made = profile_with_ties(ballots)

    def votes(one: int, other: int) -> int:
        return int(made.support(one, other)) if made.margin(one, other) > 0 else 0

    return list(theirs("pref_voting.margin_based_methods").beat_path(made, strength_function=votes, algorithm="basic"))


def ranked_pairs(ballots: Ballots) -> list[int]:
    return list(theirs("pref_voting.margin_based_methods").ranked_pairs(profile_with_ties(ballots)))


def irv(ballots: Ballots) -> list[int]:
    """Every tie for the last place in its parallel universe."""
    return list(theirs("pref_voting.iterative_methods").instant_runoff_put(profile_with_ties(ballots)))


def score(ballots: Ballots) -> list[int]:
    return list(theirs("pref_voting.grade_methods").score_voting(grades(ballots)))


def star(ballots: Ballots) -> list[int]:
    return list(theirs("pref_voting.grade_methods").star(grades(ballots)))


def majority_judgment(ballots: Ballots) -> list[int]:
    return list(theirs("pref_voting.grade_methods").majority_judgement(grades(ballots)))


ONE_SEAT: list[tuple[str, str, Callable[[Ballots], list[int]]]] = [
    ("borda", "tied", borda),
    ("condorcet", "tied", condorcet),
    ("schulze", "tied", schulze),
    ("ranked-pairs", "tied", ranked_pairs),
    ("irv", "full", irv),
    ("irv", "truncated", irv),
    ("score", "scores", score),
    ("star", "scores", star),
    ("majority-judgment", "scores", majority_judgment),
]


def elections(kind: str) -> Iterator[Ballots]:
    for seed in range(ROUNDS):
        yield drawn(seed, kind)


@pytest.mark.parametrize(("method", "kind", "oracle"), ONE_SEAT)
def test_one_seat_goes_where_pref_voting_says(method: str, kind: str, oracle: Callable[[Ballots], list[int]]) -> None:
    for ballots in elections(kind):
        counted = count(method, options="ABCD", seats=1, ballots=ballots)
        expected = oracle(ballots)
        assert set(counted.winners) <= set(expected), ballots
        # pref-voting stops at the majority gauge, where more options can be equal than by the whole majority value.
        if not counted.ties and method != "majority-judgment":
            assert list(counted.winners) == expected, ballots


def test_the_smith_set_is_pref_voting_s() -> None:
    for ballots in elections("tied"):
        counted = count("condorcet", options="ABCD", seats=1, ballots=ballots)
        expected = theirs("pref_voting.c1_methods").top_cycle(profile_with_ties(ballots))
        assert list(counted.stages[0].smith) == list(expected), ballots


def committees(rule: str, ballots: Ballots, seats: int) -> list[set[int]]:
    made = theirs("abcvoting.preferences").Profile(OPTIONS)
    for ballot, number in ballots.items():
        made.add_voters([[option - 1 for option in ballot]] * number)
    found = theirs("abcvoting.abcrules").compute(rule, made, committeesize=seats, resolute=False)
    return [{option + 1 for option in committee} for committee in found]


@pytest.mark.parametrize(
    ("method", "rule"),
    [
        ("approval", "av"),
        ("satisfaction-approval", "sav"),
        ("proportional-approval", "pav"),
        ("sequential-proportional-approval", "seqpav"),
    ],
)
@pytest.mark.parametrize("seats", [1, 2, 3])
def test_committees_are_abcvoting_s(method: str, rule: str, seats: int) -> None:
    for ballots in elections("choice"):
        counted: Count = count(method, options="ABCD", seats=seats, ballots=ballots)
        expected = committees(rule, ballots, seats)
        # An option that nobody approves fills a committee there and leaves a seat vacant here.
        assert any(set(counted.winners) <= committee for committee in expected), ballots
        if len(counted.winners) == seats and all(tie.decides == "election-order" for tie in counted.ties):
            assert expected == [set(counted.winners)], ballots
