"""The door statement: how many ballots and credentials there are, signed at the close before the log is built."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ballotcast.ballots.fields import parse_time
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import canonical, signed_note
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier

_LABEL = "ballotcast/door/1"


class DoorError(ValueError):
    """A note that is not a door statement of this election."""


@dataclass(frozen=True)
class Door:
    """closed_at: when voting ended. ballots: in the box. issued: credentials, the filled lines of the ledger."""

    closed_at: datetime
    ballots: int
    issued: int

    def sign(self, manifest: Manifest, log_signer: Signer) -> str:
        """The signed note; the log's key signs it under a name of its own."""
        return signed_note.sign(self._text(manifest), Signer(_key_name(manifest), log_signer.key))

    @classmethod
    def open(cls, note: str, manifest: Manifest) -> Self:
        """Raises DoorError unless the manifest's log key signed this statement of this election."""
        try:
            text = Verifier(_key_name(manifest), manifest.log_pk).verify(note)
            _, _, _, closed_at, ballots, issued, _ = text.split("\n")
            door = cls(parse_time(closed_at), int(ballots), int(issued))
        except NoteError as error:
            raise DoorError(str(error)) from None
        except ValueError:
            raise DoorError("not the text of a door statement") from None
        if door._text(manifest) != text or max(door.ballots, door.issued) > canonical.MAX_INTEGER:
            raise DoorError("not the one spelling of a door statement of this election")
        return door

    def _text(self, manifest: Manifest) -> str:
        lines = (_LABEL, manifest.origin, manifest.hash.hex(), to_rfc3339(self.closed_at), self.ballots, self.issued)
        return "".join(f"{line}\n" for line in lines)


def _key_name(manifest: Manifest) -> str:
    return f"{manifest.origin}/door"
