"""HPKE (RFC 9180) with a given ephemeral key, step by step: base mode, single-shot, empty aad.

DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Written apart from `crypto.hpke`, whose library draws the key.
"""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ballotcast.crypto import p256

KEM = b"KEM\x00\x10"
SUITE = b"HPKE\x00\x10\x00\x01\x00\x02"


def seal(public_key: bytes, info: bytes, plaintext: bytes, ephemeral: p256.PrivateKey) -> bytes:
    """enc‖ct."""
    enc = p256.point(ephemeral)
    dh = ephemeral.exchange(ec.ECDH(), p256.from_point(public_key))
    eae_prk = _extract(KEM, b"", b"eae_prk", dh)
    shared = _expand(KEM, eae_prk, b"shared_secret", enc + public_key, 32)
    context = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"") + _extract(SUITE, b"", b"info_hash", info)
    secret = _extract(SUITE, shared, b"secret", b"")
    key = _expand(SUITE, secret, b"key", context, 32)
    nonce = _expand(SUITE, secret, b"base_nonce", context, 12)
    return enc + AESGCM(key).encrypt(nonce, plaintext, b"")


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract, section 4."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + material, sha256)


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand, section 4, of at most 32 bytes."""
    labelled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\1", sha256)[:length]
