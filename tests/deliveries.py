"""An election's messages to the sequencer, any number of processes that take them, and what the log must then be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.export_files import tile_paths
from ballotcast.store.amendments import Amendments
from ballotcast.store.blobs import Blobs
from ballotcast.store.log import Head, Log, Sealed, tile_key
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact
from faulty_writes import FaultyWrites, LostConnection
from memory_dynamodb import MemoryDynamoDB
from tally.log.election_log import ElectionLog
from tally.log.sealing import Ledger, seal
from tally.log.sequencing import sequence

CLOSED = datetime(2026, 11, 21, tzinfo=UTC)
FIRST_ROLL, LAST_ROLL = 3, 9
RUNS = 3
"""Parts that the box is collected in."""


def amendment(number: int, size: int) -> AmendmentLeaf:
    roll = RollRevision(revision=number, roll_size=size, roll_root=sha256(str(size).encode()).digest())
    return AmendmentLeaf(at=CLOSED, reason="Voters were added", roll=roll)


def ballots(numbers: Iterable[int]) -> list[bytes]:
    return [BallotLeaf(number.to_bytes(4)).encode() for number in numbers]


def runs(numbers: Iterable[int]) -> list[bytes]:
    """The leaf hashes of these ballots as the steps before the seal leave them."""
    hashes = [merkle.leaf_hash(ballot) for ballot in ballots(numbers)]
    return [b"".join(sorted(hashes[number::RUNS])) for number in range(RUNS)]


@dataclass
class Deliveries:
    """One election on a table and a bucket of its own."""

    manifest: Manifest
    database: MemoryDynamoDB = field(default_factory=MemoryDynamoDB)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    rolls: list[int] = field(default_factory=list)
    """The sizes that amendments on the board state."""

    def __post_init__(self) -> None:
        self.manifest = Manifest(**{**dict(self.manifest), "log_pk": self.key.public_key().public_bytes_raw()})

    @property
    def store(self) -> Log:
        return Log(Table(self.database, "board"))

    @property
    def head(self) -> Head:
        return self.store.head(self.manifest.election)

    def process(self, client: Any = None) -> ElectionLog:
        """A process of the sequencer that knows nothing yet."""
        signer = Signer(self.manifest.origin, self.key)
        board = Table(client or self.database, "board")
        return ElectionLog(Log(board), Amendments(board), self.manifest, signer)

    def amend(self, *sizes: int) -> int:
        """State each roll that is larger than the one before; how many amendments there are then."""
        for size in sizes:
            if size > (self.rolls[-1] if self.rolls else FIRST_ROLL):
                self.rolls.append(size)
                board, entry = Table(self.database, "board"), amendment(len(self.rolls), size).encode()
                transact(board.client, [Amendments(board).adding(self.manifest.election, len(self.rolls), entry)])
        return len(self.rolls)

    def ledger(self) -> Ledger:
        """As it was written after the close: of the newest roll."""
        leaves = [amendment(number, size).roll for number, size in enumerate(self.rolls, 1)]
        rolls = [
            (self.manifest.roll_size, self.manifest.roll_root),
            *((one.roll_size, one.roll_root) for one in leaves),
        ]
        return Ledger(len(self.rolls), rolls_digest(rolls), issued=77, sha256=sha256(b"ledger").digest())

    def play(self, client: FaultyWrites, messages: Sequence[Iterable[int]]) -> None:
        """Deliver rolls by size, in order; each message again until it is taken, by a process that knows of no loss."""
        log = self.process(client)
        for sizes in messages:
            amendments = self.amend(*sizes)
            self.until_taken(lambda log: sequence(log, amendments), log, client)  # noqa: B023

    def until_taken(self, act: Callable[[ElectionLog], object], log: ElectionLog, client: FaultyWrites) -> None:
        for _ in range(10):
            try:
                act(log)
            except LostConnection:
                log = self.process(client)
            else:
                return
        raise AssertionError("lost ten times")

    def sealed(self, numbers: Iterable[int], client: Any = None, *, closing: Ledger | None = None) -> Sealed:
        """A process's attempt to end the log with these ballots."""
        blobs = Blobs(cast(Any, client or self.database), "bucket")
        return seal(self.process(client), blobs, runs(numbers), closing or self.ledger(), CLOSED)

    def seal(self, numbers: Iterable[int], messages: Sequence[Iterable[int]] = (), client: Any = None) -> None:
        """End the log and check it: rolls that grew, then each ballot once and in order, then the end."""
        numbers = list(numbers)
        self.amend(*(size for sizes in messages for size in sizes), LAST_ROLL)
        self.until_taken(lambda _: self.sealed(numbers, client), self.process(client), client)
        stated = [amendment(number, size).encode() for number, size in enumerate(self.rolls, 1)]
        closing = ClosingLeaf(
            closed_at=CLOSED,
            ballots=len(numbers),
            issued=77,
            ledger_sha256=self.ledger().sha256,
            roll_revision=len(stated),
        )
        self.check([*stated, *sorted(ballots(numbers), key=merkle.leaf_hash), closing.encode()])
        door = self.store.door(self.manifest.election)
        assert door
        assert Door.open(door.decode(), self.manifest) == Door(CLOSED, len(numbers), 77)
        signed = self.store.checkpoint(self.manifest.election)
        assert signed
        assert (signed.issued, signed.cast, signed.final) == (77, len(numbers), True)

    def check(self, expected: Sequence[bytes]) -> None:
        """The log is the manifest's leaf and these; head, rows, tiles and signature agree."""
        entries, head = [ManifestLeaf(self.manifest.hash).encode(), *expected], self.head
        oracle = InmemoryTree(algorithm="sha256")
        for entry in entries:
            oracle.append_entry(entry)
        signed = self.store.checkpoint(self.manifest.election)
        assert signed
        checkpoint = Checkpoint.open(signed.note.decode(), Signer(self.manifest.origin, self.key).verifier)
        assert (checkpoint.size, checkpoint.root) == (len(entries), oracle.get_root())
        assert (head.size, signed.size, signed.final) == (len(entries), len(entries), head.sealed is not None)
        statements = [entry for entry in entries[:-1] if entry[:1] != b"\1"] if head.sealed else entries
        assert list(self.store.entries(self.manifest.election)) == statements
        if head.sealed:
            assert (head.sealed.root, head.sealed.closing) == (checkpoint.root, entries[-1])
            self._check_tiles(entries)

    def _check_tiles(self, entries: Sequence[bytes]) -> None:
        row, blobs = [merkle.leaf_hash(entry) for entry in entries], Blobs(cast(Any, self.database), "bucket")
        for path in tile_paths(len(entries)):
            assert path.level != "entries"
            span = 256**path.level
            hashes = [
                merkle.root(row[start : start + span])
                for start in range(path.n * 256 * span, (path.n * 256 + path.width) * span, span)
            ]
            assert blobs.get(tile_key(self.manifest.election, path)) == b"".join(hashes)
