"""The turnout statement: how many ballots and credentials there are at least, signed while voting is open.

At most one for each full hour. The numbers are counted in box and roll, where nothing is ever removed, and rounded
down: so the final numbers, and those of every later statement, are at least as high.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ballotcast.ballots.fields import parse_time
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import canonical, signed_note
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier

_LABEL = "ballotcast/turnout/1"


class StatedTurnoutError(ValueError):
    """A note that is not a turnout statement of this election."""


def slot_of(moment: datetime) -> datetime:
    """The full hour at or before `moment`."""
    return moment.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class StatedTurnout:
    """slot: the full hour that it is for. cast, issued: ballots and credentials; there are at least so many."""

    slot: datetime
    cast: int
    issued: int

    def sign(self, manifest: Manifest, log_signer: Signer) -> str:
        """The signed note; the log's key signs it under a name of its own."""
        return signed_note.sign(self._text(manifest), Signer(_key_name(manifest), log_signer.key))

    @classmethod
    def open(cls, note: str, manifest: Manifest) -> Self:
        """Raises StatedTurnoutError unless the manifest's log key signed this statement of this election."""
        try:
            text = Verifier(_key_name(manifest), manifest.log_pk).verify(note)
            _, _, _, slot, cast, issued, _ = text.split("\n")
            stated = cls(parse_time(slot), int(cast), int(issued))
        except NoteError as error:
            raise StatedTurnoutError(str(error)) from None
        except ValueError:
            raise StatedTurnoutError("not the text of a turnout statement") from None
        if stated._text(manifest) != text or max(stated.cast, stated.issued) > canonical.MAX_INTEGER:
            raise StatedTurnoutError("not the one spelling of a turnout statement of this election")
        if stated.slot != slot_of(stated.slot):
            raise StatedTurnoutError("a turnout statement is for a full hour")
        return stated

    def _text(self, manifest: Manifest) -> str:
        lines = (_LABEL, manifest.origin, manifest.hash.hex(), to_rfc3339(self.slot), self.cast, self.issued)
        return "".join(f"{line}\n" for line in lines)


def _key_name(manifest: Manifest) -> str:
    return f"{manifest.origin}/turnout"
