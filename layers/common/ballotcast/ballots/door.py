"""The door statement: how many ballots and credentials there are, signed at the close before the log is built."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from ballotcast.ballots.counts_note import Counts, open_counts, sign_counts
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto.signed_note import NoteError, Signer

LABEL: Final = "ballotcast/door/1"


class DoorError(ValueError):
    """A note that is not a door statement of this election."""


@dataclass(frozen=True)
class Door:
    """closed_at: when voting ended. ballots: in the box. issued: credentials, the filled lines of the ledger."""

    closed_at: datetime
    ballots: int
    issued: int

    def sign(self, manifest: Manifest, log_signer: Signer) -> str:
        """Return the signed note; the log's key signs it under a name of its own."""
        return sign_counts(LABEL, Counts(self.closed_at, self.ballots, self.issued), manifest, log_signer)

    @classmethod
    def open(cls, note: str, manifest: Manifest) -> Self:
        """Raises DoorError unless the manifest's log key signed this statement of this election."""
        try:
            door = cls(*open_counts(LABEL, note, manifest))
        except NoteError as error:
            raise DoorError(str(error)) from None
        return door
