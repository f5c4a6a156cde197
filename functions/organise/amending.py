"""Amendments: what an organiser changes after the manifest is frozen, stated in the log for everybody to see.

One transaction over both tables counts the amendment on the election and writes it on the board. That is the commit
point. The log is told by a message that may be lost or come twice: it takes what it lacks from the board, at the latest
when it is sealed (tally/log/sequencing.py).
"""

from collections.abc import Sequence
from dataclasses import replace

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.roll import roll_root
from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.errors import NotFound
from ballotcast.store.due_counts import DueCount
from ballotcast.store.election import Election
from ballotcast.store.table import TransactItem
from ballotcast.store.transaction import Cancelled, transact
from ballotcast.store.voter import OnRoll, RollLine
from ballotcast.wiring import Wiring
from organise.amendment_room import counted

GREW = "Voters were added to the roll."
"""The reason of an amendment that an invitation makes."""


def cut_roll(wiring: Wiring, election: Election) -> tuple[Election, list[RollLine]]:
    """The election as it is now, and every voter of the generations before its own, which nobody joins any more.

    NotFound if it is gone by now.
    """
    cut = wiring.elections.cut_roll(election.id)
    if cut is None:
        raise NotFound("no-election", "you have no such election")
    cut = replace(cut, caller=election.caller, role=election.role)
    return cut, [line for line in wiring.voters.lines(cut.id) if line.generation < cut.roll_generation]


def amend_roll(
    wiring: Wiring,
    election: Election,
    roll: Sequence[OnRoll],
    reason: str,
    *,
    ended: Sequence[bytes] = (),
    beside: Sequence[TransactItem] = (),
) -> Election | None:
    """State the roll's next revision.

    Args:
        wiring: The process's connections.
        election: As `cut_roll` returned it.
        roll: The voters that `cut_roll` returned with it, and those whom `beside` adds to this revision.
        reason: Why, for everybody to read.
        ended: Commitments of rights that are asked to end.
        beside: Writes that belong to the same transaction.

    Returns:
        The amended election. None if nothing was written, because another amendment was made or a voter was changed
        since the cut, the election is closed, its count may have been started, or another write of the
        transaction was refused.

    Raises:
        Conflict: There is no room for another amendment (amendment_room.py).
    """
    grown = replace(
        election,
        roll_size=len(roll),
        roll_root=roll_root(voter.tag for voter in roll),
        roll_bounds=[*election.roll_bounds, newest_generation(election)],
    )
    return _amend(wiring, election, grown, reason, ended, beside, lines=len(roll))


def amend_endings(
    wiring: Wiring, election: Election, reason: str, *, ended: Sequence[bytes], beside: Sequence[TransactItem]
) -> Election | None:
    """State a revision with the voters of the one before, some of whose rights are asked to end: the roll is not read.

    `election`: as found just now; the rest as for `amend_roll`.
    """
    same = replace(election, roll_bounds=[*election.roll_bounds, election.roll_bounds[-1]])
    return _amend(wiring, election, same, reason, ended, beside)


def newest_generation(cut: Election) -> int:
    """The newest generation of the voters whom an amendment states, after `cut_roll`."""
    return cut.roll_generation - 1


def _amend(
    wiring: Wiring,
    election: Election,
    amended: Election,
    reason: str,
    ended: Sequence[bytes],
    beside: Sequence[TransactItem],
    *,
    lines: int = 0,
) -> Election | None:
    at = max(to_rfc3339(wiring.clock()), election.amended_at)  # clocks differ, and amendments are in order of time
    amended = replace(amended, amended_at=at, amendments=election.amendments + 1)
    stated = RollRevision(
        revision=amended.roll_revision,
        roll_root=amended.roll_root,
        roll_size=amended.roll_size,
        ended=tuple(sorted(ended)),
    )
    leaf = AmendmentLeaf(at=from_rfc3339(at), reason=reason, roll=stated).encode()
    amended = counted(amended, leaf, lines)
    writes = [
        wiring.elections.amending_roll(election, amended),
        wiring.amendments.adding(election.id, amended.amendments, leaf),
        wiring.due_counts.waiting(DueCount(election.closes_at, election.id)),
        *beside,
    ]
    try:
        transact(wiring.dynamodb, writes)
    except Cancelled:
        return None
    return amended
