"""The voter's side step by step, for tests of one step, or of a wrong one (ballotcast.client does the right ones)."""

import secrets
from dataclasses import dataclass

from ballotcast.ballots import credential
from ballotcast.ballots.ballot import Ballot, cast
from ballotcast.ballots.manifest import Manifest
from ballotcast.ballots.plaintext import encode
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import RAND_LENGTH, Blinding, blind, finalize
from ballotcast.crypto.issuer_key import IssuerKey


@dataclass(frozen=True)
class Request:
    """A credential that waits for the issuer's signature."""

    manifest: Manifest
    key: p256.PrivateKey
    rand: bytes
    blinding: Blinding

    @property
    def prepared(self) -> bytes:
        return credential.prepare(self.manifest.hash, p256.point(self.key), self.rand)

    def ballot(self, blind_signature: bytes, choice: tuple[int, ...] = (1,)) -> Ballot:
        signature = finalize(self.manifest.issuer, self.prepared, blind_signature, self.blinding.inverse)
        return cast(self.manifest, self.key, self.rand, signature, encode(self.manifest, [choice]))


def new_request(manifest: Manifest) -> Request:
    key, rand = p256.generate(), secrets.token_bytes(RAND_LENGTH)
    prepared = credential.prepare(manifest.hash, p256.point(key), rand)
    return Request(manifest, key, rand, blind(manifest.issuer, prepared))


def new_ballot(manifest: Manifest, issuer: IssuerKey, choice: tuple[int, ...] = (1,)) -> Ballot:
    """A ballot with a fresh credential."""
    request = new_request(manifest)
    return request.ballot(issuer.blind_sign(request.blinding.blinded), choice)
