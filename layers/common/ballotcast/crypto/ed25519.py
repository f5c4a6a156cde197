"""Ed25519 (RFC 8032), as strict as it has to be for two programs to agree on every key and signature.

A key is refused unless its 32 bytes are the one encoding of a point, and not of one of small order: with such a key one
signature fits every message. A signature is refused unless its second half, S, is below the group's order: else S plus
the order would be another signature. What is left to compare, R = S·B - H(R‖A‖message)·A, is compared as bytes.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_LENGTH = 32
SIGNATURE_LENGTH = 64

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER = 2**252 + 27742317777372353535851937790883648493
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL = {0, 1, _P - 1, _ORDER_8, _P - _ORDER_8}
"""The y of the eight points whose order divides 8."""


def require_key(key: bytes) -> bytes:
    """Return the key itself. Raises ValueError unless it is the one encoding of a point that is not of small order."""
    if len(key) != KEY_LENGTH:
        raise ValueError("an Ed25519 key has 32 bytes")
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    if y >= _P or not _is_square((y * y - 1) * pow(_D * y * y + 1, -1, _P)):
        raise ValueError("not the one encoding of an Ed25519 point")
    if y in _SMALL:
        raise ValueError("an Ed25519 key of small order")
    return key


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes) holds. False too for a key that `require_key` refuses."""
    if len(signature) != SIGNATURE_LENGTH or int.from_bytes(signature[32:], "little") >= _ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(require_key(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_square(number: int) -> bool:
    return pow(number, (_P - 1) // 2, _P) != _P - 1
