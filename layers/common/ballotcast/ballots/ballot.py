"""The ballot as it is cast, stored and logged: 275 + k + L bytes.

    0x01 ‖ M 32 ‖ vk 65 ‖ rand 32 ‖ issuer signature k ‖ HPKE ciphertext 65 + L + 16 ‖ ballot signature 64

Anyone who receives one checks it in the order `parse`, `verify_credential`, `verify_signature`, cheapest first.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Self

from ballotcast.ballots import credential
from ballotcast.ballots.manifest import Manifest
from ballotcast.crypto import hpke, p256
from ballotcast.crypto.blind_rsa import RAND_LENGTH

VERSION = b"\x01"

_SEAL_LABEL = b"ballotcast/ballot/1\n"
_CAST_LABEL = b"ballotcast/cast/1\n"


class Refusal(StrEnum):
    """Why a ballot cannot be accepted, in the order of the checks."""

    WRONG_LENGTH = "wrong-length"
    WRONG_VERSION = "wrong-version"
    WRONG_MANIFEST = "wrong-manifest"
    BAD_ISSUER_SIGNATURE = "bad-issuer-signature"
    BAD_KEY = "bad-key"
    BAD_ENCAPSULATED_KEY = "bad-encapsulated-key"
    BAD_BALLOT_SIGNATURE = "bad-ballot-signature"


class BallotError(ValueError):
    """Bytes that are not a ballot of this election, with the reason."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Ballot:
    """A ballot's parts; `encode` joins them. No `repr`: a ballot has no place in a log."""

    manifest_hash: bytes
    vk: bytes
    rand: bytes
    issuer_signature: bytes
    sealed: bytes
    signature: bytes

    @classmethod
    def parse(cls, data: bytes, manifest: Manifest) -> Self:
        """Split a ballot after checking its length, version and manifest. Raises BallotError."""
        if len(data) != manifest.ballot_length:
            raise BallotError(Refusal.WRONG_LENGTH)
        lengths = [len(VERSION), len(manifest.hash), p256.POINT_LENGTH, RAND_LENGTH, manifest.issuer.k]
        parts = []
        start = 0
        for length in [*lengths, manifest.plaintext_length + hpke.OVERHEAD, p256.SIGNATURE_LENGTH]:
            parts.append(data[start : start + length])
            start += length
        if parts[0] != VERSION:
            raise BallotError(Refusal.WRONG_VERSION)
        if parts[1] != manifest.hash:
            raise BallotError(Refusal.WRONG_MANIFEST)
        return cls(*parts[1:])

    def encode(self) -> bytes:
        """Return the bytes that are cast."""
        return self._signed_part() + self.signature

    @property
    def key_hash(self) -> bytes:
        """H(vk), 32 bytes: the ballot's place on the board, one for each credential."""
        return sha256(self.vk).digest()

    def verify_credential(self, manifest: Manifest) -> None:
        """Raises BallotError unless the issuer signed this ballot's key for this election."""
        prepared = credential.prepare(self.manifest_hash, self.vk, self.rand)
        if not manifest.issuer.verify(prepared, self.issuer_signature):
            raise BallotError(Refusal.BAD_ISSUER_SIGNATURE)

    def verify_signature(self) -> None:
        """Raises BallotError unless the key is a point of the curve, as is HPKE's, and signed the ballot."""
        key = _point(self.vk, Refusal.BAD_KEY)
        _point(self.sealed[: p256.POINT_LENGTH], Refusal.BAD_ENCAPSULATED_KEY)
        if not p256.verify(key, _CAST_LABEL + self._signed_part(), self.signature):
            raise BallotError(Refusal.BAD_BALLOT_SIGNATURE)

    def open(self, election_key: p256.PrivateKey) -> bytes:
        """Return the plaintext, L bytes. Raises HpkeError."""
        return hpke.open_(election_key, _seal_info(self.manifest_hash, self.vk), self.sealed)

    def _signed_part(self) -> bytes:
        return VERSION + self.manifest_hash + self.vk + self.rand + self.issuer_signature + self.sealed


def cast(manifest: Manifest, key: p256.PrivateKey, rand: bytes, issuer_signature: bytes, plaintext: bytes) -> Ballot:
    """Seal a plaintext and sign the ballot, where the credential exists already."""
    return sign_ballot(manifest, key, rand, issuer_signature, seal_choices(manifest, key, plaintext))


def seal_choices(manifest: Manifest, key: p256.PrivateKey, plaintext: bytes) -> bytes:
    """Return the plaintext (L bytes) sealed to the election key for this credential's key: 65 + L + 16 bytes.

    It does not need the issuer's signature, so choices can be sealed before the credential is requested.
    """
    return hpke.seal(manifest.election_pk, _seal_info(manifest.hash, p256.point(key)), plaintext)


def sign_ballot(
    manifest: Manifest, key: p256.PrivateKey, rand: bytes, issuer_signature: bytes, sealed: bytes
) -> Ballot:
    """Return a ballot around sealed choices, signed with the credential's key.

    ECDSA is randomised, so no two results are alike: write the bytes down, then send them.
    """
    unsigned = Ballot(manifest.hash, p256.point(key), rand, issuer_signature, sealed, b"")
    return replace(unsigned, signature=p256.sign(key, _CAST_LABEL + unsigned.encode()))


def _point(data: bytes, otherwise: Refusal) -> p256.PublicKey:
    try:
        return p256.from_point(data)
    except ValueError:
        raise BallotError(otherwise) from None


def _seal_info(manifest_hash: bytes, vk: bytes) -> bytes:
    return _SEAL_LABEL + manifest_hash + vk
