"""The contingent vote: first preferences, and if nobody has more than half, a runoff of the two with the most.

Source: the elections of Queensland from 1892 to 1942. With rankings of two options it is the supplementary vote of the
Greater London Authority Act 1999, schedule 2, part I, but for ties: there all options that are equal for the second
place remain. All options but two are excluded at once, and each of their ballots goes to the one of the two that it
ranks higher; ballots that rank neither play no further part.

It counts in one go what a two-round system asks in two elections. Ties for a place in the runoff, and in it, are
decided by the contest's tie rule; "previous-stages" compares first preferences. One seat, no decimals.
"""

from .contest import Contest, Sheet, sort_papers, weight
from .result import Action, Decides


def contingent_vote(contest: Contest) -> Sheet:
    """Fill the sheet of a contingent vote; ballots are rankings."""
    sheet = Sheet(contest)
    piles, _ = sort_papers(contest.papers, set(contest.standing))
    votes = {option: weight(pile) for option, pile in piles.items()}
    sheet.end_stage(Action.FIRST_PREFERENCES, votes)
    leaders = [option for option in votes if votes[option] * 2 > contest.valid]
    if leaders:
        sheet.elect(leaders, 1)
        sheet.why = (
            f"{contest.named(leaders)} has {votes[leaders[0]]} of {contest.valid} first preferences, more than half"
        )
        return sheet
    finalists = sheet.foremost(contest.standing, 2, Decides.FINALIST)
    parcels, without = sort_papers(contest.papers, set(finalists))
    last = {option: weight(parcel) for option, parcel in parcels.items()}
    transferred = {option: last.get(option, 0) - votes.get(option, 0) for option in finalists}
    sheet.end_stage(
        Action.RUNOFF,
        last,
        transferred={option: number for option, number in transferred.items() if number},
        non_transferable=without,
    )
    winner = sheet.highest(finalists, Decides.SEAT)
    sheet.elect([winner], 1)
    (loser,) = set(finalists) - {winner}
    sheet.why = (
        f"Nobody had more than half of the first preferences, and of the two with the most,"
        f" {last.get(winner, 0)} ballots prefer {contest.named([winner])} and"
        f" {last.get(loser, 0)} {contest.named([loser])}"
    )
    return sheet
