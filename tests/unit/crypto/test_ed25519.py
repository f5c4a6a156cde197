"""Ed25519 by RFC 8032's vectors, and what makes two implementations disagree: refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ballotcast.crypto import ed25519

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SIGN = 2**255

# RFC 8032 section 7.1, test 2: one byte.
KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_published_signature() -> None:
    assert ed25519.require_key(KEY) == KEY
    assert ed25519.verify(KEY, b"\x72", SIGNATURE)
    assert not ed25519.verify(KEY, b"\x73", SIGNATURE)


def test_every_key_that_is_made_is_accepted() -> None:
    for number in range(40):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public = key.public_key().public_bytes_raw()
        assert ed25519.verify(ed25519.require_key(public), b"text", key.sign(b"text"))


SMALL = [1, P - 1, 0, ORDER_8, P - ORDER_8]


@pytest.mark.parametrize("y", [y + sign for y in SMALL for sign in (0, SIGN)])
def test_keys_of_small_order_are_refused(y: int) -> None:
    with pytest.raises(ValueError, match="small order"):
        ed25519.require_key(y.to_bytes(32, "little"))


@pytest.mark.parametrize("y", [P + small + sign for small in (0, 1) for sign in (0, SIGN)] + [P + 3, 2, SIGN + 2])
def test_other_spellings_and_what_is_no_point_are_refused(y: int) -> None:
    with pytest.raises(ValueError, match="not the one encoding"):
        ed25519.require_key(y.to_bytes(32, "little"))


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"\0"])
def test_other_lengths_are_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ed25519.require_key(key)


def test_with_a_key_of_order_1_one_signature_would_fit_every_message() -> None:
    """R = S·B for S = 0, the neutral point: nothing depends on the message."""
    neutral = (1).to_bytes(32, "little")
    signature = neutral + bytes(32)
    for message in (b"a log", b"another log"):
        Ed25519PublicKey.from_public_bytes(neutral).verify(signature, message)
        assert not ed25519.verify(neutral, message, signature)


def test_the_second_half_of_a_signature_is_below_the_order() -> None:
    larger = int.from_bytes(SIGNATURE[32:], "little") + ORDER
    assert not ed25519.verify(KEY, b"\x72", SIGNATURE[:32] + larger.to_bytes(32, "little"))
    for bad in (SIGNATURE[:-1], SIGNATURE + b"\0", b""):
        assert not ed25519.verify(KEY, b"\x72", bad)
