"""NIST P-256: keys in their raw forms, and ECDSA with SHA-256 in the r‖s form that WebCrypto speaks, with a low s.

Points are 65 bytes, 0x04‖X‖Y (SEC 1 uncompressed); scalars 32 bytes, big-endian; signatures 64 bytes.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

POINT_LENGTH = 65
SCALAR_LENGTH = 32
SIGNATURE_LENGTH = 64
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n, the number of points of the group."""

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey

_CURVE = ec.SECP256R1()
_ECDSA = ec.ECDSA(hashes.SHA256())


def generate() -> PrivateKey:
    """Return a fresh private key from the system's random source."""
    return ec.generate_private_key(_CURVE)


def from_pkcs8(der: bytes) -> PrivateKey:
    """Load a PKCS#8 DER private key. Raises ValueError unless it is a P-256 key."""
    key = serialization.load_der_private_key(der, password=None)
    if not isinstance(key, PrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 private key")
    return key


def from_scalar(scalar: bytes) -> PrivateKey:
    """Return the private key of a 32-byte scalar. Raises ValueError unless 0 < scalar < group order."""
    if len(scalar) != SCALAR_LENGTH:
        raise ValueError("a P-256 scalar has 32 bytes")
    return ec.derive_private_key(int.from_bytes(scalar), _CURVE)


def scalar(key: PrivateKey) -> bytes:
    """Return the private key as 32 bytes."""
    return key.private_numbers().private_value.to_bytes(SCALAR_LENGTH)


def from_point(point: bytes) -> PublicKey:
    """Load a public key. Raises ValueError unless `point` is an uncompressed point of the curve."""
    if len(point) != POINT_LENGTH:
        raise ValueError("an uncompressed P-256 point has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)


def point(key: PrivateKey) -> bytes:
    """Return the public key of a private key, as 65 bytes."""
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def sign(key: PrivateKey, message: bytes) -> bytes:
    """Sign with ECDSA and SHA-256: 64 bytes, r‖s, with the lower of the two values that s can have."""
    r, s = decode_dss_signature(key.sign(message, _ECDSA))
    return r.to_bytes(SCALAR_LENGTH) + min(s, ORDER - s).to_bytes(SCALAR_LENGTH)


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes, r‖s) holds.

    False too unless 0 < r < n and 0 < s ≤ (n-1)/2, n being the group order: with s, n - s would hold as well, so anyone
    who sees a signature could make another one.
    """
    if len(signature) != SIGNATURE_LENGTH:
        return False
    r, s = int.from_bytes(signature[:SCALAR_LENGTH]), int.from_bytes(signature[SCALAR_LENGTH:])
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return False
    der = encode_dss_signature(r, s)
    try:
        key.verify(der, message, _ECDSA)
    except InvalidSignature:
        return False
    return True
