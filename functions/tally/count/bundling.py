"""One bucket of the log after the other: its entries as they are published, and what its ballots say."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.tile_files import ENTRIES, TilePath, encode_bundle
from ballotcast.crypto.tiles import WIDTH
from ballotcast.store.log import tile_key
from ballotcast.wiring import Wiring
from tally import work
from tally.closed import ClosedElection, CountStopped
from tally.work import Opened


def bundle(wiring: Wiring, election: ClosedElection, bucket: int) -> dict[str, Any]:
    """Write the entry bundles of a bucket, each entry held against its hash under the signed root → `{ballots}`."""
    size = election.log.head.size
    opened = {ballot.index: ballot for ballot in work.read_opened(wiring.blobs, election.id, bucket)}
    rows = _Rows(wiring, election)
    for n in range(bucket * work.BUNDLES, min((bucket + 1) * work.BUNDLES, -(-size // WIDTH))):
        path = TilePath(ENTRIES, n, min(WIDTH, size - n * WIDTH))
        entries = [_entry(index, leaf, opened, rows) for index, leaf in enumerate(rows.leaf_hashes(n), n * WIDTH)]
        wiring.blobs.put(tile_key(election.id, path), encode_bundle(entries))
    work.write_counts(wiring.blobs, work.counts_key(election.id, bucket), opened.values())
    return {"ballots": len(opened)}


class _Rows:
    """The sealed log as its tiles have it; each tile is read once, and believed if it leads to the signed root."""

    def __init__(self, wiring: Wiring, election: ClosedElection) -> None:
        self._wiring = wiring
        self._election = election.id
        self._sealed = election.log
        self._tile = cache(self._read)

    def leaf_hashes(self, n: int) -> Iterator[bytes]:
        """Of tile `n` of level 0. Raises CountStopped unless they are the log's."""
        index, (size, root) = n * WIDTH, (self._sealed.checkpoint.size, self._sealed.checkpoint.root)
        width = min(WIDTH, size - index)
        try:
            # The proof for one of them is made of all the others.
            proof = tiles.inclusion_proof_from_tiles(index, size, self._tile)
            tile = self._tile(0, n, width)
        except tiles.TileError as error:
            raise CountStopped(f"a tile of the log is damaged: {error}") from None
        if not merkle.verify_inclusion(tile[:HASH_LENGTH], index, size, proof, root):
            raise CountStopped(f"tile {n} is not what the log's key signed")
        return (tile[at : at + HASH_LENGTH] for at in range(0, len(tile), HASH_LENGTH))

    def statement(self, index: int) -> bytes:
        """Return a leaf that is no ballot; nothing if there is none at this place."""
        if index == self._sealed.head.size - 1:
            return self._sealed.sealed.closing
        return next(self._wiring.log.entries(self._election, index, most=1), b"")

    def _read(self, level: int, n: int, width: int) -> bytes:
        return work.read(self._wiring.blobs, tile_key(self._election, TilePath(level, n, width)))


def _entry(index: int, leaf_hash: bytes, opened: dict[int, Opened], rows: _Rows) -> bytes:
    entry = BallotLeaf(opened[index].ballot).encode() if index in opened else rows.statement(index)
    if merkle.leaf_hash(entry) != leaf_hash:
        raise CountStopped(f"the entry of leaf {index} is not what the log holds")
    return entry
