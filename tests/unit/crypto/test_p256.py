import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from ballotcast.crypto import p256

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# RFC 6979 appendix A.2.5: the key and its signature of "sample" with SHA-256, which has the higher s.
SCALAR = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
POINT = bytes.fromhex(
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
PUBLISHED = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
SIGNATURE = PUBLISHED[:32] + (ORDER - int.from_bytes(PUBLISHED[32:])).to_bytes(32)


def pkcs8(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_published_key_and_signature() -> None:
    key = p256.from_scalar(SCALAR)
    assert p256.point(key) == POINT
    assert p256.scalar(key) == SCALAR
    assert p256.verify(p256.from_point(POINT), b"sample", SIGNATURE)
    assert not p256.verify(p256.from_point(POINT), b"Sample", SIGNATURE)


def test_the_higher_of_the_two_values_of_s_is_refused() -> None:
    """Else somebody who sees a signature makes another one of it."""
    der = utils.encode_dss_signature(int.from_bytes(PUBLISHED[:32]), int.from_bytes(PUBLISHED[32:]))
    p256.from_point(POINT).verify(der, b"sample", ec.ECDSA(hashes.SHA256()))
    assert not p256.verify(p256.from_point(POINT), b"sample", PUBLISHED)


def test_signatures_are_r_and_s_of_32_bytes_each() -> None:
    key = p256.generate()
    for number in range(20):
        message = bytes([number])
        signature = p256.sign(key, message)
        assert len(signature) == 64
        assert int.from_bytes(signature[32:]) <= ORDER // 2
        der = utils.encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
        key.public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))
        assert p256.verify(key.public_key(), message, signature)


def test_r_and_s_of_zero_or_beyond_the_order_do_not_verify() -> None:
    key = p256.from_point(POINT)
    r, s = SIGNATURE[:32], SIGNATURE[32:]
    for bad in (0, ORDER, int.from_bytes(s) + ORDER, 2**256 - 1):
        value = (bad % 2**256).to_bytes(32)
        assert not p256.verify(key, b"sample", r + value)
        assert not p256.verify(key, b"sample", value + s)
    assert not p256.verify(key, b"sample", SIGNATURE[:-1])
    assert not p256.verify(key, b"sample", SIGNATURE + b"\x00")
    assert not p256.verify(key, b"sample", r + b"\x00" + s)


def test_only_uncompressed_points_of_the_curve_are_keys() -> None:
    off_curve = POINT[:-1] + bytes([POINT[-1] ^ 1])
    compressed = bytes([2 + POINT[-1] % 2]) + POINT[1:33]
    hybrid = bytes([6 + POINT[-1] % 2]) + POINT[1:]
    too_large = b"\x04" + b"\xff" * 64
    for bad in (b"", b"\x00", bytes(65), POINT[:-1], POINT + b"\x00", off_curve, compressed, hybrid, too_large):
        with pytest.raises(ValueError):
            p256.from_point(bad)


def test_pkcs8_keys_load_and_keys_of_other_kinds_do_not() -> None:
    assert p256.scalar(p256.from_pkcs8(pkcs8(p256.from_scalar(SCALAR)))) == SCALAR
    for other in (ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()):
        with pytest.raises(ValueError):
            p256.from_pkcs8(pkcs8(other))


@pytest.mark.parametrize("scalar", [bytes(32), ORDER.to_bytes(32), b"\xff" * 32, SCALAR[:-1], SCALAR + b"\x00"])
def test_scalars_out_of_range_are_refused(scalar: bytes) -> None:
    with pytest.raises(ValueError):
        p256.from_scalar(scalar)
