"""The Borda count: points by rank, and the most points win. Two readings of ballots that do not rank every option.

Tournament (`borda`): an option gets a point for every option that a ballot ranks below it and half a point for every
other one that it ranks equally; options not ranked are equal to each other and below all that are. On full rankings of
n options these are Borda's n-1, n-2, … 0. Source: J.-C. de Borda, "Mémoire sur les élections au scrutin" (1784), with
the half points of D. Black, "Partial justification of the Borda count", Public Choice 28 (1976).

Modified (`modified-borda`): a ballot that ranks m options gives m, m-1, … 1 points and nothing to the rest, so that a
ballot weighs the more the more it ranks; options ranked equally share the points of their places. Source: P. Emerson,
"The original Borda count and partial voting", Social Choice and Welfare 40 (2013).

Ties for the last seat, and for the order of those elected, go to lot: there is no earlier stage. An option that no
ballot ranks is never elected. One stage, one decimal (the half points are exact). Several seats go to the most points,
without regard to proportion.
"""

from .ballots import options, ranks
from .contest import Contest, Sheet
from .result import Action


def borda(contest: Contest) -> Sheet:
    """Fill the sheet of a tournament Borda count; ballots are rankings with or without equal ranks."""
    size = len(contest.standing)
    halves = dict.fromkeys(contest.standing, 0)
    for_all = 0
    for ballot, number in contest.papers:
        strict = tuple not in map(type, ballot)
        unranked = size - (len(ballot) if strict else sum(map(len, ranks(ballot))))
        # What each option not ranked gets is given to all, and taken back from those ranked.
        shared = max(unranked - 1, 0) * number
        for_all += shared
        below = size
        for rank in ranks(ballot) if not strict else ():
            below -= len(rank)
            for option in rank:
                halves[option] += (2 * below + len(rank) - 1) * number - shared
        points = 2 * size * number - shared
        for option in options(ballot) if strict else ():
            points -= 2 * number
            halves[option] += points
    return _most_points(contest, {option: points + for_all for option, points in halves.items()})


def modified_borda(contest: Contest) -> Sheet:
    """Fill the sheet of a modified Borda count; ballots are rankings with or without equal ranks."""
    halves = dict.fromkeys(contest.standing, 0)
    for ballot, number in contest.papers:
        below = sum(map(len, ranks(ballot)))
        for rank in ranks(ballot):
            below -= len(rank)
            for option in rank:
                halves[option] += (2 * below + len(rank) + 1) * number
    return _most_points(contest, halves)


def _most_points(contest: Contest, halves: dict[int, int]) -> Sheet:
    sheet = Sheet(contest, decimals=1, unit=2)
    sheet.end_stage(Action.POINTS, halves)
    sheet.elect_most("points", _ranked(contest))
    return sheet


def _ranked(contest: Contest) -> set[int]:
    """Return the options that some ballot ranks."""
    found: set[int] = set()
    for ballot, _ in contest.papers:
        if not found.issuperset(ballot):
            found.update(option for rank in ranks(ballot) for option in rank)
            if len(found) == len(contest.standing):
                break
    return found
