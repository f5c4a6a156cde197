"""Approval voting: each ballot approves any number of options, and those with the most approvals win the seats.

Source: S. J. Brams and P. C. Fishburn, "Approval Voting", American Political Science Review 72 (1978). With several
seats it is block approval: the most approvals win, without regard to proportion.

The sum is that of plurality, with its ties and vacant seats; what differs is how many options a ballot may name.
"""

from .contest import Contest, Sheet
from .plurality import add_up


def approval(contest: Contest) -> Sheet:
    """Fill the sheet of an approval count; ballots are sets of options."""
    return add_up(contest, "approvals")
