"""STAR voting (score, then automatic runoff): of the two options with the highest totals, the one that more ballots
score higher.

Source: Equal Vote Coalition, "STAR Voting" and "Tie votes in STAR voting" (starvoting.org). An option that a ballot
does not score is scored 0 by it. Several seats are filled by Bloc STAR: scores and runoff again for each seat,
without the options already elected; that is not proportional. An option without a single point is no finalist, so
seats may stay vacant; where only one option with points is left, it wins without a runoff.

Ties, under the tie rule "previous-stages", as in the source. For a place in the runoff: the tied are compared head to
head among each other, and those who lost the most comparisons drop out, all of them at once, again and again until none
is left. Who drops out later is better; those who drop out together are ordered by lot.
In the runoff: the higher total, then lot. Under "lot" the lot decides at once. (The source offers the number of
five-star ballots as a further step before the lot; it is not taken.)
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, combinations
from operator import itemgetter

from .ballots import Paper, scores
from .contest import Contest, Sheet
from .result import Action, Decides, Separator, Tie, TieRule
from .score import totals


def star(contest: Contest) -> Sheet:
    """Fill the sheet of a STAR count; ballots are scores."""
    sheet = Sheet(contest)
    points = {option: total for option, total in totals(contest).items() if total}
    reasons = []
    for _ in range(contest.seats):
        if not points:
            break
        sheet.end_stage(Action.SCORES, points)
        if len(points) == 1:
            sheet.elect(points, 1)
            reasons.append(f"{contest.named(sheet.winners[-1:])} was the only option left with points")
        else:
            reasons.append(_runoff(sheet, points))
        del points[sheet.winners[-1]]
    sheet.why = "; ".join(reasons)
    return sheet


def _runoff(sheet: Sheet, points: Mapping[int, int]) -> str:
    """Elect one of the two finalists; say why."""
    contest = sheet.contest
    finalists = _finalists(sheet, points)
    beats = _comparisons(contest, finalists)
    votes = {one: sum(beats[one, other] for other in finalists if other != one) for one in finalists}
    sheet.end_stage(Action.RUNOFF, votes, non_transferable=contest.valid - sum(votes.values()))
    winner = sheet.highest(finalists, Decides.SEAT, back=1)  # the totals: runoffs of earlier seats are of others
    sheet.elect([winner], 1)
    (loser,) = set(finalists) - {winner}
    return (
        f"{contest.named([winner])} and {contest.named([loser])} had the highest totals ({points[winner]} and"
        f" {points[loser]}), and of these two {votes[winner]} ballots prefer {contest.named([winner])} and"
        f" {votes[loser]} {contest.named([loser])}"
    )


def _finalists(sheet: Sheet, points: Mapping[int, int]) -> list[int]:
    second = sorted(points.values(), reverse=True)[1]
    ahead = [option for option in points if points[option] > second]
    tied = {option for option in points if points[option] == second}
    places = 2 - len(ahead)
    if len(tied) == places:
        return [*ahead, *tied]
    stage = len(sheet.stages)
    batches = _by_losses(sheet.contest, tied) if sheet.contest.tie is TieRule.PREVIOUS_STAGES else [tied]
    order = [option for batch in batches for option in sheet.contest.draw(stage, batch)]
    cuts = list(accumulate(map(len, batches)))
    by = Separator.HEAD_TO_HEAD if places in cuts else Separator.LOT
    sheet.ties.append(Tie(stage, Decides.FINALIST, tuple(sorted(tied)), by, tuple(order)))
    return [*ahead, *order[:places]]


def _by_losses(contest: Contest, tied: Collection[int]) -> list[set[int]]:
    """Return the tied in batches, best first: those with the most losses among the ones left drop out, again and
    again.
    """
    beats = _comparisons(contest, tied)
    left, dropped = set(tied), list[set[int]]()
    while left:
        lost = {one: sum(beats[one, other] < beats[other, one] for other in left) for one in left}
        worst = {option for option in left if lost[option] == max(lost.values())}
        dropped.insert(0, worst)
        left -= worst
    return dropped


def _comparisons(contest: Contest, options: Collection[int]) -> dict[tuple[int, int], int]:
    """Return how many ballots score the first of a pair of options higher than the second."""
    beats = {(one, other): 0 for one in options for other in options}
    standing = sorted(contest.standing)
    full, others = _by_extent(contest.papers, standing)
    place = {option: place for place, option in enumerate(standing)}
    for one, other in combinations(sorted(options), 2):
        scored: Counter[tuple[int, int]] = Counter()
        for number, ballots in full.items():
            for ((_, a), (_, b)), times in Counter(map(itemgetter(place[one], place[other]), ballots)).items():
                scored[a, b] += times * number
        for ballot, number in others:
            given = dict(ballot)
            scored[given.get(one, 0), given.get(other, 0)] += number
        beats[one, other] = sum(number for (a, b), number in scored.items() if a > b)
        beats[other, one] = sum(number for (a, b), number in scored.items() if a < b)
    return beats


Scores = Sequence[tuple[int, int]]


def _by_extent(
    papers: Collection[Paper], standing: Sequence[int]
) -> tuple[Mapping[int, list[Scores]], Sequence[tuple[Scores, int]]]:
    """Ballots that score all options, by how many voters cast each of them, and the others.

    Of the first the score of an option is in the same place on every ballot, so that equal pairs of scores are counted
    together, in a fifth of the time.
    """
    in_order, option_of = tuple(standing), itemgetter(0)
    full: defaultdict[int, list[Scores]] = defaultdict(list)
    others: list[tuple[Scores, int]] = []
    for ballot, number in papers:
        given = scores(ballot)
        if tuple(map(option_of, given)) == in_order:
            full[number].append(given)  # nearly all: a sorted copy of each would take most of the memory
        elif len(given) == len(standing):
            full[number].append(sorted(given))
        else:
            others.append((given, number))
    return full, others
