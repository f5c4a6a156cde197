"""What casting must know of an election, kept in memory: a warm process reads nothing to take a ballot.

The manifest never changes, so it is kept for as long as there is room. What was ordered of the end is read at most
every five seconds; the count waits longer than that (CloseGraceSeconds), so no ballot comes after an early close.
Before a ballot is refused because voting is over, it is read once more: the end may just have become a later one.
"""

from datetime import datetime
from functools import lru_cache

from ballotcast.ballots import receipt
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.lifecycle import Status, status
from ballotcast.errors import NotFound
from ballotcast.store.manifests import FrozenManifest, State
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring

KEPT = 256
"""Elections in memory; a manifest has at most 100 kB."""
STATE_SECONDS = 5


class Polls:
    """The elections that this process serves."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.frozen = lru_cache(KEPT)(self._find)
        self.manifest = lru_cache(KEPT)(self._parse)
        self.signer = lru_cache(KEPT)(self._unwrap)
        self._state = lru_cache(KEPT)(self._read_state)

    def status(self, election: str) -> Status:
        """Scheduled, open or closed, now."""
        manifest, now = self.manifest(election), self._wiring.clock()
        # Asked once for each span of the clock: what is remembered is never older than the span is long.
        state = self._state(election, int(now.timestamp()) // STATE_SECONDS)
        found = _status(manifest, state, now)
        return found if found is not Status.CLOSED else _status(manifest, self._read_state(election, 0), now)

    def _find(self, election: str) -> FrozenManifest:
        """The manifest as it is served; NotFound for a draft as for what never was."""
        frozen = self._wiring.manifests.find(election)
        if frozen is None:
            raise NotFound("no-election", "there is no such election, or its manifest is not yet published")
        return frozen

    def _parse(self, election: str) -> Manifest:
        return Manifest.parse(self.frozen(election).manifest)

    def _unwrap(self, election: str) -> Signer:
        """The key that signs this election's receipts."""
        key = self._wiring.vault.unwrap(Purpose.RECEIPT, election, self.frozen(election).receipt_key)
        return receipt.signer(self.manifest(election).origin, key)

    def _read_state(self, election: str, _span: int) -> State:
        return self._wiring.manifests.state(election)


def _status(manifest: Manifest, state: State, now: datetime) -> Status:
    closes_at = from_rfc3339(state.closes_at) if state.closes_at else manifest.closes_at
    closed_at = from_rfc3339(state.closed_at) if state.closed_at else None
    return status(True, manifest.opens_at, closes_at, closed_at, now)
