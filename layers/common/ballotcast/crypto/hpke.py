"""Hybrid public key encryption, RFC 9180, single-shot base mode with empty aad.

One suite: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (0x0010/0x0001/0x0002).
A ciphertext is enc‖ct: 65 bytes, the plaintext's length, 16 bytes.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ballotcast.crypto import p256

OVERHEAD = p256.POINT_LENGTH + 16

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class HpkeError(ValueError):
    """A ciphertext that does not open: cut short, damaged, or sealed to another key or context."""


def seal(public_key: bytes, info: bytes, plaintext: bytes) -> bytes:
    """Encrypt to a 65-byte point. Raises ValueError if it is not a point of the curve."""
    return _SUITE.encrypt(plaintext, p256.from_point(public_key), info)


def open_(private_key: p256.PrivateKey, info: bytes, ciphertext: bytes) -> bytes:
    """Decrypt what `seal` made for this key and `info`. Raises HpkeError."""
    try:
        return _SUITE.decrypt(ciphertext, private_key, info)
    except (InvalidTag, ValueError):
        raise HpkeError("ciphertext does not open") from None
