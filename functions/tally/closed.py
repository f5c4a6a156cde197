"""What every step of the count asks first: is the election closed, and is its log sealed?"""

from datetime import datetime

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import Clock, from_rfc3339
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Verifier
from ballotcast.store.log import Log, SignedCheckpoint
from ballotcast.store.manifests import FrozenManifest, Manifests


class CountStopped(Exception):
    """The count must not go on: a person has to look. The message holds no secret and no ballot."""


def find_frozen(manifests: Manifests, election: str) -> tuple[FrozenManifest, Manifest]:
    """The manifest as it is kept and as it reads. CountStopped if there is none."""
    frozen = manifests.find(election)
    if frozen is None:
        raise CountStopped(f"election {election} has no manifest on the board")
    return frozen, Manifest.parse(frozen.manifest)


def closing_time(manifests: Manifests, manifest: Manifest, clock: Clock) -> datetime:
    """When voting ended: as ordered early, or as the manifest says. CountStopped while that is still to come."""
    ordered = manifests.closed_at(manifest.election)
    closed_at = from_rfc3339(ordered) if ordered else manifest.closes_at
    if clock() < closed_at:
        raise CountStopped(f"election {manifest.election} is not closed yet")
    return closed_at


def require_sealed(log: Log, manifest: Manifest) -> SignedCheckpoint:
    """The final checkpoint. CountStopped unless the log's key signed it, over the whole log."""
    head, signed = log.head(manifest.election), log.checkpoint(manifest.election, consistent=True)
    if not (head.final and signed and signed.final and signed.size == head.size):
        raise CountStopped("the log is not sealed")
    if Checkpoint.open(signed.note.decode(), Verifier(manifest.origin, manifest.log_pk)).size != head.size:
        raise CountStopped("the final checkpoint is not over the whole log")
    return signed
