"""The Merkle tree of RFC 9162 section 2.1 with SHA-256: roots, proofs and their verification.

A proof is a list of subtree hashes. Which subtrees, is told by `inclusion_ranges` and `consistency_ranges`, so that a
tree in memory (here) and a tree in tiles (`tiles`) share the same two walks. Hashes are 32 bytes; indexes count from 0.
"""

from collections.abc import Sequence
from functools import reduce
from hashlib import sha256

HASH_LENGTH = 32
EMPTY_ROOT = sha256().digest()

Range = tuple[int, int]


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf: H(0x00‖leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: H(0x01‖left‖right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over these leaf hashes: H() of nothing when there are none."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node_hash(left, right) for left, right in pairs] + level[len(level) & ~1 :]
    return level[0]


class Frontier:
    """The root of a tree that grows leaf by leaf: it keeps one hash for each bit of its size, and nothing else."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []
        """Roots of complete subtrees, the largest first."""

    def append(self, leaf_hash: bytes) -> None:
        node, behind = leaf_hash, self.size
        while behind & 1:
            node, behind = node_hash(self._complete.pop(), node), behind >> 1
        self._complete.append(node)
        self.size += 1

    @property
    def root(self) -> bytes:
        return reduce(lambda right, left: node_hash(left, right), reversed(self._complete)) if self.size else EMPTY_ROOT


def split(size: int) -> int:
    """Size of the left subtree of a tree of `size` > 1 leaves: the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the leaf ranges [start, end) whose roots make up PATH(index, D[size]) of section 2.1.3.1, leaf side first.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, new_size: int) -> list[Range]:
    """Return the leaf ranges whose roots make up PROOF(old_size, D[new_size]) of section 2.1.4.1.

    Raises ValueError unless 0 < old_size <= new_size.
    """
    if not 0 < old_size <= new_size:
        raise ValueError("a tree is consistent only with larger trees, and the empty tree proves nothing")
    ranges = []
    start, end = 0, new_size
    while end != old_size:
        middle = start + split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Proof that leaf `index` is in the tree over `leaf_hashes`. Raises ValueError for an index outside it."""
    return [root(leaf_hashes[start:end]) for start, end in inclusion_ranges(index, len(leaf_hashes))]


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the first `old_size` leaves are unchanged. Raises ValueError unless 0 < old_size <= size."""
    return [root(leaf_hashes[start:end]) for start, end in consistency_ranges(old_size, len(leaf_hashes))]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether `proof` shows that the leaf hash `leaf` is at `index` under `root` (section 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != HASH_LENGTH:
        return False
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether `proof` shows that the new tree extends the old one (section 2.1.4.2); an empty old tree never
    does.
    """
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == old_root and new == new_root
