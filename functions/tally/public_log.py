"""The log as everybody may read it: never further than the signed checkpoint, and entries only after the count."""

from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle, encode_bundle
from ballotcast.crypto.tiles import HEIGHT, WIDTH, TileError
from ballotcast.errors import NotFound
from ballotcast.store.blobs import Blobs
from ballotcast.store.log import HASH, Log, SignedCheckpoint
from tally import work


def find_checkpoint(log: Log, election: str) -> SignedCheckpoint:
    """The newest one; NotFound before the election is frozen, as if it never was."""
    return _begun(log.checkpoint(election, consistent=True))


def find_turnout(log: Log, election: str) -> tuple[SignedCheckpoint, str | None]:
    """The newest checkpoint, and when an early close was ordered (RFC 3339), if one was. NotFound before the freeze."""
    checkpoint, closed_at = log.checkpoint_and_close(election)
    return _begun(checkpoint), closed_at


def _begun(checkpoint: SignedCheckpoint | None) -> SignedCheckpoint:
    if checkpoint is None:
        raise NotFound("no-log", "there is no such election, or its log has not begun")
    return checkpoint


def find_leaf(log: Log, election: str, leaf_hash: bytes) -> int:
    """The index of a leaf under the newest checkpoint; NotFound while it waits."""
    size, leaf = find_checkpoint(log, election).size, log.leaf(election, leaf_hash)
    if leaf is None or leaf.index >= size:
        raise NotFound("no-leaf", "no such leaf under the newest checkpoint; a ballot may wait there until the close")
    return leaf.index


def parse_tile_path(path: str) -> TilePath:
    """What follows `…/log/`. NotFound for a path that C2SP tlog-tiles does not have."""
    try:
        return TilePath.parse(path)
    except TileError:
        raise NotFound("no-tile", "not the path of a tile: tile/<level>/<n> or tile/entries/<n>") from None


def read_tile(log: Log, election: str, level: int, n: int, width: int) -> bytes:
    """The first `width` hashes of a tile. NotFound unless the newest checkpoint covers them."""
    _require(find_checkpoint(log, election).size >> HEIGHT * level, n, width)
    return log.tiles(election, [(level, n)])[level, n][: width * HASH]


def read_entries(log: Log, blobs: Blobs, election: str, n: int, width: int) -> bytes:
    """The first `width` entries of a bundle of a counted election."""
    size = find_checkpoint(log, election).size
    kept = _require(size, n, width)
    bundle = work.read(blobs, work.bundle_key(election, TilePath(ENTRIES, n, kept)))
    return bundle if kept == width else encode_bundle(decode_bundle(bundle, kept)[:width])


def _require(count: int, n: int, width: int) -> int:
    """How wide tile `n` is on a level of `count` hashes; NotFound if that is not `width`."""
    there = min(WIDTH, count - n * WIDTH)
    if there < width:
        raise NotFound("no-tile", "the newest checkpoint does not reach this far")
    return there
