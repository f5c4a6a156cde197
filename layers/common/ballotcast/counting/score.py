"""Score voting (range voting): each ballot scores options, and those with the highest totals win the seats.

Source: W. D. Smith, "Range Voting" (2000), with totals: an option that a ballot does not score gets nothing from it,
as if it were scored 0. (Smith's variant that averages over those who scored an option is not this one.)

Ties for the last seat, and for the order of those elected, go to lot: there is no earlier stage. An option without a
single point is never elected, so seats may stay vacant. One stage, no decimals. Several seats go to the highest
totals, without regard to proportion.
"""

from .ballots import scores
from .contest import Contest, Sheet
from .result import Action


def score(contest: Contest) -> Sheet:
    """Fill the sheet of a score count; ballots are scores."""
    sheet = Sheet(contest)
    sheet.end_stage(Action.SCORES, totals(contest))
    sheet.elect_most("points")
    return sheet


def totals(contest: Contest) -> dict[int, int]:
    """The points of every standing option."""
    added = dict.fromkeys(contest.standing, 0)
    for ballot, number in contest.papers:
        for option, points in scores(ballot):
            added[option] += points * number
    return added
