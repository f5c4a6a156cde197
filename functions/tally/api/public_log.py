"""The log as everybody may read it: never further than the signed checkpoint, and entries only after the count.

While voting lasts, its few tiles are made of the statements in rows. Those of a sealed log are objects.
"""

from typing import NamedTuple

from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.tile_files import ENTRIES, TilePath, decode_bundle, encode_bundle
from ballotcast.crypto.tiles import HEIGHT, WIDTH, TileError
from ballotcast.elections.turnout import rounded
from ballotcast.errors import NotFound
from ballotcast.store.blobs import Blobs
from ballotcast.store.log import Log, SignedCheckpoint, Turnout, tile_key
from ballotcast.store.manifests import State
from ballotcast.store.notices import Notice
from ballotcast.wiring import Wiring
from tally import work


def find_checkpoint(log: Log, election: str) -> SignedCheckpoint:
    """Return the newest checkpoint. Raises NotFound before the election is frozen, as for one that does not exist."""
    return _begun(log.checkpoint(election, consistent=True))


def find_door(log: Log, election: str) -> bytes:
    """The door statement; NotFound until voting has ended and the count has begun."""
    if door := log.door(election):
        return door
    raise NotFound("no-door", "how many ballots there are is stated once voting has ended")


class PublicTurnout(NamedTuple):
    """turnout: exact once the log is sealed; before, running sums rounded down. statement: the newest signed one."""

    checkpoint: SignedCheckpoint
    turnout: Turnout
    statement: str | None
    state: State
    """What was ordered of the end."""


def find_turnout(log: Log, election: str) -> PublicTurnout:
    """NotFound before the freeze."""
    seen = log.glance(election)
    checkpoint = _begun(seen.checkpoint)
    exact = Turnout(checkpoint.issued, checkpoint.cast)
    turnout = exact if checkpoint.final else Turnout(*map(rounded, seen.sums))
    return PublicTurnout(checkpoint, turnout, seen.stated.note.decode() if seen.stated else None, seen.state)


def find_notices(wiring: Wiring, election: str) -> list[Notice]:
    """Every change, oldest first; NotFound where there is no such election."""
    found = wiring.notices.all(election)
    if not found and wiring.manifests.find(election) is None:
        raise NotFound("no-election", "there is no such election, or its manifest is not yet published")
    return found


def find_statements(log: Log, election: str) -> tuple[SignedCheckpoint, list[bytes]]:
    """The newest checkpoint, and the leaves under it that are not ballots, without the closing one.

    All that the checkpoint is over, until the log is sealed. NotFound before the freeze.
    """
    checkpoint = find_checkpoint(log, election)
    return checkpoint, list(log.entries(election, most=checkpoint.size))


def _begun(checkpoint: SignedCheckpoint | None) -> SignedCheckpoint:
    if checkpoint is None:
        raise NotFound("no-log", "there is no such election, or its log has not begun")
    return checkpoint


def parse_tile_path(path: str) -> TilePath:
    """What follows `…/log/`. NotFound for a path that C2SP tlog-tiles does not have."""
    try:
        return TilePath.parse(path)
    except TileError:
        raise NotFound("no-tile", "not the path of a tile: tile/<level>/<n> or tile/entries/<n>") from None


def read_tile(log: Log, blobs: Blobs, election: str, level: int, n: int, width: int) -> bytes:
    """The first `width` hashes of a tile. NotFound unless the newest checkpoint covers them."""
    checkpoint = find_checkpoint(log, election)
    kept = _require(checkpoint.size >> HEIGHT * level, n, width)
    if checkpoint.final:
        return work.read(blobs, tile_key(election, TilePath(level, n, kept)))[: width * HASH_LENGTH]
    below = WIDTH**level
    statements = log.entries(election, n * WIDTH * below, most=width * below)
    return tiles.rows(b"".join(map(merkle.leaf_hash, statements)))[level]


def read_entries(log: Log, blobs: Blobs, election: str, n: int, width: int) -> bytes:
    """The first `width` entries of a bundle of a counted election."""
    size = find_checkpoint(log, election).size
    kept = _require(size, n, width)
    bundle = work.read(blobs, tile_key(election, TilePath(ENTRIES, n, kept)))
    return bundle if kept == width else encode_bundle(decode_bundle(bundle, kept)[:width])


def _require(count: int, n: int, width: int) -> int:
    """How wide tile `n` is on a level of `count` hashes; NotFound if that is not `width`."""
    there = min(WIDTH, count - n * WIDTH)
    if there < width:
        raise NotFound("no-tile", "the newest checkpoint does not reach this far")
    return there
