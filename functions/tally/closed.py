"""What every step of the count asks first: is the election closed, and is its log sealed?"""

from datetime import datetime

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import Clock, from_rfc3339
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
