"""KMS: key pairs that are born wrapped, by AES-GCM under one master key, bound to their encryption context.

A wrapped key is `1 | nonce (12 bytes) | ciphertext | tag`; the additional data is the key's ARN and the context as JSON
with sorted names, so a key does not open under another purpose or election.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from .errors import EXCEPTIONS, error
from .master_key import MasterKey

VERSION = b"\x01"
NONCE = 12
_SPECS: Mapping[str, Callable[[], Any]] = {
    "RSA_2048": lambda: rsa.generate_private_key(65537, 2048),
    "RSA_3072": lambda: rsa.generate_private_key(65537, 3072),
    "ECC_NIST_P256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ECC_NIST_EDWARDS25519": ed25519.Ed25519PrivateKey.generate,
}
_NONE: Mapping[str, str] = {}


class Kms:
    """`key`: the ARN of the one key there is."""

    exceptions = EXCEPTIONS

    def __init__(self, master: MasterKey, key: str) -> None:
        self._cipher = AESGCM(master.derive("kms"))
        self._key = key

    def generate_data_key_pair_without_plaintext(
        self, *, KeyId: str, KeyPairSpec: str, EncryptionContext: Mapping[str, str] = _NONE
    ) -> dict[str, Any]:
        if KeyPairSpec not in _SPECS:
            raise error("ValidationException", "GenerateDataKeyPairWithoutPlaintext", f"no key pairs of {KeyPairSpec}")
        pair = _SPECS[KeyPairSpec]()
        private = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return {
            **self.encrypt(KeyId=KeyId, Plaintext=private, EncryptionContext=EncryptionContext, _as="PrivateKey"),
            "PublicKey": pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "KeyPairSpec": KeyPairSpec,
        }

    def encrypt(
        self, *, KeyId: str, Plaintext: bytes, EncryptionContext: Mapping[str, str] = _NONE, _as: str = ""
    ) -> dict[str, Any]:
        self._require(KeyId, "Encrypt")
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher.encrypt(nonce, Plaintext, self._bound(EncryptionContext))
        return {f"{_as}CiphertextBlob": VERSION + nonce + sealed, "KeyId": self._key}

    def decrypt(
        self, *, KeyId: str, CiphertextBlob: bytes, EncryptionContext: Mapping[str, str] = _NONE
    ) -> dict[str, Any]:
        self._require(KeyId, "Decrypt")
        nonce, sealed = CiphertextBlob[1 : 1 + NONCE], CiphertextBlob[1 + NONCE :]
        try:
            if CiphertextBlob[:1] != VERSION:
                raise InvalidTag
            plain = self._cipher.decrypt(nonce, sealed, self._bound(EncryptionContext))
        except (InvalidTag, ValueError):
            raise error("InvalidCiphertextException", "Decrypt") from None
        return {"Plaintext": plain, "KeyId": self._key}

    def _require(self, key: str, operation: str) -> None:
        if key != self._key:
            raise error("NotFoundException", operation, "there is no such key")

    def _bound(self, context: Mapping[str, str]) -> bytes:
        return f"{self._key} {json.dumps(dict(context), sort_keys=True)}".encode()
