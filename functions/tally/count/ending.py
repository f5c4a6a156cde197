"""The end of an election with trustees, as a file that each of them checks before agreeing to open the ballots."""

from typing import Any

from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.leaf import parse
from ballotcast.crypto import merkle
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.trustees.end import End
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection, CountStopped


def write_end(wiring: Wiring, election: ClosedElection) -> dict[str, Any]:
    """Write the file → `{wait}`: seconds until the end in force, before which no trustee agrees.

    An election that was closed early is opened no earlier: until then, somebody could vote under another log.
    """
    sealed = election.log
    amendments = list(wiring.log.entries(election.id))[1 : 1 + sealed.head.amendments]
    hashes = work.read(wiring.blobs, work.log_key(election.id))
    leaves = [hashes[at : at + merkle.HASH_LENGTH] for at in range(0, len(hashes), merkle.HASH_LENGTH)]
    audit = AmendmentAudit(election.manifest)
    for one in map(parse, amendments):
        if not isinstance(one, AmendmentLeaf) or audit.take(one):
            raise CountStopped("the log has something else where amendments are")
    made = End(
        manifest=election.frozen.manifest,
        checkpoint=sealed.signed.note.decode(),
        amendments=tuple(amendments),
        start_proof=tuple(merkle.consistency_proof(leaves, 1 + len(amendments))),
        closing=sealed.sealed.closing,
        closing_proof=tuple(merkle.inclusion_proof(leaves, len(leaves) - 1)),
    )
    wiring.blobs.put(work.end_key(election.id), made.encode(), work.JSON)
    left = (audit.closes_at - wiring.clock()).total_seconds()
    return {"wait": max(0, int(left) + 1) if left > 0 else 0}
