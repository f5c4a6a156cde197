"""Our code against tests/vectors: signatures, sealing, trees."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballotcast.ballots import credential
from ballotcast.crypto import blind_rsa, ed25519, hpke, merkle, p256
from ballotcast.crypto.blind_rsa import BlindRsaError, IssuerPublicKey
from ballotcast.crypto.hpke import HpkeError
from ballotcast.crypto.issuer_key import IssuerKey
from ballotcast.crypto.tile_files import TilePath, decode_bundle, encode_bundle
from vectors_read import unhex, vectors

TREES = vectors("trees")
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of Certificate Transparency's reference trees (RFC 6962, section 2.1), by size."""


@pytest.mark.parametrize("vector", vectors("blind_signatures")["keys"], ids=lambda one: f"{4 * len(one['n'])} bits")
def test_blind_signatures(vector: dict[str, Any]) -> None:
    key = IssuerKey(int(vector["p"], 16), int(vector["q"], 16))
    assert key.public.spki().hex() == vector["spki"]
    assert IssuerPublicKey.from_spki(bytes.fromhex(vector["spki"])).n == int(vector["n"], 16)
    manifest_hash, vk, rand, salt = unhex(*(vector[name] for name in ("manifest_hash", "vk", "rand", "salt")))
    prepared = credential.prepare(manifest_hash, vk, rand)
    assert prepared.hex() == vector["prepared"]
    assert blind_rsa.emsa_pss_encode(prepared, key.public.n.bit_length() - 1, salt).hex() == vector["encoded"]
    blinding = blind_rsa.blind(key.public, prepared, salt=salt, inverse=int(vector["inverse"], 16))
    assert blinding.blinded.hex() == vector["blinded"]
    assert blinding.inverse.hex() == vector["inverse"]
    blind_signature = key.blind_sign(blinding.blinded)
    assert blind_signature.hex() == vector["blind_signature"]
    signature = blind_rsa.finalize(key.public, prepared, blind_signature, blinding.inverse)
    assert signature.hex() == vector["signature"]
    for refused in unhex(*vector["refused"]):
        with pytest.raises(BlindRsaError):
            blind_rsa.finalize(key.public, prepared, refused, blinding.inverse)
    for blinded in unhex(*vector["bad_blinded"]):
        with pytest.raises(BlindRsaError):
            key.blind_sign(blinded)
    assert not any(key.public.verify(prepared, bad) for bad in unhex(*vector["bad_signatures"]))


def test_sealed_choices() -> None:
    given = vectors("sealed")
    key, info = p256.from_scalar(bytes.fromhex(given["scalar"])), bytes.fromhex(given["info"])
    assert p256.point(key).hex() == given["point"]
    for vector in given["sealed"]:
        assert hpke.open_(key, info, bytes.fromhex(vector["sealed"])).hex() == vector["plaintext"]
        assert vector["sealed"][:130] == p256.point(p256.from_scalar(bytes.fromhex(given["ephemeral"]))).hex()
    for refused in unhex(*given["refused"]):
        with pytest.raises(HpkeError):
            hpke.open_(key, info, refused)


def test_ecdsa() -> None:
    given = vectors("ecdsa")
    point, message, signature = unhex(given["point"], given["message"], given["signature"])
    assert p256.point(p256.from_scalar(bytes.fromhex(given["scalar"]))) == point
    key = p256.from_point(point)
    assert p256.verify(key, message, signature)
    assert not any(p256.verify(key, message, bad) for bad in unhex(*given["refused"]))
    for bad in unhex(*given["bad_points"]):
        with pytest.raises(ValueError):
            p256.from_point(bad)
    for bad in unhex(*given["bad_scalars"]):
        with pytest.raises(ValueError):
            p256.from_scalar(bad)


def test_ed25519() -> None:
    given = vectors("ed25519")
    key, message, signature = unhex(given["key"], given["message"], given["signature"])
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given["seed"]))
    assert private.sign(message) == signature
    assert ed25519.verify(key, message, signature)
    assert not any(ed25519.verify(key, message, bad) for bad in unhex(*given["refused"]))
    assert ed25519.require_key(key) == key
    for bad in unhex(*given["bad_keys"]):
        with pytest.raises(ValueError):
            ed25519.require_key(bad)


def test_trees() -> None:
    leaves = unhex(*TREES["leaves"])
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert [one.hex() for one in hashes] == TREES["leaf_hashes"]
    assert [merkle.root(hashes[:size]).hex() for size in range(len(leaves) + 1)] == TREES["roots"] == ROOTS


def test_inclusion_proofs() -> None:
    for vector in TREES["inclusion"]:
        leaf, root, *proof = unhex(vector["leaf_hash"], vector["root"], *vector["proof"])
        assert merkle.verify_inclusion(leaf, vector["index"], vector["size"], proof, root) is vector["holds"], vector


def test_consistency_proofs() -> None:
    for vector in TREES["consistency"]:
        old_root, root, *proof = unhex(vector["old_root"], vector["root"], *vector["proof"])
        holds = merkle.verify_consistency(vector["old_size"], vector["size"], old_root, root, proof)
        assert holds is vector["holds"], vector


def test_tiles() -> None:
    for vector in TREES["tiles"]:
        assert str(TilePath(vector["level"], vector["n"], vector["width"])) == vector["path"]
    for vector in TREES["bundles"]:
        entries = unhex(*vector["entries"])
        assert encode_bundle(entries).hex() == vector["bundle"]
        assert decode_bundle(bytes.fromhex(vector["bundle"]), len(entries)) == entries
