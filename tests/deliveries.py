"""An election's messages to the sequencer, any number of processes that take them, and what the log must then be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from ballotcast.ballots.amendment import AmendmentLeaf, RollRevision
from ballotcast.ballots.leaf import BallotLeaf, ClosingLeaf, ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.roll import rolls_digest
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.store.amendments import Amendments
from ballotcast.store.log import Head, Log
from ballotcast.store.table import Table
from ballotcast.store.transaction import transact
from faulty_writes import FaultyWrites, LostConnection
from memory_dynamodb import MemoryDynamoDB
from tally.election_log import ElectionLog
from tally.sealing import Ledger, seal
from tally.sequencing import sequence

CLOSED = datetime(2026, 11, 21, tzinfo=UTC)
MINIMUM = 2
FIRST_ROLL, LAST_ROLL = 3, 9

Message = tuple[Iterable[int], Iterable[int]]
"""Ballots by number, and rolls by size."""


def amendment(number: int, size: int) -> AmendmentLeaf:
    roll = RollRevision(revision=number, roll_size=size, roll_root=sha256(str(size).encode()).digest())
    return AmendmentLeaf(at=CLOSED, reason="Voters were added", roll=roll)


@dataclass
class Deliveries:
    """One election on a table of its own."""

    manifest: Manifest
    database: MemoryDynamoDB = field(default_factory=MemoryDynamoDB)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    entries: dict[bytes, bytes] = field(default_factory=dict)
    """By leaf hash."""
    rolls: list[int] = field(default_factory=list)
    """The sizes that amendments on the board state."""

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

    def ledger(self, issued: int = 0) -> Ledger:
        """Of the newest roll."""
        leaves = [amendment(number, size).roll for number, size in enumerate(self.rolls, 1)]
        rolls = [
            (self.manifest.roll_size, self.manifest.roll_root),
            *((one.roll_size, one.roll_root) for one in leaves),
        ]
        return Ledger(len(self.rolls), rolls_digest(rolls), issued)

    def enter(self, leaf: ManifestLeaf | BallotLeaf | AmendmentLeaf | ClosingLeaf) -> bytes:
        entry = leaf.encode()
        self.entries[merkle.leaf_hash(entry)] = entry
        return merkle.leaf_hash(entry)

    def ballots(self, numbers: Iterable[int]) -> list[bytes]:
        """Their leaf hashes."""
        return [self.enter(BallotLeaf(number.to_bytes(4))) for number in numbers]

    def play(self, client: FaultyWrites, messages: Sequence[Message]) -> None:
        """Deliver in order; each again until it is taken, by a process that does not know what was lost."""
        log = self.process(client)
        for numbers, sizes in messages:
            amendments = self.amend(*sizes)
            self.until_taken(lambda log: sequence(log, self.ballots(numbers), amendments), log, client)  # noqa: B023

    def until_taken(self, act: Callable[[ElectionLog], object], log: ElectionLog, client: FaultyWrites) -> None:
        for _ in range(10):
            try:
                act(log)
            except LostConnection:
                log = self.process(client)
            else:
                return
        raise AssertionError("lost ten times")

    def seal(self, messages: Sequence[Message], client: Any = None) -> None:
        """End the log and check it: of all that was ever told each is in once, and all of it hangs together."""
        numbers = {number for ballots, _ in messages for number in ballots}
        self.amend(*(size for _, sizes in messages for size in sizes), LAST_ROLL)
        ledger = self.ledger(issued=77)
        act = lambda log: seal(log, set(self.ballots(numbers)), ledger, CLOSED)  # noqa: E731
        self.until_taken(act, self.process(client), client)
        told = [self.enter(amendment(number, size)) for number, size in enumerate(self.rolls, 1)]
        self.check([*self.ballots(numbers), *told, self.enter(ClosingLeaf(closed_at=CLOSED))])
        assert self.head.final
        assert not self.head.pending

    def check(self, expected: Iterable[bytes]) -> list[bytes]:
        """The log's leaf hashes: the manifest's first, and `expected`; head, rows, tiles and signature agree."""
        reader, election = self.process(), self.manifest.election
        head = reader.refresh()
        leaves = reader.leaf_hashes()
        assert leaves[0] == self.enter(ManifestLeaf(self.manifest.hash))
        assert sorted(leaves[1:]) == sorted(expected)
        assert not set(leaves) & set(head.pending)
        rows = self.store.leaves(election, leaves)
        assert [rows[leaf].index for leaf in leaves] == list(range(head.size))
        oracle = InmemoryTree(algorithm="sha256")
        for leaf in leaves:
            oracle.append_entry(self.entries[leaf])
        signed = self.store.checkpoint(election)
        assert signed
        checkpoint = Checkpoint.open(signed.note.decode(), Signer(self.manifest.origin, self.key).verifier)
        assert (checkpoint.size, checkpoint.root) == (head.size, oracle.get_root())
        assert (signed.size, signed.cast, signed.final) == (head.size, head.ballots, head.final)
        return leaves
