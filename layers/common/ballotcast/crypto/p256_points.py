"""Sums and multiples of P-256 points whose values are public: commitments, proofs and keys that everybody may see.

`cryptography` multiplies the generator only (`p256.from_scalar`), and ECDH returns the x coordinate alone, so neither
can check a commitment. The time that this module takes depends on what it computes: no secret may come near it.
Multiples are worked out in Jacobian coordinates, (X, Y, Z) for (X/Z², Y/Z³), so that only the result is divided.
"""

from collections.abc import Iterable, Sequence

from ballotcast.crypto import p256

Point = tuple[int, int] | None
"""x and y; None is the identity, which has no encoding."""

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_COORDINATE = 32


def decode(encoded: bytes) -> Point:
    """Return the point of 65 bytes. Raises ValueError unless they are an uncompressed point of the curve."""
    p256.from_point(encoded)
    return int.from_bytes(encoded[1 : 1 + _COORDINATE]), int.from_bytes(encoded[1 + _COORDINATE :])


def encode(point: Point) -> bytes:
    """65 bytes. Raises ValueError for the identity."""
    if point is None:
        raise ValueError("the identity is no P-256 key")
    return b"\4" + point[0].to_bytes(_COORDINATE) + point[1].to_bytes(_COORDINATE)


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points of the curve."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, _P)
    elif y1 == y2:  # y is never 0: the group's order is odd
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, _P)
    else:
        return None
    x = (slope * slope - x1 - x2) % _P
    return x, (slope * (x1 - x) - y1) % _P


def total(points: Iterable[Point]) -> Point:
    """Return the sum of all."""
    result: Point = None
    for point in points:
        result = add(result, point)
    return result


def multiply(number: int, point: Point) -> Point:
    """`number` times the point, for a number of 0 or more that is no secret."""
    if point is None:
        return None
    x, y, z = 1, 1, 0  # the identity
    for bit in f"{number:b}":
        x, y, z = _doubled(x, y, z)
        if bit == "1":
            x, y, z = _added(x, y, z, *point)
    if z == 0:
        return None
    inverse = pow(z, -1, _P)
    return x * inverse**2 % _P, y * inverse**3 % _P


def evaluate(coefficients: Sequence[Point], at: int) -> Point:
    """Return the sum of at^k times the k-th point: a polynomial in points, at a small public number."""
    result: Point = None
    for coefficient in reversed(coefficients):
        result = add(multiply(at, result), coefficient)
    return result


def _doubled(x: int, y: int, z: int) -> tuple[int, int, int]:
    """Twice the point. Twice the identity has Z = 0, too; no other point's double is the identity."""
    square = y * y % _P
    product = 4 * x * square % _P
    slope = 3 * (x - z * z) * (x + z * z) % _P  # a = -3
    doubled = (slope * slope - 2 * product) % _P
    return doubled, (slope * (product - doubled) - 8 * square * square) % _P, 2 * y * z % _P


def _added(x: int, y: int, z: int, x2: int, y2: int) -> tuple[int, int, int]:
    """Return the sum of a point and one that is in affine coordinates, and not the identity."""
    if z == 0:
        return x2, y2, 1
    square = z * z % _P
    across = (x2 * square - x) % _P
    along = (y2 * square * z - y) % _P
    if across == 0:
        return _doubled(x, y, z) if along == 0 else (1, 1, 0)
    across_2 = across * across % _P
    across_3 = across_2 * across % _P
    start = x * across_2 % _P
    total_x = (along * along - across_3 - 2 * start) % _P
    return total_x, (along * (start - total_x) - y * across_3) % _P, across * z % _P
