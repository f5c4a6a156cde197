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

from .ballots import ranks
from .contest import Contest, Sheet
from .result import Action


def borda(contest: Contest) -> Sheet:
    """Fill the sheet of a tournament Borda count; ballots are rankings with or without equal ranks."""
    size = len(contest.standing)
    halves = dict.fromkeys(contest.standing, 0)
    for ballot, number in contest.papers:
        below = size
        for rank in ranks(ballot):
            below -= len(rank)
            for option in rank:
                halves[option] += (2 * below + len(rank) - 1) * number
        unranked = below
        if unranked > 1:
            for option in contest.standing.difference(*ranks(ballot)):
                halves[option] += (unranked - 1) * number
    return _most_points(contest, halves)


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
    ranked = {option for ballot, _ in contest.papers for rank in ranks(ballot) for option in rank}
    sheet.elect_most("points", ranked)
    return sheet
