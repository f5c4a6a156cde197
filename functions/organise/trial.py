"""What organisers may do before their own address is proven: enough to try everything, too little to occupy much.

An account costs nothing but an address that somebody else may own. So until the code that was mailed is entered, what
it makes is bounded, by counts that move with what they count, in one conditional write. What was made stays when it is
proven, and nothing is bounded any more. Channels are bounded where they are registered (channel/registering.py).
"""

from ballotcast.errors import Forbidden
from ballotcast.store.election import Election
from ballotcast.store.table import TransactItem
from ballotcast.wiring import Wiring

DRAFTS = 5
"""Made in all, also if they are deleted."""
VOTERS = 50
"""On the roll of one election: fewer than one transaction adds, so that an import is refused as a whole."""


def drafting(wiring: Wiring, organiser: str) -> list[TransactItem] | None:
    """Writes for the transaction that makes a draft: none for a proven address. None: there are `DRAFTS` already."""
    found = wiring.organisers.find(organiser)
    if found is None or found.verified:
        return []
    return [wiring.organisers.counting_draft(organiser, DRAFTS)] if found.trial_drafts < DRAFTS else None


def require_trial_election(wiring: Wiring, election: Election) -> None:
    """Forbidden where the election would be the second that is frozen on trial. Before its keys are made."""
    found = wiring.organisers.find(election.organiser)
    if found and not found.verified and not wiring.organisers.take_trial(election.organiser, election.id):
        raise unproven("only one election can be opened")


def most_voters(wiring: Wiring, election: Election) -> int | None:
    """How many voters its roll may have; None: any number."""
    found = wiring.organisers.find(election.organiser)
    return VOTERS if found and not found.verified else None


def require_room(wiring: Wiring, election: Election, voters: int) -> None:
    """Forbidden for more voters than a roll may have: nothing of them is written."""
    if voters > VOTERS and most_voters(wiring, election) is not None:
        raise roll_full()


def roll_full() -> Forbidden:
    return unproven(f"a roll has at most {VOTERS} voters")


def drafts_full() -> Forbidden:
    return unproven(f"at most {DRAFTS} drafts can be made, with those that were deleted")


def unproven(limit: str) -> Forbidden:
    return Forbidden("not-verified", f"verify your own address first, the code was mailed to it: until then {limit}")
