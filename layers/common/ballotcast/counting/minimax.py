"""Minimax: the winner is the option whose worst defeat is the smallest (Simpson-Kramer).

Source: P. B. Simpson, "On defining areas of voter choice", Quarterly Journal of Economics 83 (1969), and G. H. Kramer,
"A dynamical model of political equilibrium", Journal of Economic Theory 16 (1977), with defeats measured by margins:
by how many more ballots the other option is preferred. A Condorcet winner has no defeat, and wins. Otherwise it is the
option that needs the fewest additional ballots to be one.

Several seats are filled from the top of this order, without regard to proportion. Options with equal worst defeats are
put to the contest's tie rule; "previous-stages" compares how many options they beat head to head.
"""

from .contest import Contest, Sheet
from .pairwise import compare, head_to_head
from .result import Action


def minimax(contest: Contest) -> Sheet:
    """Fill the sheet of a minimax count; ballots are rankings with or without equal ranks."""
    sheet, matrix = compare(contest)
    worst = {
        one: max(0, *(matrix[other - 1][one - 1] - matrix[one - 1][other - 1] for other in contest.standing))
        for one in contest.standing
    }
    better = {one: sum(defeat > worst[one] for defeat in worst.values()) for one in contest.standing}
    sheet.end_stage(Action.WORST_DEFEATS, better, defeats=tuple(worst.get(n, 0) for n in range(1, contest.options + 1)))
    sheet.elect(contest.standing, contest.seats)
    winners = sheet.winners
    if winners[:1] == list(sheet.stages[0].smith):
        sheet.why = head_to_head(sheet)
    else:
        sheet.why = (
            f"No option beats every other head to head, and no option's worst defeat is smaller than that of"
            f" {contest.named(winners[:1])}, by {worst[winners[0]]} ballots"
        )
    if len(winners) > 1:
        sheet.why += f"; next in the order by worst defeats: {contest.named(winners[1:])}"
    return sheet
