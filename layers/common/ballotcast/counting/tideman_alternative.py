"""The Tideman alternative method: exclusion of the fewest first preferences within the Smith set, again and again.

Source: T. N. Tideman, "Collective Decisions and Voting" (2006), "alternative Smith"; J. Green-Armytage,
"Four Condorcet-Hare hybrid methods for single-winner elections", Voting matters 29 (2011). All options outside the
Smith set are struck. If one is left, it is elected; if not, the one with the fewest first preferences among those left
is struck, and the Smith set of the rest is taken.

Ties for the fewest first preferences are decided by the contest's tie rule; "previous-stages" compares the earlier
stages, the last of which are the comparisons won. One seat, no decimals.
"""

from dataclasses import replace

from .contest import Contest, Sheet, sort_papers, weight
from .pairwise import compare, head_to_head, smith_set
from .result import Action, Decides


def tideman_alternative(contest: Contest) -> Sheet:
    """Fill the sheet of a count by the Tideman alternative method; ballots are rankings."""
    sheet, matrix = compare(contest)
    left = smith_set(contest.standing, matrix)
    while len(left) > 1:
        parcels, without = sort_papers(contest.papers, set(left))
        votes = {option: weight(parcel) for option, parcel in parcels.items()}
        sheet.end_stage(Action.FIRST_PREFERENCES, votes, non_transferable=without, smith=left)
        last = sheet.lowest(left, Decides.EXCLUSION)
        sheet.stages[-1] = replace(sheet.stages[-1], excluded=(last,))
        left = smith_set(frozenset(left) - {last}, matrix)
    sheet.elect(left, 1)
    if len(sheet.stages) == 1:
        sheet.why = head_to_head(sheet)
    else:
        excluded = [option for stage in sheet.stages for option in stage.excluded]
        sheet.why = (
            f"No option beats every other head to head, and {contest.named(left)} does once those with the fewest first"
            f" preferences in the Smith set are struck: {contest.named(excluded)}"
        )
    return sheet
