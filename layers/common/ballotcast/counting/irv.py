"""Instant-runoff voting (the alternative vote): one seat, ranked ballots, exclusion until one has a majority.

Source: Parliamentary Voting System and Constituencies Act 2011, section 9, as enacted (rule 45A of the parliamentary
elections rules; never in force). Votes are given to first preferences. If one option has more votes than all other
remaining options together, it is elected. If not, the option with the fewest votes is excluded, each of its ballots
goes to the highest-ranked remaining option on it, ballots without one play no further part (they are the
non-transferable ones), and the test is made again.

Ties for the fewest votes are decided by the contest's tie rule. Options are excluded one at a time, those without
votes too. No decimals.
"""

from .contest import Contest, Sheet, sort_papers, weight
from .result import Action, Decides


def irv(contest: Contest) -> Sheet:
    """Fill the sheet of an instant-runoff count; ballots are rankings."""
    sheet = Sheet(contest)
    continuing = set(contest.standing)
    piles, non_transferable = sort_papers(contest.papers, continuing)
    votes = {option: weight(pile) for option, pile in piles.items()}
    sheet.end_stage(Action.FIRST_PREFERENCES, votes)
    while not (leaders := [option for option in votes if votes[option] * 2 > sum(votes.values())]):
        last = sheet.lowest(continuing, Decides.EXCLUSION)
        continuing.remove(last)
        votes.pop(last, None)
        parcels, without = sort_papers(piles.pop(last, []), continuing)
        transferred = {option: weight(parcel) for option, parcel in parcels.items()}
        for option, parcel in parcels.items():
            piles.setdefault(option, []).extend(parcel)
            votes[option] = votes.get(option, 0) + transferred[option]
        non_transferable += without
        sheet.end_stage(
            Action.EXCLUSION, votes, option=last, transferred=transferred, non_transferable=non_transferable
        )
    sheet.elect(leaders, 1)
    total = sum(votes.values())
    sheet.why = (
        f"{contest.named(leaders)} has {votes[leaders[0]]} of the {total} votes"
        f" that count at stage {len(sheet.stages)}, more than half"
    )
    return sheet
