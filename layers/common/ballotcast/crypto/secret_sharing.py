"""Shamir's secret sharing over P-256's order, with Feldman's commitments: t shares give the key, fewer tell nothing.

The key is a polynomial's value at 0, the share of index i its value at i. Commitments are each coefficient times the
generator, and tell a right share from a wrong one. Secret scalars are multiplied with the generator by OpenSSL, in
constant time. Their sums and products are Python's integers, which are not; they are computed once, on a trustee's own
device, where nobody else can measure them.
"""

from collections.abc import Mapping, Sequence

from ballotcast.crypto import p256, p256_points

Polynomial = tuple[bytes, ...]
"""Coefficients from the constant term on, scalars of 32 bytes each, none of them 0."""


def polynomial(threshold: int) -> Polynomial:
    """Return a random polynomial that `threshold` of its values determine."""
    return tuple(p256.scalar(p256.generate()) for _ in range(threshold))


def commitments(coefficients: Polynomial) -> tuple[bytes, ...]:
    """Return each coefficient times the generator, 65 bytes each."""
    return tuple(p256.point(p256.from_scalar(one)) for one in coefficients)


def share(coefficients: Polynomial, index: int) -> bytes:
    """Return the polynomial's value at an index from 1, 32 bytes."""
    value = 0
    for coefficient in reversed(coefficients):
        value = value * index + int.from_bytes(coefficient)
    return (value % p256.ORDER).to_bytes(p256.SCALAR_LENGTH)


def share_key(points: Sequence[bytes], index: int) -> bytes:
    """Return the public key of the share of this index, by its commitments. Raises ValueError if it is the identity."""
    return p256_points.encode(p256_points.evaluate([p256_points.decode(one) for one in points], index))


def add_scalars(scalars: Sequence[bytes]) -> bytes:
    """Return the sum modulo the group's order."""
    return (sum(map(int.from_bytes, scalars)) % p256.ORDER).to_bytes(p256.SCALAR_LENGTH)


def add_points(points: Sequence[bytes]) -> bytes:
    """Return the sum of public keys. Raises ValueError if it is the identity."""
    return p256_points.encode(p256_points.total(map(p256_points.decode, points)))


def fits(scalar: bytes, point: bytes) -> bool:
    """Return whether `scalar` is the private key of this public key."""
    try:
        return p256.point(p256.from_scalar(scalar)) == point
    except ValueError:
        return False


def interpolate(shares: Mapping[int, bytes]) -> bytes:
    """Return the polynomial's value at 0, from as many shares by index as determine it.

    The result is wrong, and no error, if shares are wrong or too few: compare it with the public key.
    """
    value = 0
    for index, one in shares.items():
        above = below = 1
        for other in shares:
            if other != index:
                above = above * other % p256.ORDER
                below = below * (other - index) % p256.ORDER
        value += int.from_bytes(one) * above * pow(below, -1, p256.ORDER)
    return (value % p256.ORDER).to_bytes(p256.SCALAR_LENGTH)
