"""First step of the count: which ballots are in the box, read whole and strongly consistent.

Once the door is shut, what was collected stays: a count that is started again is not held up by a ballot that a
suspended process put in meanwhile.
"""

from collections.abc import Iterator
from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import HASH_LENGTH, leaf_hash
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection


def collect(wiring: Wiring, election: ClosedElection, partitions: list[int]) -> dict[str, Any]:
    """Note the leaf hash of every ballot in these partitions (0 to 255), ascending → `{key, ballots}`.

    What was noted before the door was shut is left as it is.
    """
    election.require_over()
    key = work.leaves_key(election.id, partitions[0])
    noted = wiring.blobs.get(key) if wiring.log.door(election.id) else None
    if noted is None:
        noted = b"".join(sorted(_leaf_hashes(wiring, election.id, partitions)))
        wiring.blobs.put(key, noted)
    return {"key": key, "ballots": len(noted) // HASH_LENGTH}


def _leaf_hashes(wiring: Wiring, election: str, partitions: list[int]) -> Iterator[bytes]:
    for partition in partitions:
        for ballot in wiring.ballots.in_partition(election, f"{partition:02x}"):
            yield leaf_hash(BallotLeaf(ballot).encode())
