"""The Schulze method: to every other option, the winner has a stronger path of majorities than that option has back.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011), with majorities measured by winning votes, the measure the paper
recommends: one option beats another with as many votes as ballots prefer it, if that is more than prefer the other.
A path is as strong as its weakest majority. An option is above another if its strongest path there is stronger than
the strongest path back; the paper proves that this relation has no circles.

Several seats are filled from the top of this order, without regard to proportion (it is not "Schulze STV"). Options
that the order leaves equal are put to the contest's tie rule; "previous-stages" compares how many options they beat
head to head. (The paper's own suggestion is to rank them as randomly drawn ballots do.)
"""

from .contest import Contest, Sheet
from .pairwise import below, compare, head_to_head
from .result import Action


def schulze(contest: Contest) -> Sheet:
    """Fill the sheet of a Schulze count; ballots are rankings with or without equal ranks."""
    sheet, matrix = compare(contest)
    path = strongest_paths(matrix)
    order = below(contest, lambda one, other: path[one - 1][other - 1] > path[other - 1][one - 1])
    sheet.end_stage(Action.STRONGEST_PATHS, order, matrix=tuple(map(tuple, path)))
    sheet.elect(contest.standing, contest.seats)
    if sheet.winners[:1] == list(sheet.stages[0].smith):
        sheet.why = head_to_head(sheet)
    else:
        sheet.why = (
            f"No option beats every other head to head, but none has a stronger path of majorities to"
            f" {contest.named(sheet.winners[:1])} than there is back"
        )
    if len(sheet.winners) > 1:
        sheet.why += f"; next in the order by strongest paths: {contest.named(sheet.winners[1:])}"
    return sheet


def strongest_paths(matrix: list[list[int]]) -> list[list[int]]:
    """Return the strength of the strongest path from the row's option to the column's, 0 if there is none."""
    size = range(len(matrix))
    path = [[votes if votes > matrix[j][i] else 0 for j, votes in enumerate(row)] for i, row in enumerate(matrix)]
    for between in size:
        onward = path[between]
        for row in path:
            first = row[between]
            if first:
                row[:] = [max(direct, min(first, last)) for direct, last in zip(row, onward, strict=True)]
    for i in size:
        path[i][i] = 0
    return path
