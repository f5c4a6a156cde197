"""One election's log as its writer sees it: statements while voting lasts, and the seal at the close.

Any number of processes may write: of two that read the same head, one is refused and reads again.
"""

from dataclasses import replace

from ballotcast.ballots.door import Door
from ballotcast.ballots.leaf import ManifestLeaf
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import merkle
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.amendment_audit import AmendmentAudit
from ballotcast.store.amendments import Amendments
from ballotcast.store.log import Head, Log, Sealed, SignedCheckpoint


class ElectionLog:
    """`head` is the log as last read or written; every writing method may raise `Overtaken`."""

    def __init__(self, log: Log, amendments: Amendments, manifest: Manifest, signer: Signer) -> None:
        self.manifest = manifest
        self.head = Head()
        self._log = log
        self._amendments = amendments
        self.signer = signer
        self._signed = 0
        """The size that this process has signed."""

    def refresh(self) -> Head:
        """Read the head; a log that is not there yet starts with the manifest."""
        self.head = self._log.head(self.manifest.election)
        if not self.head.version:
            self._append(Head(), ManifestLeaf(self.manifest.hash).encode())
        return self.head

    def amend(self) -> None:
        """Append every amendment that the log lacks, in order, a transaction for each."""
        for entry in self._amendments.behind(self.manifest.election, self.head.amendments):
            self._append(replace(self.head, amendments=self.head.amendments + 1), entry)

    def amended(self) -> AmendmentAudit:
        """What holds after all amendments on the board. ValueError if one may not stand where it is."""
        return AmendmentAudit.over(self.manifest, self._amendments.behind(self.manifest.election, 0))

    def statements(self) -> list[bytes]:
        """The leaves before the ballots: the manifest's, then amendments."""
        sealed = self.head.sealed
        count = self.head.size - (sealed.ballots + 1 if sealed else 0)
        return list(self._log.entries(self.manifest.election, most=count))

    def shut(self, door: Door) -> Door:
        """Sign and publish the door statement, unless there is one; returns the one that is there."""
        note = self._log.shut(self.manifest.election, door.sign(self.manifest, self.signer).encode())
        return Door.open(note.decode(), self.manifest)

    def seal(self, sealed: Sealed) -> None:
        """End the log: after what it has come the ballots, then the closing leaf. What that gives is `sealed`."""
        head = self.head
        ended = replace(head, size=head.size + sealed.ballots + 1, sealed=sealed)
        self.head = self._log.seal(self.manifest.election, ended)

    def sign(self, issued: int = 0) -> None:
        """Sign and publish the head, unless this process has; `issued` is published with a sealed log.

        If a crash came between a write and this, anyone who comes next signs instead.
        """
        head = self.head
        if head.size == self._signed:
            return
        root = head.sealed.root if head.sealed else merkle.root([merkle.leaf_hash(one) for one in self.statements()])
        note = Checkpoint(self.manifest.origin, head.size, root).sign(self.signer).encode()
        cast = head.sealed.ballots if head.sealed else 0
        signed = SignedCheckpoint(note, head.size, issued, cast, final=head.sealed is not None)
        self._log.publish(self.manifest.election, signed)
        self._signed = head.size

    def _append(self, head: Head, entry: bytes) -> None:
        self.head = self._log.append(self.manifest.election, head, entry)
