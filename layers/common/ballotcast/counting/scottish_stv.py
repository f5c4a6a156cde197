"""Scottish STV: the single transferable vote of Scottish council elections.

Source: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46 to 53; the same as rules
45 to 52 of the Order of 2007 (SSI 2007/42), under which Glasgow voted in 2007. Values are integers in units of
10^-5 votes.

- Quota (47): valid ballots divided by seats + 1, the fraction dropped, plus one; fixed for the whole count.
- Election (48): anyone who has the quota at the end of a stage is elected.
- Surplus (49, 50): the largest first, one per stage, also when it cannot change the outcome. All papers of the
  option continue (weighted inclusive Gregory), each at surplus × its value when received ÷ the option's votes, cut off
  after five decimals *per paper*. What the cut loses is `rounding`; papers without a next available preference are
  non-transferable at the same value. Elected options receive nothing.
- Exclusion (51): when no surplus is left, the option with the fewest votes; its papers continue, in the same stage, at
  the value at which it received them.
- Last vacancies (53): when, at the end of a stage, no more options continue than seats are vacant, they are all
  elected and nothing is transferred any more. An exclusion and its transfer are one stage, as in the
  count program Droop, so the papers of the option that was excluded last are still transferred.

Ties: the statute (50(2)-(3), 52) compares the tied options at the latest earlier stage at which they differ and
then draws lots, which is the tie rule "previous-stages". A contest that states "lot" departs from the statute in
that alone.
"""

from .contest import Contest, Sheet
from .gregory import Gregory

DECIMALS = 5
VOTE = 10**DECIMALS


def scottish_stv(contest: Contest) -> Sheet:
    """Fill the sheet of a Scottish STV count; ballots are rankings."""
    quota = (contest.valid // (contest.seats + 1) + 1) * VOTE
    return Gregory(contest, DECIMALS, quota, lambda value, surplus, votes: surplus * value // votes).run()
