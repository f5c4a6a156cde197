"""Schnorr's proof of knowledge of a P-256 private key, made non-interactive by Fiat and Shamir.

A proof is 97 bytes, R‖z: R = r·G for a fresh r, and z = r + c·x modulo the group's order. There x is the private key,
and the challenge c is SHA-256(context‖X‖R), as an integer. It holds if z·G = R + c·X.
"""

from hashlib import sha256

from ballotcast.crypto import p256, p256_points

LENGTH = p256.POINT_LENGTH + p256.SCALAR_LENGTH


def prove(key: p256.PrivateKey, context: bytes) -> bytes:
    """Prove knowledge of the key, for this context and no other: a label, and everything that the proof is about."""
    nonce = p256.generate()
    challenge = _challenge(context, p256.point(key), p256.point(nonce))
    # Python's integers take a time that depends on their values. The prover's own device computes this once for each
    # nonce, so nobody can measure it again with another challenge.
    response = (_number(nonce) + challenge * _number(key)) % p256.ORDER
    return p256.point(nonce) + response.to_bytes(p256.SCALAR_LENGTH)


def verify(public_key: bytes, context: bytes, proof: bytes) -> bool:
    """Return whether anyone who made the proof knew the private key of this 65-byte point."""
    if len(proof) != LENGTH:
        return False
    nonce, response = proof[: p256.POINT_LENGTH], proof[p256.POINT_LENGTH :]
    try:
        right = p256_points.add(
            p256_points.decode(nonce),
            p256_points.multiply(_challenge(context, public_key, nonce), p256_points.decode(public_key)),
        )
        return p256.point(p256.from_scalar(response)) == p256_points.encode(right)
    except ValueError:  # no point, no scalar, or a sum that is the identity
        return False


def _challenge(context: bytes, public_key: bytes, nonce: bytes) -> int:
    return int.from_bytes(sha256(context + public_key + nonce).digest())


def _number(key: p256.PrivateKey) -> int:
    return int.from_bytes(p256.scalar(key))
