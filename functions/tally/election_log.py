"""One election's log as its writer sees it: it appends in transactions, and signs what it has appended.

A warm process keeps the signing key and the partial tiles of the head that it wrote last, so that it reads the head and
nothing else. Any number of processes may write: of two that read the same head, one is refused and reads again.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.leaf import ClosingLeaf, ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.amendments import Amendments
from ballotcast.store.log import HASH, Head, Leaf, Log, SignedCheckpoint, Tile

MOST = 90
"""Leaves in one transaction: of its 100 items the others are the head and the tiles that the leaves change."""


class ElectionLog:
    """`head` is the log as last read or written; every writing method may raise `Overtaken` or `AlreadyLogged`."""

    def __init__(self, log: Log, amendments: Amendments, manifest: Manifest, signer: Signer) -> None:
        self.manifest = manifest
        self.head = Head()
        self._log = log
        self._amendments = amendments
        self._signer = signer
        self._edge: tuple[int, Mapping[Tile, bytes]] = (0, {})
        """The version of a head, and the partial tiles as of it."""
        self._signed = 0
        """The size that this process has signed."""

    def refresh(self) -> Head:
        """Read the head; a log that is not there yet starts with the manifest."""
        self.head = self._log.head(self.manifest.election)
        if not self.head.version:
            self._append_entry(ManifestLeaf(self.manifest.hash).encode())
        return self.head

    def append_ballots(self, leaf_hashes: Sequence[bytes], pending: AbstractSet[bytes]) -> None:
        """Append ballots in this order, some in each transaction; those of `pending` that are left go on waiting.

        Until the last transaction only those wait in the head that did before: should this process die, the others
        come again with their message. Else each transaction would write, and pay for, the whole batch's hashes.
        """
        left, held = set(pending), pending & set(self.head.pending)
        for start in range(0, len(leaf_hashes), MOST):
            some = leaf_hashes[start : start + MOST]
            left.difference_update(some)
            waiting = left & held if start + MOST < len(leaf_hashes) else left
            entries = [(leaf_hash, None) for leaf_hash in some]
            self._append(entries, ballots=self.head.ballots + len(some), pending=tuple(sorted(waiting)))

    def amend(self) -> None:
        """Append every amendment that the log lacks, in order, a transaction for each."""
        for entry in self._amendments.behind(self.manifest.election, self.head.amendments):
            self._append_entry(entry, amendments=self.head.amendments + 1)

    def rolls_digest(self) -> bytes:
        """Over every roll that the manifest and the amendments state."""
        rolls = [(self.manifest.roll_size, self.manifest.roll_root)]
        for entry in self._amendments.behind(self.manifest.election, 0):
            amendment = leaf.parse(entry)
            assert isinstance(amendment, AmendmentLeaf), "the board holds amendments only"
            rolls.append((amendment.roll.roll_size, amendment.roll.roll_root))
        return rolls_digest(rolls)

    def close(self, closed_at: datetime) -> None:
        """Append the final leaf."""
        self._append_entry(ClosingLeaf(closed_at=closed_at).encode(), pending=(), final=True)

    def hold(self, pending: AbstractSet[bytes]) -> None:
        """Keep these leaf hashes waiting, in an order that tells nothing of when they came."""
        if pending != set(self.head.pending):
            edge = self._edge_tiles()
            self.head = self._log.hold(self.manifest.election, replace(self.head, pending=tuple(sorted(pending))))
            self._edge = (self.head.version, edge)

    def sign(self, issued: int | None = None) -> None:
        """Sign and publish the head, unless this process has; `issued` where it is known better than by the estimate.

        If a crash came between an append and this, whoever comes next signs instead.
        """
        election, head = self.manifest.election, self.head
        if head.size == self._signed:
            return
        root = tiles.edge_root(head.size, self._edge_tiles())
        note = Checkpoint(self.manifest.origin, head.size, root).sign(self._signer)
        issued = self._issued() if issued is None else issued
        self._log.publish(election, SignedCheckpoint(note.encode(), head.size, issued, head.ballots, head.final))
        self._signed = head.size

    def logged(self, leaf_hashes: Iterable[bytes]) -> Mapping[bytes, Leaf]:
        """Those of the leaves that are in the log."""
        return self._log.leaves(self.manifest.election, leaf_hashes)

    def leaf_hashes(self) -> list[bytes]:
        """Of every leaf of the head, in order."""
        row = [(0, n) for n in range(-(-self.head.size // tiles.WIDTH))]
        found = self._log.tiles(self.manifest.election, row)
        hashes = b"".join(found[tile] for tile in row)
        return [hashes[at : at + HASH] for at in range(0, self.head.size * HASH, HASH)]

    def _issued(self) -> int:
        """The estimate with a batch of ballots; else what was last told.

        An organiser amends the roll when they like: told anew each time, it would show who has just got a credential.
        """
        told = self._log.checkpoint(self.manifest.election, consistent=True)
        if self.head.ballots == (told.cast if told else 0):
            return told.issued if told else 0
        return self._log.issued(self.manifest.election)

    def _append_entry(self, entry: bytes, **changes: Any) -> None:
        self._append([(merkle.leaf_hash(entry), entry)], **changes)

    def _append(self, entries: Sequence[tuple[bytes, bytes | None]], **changes: Any) -> None:
        head, edge = self.head, self._edge_tiles()
        leaves = [Leaf(leaf_hash, index, entry) for index, (leaf_hash, entry) in enumerate(entries, head.size)]
        size, changed = tiles.append(head.size, edge, [leaf.hash for leaf in leaves])
        moved = replace(head, size=size, **changes)
        self.head = self._log.append(self.manifest.election, moved, leaves, changed)
        grown = {**edge, **changed}
        self._edge = (self.head.version, {tile: grown[tile] for tile in tiles.edge(size)})

    def _edge_tiles(self) -> Mapping[Tile, bytes]:
        """The partial tiles as of the head; rows only grow, so a newer one is cut to what the head knew."""
        version, edge = self._edge
        if version != self.head.version:
            wanted = tiles.edge(self.head.size)
            found = self._log.tiles(self.manifest.election, wanted)
            width = {(level, n): (self.head.size >> tiles.HEIGHT * level) % tiles.WIDTH for level, n in wanted}
            edge = {tile: found[tile][: width[tile] * HASH] for tile in wanted}
            self._edge = (self.head.version, edge)
        return edge
