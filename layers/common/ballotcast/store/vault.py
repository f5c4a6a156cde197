"""Private keys, born wrapped: KMS makes them, this process sees only the public half and the ciphertext.

Every wrapped key is bound to {purpose, election} as KMS encryption context, and each function's role may unwrap one
purpose only (template.yaml). Unwrapped keys are kept in memory by whoever asked, never stored.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.literals import DataKeyPairSpecType


class Purpose(StrEnum):
    ISSUER = "issuer"
    ELECTION = "election"
    RECEIPT = "receipt"
    LOG = "log"


@dataclass(frozen=True)
class WrappedKey:
    """`public`: DER SubjectPublicKeyInfo. `wrapped`: ciphertext of the DER PKCS#8 private key."""

    public: bytes
    wrapped: bytes = field(repr=False)


class Vault:
    def __init__(self, client: "KMSClient", key: str) -> None:
        self._client = client
        self._key = key

    def create(self, purpose: Purpose, election: str, spec: "DataKeyPairSpecType") -> WrappedKey:
        """A new key pair; `spec` in KMS's words: `RSA_2048`, `ECC_NIST_P256`, `ECC_NIST_EDWARDS25519`."""
        pair = self._client.generate_data_key_pair_without_plaintext(
            KeyId=self._key, KeyPairSpec=spec, EncryptionContext=_context(purpose, election)
        )
        return WrappedKey(public=pair["PublicKey"], wrapped=pair["PrivateKeyCiphertextBlob"])

    def unwrap(self, purpose: Purpose, election: str, wrapped: bytes) -> bytes:
        """The DER PKCS#8 private key."""
        answer = self._client.decrypt(
            KeyId=self._key, CiphertextBlob=wrapped, EncryptionContext=_context(purpose, election)
        )
        return answer["Plaintext"]


def _context(purpose: Purpose, election: str) -> dict[str, str]:
    return {"purpose": purpose, "election": election}
