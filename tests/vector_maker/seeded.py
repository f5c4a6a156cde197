"""Randomness that is the same in every run: keys and bytes that follow from a name."""

from hashlib import shake_256

import gmpy2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import PUBLIC_EXPONENT
from ballotcast.crypto.issuer_key import IssuerKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def draw(name: str, length: int) -> bytes:
    return shake_256(b"ballotcast/vectors\n" + name.encode()).digest(length)


def below(name: str, bound: int) -> int:
    """From 1 to bound - 1. Longer than the bound by 16 bytes, so that no value is much likelier than another."""
    return 1 + int.from_bytes(draw(name, (bound.bit_length() + 7) // 8 + 16)) % (bound - 1)


def ed25519_key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(draw(name, 32))


def p256_key(name: str) -> p256.PrivateKey:
    return p256.from_scalar(below(name, P256_ORDER).to_bytes(32))


def issuer_key(name: str, bits: int = 2048) -> IssuerKey:
    p, q = (_prime(f"{name}/{letter}", bits // 2) for letter in "pq")
    return IssuerKey(p, q)


def primes(name: str, bits: int = 2048) -> tuple[int, int]:
    """Of the issuer key with this name."""
    return _prime(f"{name}/p", bits // 2), _prime(f"{name}/q", bits // 2)


def _prime(name: str, bits: int) -> int:
    """With its two highest bits set, so that a product of two has twice as many bits."""
    start = int.from_bytes(draw(name, bits // 8)) | 3 << bits - 2
    prime = gmpy2.next_prime(start)
    while gmpy2.gcd(prime - 1, PUBLIC_EXPONENT) != 1:
        prime = gmpy2.next_prime(prime)
    return int(prime)


def sign(key: p256.PrivateKey, message: bytes) -> bytes:
    """ECDSA with the nonce of RFC 6979, and the lower s: r‖s, 64 bytes."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)
