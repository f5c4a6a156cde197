"""One bucket of the log after the other: its entries as they are published, and what its ballots say."""

from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto import merkle
from ballotcast.crypto.tile_files import ENTRIES, TilePath, encode_bundle
from ballotcast.crypto.tiles import WIDTH
from ballotcast.store.log import HASH
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import CountStopped, find_frozen, require_sealed
from tally.work import Opened


def bundle(wiring: Wiring, election: str, bucket: int) -> dict[str, Any]:
    """Write the entry bundles of a bucket, each entry held against its hash in the log → `{ballots}`."""
    _, manifest = find_frozen(wiring.manifests, election)
    size = require_sealed(wiring.log, manifest).size
    opened = {ballot.index: ballot for ballot in work.read_opened(wiring.blobs, election, bucket)}
    numbers = range(bucket * work.BUNDLES, min((bucket + 1) * work.BUNDLES, -(-size // WIDTH)))
    tiles = wiring.log.tiles(election, [(0, n) for n in numbers])
    for n in numbers:
        path = TilePath(ENTRIES, n, min(WIDTH, size - n * WIDTH))
        tile = tiles[0, n][: path.width * HASH]
        hashes = [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
        entries = [_entry(wiring, election, index, leaf, opened) for index, leaf in enumerate(hashes, n * WIDTH)]
        wiring.blobs.put(work.bundle_key(election, path), encode_bundle(entries))
    work.write_counts(wiring.blobs, work.counts_key(election, bucket), opened.values())
    return {"ballots": len(opened)}


def _entry(wiring: Wiring, election: str, index: int, leaf_hash: bytes, opened: dict[int, Opened]) -> bytes:
    if index in opened:
        entry = BallotLeaf(opened[index].ballot).encode()
    else:
        leaf = wiring.log.leaf(election, leaf_hash)
        entry = (leaf and leaf.entry) or b""
    if merkle.leaf_hash(entry) != leaf_hash:
        raise CountStopped(f"the entry of leaf {index} is not what the log holds")
    return entry
