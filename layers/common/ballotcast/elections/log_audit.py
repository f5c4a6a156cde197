"""The pass over an export's log: each entry is looked at once, in order, 256 in memory at a time."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime

from ballotcast.ballots import leaf
from ballotcast.ballots.amendment import AmendmentLeaf
from ballotcast.ballots.ballot import Refusal
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, LeafError, ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason
from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.merkle import HASH_LENGTH
from ballotcast.crypto.tile_files import MAX_ENTRY, TilePath, decode_bundle
from ballotcast.crypto.tiles import TILE_LENGTH, WIDTH, TileError, TileKey
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.elections.ballot_audit import Judged, Judges
from ballotcast.elections.export_files import ExportError, ExportReader, bundle_paths
from ballotcast.elections.findings import Findings, Stopped
from ballotcast.elections.kept_receipts import Found, ReceiptAudit
from ballotcast.elections.result import SpoiltBallot

BUNDLE = WIDTH * (2 + MAX_ENTRY)
"""Bytes that a bundle can have at most."""
BALLOT = BallotLeaf(b"").encode()

Progress = Callable[[int, int], None]
"""(leaves done, leaves in all)"""


class GrowingTree:
    """A tree that forgets all but its edge."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: dict[TileKey, bytes] = {}

    def append(self, leaf_hashes: list[bytes]) -> dict[TileKey, bytes]:
        """Answers the tiles that are now full."""
        self.size, changed = tiles.append(self.size, self.edge, leaf_hashes)
        grown = {**self.edge, **changed}
        self.edge = {tile: grown[tile] for tile in tiles.edge(self.size)}
        return {tile: hashes for tile, hashes in changed.items() if len(hashes) == TILE_LENGTH}

    @property
    def root(self) -> bytes:
        return tiles.edge_root(self.size, self.edge)


class LogAudit:
    """Afterwards: what the amendments state, the closing leaf, and, given the election key, what the ballots say."""

    def __init__(self, export: ExportReader, findings: Findings, manifest: Manifest, receipts: ReceiptAudit) -> None:
        self.amendments = AmendmentAudit(manifest)
        self.ballots = 0
        self.closing: ClosingLeaf | None = None
        self.plaintexts: Counter[bytes] = Counter()
        self.spoilt: list[SpoiltBallot] = []
        self._export = export
        self._findings = findings
        self._manifest = manifest
        self._receipts = receipts
        self._keys: set[bytes] = set()
        self._readable = 0
        self._last_ballot = b""

    def run(self, checkpoint: Checkpoint, judges: Judges, progress: Progress) -> None:
        tree = GrowingTree()
        for entries, judged in self._bundles(checkpoint.size, judges):
            ballots, leaf_hashes = iter(judged), [merkle.leaf_hash(entry) for entry in entries]
            for index, (entry, leaf_hash) in enumerate(zip(entries, leaf_hashes, strict=True), tree.size):
                if _is_ballot(index, entry, checkpoint.size):
                    self._note(index, leaf_hash, next(ballots))
                else:
                    self._look_at(index, entry, last=index == checkpoint.size - 1)
            for tile, hashes in tree.append(leaf_hashes).items():
                self._compare_tile(tile, hashes)
            progress(tree.size, checkpoint.size)
        for tile, hashes in tree.edge.items():
            self._compare_tile(tile, hashes)
        if tree.root != checkpoint.root:
            self._findings.fail("log", "the entries do not lead to the signed root")
        if not self.closing:
            self._findings.fail("leaves", "the last leaf does not close the election")
        elif self.closing.roll_revision != (newest := len(self.amendments.rolls) - 1):
            stated = f"the closing leaf states revision {self.closing.roll_revision} of the roll"
            self._findings.fail("leaves", f"{stated}, and the newest is {newest}")
        self._findings.complete("log", f"{checkpoint.size} entries lead to every tile and to the signed root")
        self._findings.complete("leaves", "manifest first, then amendments in time, ballots, closing last")
        self._findings.complete("order", f"{self.ballots} ballots in ascending order of their leaf hashes")
        self._findings.complete("credentials", f"{self._readable} ballots with the issuer's signature")
        self._findings.complete("ballots", f"{self.ballots} ballots of this election, each signed by its own key")
        self._findings.complete("one-ballot-each", f"{self._readable} credentials, none used twice")

    def _bundles(self, size: int, judges: Judges) -> Iterator[tuple[list[bytes], list[Judged]]]:
        """Yield each bundle's entries, and its ballots as they were judged; some bundles are under way meanwhile.

        What stops the reading is raised only when all before it is through, as if nothing had been read ahead.
        """
        waiting: deque[tuple[list[bytes], Future[list[Judged]]]] = deque()
        stopped: Stopped | ExportError | None = None
        start = 0
        for path in bundle_paths(size):
            try:
                entries = self._read_bundle(path)
            except (Stopped, ExportError) as error:
                stopped = error
                break
            ballots = [entry[1:] for index, entry in enumerate(entries, start) if _is_ballot(index, entry, size)]
            waiting.append((entries, judges.submit(ballots)))
            start += len(entries)
            if len(waiting) == judges.ahead:
                yield _judged(waiting.popleft())
        yield from map(_judged, waiting)
        if stopped:
            raise stopped

    def _read_bundle(self, path: TilePath) -> list[bytes]:
        try:
            return decode_bundle(self._export.read(str(path), BUNDLE), path.width)
        except TileError as error:
            raise self._findings.stop("log", f"{path}: {error}") from None

    def _compare_tile(self, tile: TileKey, hashes: bytes) -> None:
        path = TilePath(*tile, len(hashes) // HASH_LENGTH)
        if self._export.sizes[str(path)] != len(hashes) or self._export.read(str(path), TILE_LENGTH) != hashes:
            self._findings.fail("log", f"{path} is not made of the entries")

    def _look_at(self, index: int, entry: bytes, *, last: bool) -> None:
        try:
            statement = leaf.parse(entry)
        except LeafError as error:
            self._findings.fail("leaves", f"leaf {index}: {error}")
            return
        match statement:
            case ManifestLeaf(manifest_hash) if index == 0 and manifest_hash == self._manifest.hash:
                pass
            case ClosingLeaf(closed_at=closed_at) if last and self._could_close(closed_at):
                self.closing = statement
            case AmendmentLeaf() if index and not (last or self.ballots):
                if fault := self.amendments.take(statement):
                    self._findings.fail("leaves", f"leaf {index}: {fault}")
            case _:
                self._findings.fail("leaves", f"leaf {index} does not belong where it stands, or says what cannot be")

    def _could_close(self, closed_at: datetime) -> bool:
        return self._manifest.opens_at <= closed_at and self.amendments.could_close(closed_at)

    def _note(self, index: int, leaf_hash: bytes, ballot: Judged) -> None:
        self.ballots += 1
        if leaf_hash <= self._last_ballot:
            self._findings.fail("order", f"leaf {index}: its hash is not above that of the ballot before")
        self._last_ballot = leaf_hash
        if leaf_hash in self._receipts.wanted:
            self._receipts.found[leaf_hash] = Found(index, ballot.said)
        for refusal in ballot.refusals:
            issuers = refusal is Refusal.BAD_ISSUER_SIGNATURE
            self._findings.fail("credentials" if issuers else "ballots", f"leaf {index}: {refusal}")
        if ballot.key in self._keys:
            self._findings.fail("one-ballot-each", f"leaf {index}: its credential was used before")
        if ballot.key:
            self._readable += 1
            self._keys.add(ballot.key)
        if isinstance(ballot.said, Reason):
            self.spoilt.append(SpoiltBallot(index=index, reason=ballot.said))
        elif ballot.said is not None:
            self.plaintexts[ballot.said] += 1


def _is_ballot(index: int, entry: bytes, size: int) -> bool:
    """The first leaf and the last one are statements, whatever they say."""
    return entry[:1] == BALLOT and 0 < index < size - 1


def _judged(bundle: tuple[list[bytes], "Future[list[Judged]]"]) -> tuple[list[bytes], list[Judged]]:
    return bundle[0], bundle[1].result()
