"""What door and turnout statements share: a time and two numbers, signed by the log's key under a name for the kind."""

from datetime import datetime
from typing import Literal, NamedTuple

from ballotcast.ballots.fields import parse_time
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import to_rfc3339
from ballotcast.crypto import canonical, signed_note
from ballotcast.crypto.signed_note import NoteError, Signer, Verifier

Label = Literal["ballotcast/door/1", "ballotcast/turnout/1"]


class Counts(NamedTuple):
    moment: datetime
    ballots: int
    issued: int


def sign_counts(label: Label, counts: Counts, manifest: Manifest, log_signer: Signer) -> str:
    """Return the signed note."""
    return signed_note.sign(_text(label, counts, manifest), Signer(_key_name(label, manifest), log_signer.key))


def open_counts(label: Label, note: str, manifest: Manifest) -> Counts:
    """Raises ValueError unless the manifest's log key signed this statement of this election, in its one spelling."""
    text = Verifier(_key_name(label, manifest), manifest.log_pk).verify(note)
    try:
        _, _, _, moment, ballots, issued, _ = text.split("\n")
        counts = Counts(parse_time(moment), int(ballots), int(issued))
    except ValueError:
        raise NoteError(f"not the text of a {_kind(label)} statement") from None
    if _text(label, counts, manifest) != text or max(counts.ballots, counts.issued) > canonical.MAX_INTEGER:
        raise NoteError(f"not the one spelling of a {_kind(label)} statement of this election")
    return counts


def _text(label: Label, counts: Counts, manifest: Manifest) -> str:
    lines = (label, manifest.origin, manifest.hash.hex(), to_rfc3339(counts.moment), counts.ballots, counts.issued)
    return "".join(f"{line}\n" for line in lines)


def _key_name(label: Label, manifest: Manifest) -> str:
    return f"{manifest.origin}/{_kind(label)}"


def _kind(label: Label) -> str:
    return label.split("/")[1]
