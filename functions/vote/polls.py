"""What casting must know of an election, kept in memory: a warm process reads nothing to take a ballot.

The manifest never changes, so it is kept for as long as there is room. What was ordered of the end is read at most
every five seconds. A look at the poll says when that was, so that nobody relies on it after a count may have begun.
Before a ballot is refused because voting is over, it is read once more: the end may just have become a later one.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from ballotcast.ballots import receipt
from ballotcast.ballots.manifest import Manifest
from ballotcast.clock import from_rfc3339
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.lifecycle import Status, status
from ballotcast.elections.looks import Look, shows_no_count
from ballotcast.errors import NotFound
from ballotcast.remembered import Remembered
from ballotcast.store.manifests import FrozenManifest, State
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring

KEPT = 256
"""Elections in memory; a manifest has at most 100 kB."""
STATE_SECONDS = 5


class _Read(NamedTuple):
    state: State
    at: datetime
    """Before it was requested."""


class Polls:
    """The elections that this process serves."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.frozen = lru_cache(KEPT)(self._find)
        self.manifest = lru_cache(KEPT)(self._parse)
        self.signer = lru_cache(KEPT)(self._unwrap)
        self._state = Remembered(self._read_state, wiring.clock, seconds=STATE_SECONDS, kept=KEPT)

    def look(self, election: str) -> Look:
        """Scheduled, open or closed, now, by a state that is some seconds old at most; closed by one read just now."""
        now = self._wiring.clock()
        found = self._look(election, self._state.get(election), now)
        return found if found.status is not Status.CLOSED else self.look_again(election)

    def look_again(self, election: str) -> Look:
        """The same by what is read now."""
        now = self._wiring.clock()
        return self._look(election, self._read_state(election), now)

    def shows_no_count(self, look: Look) -> bool:
        """Whether no count of the election can have begun before this call."""
        return shows_no_count(look, self._wiring.clock())

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

    def _read_state(self, election: str, _before: _Read | None = None) -> _Read:
        at = self._wiring.clock()
        return _Read(self._wiring.manifests.state(election), at)

    def _look(self, election: str, read: _Read, now: datetime) -> Look:
        manifest, state = self.manifest(election), read.state
        closes_at = from_rfc3339(state.closes_at) if state.closes_at else manifest.closes_at
        closed_at = from_rfc3339(state.closed_at) if state.closed_at else None
        found = status(True, manifest.opens_at, closes_at, closed_at, now)
        return Look(found, closed_at or closes_at, read.at)
