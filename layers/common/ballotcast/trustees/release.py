"""The last message: a trustee's share of the election's private key, and the key that t shares make.

JCS{…, round: "release", manifest, root, share}
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from ballotcast.ballots.fields import Hash
from ballotcast.crypto import secret_sharing
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.trustees.agreement import require_ascending
from ballotcast.trustees.faults import CeremonyError, Reason
from ballotcast.trustees.message import Message, Scalar
from ballotcast.trustees.transcript import Transcript


class Release(Message):
    """manifest: M. root: of the final checkpoint that was agreed on. share: the scalar."""

    round: Literal["release"] = "release"
    manifest: Hash
    root: Hash
    share: Annotated[Scalar, Field(repr=False)]


def require_release(transcript: Transcript, manifest_hash: bytes, checkpoint: Checkpoint, release: Release) -> None:
    """Raise CeremonyError unless this is the share that its trustee holds, for this checkpoint of this election."""
    index = release.index
    if index > transcript.setup.n:
        raise CeremonyError(Reason.ANOTHER_INDEX, index)
    release.require(transcript.setup, index, transcript.signing_key(index))
    if release.manifest != manifest_hash:
        raise CeremonyError(Reason.OTHER_MANIFEST, index)
    if release.root != checkpoint.root:
        raise CeremonyError(Reason.OTHER_CHECKPOINT, index)
    if not secret_sharing.fits(release.share, transcript.share_keys[index - 1]):
        raise CeremonyError(Reason.WRONG_SHARE, index)


def open_election(
    transcript: Transcript, manifest_hash: bytes, checkpoint: Checkpoint, releases: Sequence[Release]
) -> bytes:
    """Return the election's private key, 32 bytes, from the threshold's shares or more.

    Raises CeremonyError, naming whose share is wrong.
    """
    for release in releases:
        require_release(transcript, manifest_hash, checkpoint, release)
    require_ascending(releases)
    if len(releases) < transcript.setup.t:
        raise CeremonyError(Reason.TOO_FEW)
    key = secret_sharing.interpolate({one.index: one.share for one in releases[: transcript.setup.t]})
    if not secret_sharing.fits(key, transcript.election_key):  # right shares make the right key
        raise CeremonyError(Reason.NO_KEY)
    return key
