"""The third message: a trustee has checked its shares, and signs the transcript and the manifest that names it.

    JCS{…, round: "confirm", transcript, manifest}

Voters' software seals nothing before all trustees have signed its manifest: else the key could serve a second election
with the same trustees and an earlier end.
"""

from collections.abc import Sequence
from typing import Literal

from ballotcast.ballots.fields import Hash
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.message import Message
from ballotcast.trustees.transcript import Transcript


class Confirmation(Message):
    """transcript: the fingerprint. manifest: M."""

    round: Literal["confirm"] = "confirm"
    transcript: Hash
    manifest: Hash


def require_confirmation(transcript: Transcript, manifest_hash: bytes, confirmation: Confirmation, index: int) -> None:
    """Raise CeremonyError unless this trustee signed this transcript and this manifest."""
    confirmation.require(transcript.setup, index, transcript.signing_key(index))
    if confirmation.transcript != transcript.hash:
        raise CeremonyError(Reason.OTHER_TRANSCRIPT, index)
    if confirmation.manifest != manifest_hash:
        raise CeremonyError(Reason.OTHER_MANIFEST, index)


def require_confirmations(transcript: Transcript, manifest_hash: bytes, confirmations: Sequence[Confirmation]) -> None:
    """Raise CeremonyError unless all trustees did, in the order of their indices."""
    if len(confirmations) != transcript.setup.n:
        raise CeremonyError(Reason.MISSING, min(len(confirmations), transcript.setup.n - 1) + 1)
    for index, confirmation in enumerate(confirmations, 1):
        require_confirmation(transcript, manifest_hash, confirmation, index)
