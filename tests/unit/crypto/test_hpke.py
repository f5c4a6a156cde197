"""RFC 9180: an oracle written from the RFC passes the vector of appendix A.3.1; our module agrees with the oracle.

The appendix has no vector for P-256 with AES-256-GCM, and the library's public interface takes no ephemeral key and no
aad, so the vector cannot be run through it.
"""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto import hpke, p256
from ballotcast.crypto.hpke import HpkeError
from effort import examples

INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
PLAINTEXT = bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479")
SK_E = bytes.fromhex("4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb")
SK_R = bytes.fromhex("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2")
PK_R = bytes.fromhex(
    "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
    "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0"
)
ENC = bytes.fromhex(
    "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
    "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
)
SHARED_SECRET = "c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8"
KEY = "868c066ef58aae6dc589b6cfdd18f97e"
BASE_NONCE = "4e0bc5018beba4bf004cca59"
CIPHERTEXTS = {
    0: "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434",
    1: "fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06646e0329cbdf3c3cd655b28e82",
}

KEM_SUITE = b"KEM\x00\x10"
AES_128, AES_256 = (1, 16), (2, 32)


def extract(salt: bytes, suite: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def expand(prk: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]


def shared_secret(private: p256.PrivateKey, public: bytes, enc: bytes, pk_r: bytes) -> bytes:
    dh = private.exchange(ec.ECDH(), p256.from_point(public))
    return expand(extract(b"", KEM_SUITE, b"eae_prk", dh), KEM_SUITE, b"shared_secret", enc + pk_r, 32)


def key_schedule(secret: bytes, info: bytes, aead: tuple[int, int]) -> tuple[bytes, bytes]:
    suite = b"HPKE\x00\x10\x00\x01" + aead[0].to_bytes(2)
    context = b"\x00" + extract(b"", suite, b"psk_id_hash", b"") + extract(b"", suite, b"info_hash", info)
    prk = extract(secret, suite, b"secret", b"")
    return expand(prk, suite, b"key", context, aead[1]), expand(prk, suite, b"base_nonce", context, 12)


def oracle_seal(private: p256.PrivateKey, pk_r: bytes, info: bytes, plaintext: bytes) -> bytes:
    enc = p256.point(private)
    key, nonce = key_schedule(shared_secret(private, pk_r, enc, pk_r), info, AES_256)
    return enc + AESGCM(key).encrypt(nonce, plaintext, b"")


def oracle_open(private: p256.PrivateKey, info: bytes, ciphertext: bytes) -> bytes:
    enc, ct = ciphertext[:65], ciphertext[65:]
    key, nonce = key_schedule(shared_secret(private, enc, enc, p256.point(private)), info, AES_256)
    return AESGCM(key).decrypt(nonce, ct, b"")


def test_the_oracle_passes_the_vector_of_appendix_a_3_1() -> None:
    sender, recipient = p256.from_scalar(SK_E), p256.from_scalar(SK_R)
    assert (p256.point(sender), p256.point(recipient)) == (ENC, PK_R)
    secret = shared_secret(sender, PK_R, ENC, PK_R)
    assert secret == shared_secret(recipient, ENC, ENC, PK_R)
    assert secret.hex() == SHARED_SECRET
    key, base_nonce = key_schedule(secret, INFO, AES_128)
    assert (key.hex(), base_nonce.hex()) == (KEY, BASE_NONCE)
    for sequence, expected in CIPHERTEXTS.items():
        nonce = (int.from_bytes(base_nonce) ^ sequence).to_bytes(12)
        assert AESGCM(key).encrypt(nonce, PLAINTEXT, b"Count-%d" % sequence).hex() == expected


@examples(25)
@given(info=st.binary(max_size=200), plaintext=st.binary(max_size=300))
def test_our_module_and_the_oracle_read_each_other(info: bytes, plaintext: bytes) -> None:
    recipient = p256.from_scalar(SK_R)
    sealed = hpke.seal(PK_R, info, plaintext)
    assert len(sealed) == len(plaintext) + hpke.OVERHEAD
    assert oracle_open(recipient, info, sealed) == plaintext
    assert hpke.open_(recipient, info, oracle_seal(p256.from_scalar(SK_E), PK_R, info, plaintext)) == plaintext


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert hpke.seal(PK_R, INFO, PLAINTEXT) != hpke.seal(PK_R, INFO, PLAINTEXT)


def test_what_is_damaged_or_sealed_to_another_does_not_open() -> None:
    key = p256.from_scalar(SK_R)
    sealed = hpke.seal(PK_R, INFO, PLAINTEXT)
    flips = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in (0, 1, 64, 65, len(sealed) - 1)]
    cuts = [sealed[:length] for length in (0, 1, 64, 65, 80, len(sealed) - 1)]
    compressed = bytes([2 + sealed[64] % 2]) + sealed[1:33] + sealed[65:]
    for bad in [*flips, *cuts, sealed + b"\x00", compressed]:
        with pytest.raises(HpkeError):
            hpke.open_(key, INFO, bad)
    with pytest.raises(HpkeError):
        hpke.open_(key, INFO + b"!", sealed)
    with pytest.raises(HpkeError):
        hpke.open_(p256.generate(), INFO, sealed)


def test_a_public_key_off_the_curve_is_refused() -> None:
    with pytest.raises(ValueError):
        hpke.seal(PK_R[:-1] + bytes([PK_R[-1] ^ 1]), INFO, PLAINTEXT)


def test_info_is_hashed_whole() -> None:
    key = p256.from_scalar(SK_R)
    long = sha256(INFO).digest() * 100
    assert hpke.open_(key, long, hpke.seal(PK_R, long, b"")) == b""
