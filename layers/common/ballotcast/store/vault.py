"""Private keys, born wrapped: KMS makes them, this process sees only the public half and the ciphertext.

Every wrapped key is bound to {purpose, election} as KMS encryption context, and each function's role may unwrap the
keys of its own work only (template.yaml). Unwrapped keys are kept in memory by anyone who asked, never stored.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ballotcast.store.faults import repeat

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.literals import DataKeyPairSpecType


ED25519: "DataKeyPairSpecType" = "ECC_NIST_EDWARDS25519"
_UNKNOWN_SPEC = frozenset({"ValidationException", "UnsupportedOperationException"})


class Purpose(StrEnum):
    ISSUER = "issuer"
    ELECTION = "election"
    ISSUANCE = "issuance"
    RECEIPT = "receipt"
    LOG = "log"


@dataclass(frozen=True)
class WrappedKey:
    """`public`: DER SubjectPublicKeyInfo. `wrapped`: ciphertext of the DER PKCS#8 private key."""

    public: bytes
    wrapped: bytes = field(repr=False)


class Vault:
    """`emulated`: whether KMS is an emulator, of which LocalStack makes no Ed25519 keys (its issue 13886)."""

    def __init__(self, client: "KMSClient", key: str, *, emulated: bool = False) -> None:
        self._client = client
        self._key = key
        self._emulated = emulated

    def create(self, purpose: Purpose, election: str, spec: "DataKeyPairSpecType") -> WrappedKey:
        """Return a new key pair; `spec` in KMS's words: `RSA_2048`, `ECC_NIST_P256`, `ECC_NIST_EDWARDS25519`."""
        try:
            pair = repeat(
                lambda: self._client.generate_data_key_pair_without_plaintext(
                    KeyId=self._key, KeyPairSpec=spec, EncryptionContext=_context(purpose, election)
                )
            )
        except ClientError as refused:
            lacking = refused.response["Error"]["Code"] in _UNKNOWN_SPEC and spec == ED25519
            if not (self._emulated and lacking):
                raise
            return self._make_here(purpose, election)
        return WrappedKey(public=pair["PublicKey"], wrapped=pair["PrivateKeyCiphertextBlob"])

    def _make_here(self, purpose: Purpose, election: str) -> WrappedKey:
        """Make an Ed25519 pair in this process, which sees the private key: good enough for an emulator only."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        wrapped = self._client.encrypt(
            KeyId=self._key, Plaintext=private, EncryptionContext=_context(purpose, election)
        )
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return WrappedKey(public=public, wrapped=wrapped["CiphertextBlob"])

    def unwrap(self, purpose: Purpose, election: str, wrapped: bytes) -> bytes:
        """Return the DER PKCS#8 private key."""
        answer = repeat(
            lambda: self._client.decrypt(
                KeyId=self._key, CiphertextBlob=wrapped, EncryptionContext=_context(purpose, election)
            )
        )
        return answer["Plaintext"]


def _context(purpose: Purpose, election: str) -> dict[str, str]:
    return {"purpose": purpose, "election": election}
