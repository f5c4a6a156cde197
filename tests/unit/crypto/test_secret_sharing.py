"""Points, proofs and shares, against `cryptography` and against what is known of the group."""

from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ballotcast.crypto import p256, p256_points, schnorr, secret_sharing

GENERATOR = p256_points.decode(p256.point(p256.from_scalar((1).to_bytes(32))))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("number", [1, 2, 3, 15, 2**128 - 1, p256.ORDER - 1, p256.ORDER // 3])
def test_multiples_of_the_generator_are_those_of_openssl(number: int) -> None:
    expected = p256.point(p256.from_scalar(number.to_bytes(32)))
    assert p256_points.encode(p256_points.multiply(number, GENERATOR)) == expected


def test_the_x_of_any_other_multiple_is_that_of_ecdh() -> None:
    one, other = p256.generate(), p256.generate()
    point = p256_points.multiply(int.from_bytes(p256.scalar(one)), p256_points.decode(p256.point(other)))
    assert p256_points.encode(point)[1:33] == one.exchange(ec.ECDH(), other.public_key())


def test_the_identity() -> None:
    opposite = p256_points.multiply(p256.ORDER - 1, GENERATOR)
    assert p256_points.add(GENERATOR, opposite) is None
    assert p256_points.multiply(p256.ORDER, GENERATOR) is None
    assert p256_points.multiply(0, GENERATOR) is None
    assert p256_points.add(None, GENERATOR) == p256_points.add(GENERATOR, None) == GENERATOR
    with pytest.raises(ValueError):
        p256_points.encode(None)
    with pytest.raises(ValueError):
        secret_sharing.add_points([p256_points.encode(GENERATOR), p256_points.encode(opposite)])


def test_a_proof_holds_for_its_key_and_its_context_only() -> None:
    key, other = p256.generate(), p256.generate()
    proof = schnorr.prove(key, b"context")
    point = p256.point(key)
    assert schnorr.verify(point, b"context", proof)
    assert schnorr.prove(key, b"context") != proof
    refused = [flipped(proof, at) for at in (0, 1, 40, 64, 65, 96)]
    refused += [proof[:-1], proof + b"\0", proof[:65] + bytes(32), proof[:65] + p256.ORDER.to_bytes(32), b""]
    assert not any(schnorr.verify(point, b"context", one) for one in refused)
    assert not schnorr.verify(point, b"context 2", proof)
    assert not schnorr.verify(p256.point(other), b"context", proof)
    assert not schnorr.verify(b"\4" + bytes(64), b"context", proof)


def test_a_proof_without_the_key_is_the_same_as_a_lucky_challenge() -> None:
    """R = z·G − c·X verifies for the c that it was made with, and R changes c."""
    key = p256.point(p256.generate())
    response = p256.generate()
    negated = p256_points.multiply(p256.ORDER - 5, p256_points.decode(key))
    nonce = p256_points.encode(p256_points.add(p256_points.decode(p256.point(response)), negated))
    assert not schnorr.verify(key, b"context", nonce + p256.scalar(response))


@pytest.mark.parametrize(("t", "n"), [(2, 2), (2, 5), (3, 5), (5, 5), (8, 15)])
def test_any_t_shares_give_the_key_and_fewer_do_not(t: int, n: int) -> None:
    polynomial = secret_sharing.polynomial(t)
    points = secret_sharing.commitments(polynomial)
    shares = {index: secret_sharing.share(polynomial, index) for index in range(1, n + 1)}
    for index, one in shares.items():
        assert secret_sharing.fits(one, secret_sharing.share_key(points, index))
        assert not secret_sharing.fits(one, secret_sharing.share_key(points, index % n + 1))
    for chosen in [*combinations(shares, t)][:20]:
        assert secret_sharing.interpolate({index: shares[index] for index in chosen}) == polynomial[0]
    assert secret_sharing.interpolate({index: shares[index] for index in range(1, t)}) != polynomial[0]


def test_no_number_outside_the_group_fits_a_key() -> None:
    point = p256.point(p256.from_scalar((5).to_bytes(32)))
    assert secret_sharing.fits((5).to_bytes(32), point)
    refused = [bytes(32), (p256.ORDER + 5).to_bytes(32), p256.ORDER.to_bytes(32), (5).to_bytes(31), b""]
    assert not any(secret_sharing.fits(one, point) for one in refused)
