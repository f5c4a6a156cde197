"""The fourth message, after the close: a trustee agrees to open the ballots of one final checkpoint.

    JCS{…, round: "agree", manifest, size, root}

Shares are released only when the threshold has signed one checkpoint: else a log with an earlier end, made for a
trustee's eyes, would free the key while others still vote.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from ballotcast.ballots.fields import Hash
from ballotcast.crypto import canonical
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.message import Message
from ballotcast.trustees.transcript import Transcript


class Agreement(Message):
    """manifest: M. size, root: of the final checkpoint."""

    round: Literal["agree"] = "agree"
    manifest: Hash
    size: Annotated[int, Field(ge=2, le=canonical.MAX_INTEGER)]
    root: Hash


def require_agreement(
    transcript: Transcript, manifest_hash: bytes, checkpoint: Checkpoint, agreement: Agreement
) -> None:
    """Raise CeremonyError unless a trustee of the transcript agreed to this checkpoint of this election."""
    index = agreement.index
    if index > transcript.setup.n:
        raise CeremonyError(Reason.ANOTHER_INDEX, index)
    agreement.require(transcript.setup, index, transcript.signing_key(index))
    if agreement.manifest != manifest_hash:
        raise CeremonyError(Reason.OTHER_MANIFEST, index)
    if (agreement.size, agreement.root) != (checkpoint.size, checkpoint.root):
        raise CeremonyError(Reason.OTHER_CHECKPOINT, index)


def require_agreements(
    transcript: Transcript, manifest_hash: bytes, checkpoint: Checkpoint, agreements: Sequence[Agreement]
) -> None:
    """Raise CeremonyError unless at least the threshold agreed, in ascending order of their indices, each once."""
    for agreement in agreements:
        require_agreement(transcript, manifest_hash, checkpoint, agreement)
    require_ascending(agreements)
    if len(agreements) < transcript.setup.t:
        raise CeremonyError(Reason.TOO_FEW)


def require_ascending(messages: Sequence[Message]) -> None:
    """Raise CeremonyError unless every trustee is there at most once, in the order of indices."""
    for one, following in pairwise(messages):
        if one.index >= following.index:
            raise CeremonyError(Reason.ANOTHER_INDEX, following.index)
