"""The part of KMS that wraps key pairs, which moto does not play; bound to its encryption context as AWS's is."""

import json
import secrets
from functools import cache
from itertools import count
from typing import Any

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_turns = count()


@cache
def _rsa(bits: int, _which: int) -> rsa.RSAPrivateKey:
    """A few that elections of one test process take in turn: making one costs more than most tests."""
    return rsa.generate_private_key(65537, bits)


_MAKERS: dict[str, Any] = {
    "RSA_2048": lambda: _rsa(2048, next(_turns) % 4),
    "RSA_3072": lambda: _rsa(3072, 0),
    "ECC_NIST_P256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ECC_NIST_EDWARDS25519": ed25519.Ed25519PrivateKey.generate,
}


class FakeKms:
    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self.contexts: list[dict[str, str]] = []
        """Of the keys that were wrapped."""

    def generate_data_key_pair_without_plaintext(
        self,
        *,
        KeyId: str,
        KeyPairSpec: str,
        EncryptionContext: dict[str, str],
    ) -> dict[str, Any]:
        key = _MAKERS[KeyPairSpec]()
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        wrapped = self.encrypt(KeyId=KeyId, Plaintext=private, EncryptionContext=EncryptionContext)["CiphertextBlob"]
        return {"PublicKey": public, "PrivateKeyCiphertextBlob": wrapped}

    def encrypt(self, *, KeyId: str, Plaintext: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:
        self.contexts.append(EncryptionContext)
        nonce = secrets.token_bytes(12)
        return {"CiphertextBlob": nonce + self._cipher.encrypt(nonce, Plaintext, _context(KeyId, EncryptionContext))}

    def decrypt(
        self,
        *,
        KeyId: str,
        CiphertextBlob: bytes,
        EncryptionContext: dict[str, str],
    ) -> dict[str, Any]:
        nonce, wrapped = CiphertextBlob[:12], CiphertextBlob[12:]
        try:
            return {"Plaintext": self._cipher.decrypt(nonce, wrapped, _context(KeyId, EncryptionContext))}
        except InvalidTag:
            error = {"Error": {"Code": "InvalidCiphertextException", "Message": "wrong context or ciphertext"}}
            raise ClientError(error, "Decrypt") from None


def _context(key: str, context: dict[str, str]) -> bytes:
    return json.dumps([key, context], sort_keys=True).encode()
