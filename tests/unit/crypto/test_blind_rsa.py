"""RFC 9474: the figures of appendix A.1, which has our variant, then keys of the sizes that an election uses."""

from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto import blind_rsa
from ballotcast.crypto.blind_rsa import BlindRsaError, IssuerPublicKey
from ballotcast.crypto.issuer_key import IssuerKey
from effort import examples
from vectors_read import vectors


@cache
def issuer(bits: int = 2048) -> IssuerKey:
    return IssuerKey.generate(bits)


def test_the_figures_of_rfc_9474_appendix_a_1() -> None:
    vector = vectors("published/rfc9474")
    key = IssuerKey(int(vector["p"], 16), int(vector["q"], 16))
    assert (key.public.n, blind_rsa.PUBLIC_EXPONENT) == (int(vector["n"], 16), int(vector["e"], 16))
    message, rand, salt = (bytes.fromhex(vector[field]) for field in ("msg", "msg_prefix", "salt"))
    prepared = blind_rsa.prepare(message, rand)
    assert prepared.hex() == vector["input_msg"]
    blinding = blind_rsa.blind(key.public, prepared, salt=salt, inverse=int(vector["inv"], 16))
    assert blinding.blinded.hex() == vector["blinded_msg"]
    blind_signature = key.blind_sign(blinding.blinded)
    assert blind_signature.hex() == vector["blind_sig"]
    signature = blind_rsa.finalize(key.public, prepared, blind_signature, blinding.inverse, len(salt))
    assert signature.hex() == vector["sig"]


@pytest.mark.parametrize("bits", [2048, 3072])
def test_a_credential_is_issued_blindly(bits: int) -> None:
    key = issuer(bits)
    prepared = blind_rsa.prepare(b"message", bytes(32))
    blinding = blind_rsa.blind(key.public, prepared)
    assert len(blinding.blinded) == len(blinding.inverse) == key.public.k == bits // 8

    signature = blind_rsa.finalize(key.public, prepared, key.blind_sign(blinding.blinded), blinding.inverse)
    assert key.public.verify(prepared, signature)
    assert not key.public.verify(prepared + b"!", signature)
    assert not key.public.verify(prepared, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_blinding_is_fresh_each_time_and_signing_is_repeatable() -> None:
    key = issuer()
    one, two = (blind_rsa.blind(key.public, b"message") for _ in range(2))
    assert one.blinded != two.blinded
    assert one.inverse != two.inverse
    assert key.blind_sign(one.blinded) == key.blind_sign(one.blinded)


def test_signing_is_the_rsa_private_operation() -> None:
    key = issuer()
    for m in (1, 2, key.public.n // 3, key.public.n - 1):
        s = int.from_bytes(key.blind_sign(m.to_bytes(key.public.k)))
        assert pow(s, 65537, key.public.n) == m


@pytest.mark.parametrize("offset", [0, 1, 2**100])
def test_values_from_the_modulus_on_are_refused(offset: int) -> None:
    key = issuer()
    with pytest.raises(BlindRsaError):
        key.blind_sign((key.public.n + offset).to_bytes(key.public.k))


@pytest.mark.parametrize("blinded", [b"", bytes(256), b"\x01" * 255, b"\x00" + b"\x01" * 256], ids=len)
def test_values_of_zero_or_of_another_length_are_refused(blinded: bytes) -> None:
    with pytest.raises(BlindRsaError):
        issuer().blind_sign(blinded)


def test_finalize_finds_out_a_cheating_issuer() -> None:
    key, other = issuer(), IssuerKey.generate()
    blinding = blind_rsa.blind(key.public, b"message")
    good = key.blind_sign(blinding.blinded)
    marked = (int.from_bytes(good) * 2 % key.public.n).to_bytes(256)
    unrelated = (int.from_bytes(other.blind_sign(b"\x00" + bytes(254) + b"\x02")) % key.public.n).to_bytes(256)
    for bad in (marked, unrelated, bytes(256), b"\xff" * 256, good[:-1], good + b"\x00"):
        with pytest.raises(BlindRsaError):
            blind_rsa.finalize(key.public, b"message", bad, blinding.inverse)


def test_a_message_that_shares_a_factor_with_the_modulus_is_refused() -> None:
    weak = IssuerPublicKey(3 * (2**2046 + 1))
    salts = (number.to_bytes(48) for number in range(1000))
    encoded = ((salt, blind_rsa.emsa_pss_encode(b"message", weak.n.bit_length() - 1, salt)) for salt in salts)
    salt = next(salt for salt, value in encoded if int.from_bytes(value) % 3 == 0)
    with pytest.raises(BlindRsaError):
        blind_rsa.blind(weak, b"message", salt=salt)


def test_a_faulty_private_operation_gives_no_signature() -> None:
    damaged = IssuerKey(*primes(issuer_numbers()))
    damaged._d_p += 2
    with pytest.raises(ArithmeticError):
        damaged.blind_sign(bytes(255) + b"\x02")


@examples(10)
@given(st.binary(max_size=200))
def test_pss_encoding_is_what_cryptography_signs(message: bytes) -> None:
    # OpenSSL is the oracle: its PSS signature, opened with the public exponent, is the encoding for the salt inside it.
    numbers = issuer_numbers()
    signature = numbers.private_key().sign(
        message, padding.PSS(padding.MGF1(blind_rsa.hashes.SHA384()), 48), blind_rsa.hashes.SHA384()
    )
    n = numbers.public_numbers.n
    encoded = pow(int.from_bytes(signature), 65537, n).to_bytes(256)
    digest = encoded[-49:-1]
    mask = blind_rsa._mgf1(digest, 256 - 49)
    salt = bytes(a ^ b for a, b in zip(encoded, mask, strict=False))[-48:]
    assert blind_rsa.emsa_pss_encode(message, 2047, salt) == encoded


@cache
def issuer_numbers() -> rsa.RSAPrivateNumbers:
    return rsa.generate_private_key(65537, 2048).private_numbers()


def primes(numbers: rsa.RSAPrivateNumbers) -> tuple[int, int]:
    return numbers.p, numbers.q


def pkcs8(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def spki(key: Any) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_keys_load_from_pkcs8_and_spki() -> None:
    private = issuer_numbers().private_key()
    key = IssuerKey.from_pkcs8(pkcs8(private))
    public = IssuerPublicKey.from_spki(spki(private.public_key()))
    assert public == key.public
    assert public.spki() == spki(private.public_key())
    assert public.k == 256


def test_private_keys_of_another_kind_or_size_are_refused() -> None:
    wrong = [
        rsa.generate_private_key(65537, 1024),
        rsa.generate_private_key(3, 2048),
        ec.generate_private_key(ec.SECP256R1()),
    ]
    for key in wrong:
        with pytest.raises(ValueError):
            IssuerKey.from_pkcs8(pkcs8(key))


def test_public_keys_of_another_kind_size_or_spelling_are_refused() -> None:
    good = issuer().public.spki()
    n = issuer().public.n
    # The same key under other names: rsaEncryption without its NULL, id-RSASSA-PSS, and bare PKCS#1. OpenSSL reads all.
    header, key_bits = bytes.fromhex("30820120300b0609"), good[19:]
    nameless = header + bytes.fromhex("2a864886f70d010101") + key_bits
    pss = header + bytes.fromhex("2a864886f70d01010a") + key_bits
    pkcs1 = good[24:]
    for der in (nameless, pss, pkcs1):
        loaded = serialization.load_der_public_key(der)
        assert isinstance(loaded, rsa.RSAPublicKey)
        assert loaded.public_numbers().n == n
    wrong = [
        b"",
        good[:-1],
        good + b"\x00",
        nameless,
        pss,
        pkcs1,
        spki(rsa.RSAPublicNumbers(3, n).public_key()),
        spki(rsa.RSAPublicNumbers(65537, n >> 1 | 1).public_key()),
        spki(rsa.RSAPublicNumbers(65537, n >> 1024 | 1).public_key()),
        spki(ec.generate_private_key(ec.SECP256R1()).public_key()),
        spki(ed25519.Ed25519PrivateKey.generate().public_key()),
    ]
    for der in wrong:
        with pytest.raises(ValueError):
            IssuerPublicKey.from_spki(der)


def test_prepare_wants_32_random_bytes() -> None:
    with pytest.raises(ValueError):
        blind_rsa.prepare(b"message", bytes(31))


def test_a_key_never_shows_itself() -> None:
    key = issuer()
    assert repr(key) == "IssuerKey(2048 bits)"
