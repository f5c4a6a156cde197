"""Plurality: each ballot gives one vote to each option it names, and the options with the most votes win the seats.

With one seat and one name per ballot it is first past the post (Representation of the People Act 1983, schedule 1,
rules 45 and 50); with several seats and as many names it is block plurality ("plurality-at-large"). How many names
a ballot may hold is the contest's business (`max`), checked before the count.

Ties for the last seat, and for the order of those elected, go to lot: there is no earlier stage. An option without
a single vote is never elected, so seats may stay vacant. One stage, no decimals.

In a motion (two options, for and against, one seat) equal votes elect neither: no lot is drawn, and there is no tie.
"""

from .ballots import options
from .contest import Contest, Sheet
from .result import Action


def plurality(contest: Contest) -> Sheet:
    """Fill the sheet of a plurality count; ballots are sets of options."""
    return add_up(contest, "votes")


def add_up(contest: Contest, what: str) -> Sheet:
    """Give one vote to each option named; `what` the votes are called."""
    votes = dict.fromkeys(contest.standing, 0)
    for ballot, number in contest.papers:
        for option in options(ballot):
            votes[option] += number
    sheet = Sheet(contest)
    sheet.end_stage(Action.VOTES, votes)
    sheet.elect_most(what)
    return sheet
