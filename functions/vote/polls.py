"""What casting must know of an election, kept in memory: a warm process reads nothing to take a ballot.

The manifest never changes, so it is kept for as long as there is room. The marker of an early close is read at most
every five seconds; the count waits longer than that (CloseGraceSeconds), so no ballot comes after it.
"""

from datetime import datetime
from functools import lru_cache

from ballotcast.ballots import receipt
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.lifecycle import Status, status
from ballotcast.errors import NotFound
from ballotcast.store.manifests import FrozenManifest
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
        self._closed_at = lru_cache(KEPT)(self._read_state)

    def status(self, election: str) -> Status:
        """Scheduled, open or closed, now."""
        manifest, now = self.manifest(election), self._wiring.clock()
        # Asked once for each span of the clock: what is remembered is never older than the span is long.
        closed_at = self._closed_at(election, int(now.timestamp()) // STATE_SECONDS)
        return status(True, manifest.opens_at, manifest.closes_at, closed_at, now)

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

    def _read_state(self, election: str, _span: int) -> datetime | None:
        closed_at = self._wiring.manifests.closed_at(election)
        return from_rfc3339(closed_at) if closed_at else None
