"""The logs of closed elections: whether a ballot is in one, read off its tiles in the bucket.

No tile is written before the log is sealed, and the final checkpoint is published once all of them are there. Neither
changes any more, so both are kept in memory.
"""

from bisect import bisect_left
from functools import lru_cache, partial
from typing import NamedTuple

from ballotcast.crypto.tiles import LeafHashes
from ballotcast.wiring import Wiring

KEPT = 256
"""Final checkpoints in memory."""
KEPT_TILES = 64
"""Tiles in memory, 8 kB each: those in the middle are read for every ballot."""


class _Size(NamedTuple):
    """leaves: how many the log has; the last is the closing leaf, and the ballots are right before it."""

    leaves: int
    ballots: int


class _Unsealed(Exception): ...


class SealedLogs:
    """The sealed logs that this process was asked about."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._size = lru_cache(KEPT)(self._find)
        self._tile = lru_cache(KEPT_TILES)(self._read)

    def has(self, election: str, leaf_hash: bytes) -> bool | None:
        """Return whether the election's log has the ballot with this leaf hash; None while the log is not sealed.

        A binary search: the ballots are in ascending order. Of a million, it reads 12 tiles, most of which are kept.
        """
        try:
            size = self._size(election)
        except _Unsealed:
            return None
        stop = size.leaves - 1
        hashes = LeafHashes(partial(self._tile, election), size.leaves)
        place = bisect_left(range(stop), leaf_hash, lo=stop - size.ballots, key=hashes.at)
        return place < stop and hashes.at(place) == leaf_hash

    def _find(self, election: str) -> _Size:
        checkpoint = self._wiring.log.checkpoint(election, consistent=True)
        if checkpoint is None or not checkpoint.final:
            raise _Unsealed
        return _Size(checkpoint.size, checkpoint.cast)

    def _read(self, election: str, level: int, n: int, width: int) -> bytes:
        # Here, so that a process which takes ballots does not start later for it.
        from ballotcast.crypto.tile_files import TilePath
        from ballotcast.store.log import tile_key

        key = tile_key(election, TilePath(level, n, width))
        tile = self._wiring.blobs.get(key)
        if tile is None:
            raise LookupError(f"{key} is not in the bucket")
        return tile
