"""The Condorcet report: who beats whom, and the option that beats every other, if there is one.

Source: M. J. A. N. de Caritat de Condorcet, "Essai sur l'application de l'analyse" (1785); the Smith set after
J. H. Smith, "Aggregation of preferences with variable electorate", Econometrica 41 (1973).

One seat. It goes to the Condorcet winner: the option that more ballots prefer to each other one than the other way
round. Where majorities run in a circle, or a comparison ends equal, there may be none; then the seat stays vacant and
nothing is put to lot. The account names the Condorcet loser and the Smith set, the smallest set of options that beat
all others, and holds the number of ballots that prefer the row's option to the column's.
"""

from .contest import Contest, Sheet
from .pairwise import compare, head_to_head


def condorcet(contest: Contest) -> Sheet:
    """Fill the sheet of a Condorcet report; ballots are rankings with or without equal ranks."""
    sheet, _ = compare(contest)
    smith = sheet.stages[0].smith
    if len(smith) == 1:
        sheet.elect(smith, 1)
        sheet.why = head_to_head(sheet)
    else:
        sheet.why = f"Nobody is elected: none of {contest.named(smith)} beats every other option head to head."
    return sheet
