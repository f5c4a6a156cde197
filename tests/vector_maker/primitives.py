"""Signatures, blind signatures and sealing, with every step's value (docs/protocol.md, sections 4, 6 and 8)."""

from typing import Any

from ballotcast.ballots import credential
from ballotcast.crypto import p256
from ballotcast.crypto.blind_rsa import blind, emsa_pss_encode, finalize
from vector_maker import sealing, seeded

MANIFEST_HASH = seeded.draw("manifest hash", 32)


def flipped(data: bytes, at: int) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def blind_signatures() -> dict[str, Any]:
    about = "RSABSSA-SHA384-PSS-Randomized (RFC 9474): each step for a key of either size. refused: by Finalize."
    return {"about": about, "keys": [_blind_signature(bits) for bits in (2048, 3072)]}


def _blind_signature(bits: int) -> dict[str, Any]:
    name = f"blind signature {bits}"
    issuer, (p, q) = seeded.issuer_key(name, bits), seeded.primes(name, bits)
    key = seeded.p256_key(f"{name}/vk")
    rand, salt = seeded.draw(f"{name}/rand", 32), seeded.draw(f"{name}/salt", 48)
    prepared = credential.prepare(MANIFEST_HASH, p256.point(key), rand)
    n, k = issuer.public.n, issuer.public.k
    blinding = blind(issuer.public, prepared, salt=salt, inverse=seeded.below(f"{name}/inverse", n))
    blind_signature = issuer.blind_sign(blinding.blinded)
    signature = finalize(issuer.public, prepared, blind_signature, blinding.inverse)
    marked = (int.from_bytes(blind_signature) * 2 % n).to_bytes(k)
    refused = [marked, bytes(k), b"\xff" * k, blind_signature[:-1], blind_signature + b"\0", n.to_bytes(k)]
    return {
        "n": f"{n:x}",
        "p": f"{p:x}",
        "q": f"{q:x}",
        "spki": issuer.public.spki().hex(),
        "manifest_hash": MANIFEST_HASH.hex(),
        "vk": p256.point(key).hex(),
        "rand": rand.hex(),
        "prepared": prepared.hex(),
        "salt": salt.hex(),
        "encoded": emsa_pss_encode(prepared, n.bit_length() - 1, salt).hex(),
        "blinded": blinding.blinded.hex(),
        "inverse": blinding.inverse.hex(),
        "blind_signature": blind_signature.hex(),
        "signature": signature.hex(),
        "refused": [one.hex() for one in refused],
        "bad_signatures": [flipped(signature, 0).hex(), signature[:-1].hex(), _larger(signature, n, k).hex()],
        "bad_blinded": [bytes(k).hex(), n.to_bytes(k).hex(), blinding.blinded[1:].hex()],
    }


def _larger(signature: bytes, n: int, k: int) -> bytes:
    """The same number modulo n, if it fits; else the modulus."""
    larger = int.from_bytes(signature) + n
    return (larger if larger < 256**k else n).to_bytes(k)


def sealed() -> dict[str, Any]:
    key, ephemeral = seeded.p256_key("sealed/key"), seeded.p256_key("sealed/ephemeral")
    vk = p256.point(seeded.p256_key("sealed/vk"))
    info = b"ballotcast/ballot/1\n" + MANIFEST_HASH + vk
    texts = [b"", b"\1", bytes(range(7)), bytes(255)]
    made = [sealing.seal(p256.point(key), info, text, ephemeral) for text in texts]
    good = made[2]
    bad = [flipped(good, 70), flipped(good, -1), good[:-1], good[:80], b"", flipped(good, 64), flipped(good, 0)]
    return {
        "about": "HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, empty aad: enc‖ct.",
        "scalar": p256.scalar(key).hex(),
        "point": p256.point(key).hex(),
        "ephemeral": p256.scalar(ephemeral).hex(),
        "manifest_hash": MANIFEST_HASH.hex(),
        "vk": vk.hex(),
        "info": info.hex(),
        "sealed": [{"plaintext": t.hex(), "sealed": s.hex()} for t, s in zip(texts, made, strict=True)],
        "refused": [one.hex() for one in bad],
    }


def ecdsa() -> dict[str, Any]:
    order = seeded.P256_ORDER
    key = seeded.p256_key("ecdsa")
    message = b"ballotcast/cast/1\nmessage"
    signature = seeded.sign(key, message)
    r, s = signature[:32], signature[32:]
    high = (order - int.from_bytes(s)).to_bytes(32)
    bad = [r + high, bytes(32) + s, r + bytes(32), order.to_bytes(32) + s, r + order.to_bytes(32), signature[:-1]]
    bad += [flipped(signature, 0), flipped(signature, -1), signature + b"\0", b""]
    point = p256.point(key)
    compressed = bytes([2 + point[-1] % 2]) + point[1:33]
    return {
        "about": "ECDSA on P-256 with SHA-256, r‖s with the lower s, the nonce by RFC 6979; points as 65 bytes.",
        "scalar": p256.scalar(key).hex(),
        "point": point.hex(),
        "message": message.hex(),
        "signature": signature.hex(),
        "refused": [one.hex() for one in bad],
        "bad_points": [one.hex() for one in (flipped(point, -1), compressed, b"\4" + bytes(64), b"\0", point[1:], b"")],
        "bad_scalars": [f"{number:064x}" for number in (0, order, order + 1, 2**256 - 1)],
    }


def ed25519() -> dict[str, Any]:
    prime, order = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    key, message = seeded.ed25519_key("ed25519"), b"message\n"
    signature = key.sign(message)
    larger = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    refused = [
        signature[:32] + larger,
        flipped(signature, 0),
        flipped(signature, 32),
        signature[:-1],
        signature + b"\0",
    ]
    bad_keys = [0, 1, prime - 1, y, prime - y, prime, prime + 1, 2, y | 1 << 255, 1 | 1 << 255]
    return {
        "about": "Ed25519 (RFC 8032) with the rules of docs/protocol.md, section 4. bad_keys: not accepted as keys.",
        "seed": key.private_bytes_raw().hex(),
        "key": key.public_key().public_bytes_raw().hex(),
        "message": message.hex(),
        "signature": signature.hex(),
        "refused": [one.hex() for one in refused],
        "bad_keys": [number.to_bytes(32, "little").hex() for number in bad_keys],
    }
