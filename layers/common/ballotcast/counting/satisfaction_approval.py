"""Satisfaction approval voting: a ballot's one vote is divided equally among the options it approves.

Source: S. J. Brams and D. M. Kilgour, "Satisfaction Approval Voting" (2010). The options with the highest sums win the
seats; this maximises the voters' added-up satisfaction, a voter's being the elected share of the options approved.

Ties for the last seat, and for the order of those elected, go to lot: there is no earlier stage. An option without a
single approval is never elected. One stage. Sums are exact: the unit is the smallest part into which every ballot's
vote can be divided; the account shows six decimals.
"""

from math import lcm

from .ballots import options
from .contest import Contest, Sheet
from .result import Action

DECIMALS = 6


def satisfaction_approval(contest: Contest) -> Sheet:
    """Fill the sheet of a satisfaction approval count; ballots are sets of options."""
    unit = lcm(*{len(ballot) for ballot, _ in contest.papers})
    votes = dict.fromkeys(contest.standing, 0)
    for ballot, number in contest.papers:
        for option in options(ballot):
            votes[option] += unit // len(ballot) * number
    sheet = Sheet(contest, DECIMALS, unit=unit)
    sheet.end_stage(Action.VOTES, votes)
    sheet.elect_most("shared votes")
    return sheet
