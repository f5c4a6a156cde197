"""Score voting (range voting): each ballot scores options, and those with the highest totals win the seats.

Source: W. D. Smith, "Range Voting" (2000), with totals: an option that a ballot does not score gets nothing from it,
as if it were scored 0. (Smith's variant that averages over those who scored an option is not this one.)

Ties for the last seat, and for the order of those elected, go to lot: there is no earlier stage. An option without a
single point is never elected, so seats may stay vacant. One stage, no decimals. Several seats go to the highest
totals, without regard to proportion.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import chain
from typing import cast

from .contest import Contest, Sheet
from .result import Action


def score(contest: Contest) -> Sheet:
    """Fill the sheet of a score count; ballots are scores."""
    sheet = Sheet(contest)
    sheet.end_stage(Action.SCORES, totals(contest))
    sheet.elect_most("points")
    return sheet


def totals(contest: Contest) -> dict[int, int]:
    """Return the points of every standing option."""
    added = dict.fromkeys(contest.standing, 0)
    for (option, points), number in given(contest).items():
        added[option] += points * number
    return added


def given(contest: Contest) -> Counter[tuple[int, int]]:
    """Return how many ballots give an option a score, for each such pair; ballots of equal weight are gathered
    together.
    """
    by_weight: defaultdict[int, list[Sequence[tuple[int, int]]]] = defaultdict(list)
    for ballot, number in cast("Collection[tuple[Sequence[tuple[int, int]], int]]", contest.papers):
        by_weight[number].append(ballot)
    pairs: Counter[tuple[int, int]] = Counter()
    for number, ballots in by_weight.items():
        for pair, times in Counter(chain.from_iterable(ballots)).items():
            pairs[pair] += times * number
    return pairs
