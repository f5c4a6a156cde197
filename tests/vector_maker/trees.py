"""Merkle trees, proofs that hold and proofs that do not, tiles (docs/protocol.md, section 8)."""

from collections.abc import Iterator
from typing import Any

from ballotcast.crypto.merkle import leaf_hash
from ballotcast.crypto.tile_files import TilePath, encode_bundle
from rfc9162 import mth, path, subproof

LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES += [bytes(range(0x60, 0x70))]
"""The leaves whose trees Certificate Transparency's first programs were tested with."""
TILES = ((0, 0, 256), (0, 0, 1), (0, 999, 256), (0, 1000, 255), (1, 1_234_067, 256), (2, 1_000_000, 17), (63, 0, 5))
"""Level, number, width."""
Proof = dict[str, Any]


def trees() -> dict[str, Any]:
    return {
        "about": (
            "Trees over the first of these leaves (RFC 9162, section 2.1), and proofs. holds: whether it is accepted."
        ),
        "leaves": [leaf.hex() for leaf in LEAVES],
        "leaf_hashes": [leaf_hash(leaf).hex() for leaf in LEAVES],
        "roots": [mth(LEAVES[:size]).hex() for size in range(len(LEAVES) + 1)],
        "inclusion": list(_inclusion()),
        "consistency": list(_consistency()),
        "tiles": [
            {"level": one, "n": n, "width": width, "path": str(TilePath(one, n, width))} for one, n, width in TILES
        ],
        "bundles": [
            {"entries": [entry.hex() for entry in entries], "bundle": encode_bundle(entries).hex()}
            for entries in (LEAVES, LEAVES[:1], [bytes(300)])
        ],
    }


def _inclusion() -> Iterator[Proof]:
    for size in (1, 2, 3, 5, 7, 8):
        root = mth(LEAVES[:size])
        for index in range(size):
            proof: Proof = {
                "index": index,
                "size": size,
                "leaf_hash": leaf_hash(LEAVES[index]).hex(),
                "root": root.hex(),
            }
            proof["proof"] = [one.hex() for one in path(index, LEAVES[:size])]
            yield from _damaged(proof, "index", size in (1, 7) and index % 3 == 0)


def _consistency() -> Iterator[Proof]:
    for size in (1, 2, 3, 5, 7, 8):
        for old in range(1, size + 1):
            roots = {"old_root": mth(LEAVES[:old]).hex(), "root": mth(LEAVES[:size]).hex()}
            proof: Proof = {"old_size": old, "size": size, **roots}
            proof["proof"] = [one.hex() for one in subproof(old, LEAVES[:size], True)]
            yield from _damaged(proof, "old_size", size in (1, 7) and old in (1, 3, 4, 7))


def _damaged(proof: Proof, place: str, thoroughly: bool) -> Iterator[Proof]:
    """The proof, which holds, and what may be done to it."""
    yield {**proof, "holds": True}
    if not thoroughly:
        return
    nodes = proof["proof"]
    other = leaf_hash(b"another").hex()
    ways: list[Proof] = [
        {"root": other},
        {"proof": [*nodes, other]},
        {"proof": [other, *nodes]},
        {"proof": [*nodes, proof["root"]]},
        {place: proof[place] + 1},
        {place: proof[place] - 1},
        {"size": 2 * proof["size"] + 1},
        {"size": 0},
    ]
    if nodes:
        ways += [{"proof": nodes[:-1]}, {"proof": nodes[1:]}, {"proof": []}, {"proof": [*nodes[:-1], other]}]
        ways += [{"proof": [nodes[0][:-2], *nodes[1:]]}]
    if len(nodes) > 1:
        ways.append({"proof": nodes[::-1]})
    for way in ways:
        yield {**proof, **way, "holds": False}
