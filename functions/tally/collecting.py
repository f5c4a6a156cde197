"""First step of the count: which ballots lie in the box, read whole and strongly consistent."""

from collections.abc import Iterator
from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import closing_time, find_frozen


def collect(wiring: Wiring, election: str, partitions: list[int]) -> dict[str, Any]:
    """Note the leaf hash of every ballot in these partitions (0 to 255), ascending → `{key, ballots}`."""
    _, manifest = find_frozen(wiring.manifests, election)
    closing_time(wiring.manifests, manifest, wiring.clock)
    key, leaf_hashes = work.leaves_key(election, partitions[0]), sorted(_leaf_hashes(wiring, election, partitions))
    wiring.blobs.put(key, b"".join(leaf_hashes))
    return {"key": key, "ballots": len(leaf_hashes)}


def _leaf_hashes(wiring: Wiring, election: str, partitions: list[int]) -> Iterator[bytes]:
    for partition in partitions:
        for ballot in wiring.ballots.in_partition(election, f"{partition:02x}"):
            yield leaf_hash(BallotLeaf(ballot).encode())
