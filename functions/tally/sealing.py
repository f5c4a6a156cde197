"""The end of a log: every ballot of the box in it, the last roll, then the final leaf; after that nothing."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from ballotcast.crypto import merkle
from ballotcast.store.log import AlreadyLogged, Head, Leaf, Overtaken
from tally.closed import CountStopped
from tally.election_log import ElectionLog
from tally.sequencing import ATTEMPTS, Contended

BALLOT = b"\x01"


class Ledger(NamedTuple):
    """What the seal must know of the roll: as in the issuance ledger that was written after close."""

    amendments: int
    rolls: bytes
    """`ballots.roll.rolls_digest` of all its revisions."""
    issued: int


def seal(log: ElectionLog, box: AbstractSet[bytes], ledger: Ledger, closed_at: datetime) -> Head:
    """Bring the log to its end, from wherever it is; done again, it checks again and changes nothing.

    `box`: the leaf hash of every ballot in the box. CountStopped if the log has one that the box lacks, or the box has
    one that a sealed log lacks, or the rolls contradict each other.
    """
    for _ in range(ATTEMPTS):
        try:
            if _one_step(log, box, ledger, closed_at):
                log.sign(issued=ledger.issued)
                return log.head
        except (Overtaken, AlreadyLogged):
            continue
    raise Contended("the log's head moved on each attempt")


def _one_step(log: ElectionLog, box: AbstractSet[bytes], ledger: Ledger, closed_at: datetime) -> bool:
    """One thing that is missing, judged and done on the same version of the head; True if nothing is."""
    head = log.refresh()
    ballots = _ballots(log, box)
    if missing := box - ballots:
        if head.final:
            raise CountStopped(f"{len(missing)} ballots are in the box and not in the sealed log")
        log.append_ballots(sorted(missing), set(head.pending))
        return False
    if head.amendments != ledger.amendments:
        if head.final or ledger.amendments < head.amendments:
            raise CountStopped("the ledger was written for other amendments than the log has")
        log.amend()
        return False
    if log.rolls_digest() != ledger.rolls:
        raise CountStopped("the ledger's rolls are not those that manifest and amendments state")
    if not head.final:
        log.close(closed_at)
    return True


def _ballots(log: ElectionLog, box: AbstractSet[bytes]) -> AbstractSet[bytes]:
    """The leaf hashes of the ballots that the log has or waits for; CountStopped unless the box has them all."""
    row = log.leaf_hashes()
    logged = set(row)
    statements = log.logged(logged - box)
    strangers = (logged | set(log.head.pending)) - box - {key for key, leaf in statements.items() if _states(leaf)}
    if strangers:
        raise CountStopped(f"{len(strangers)} ballots are in the log and not in the box")
    ballots = logged & box
    if len(logged) != len(row) or len(ballots) != log.head.ballots:
        raise CountStopped("the log's leaves are not those that its head counts")
    return ballots


def _states(leaf: Leaf) -> bool:
    """Whether a leaf is a statement of its own, kept beside its hash, and no ballot."""
    entry = leaf.entry or BALLOT
    return entry[:1] != BALLOT and merkle.leaf_hash(entry) == leaf.hash
