"""What every step of the count asks first: is the election closed, and is its log sealed?"""

from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import Clock, from_rfc3339
from ballotcast.crypto.checkpoint import Checkpoint
from ballotcast.crypto.signed_note import Verifier
from ballotcast.store.log import Head, Log, Sealed, SignedCheckpoint
from ballotcast.store.manifests import FrozenManifest, Manifests
from ballotcast.wiring import Wiring


class CountStopped(Exception):
    """The count must not continue: a person has to look. The message holds no secret and no ballot."""


def find_frozen(manifests: Manifests, election: str) -> tuple[FrozenManifest, Manifest]:
    """Return the manifest as it is kept and as it reads. Raises CountStopped if there is none."""
    frozen = manifests.find(election)
    if frozen is None:
        raise CountStopped(f"election {election} has no manifest on the board")
    return frozen, Manifest.parse(frozen.manifest)


def closing_time(manifests: Manifests, manifest: Manifest, clock: Clock) -> datetime:
    """When voting ended: as ordered, or as the manifest says. CountStopped while that is still to come."""
    state = manifests.state(manifest.election)
    ordered = state.closed_at or state.closes_at
    closed_at = from_rfc3339(ordered) if ordered else manifest.closes_at
    if clock() < closed_at:
        raise CountStopped(f"election {manifest.election} is not closed yet")
    return closed_at


class SealedLog(NamedTuple):
    """The final checkpoint, as signed and as read, and the head that it is over."""

    signed: SignedCheckpoint
    checkpoint: Checkpoint
    head: Head
    sealed: Sealed

    @property
    def ballots(self) -> range:
        """The places of the ballots."""
        return range(self.head.size - 1 - self.sealed.ballots, self.head.size - 1)


def require_sealed(log: Log, manifest: Manifest) -> SealedLog:
    """Return the log's end. Raises CountStopped unless the log's key signed the whole of it."""
    head, signed = log.head(manifest.election), log.checkpoint(manifest.election, consistent=True)
    if not (head.sealed and signed and signed.final and signed.size == head.size):
        raise CountStopped("the log is not sealed")
    checkpoint = Checkpoint.open(signed.note.decode(), Verifier(manifest.origin, manifest.log_pk))
    if (checkpoint.size, checkpoint.root) != (head.size, head.sealed.root):
        raise CountStopped("the final checkpoint is not over the whole log")
    return SealedLog(signed, checkpoint, head, head.sealed)


class ClosedElection:
    """An election as one step of the count sees it: made once for a call and passed on, each part read at first use.

    Every part raises CountStopped if it is not what a closed election has.
    """

    def __init__(self, wiring: Wiring, election: str) -> None:
        self.id = election
        self.frozen, self.manifest = find_frozen(wiring.manifests, election)
        self._wiring = wiring

    @cached_property
    def closed_at(self) -> datetime:
        """When voting ended."""
        return closing_time(self._wiring.manifests, self.manifest, self._wiring.clock)

    @cached_property
    def log(self) -> SealedLog:
        """The end of its log, which is sealed."""
        return require_sealed(self._wiring.log, self.manifest)

    def require_over(self) -> None:
        """Raise CountStopped while voting may still be going on."""
        assert self.closed_at

    def require_sealed(self) -> None:
        """Raise CountStopped unless the log is sealed."""
        assert self.log
