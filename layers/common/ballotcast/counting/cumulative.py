"""Cumulative voting ("dot" voting): each voter has some points and divides them among options as they like.

Source: the election of directors by cumulative voting, as in section 7.28 of the Model Business Corporation Act: a
voter may give all votes to one candidate or distribute them among any number of candidates. There a voter has as many
votes as seats are filled; here the contest's limit says how many, so that dot voting is the same rule.

A ballot that gives more points in all than the limit is spoilt; one that gives fewer is valid, unless the contest wants
more. Those with the most points win the seats. Ties for the last seat, and for the order of those elected, go to lot:
there is no earlier stage. An option without a single point is never elected, so seats may stay vacant. One stage, no
decimals. A group with part of the voters that agrees on few options can win a part of the seats.
"""

from .contest import Contest, Sheet
from .result import Action
from .score import totals


def cumulative(contest: Contest) -> Sheet:
    """Fill the sheet of a cumulative count; ballots are points."""
    sheet = Sheet(contest)
    sheet.end_stage(Action.POINTS, totals(contest))
    sheet.elect_most("points")
    return sheet
