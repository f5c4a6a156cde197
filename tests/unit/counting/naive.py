"""The rules counted ballot paper by ballot paper, as a returning officer reads them: slow, obvious, exact fractions.

Nothing here is shared with what it tests. Each count returns its stages, every one of them a `Step`, and its winners.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

HUNDRED_THOUSANDTH = Fraction(1, 100_000)
TEN_THOUSANDTH = Fraction(1, 10_000)


@dataclass
class Step:
    votes: dict[int, Fraction]
    moved: int = 0
    non_transferable: Fraction = Fraction(0)
    elected: list[int] = field(default_factory=list)


@dataclass
class Paper:
    preferences: list[int]
    holder: int = 0
    value: Fraction = Fraction(1)


def drawn(election: Mapping[str, Any], stage: int, option: int) -> str:
    text = "ballotcast/lot/1\n".encode("ascii") + election["seed"] + "c1".encode("ascii")
    return hashlib.sha256(text + b"\n%d\n%d" % (stage, option)).hexdigest()


def best_of(election: Mapping[str, Any], steps: list[Step], tied: set[int]) -> int:
    return pick(election, steps, tied, max, min)


def worst_of(election: Mapping[str, Any], steps: list[Step], tied: set[int]) -> int:
    return pick(election, steps, tied, min, max)


Extreme = Callable[[Iterable[Any]], Any]


def pick(election: Mapping[str, Any], steps: list[Step], tied: set[int], votes: Extreme, hashes: Extreme) -> int:
    if election["tie"] == "previous-stages":
        for earlier in reversed(steps[:-1]):
            extreme = votes(earlier.votes[option] for option in tied)
            tied = {option for option in tied if earlier.votes[option] == extreme}
    by_hash = {drawn(election, len(steps), option): option for option in tied}
    return by_hash[hashes(by_hash)]


def in_order_of_election(election: Mapping[str, Any], steps: list[Step], options: set[int]) -> list[int]:
    order = []
    while options:
        most = max(steps[-1].votes[option] for option in options)
        first = best_of(election, steps, {option for option in options if steps[-1].votes[option] == most})
        order.append(first)
        options = options - {first}
    return order


def papers_of(election: Mapping[str, Any]) -> list[Paper]:
    papers = []
    for ballot, number in election["ballots"].items():
        preferences = [rank for rank in map(partial(without, election["withdrawn"]), ballot) if rank]
        papers += [Paper(preferences) for _ in range(number) if preferences]
    return papers


def without(withdrawn: set[int], rank: Any) -> Any:
    """A rank of a ballot; nothing where all of it was withdrawn."""
    left = [option for option in (rank if isinstance(rank, tuple) else [rank]) if option not in withdrawn]
    return tuple(left) if len(left) > 1 else left[0] if left else 0


def standing_in(election: Mapping[str, Any]) -> set[int]:
    return set(range(1, len(election["options"]) + 1)) - set(election["withdrawn"])


def hand_on(paper: Paper, continuing: set[int]) -> None:
    paper.holder = next((option for option in paper.preferences if option in continuing), 0)


def step(papers: list[Paper], options: set[int], moved: int = 0) -> Step:
    def held(holder: int) -> Fraction:
        return sum((paper.value for paper in papers if paper.holder == holder), Fraction(0))

    return Step({option: held(option) for option in options}, moved, held(0))


def votes_per_name(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    papers = papers_of(election)
    if not papers:
        return [], []
    options = standing_in(election)
    votes = {option: Fraction(sum(option in paper.preferences for paper in papers)) for option in options}
    steps = [Step(votes)]
    order = in_order_of_election(election, steps, {option for option in options if votes[option] > 0})
    return steps, order[: election["seats"]]


def instant_runoff(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    papers = papers_of(election)
    if not papers:
        return [], []
    options = standing_in(election)
    remaining = set(options)
    steps: list[Step] = []
    excluded = 0
    while True:
        for paper in papers:
            hand_on(paper, remaining)
        steps.append(step(papers, options, excluded))
        votes = steps[-1].votes
        for option in remaining:
            if votes[option] > sum(votes[other] for other in remaining if other != option):
                return steps, [option]
        fewest = min(votes[option] for option in remaining)
        excluded = worst_of(election, steps, {option for option in remaining if votes[option] == fewest})
        remaining.remove(excluded)


def cut(exact: Fraction, unit: Fraction) -> Fraction:
    return math.floor(exact / unit) * unit


def scottish(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    def quota(valid: int) -> Fraction:
        return Fraction(math.floor(Fraction(valid, election["seats"] + 1)) + 1)

    def reduced(value: Fraction, surplus: Fraction, votes: Fraction) -> Fraction:
        return cut(surplus * value / votes, HUNDRED_THOUSANDTH)

    return gregory(election, quota, reduced)


def wigm(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    def quota(valid: int) -> Fraction:
        return cut(Fraction(valid, election["seats"] + 1), TEN_THOUSANDTH) + TEN_THOUSANDTH

    def reduced(value: Fraction, surplus: Fraction, votes: Fraction) -> Fraction:
        return cut(cut(value * surplus, TEN_THOUSANDTH) / votes, TEN_THOUSANDTH)

    return gregory(election, quota, reduced)


def contingent(election: Mapping[str, Any]) -> tuple[list[Step], list[int]]:
    papers = papers_of(election)
    if not papers:
        return [], []
    options = standing_in(election)
    for paper in papers:
        hand_on(paper, options)
    steps = [step(papers, options)]
    votes = steps[0].votes
    for option in options:
        if votes[option] > len(papers) - votes[option]:
            return steps, [option]
    first = best_of(election, steps, {option for option in options if votes[option] == max(votes.values())})
    others = {option: votes[option] for option in options - {first}}
    second = best_of(election, steps, {option for option in others if others[option] == max(others.values())})
    for paper in papers:
        hand_on(paper, {first, second})
    steps.append(step(papers, options))
    votes = steps[1].votes
    equal = votes[first] == votes[second]
    winner = best_of(election, steps, {first, second}) if equal else max(first, second, key=lambda one: votes[one])
    return steps, [winner]


def gregory(
    election: Mapping[str, Any],
    quota_of: Callable[[int], Fraction],
    reduced: Callable[[Fraction, Fraction, Fraction], Fraction],
) -> tuple[list[Step], list[int]]:
    papers = papers_of(election)
    if not papers:
        return [], []
    options = standing_in(election)
    quota = quota_of(len(papers))
    kept: dict[int, Fraction] = {}  # what an elected candidate whose surplus is transferred keeps: the quota
    continuing = set(options)
    winners: list[int] = []
    for paper in papers:
        hand_on(paper, continuing)
    steps = [step(papers, options)]
    while True:
        votes = steps[-1].votes
        deemed = {option for option in continuing if votes[option] >= quota}
        if len(continuing) <= election["seats"] - len(winners):
            deemed = set(continuing)
        steps[-1].elected = in_order_of_election(election, steps, deemed)
        winners += steps[-1].elected
        continuing -= deemed
        if len(winners) >= election["seats"] or not continuing:
            return steps, winners
        surpluses = {option: votes[option] - quota for option in winners if votes[option] > quota}
        if surpluses:
            largest = max(surpluses.values())
            moved = best_of(election, steps, {option for option in surpluses if surpluses[option] == largest})
            kept[moved] = quota
        else:
            fewest = min(votes[option] for option in continuing)
            moved = worst_of(election, steps, {option for option in continuing if votes[option] == fewest})
            continuing.remove(moved)
        for paper in papers:
            if paper.holder == moved:
                if moved in surpluses:
                    paper.value = reduced(paper.value, surpluses[moved], votes[moved])
                hand_on(paper, continuing)
        steps.append(step(papers, options, moved))
        steps[-1].votes.update(kept)
