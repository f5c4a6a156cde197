"""Receipts of ballots that voters kept, held against the log; and what the ballots that they name say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ballotcast.ballots import receipt
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import Reason
from ballotcast.ballots.receipt import ReceiptError
from ballotcast.elections.findings import Findings
from ballotcast.elections.kept import Statement

CHECK = "kept-receipts"
MEANING = "the ballot of every receipt that was kept is in the log"


@dataclass(frozen=True)
class Found:
    """A ballot that somebody has the receipt of. said: its plaintext, or why it is spoilt; None if that is unknown."""

    index: int
    said: bytes | Reason | None


class ReceiptAudit:
    """`wanted`: the leaf hashes that the receipts name; the pass over the log notes in `found` those that it has."""

    def __init__(self, findings: Findings, manifest: Manifest, kept: Sequence[Statement]) -> None:
        self.found: dict[bytes, Found] = {}
        self._findings = findings
        self._promised: list[tuple[str, bytes]] = []
        self._count = len(kept)
        for name, note in kept:
            try:
                self._promised.append((name, receipt.open_receipt(note.decode(), manifest)))
            except (ReceiptError, UnicodeDecodeError) as error:
                findings.fail(CHECK, f"{name}: not a receipt of this election: {error}")
        self.wanted = frozenset(leaf_hash for _, leaf_hash in self._promised)

    def run(self) -> Mapping[str, Found]:
        """Fail `kept-receipts` by name; returns the ballots by the names of their receipts."""
        for name, leaf_hash in self._promised:
            if leaf_hash not in self.found:
                self._findings.fail(CHECK, f"{name}: its ballot is not in the log, though the receipt promises it")
        self._findings.complete(CHECK, f"{self._count} kept, the ballot of each is in the log")
        return {name: self.found[leaf_hash] for name, leaf_hash in self._promised if leaf_hash in self.found}
