"""What issuing must know of an election, kept in memory.

The issuer's key and the one that signs issuance receipts are unwrapped once. The election is read again after five
seconds at the latest, because of its end; everything else in it was fixed before the first link was sent. Before a
voter is refused because voting is over, it is read once more: the end may just have become a later one.
"""

import json
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from ballotcast.ballots import issuance
from ballotcast.ballots.issuance import Issuance
from ballotcast.clock import from_rfc3339
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.crypto.signed_note import Signer
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.looks import Look, shows_no_count
from ballotcast.errors import NotFound
from ballotcast.remembered import Remembered
from ballotcast.store.election import Election
from ballotcast.store.vault import Purpose
from ballotcast.wiring import Wiring

KEPT = 256
"""Elections in memory: a key and at most 100 kB of manifest each."""
STATE_SECONDS = 5


class _Read(NamedTuple):
    election: Election
    at: datetime
    """Before it was requested."""


def _look(read: _Read, now: datetime) -> Look:
    election = read.election
    return Look(election.status(now), from_rfc3339(election.closed_at or election.closes_at), read.at)


class Issuers:
    """The elections that this process issues credentials for."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.key = lru_cache(KEPT)(self._unwrap)
        self._signer = lru_cache(KEPT)(self._unwrap_signer)
        self._election = Remembered(self._find, wiring.clock, seconds=STATE_SECONDS, kept=KEPT)

    def election(self, election: str) -> Election:
        return self._read(election).election

    def _read(self, election: str) -> _Read:
        return self._election.get(election)

    def closed(self, election: str) -> bool:
        """Over, by the clock or by an early close. Issuing begins with the links, before the election opens."""
        return self.look(election).status is Status.CLOSED

    def look(self, election: str) -> Look:
        """At the poll now, by an election that is some seconds old at most; closed by one read just now."""
        now = self._wiring.clock()
        found = _look(self._read(election), now)
        return found if found.status is not Status.CLOSED else self.look_again(election)

    def look_again(self, election: str) -> Look:
        """The same by what is read now."""
        now = self._wiring.clock()
        return _look(self._find(election), now)

    def shows_no_count(self, look: Look) -> bool:
        """Whether no count of the election can have read the roll before this call."""
        return shows_no_count(look, self._wiring.clock())

    def receipt(self, election: str, tag: bytes, blinded_sha256: bytes) -> str:
        """The issuance receipt for a voter's line, a signed note."""
        signer, origin, manifest_hash = self._signer(election)
        return issuance.issue(signer, origin, manifest_hash, Issuance(tag, blinded_sha256))

    def _find(self, election: str, _before: _Read | None = None) -> _Read:
        at = self._wiring.clock()
        found = self._wiring.elections.find(election)
        if found is None or not found.frozen:
            raise NotFound("no-election", "there is no such election")
        return _Read(found, at)

    def _unwrap(self, election: str) -> IssuerKey:
        keys = self.election(election).keys
        assert keys, "a frozen election has its keys"
        return IssuerKey.from_pkcs8(self._wiring.vault.unwrap(Purpose.ISSUER, election, keys.issuer))

    def _unwrap_signer(self, election: str) -> tuple[Signer, str, bytes]:
        """The key that signs issuance receipts, with what they say of the election: origin and M."""
        found = self.election(election)
        assert found.keys, "a frozen election has its keys"
        assert found.manifest
        origin = json.loads(found.manifest)["origin"]
        key = self._wiring.vault.unwrap(Purpose.ISSUANCE, election, found.keys.issuance)
        return issuance.signer(origin, key), origin, sha256(found.manifest).digest()
