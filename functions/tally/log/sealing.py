"""The end of a log: the door statement, the last roll, every ballot in ascending order of leaf hash, the closing leaf.

The door statement says before anything is built how many ballots there are, and stays. One conditional write of the
head decides what the log is. The tiles are written only after it, and only by a process whose ballots give the same
root; then the checkpoint is signed. Killed anywhere, the same call again continues there.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import ClosingLeaf
from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.tile_files import ENTRIES, TilePath
from ballotcast.elections.export_files import tile_paths
from ballotcast.store.blobs import Blobs
from ballotcast.store.log import Overtaken, Sealed, tile_key
from tally import work
from tally.closed import CountStopped
from tally.log.election_log import ElectionLog
from tally.log.sequencing import ATTEMPTS, Contended

AT_ONCE = 16
"""Tiles that are written side by side: as many as the client has connections."""


class Ledger(NamedTuple):
    """What the seal must know of the roll, as in the ledger that was written after close. sha256: of its bytes."""

    amendments: int
    rolls: bytes
    """`ballots.roll.rolls_digest` of all its revisions."""
    issued: int
    sha256: bytes


def seal(log: ElectionLog, blobs: Blobs, runs: Sequence[bytes], ledger: Ledger, closed_at: datetime) -> Sealed:
    """Bring the log to its end, from wherever it is; done again, it checks again and changes nothing.

    `runs`: the leaf hashes of every ballot in the box, each run concatenated in ascending order. Raises CountStopped if
    the log was sealed with other ballots, two ballots are the same, or the rolls contradict each other.
    """
    door = Door(closed_at, sum(map(len, runs)) // HASH_LENGTH, ledger.issued)
    if (shut := log.shut(door)) != door:
        raise CountStopped(f"the door was shut with {shut.ballots} ballots, and the box has {door.ballots}")
    for _ in range(ATTEMPTS):
        try:
            log.refresh()
            revision = _require_amended(log, ledger, closed_at)
            levels, sealed = _build(log, runs, ledger, closed_at, revision)
            if log.head.sealed is None:
                log.seal(sealed)
        except Overtaken:
            continue
        if log.head.sealed != sealed:
            raise CountStopped(_other_seal(log.head.sealed, sealed))
        _write(blobs, log.manifest.election, levels)
        log.sign(ledger.issued)
        return sealed
    raise Contended("the log's head moved on each attempt")


def _require_amended(log: ElectionLog, ledger: Ledger, closed_at: datetime) -> int:
    """Bring in the amendments that the log lacks; returns the newest revision of the roll.

    Raises CountStopped unless they state the rolls that the ledger has, and voting can have ended then.
    """
    head = log.head
    if head.amendments != ledger.amendments:
        if head.sealed or ledger.amendments < head.amendments:
            raise CountStopped("the ledger was written for other amendments than the log has")
        log.amend()
        if log.head.amendments != ledger.amendments:
            raise CountStopped("there are other amendments than the ledger was written for")
    try:
        amended = log.amended()
    except ValueError as error:
        raise CountStopped(str(error)) from None
    if rolls_digest((roll.size, roll.root) for roll in amended.rolls) != ledger.rolls:
        raise CountStopped("the ledger's rolls are not those that manifest and amendments state")
    if not amended.could_close(closed_at):
        raise CountStopped("the amendments say that voting ended at another time")
    return len(amended.rolls) - 1


def _build(
    log: ElectionLog, runs: Sequence[bytes], ledger: Ledger, closed_at: datetime, roll_revision: int
) -> tuple[list[bytes], Sealed]:
    """Return every level of the tree, and what the log is sealed with."""
    statements = log.statements()
    leaves = bytearray(b"".join(map(merkle.leaf_hash, statements)))
    for ballot in _ascending(runs):
        leaves += ballot
    ballots = len(leaves) // HASH_LENGTH - len(statements)
    closing = ClosingLeaf(
        closed_at=closed_at,
        ballots=ballots,
        issued=ledger.issued,
        ledger_sha256=ledger.sha256,
        roll_revision=roll_revision,
    ).encode()
    leaves += merkle.leaf_hash(closing)
    levels = tiles.rows(bytes(leaves))
    root = tiles.root_from_tiles(len(leaves) // HASH_LENGTH, lambda *tile: tiles.tile_of(levels, *tile))
    return levels, Sealed(root, ballots, closing)


def _ascending(runs: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the hashes of all runs. Raises CountStopped unless they ascend strictly."""
    last = b""
    for leaf_hash in merge(*map(_hashes, runs)):
        if leaf_hash <= last:
            raise CountStopped("two ballots are the same, or what was collected is out of order")
        yield (last := leaf_hash)


def _hashes(run: bytes) -> Iterator[bytes]:
    return (run[at : at + HASH_LENGTH] for at in range(0, len(run), HASH_LENGTH))


def _other_seal(was: Sealed | None, now: Sealed) -> str:
    assert was
    if was.ballots != now.ballots:
        return f"the log was sealed with {was.ballots} ballots, and the box has {now.ballots}"
    return "the log was sealed with other ballots, or another ledger, than there are now"


def _write(blobs: Blobs, election: str, levels: Sequence[bytes]) -> None:
    """The leaf hashes in one object for the steps that follow, and every tile."""
    blobs.put(work.log_key(election), levels[0])

    def put(path: TilePath) -> None:
        assert path.level != ENTRIES
        blobs.put(tile_key(election, path), tiles.tile_of(levels, path.level, path.n, path.width))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(put, tile_paths(len(levels[0]) // HASH_LENGTH)):
            pass  # an error is raised here
