"""Reference WIGM: the single transferable vote by the weighted inclusive Gregory method of the PR Foundation.

Source: Proportional Representation Foundation, "Reference WIGM Rule" (prfound.org), without its optional defeat of sure
losers. Values are integers in units of 10^-4 votes.

- Quota: valid ballots divided by seats + 1, cut off after four decimals, plus 0.0001.
- Election: anyone who has the quota.
- Surplus: the largest first. Each paper's value is multiplied by the surplus, then divided by the option's votes, and
  both results are cut off after four decimals.
- Exclusion: when no surplus is left, the option with the fewest votes.
- The count ends when all seats are filled, or when no more options are left than seats.

A surplus of nothing is no stage here: its papers would continue without value. An exclusion and its transfer are one
stage, so the papers of the option that was excluded last are still transferred, which elects nobody else.

Ties: the source draws one order of all options before the count. Here the lot is drawn for each tie ("lot"), or the
latest earlier stage decides before it ("previous-stages").
"""

from .contest import Contest, Sheet
from .gregory import Gregory

DECIMALS = 4
VOTE = 10_000


def wigm_stv(contest: Contest) -> Sheet:
    """Fill the sheet of a count by the Reference WIGM; ballots are rankings."""
    quota = contest.valid * VOTE // (contest.seats + 1) + 1
    return Gregory(contest, DECIMALS, quota, _reduced).run()


def _reduced(value: int, surplus: int, votes: int) -> int:
    return value * surplus // VOTE * VOTE // votes
