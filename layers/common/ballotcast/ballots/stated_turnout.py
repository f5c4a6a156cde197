"""The turnout statement: how many ballots and credentials there are at least, signed while voting is open.

At most one for each full hour. The numbers are counted in box and roll, where nothing is ever removed, and rounded
down: so the final numbers, and those of every later statement, are at least as high.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from ballotcast.ballots.counts_note import Counts, open_counts, sign_counts
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto.signed_note import NoteError, Signer

LABEL: Final = "ballotcast/turnout/1"


class StatedTurnoutError(ValueError):
    """A note that is not a turnout statement of this election."""


def slot_of(moment: datetime) -> datetime:
    """Return the full hour at or before `moment`."""
    return moment.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class StatedTurnout:
    """slot: the full hour that it is for. cast, issued: ballots and credentials; there are at least so many."""

    slot: datetime
    cast: int
    issued: int

    def sign(self, manifest: Manifest, log_signer: Signer) -> str:
        """Return the signed note; the log's key signs it under a name of its own."""
        return sign_counts(LABEL, Counts(self.slot, self.cast, self.issued), manifest, log_signer)

    @classmethod
    def open(cls, note: str, manifest: Manifest) -> Self:
        """Raises StatedTurnoutError unless the manifest's log key signed this statement of this election."""
        try:
            stated = cls(*open_counts(LABEL, note, manifest))
        except NoteError as error:
            raise StatedTurnoutError(str(error)) from None
        if stated.slot != slot_of(stated.slot):
            raise StatedTurnoutError("a turnout statement is for a full hour")
        return stated
