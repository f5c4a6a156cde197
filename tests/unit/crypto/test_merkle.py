"""RFC 9162: a tree written from the RFC, pymerkle as a second oracle; vectors are in unit/vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ballotcast.crypto import merkle
from rfc9162 import mth, subproof


def entries(size: int) -> list[bytes]:
    return [number.to_bytes(2) for number in range(size)]


def hashes(size: int) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries(size)]


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257, 1000])
def test_the_root_is_the_rfc_s(size: int) -> None:
    assert merkle.root(hashes(size)) == mth(entries(size))


@given(st.data())
def test_every_inclusion_proof_holds_and_only_for_its_leaf(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    root = merkle.root(leaves)
    path = merkle.inclusion_proof(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    for other in set(range(size)) - {index}:
        assert not merkle.verify_inclusion(leaves[other], index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], other, size, path, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
    assert not path or not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)


@given(st.data())
def test_every_consistency_proof_holds_and_only_for_its_sizes(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    old_size = data.draw(st.integers(1, size))
    leaves = hashes(size)
    old_root, root = merkle.root(leaves[:old_size]), merkle.root(leaves)
    path = merkle.consistency_proof(leaves, old_size)
    assert merkle.verify_consistency(old_size, size, old_root, root, path)
    assert merkle.verify_consistency(old_size, size, root, old_root, path) is (old_size == size)
    for other in range(old_size):
        assert not merkle.verify_consistency(other, size, merkle.root(leaves[:other]), root, path)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 9, 31])
def test_consistency_proofs_are_the_rfc_s(size: int) -> None:
    for old_size in range(1, size + 1):
        assert merkle.consistency_proof(hashes(size), old_size) == subproof(old_size, entries(size), True)


@pytest.mark.parametrize("size", [1, 2, 7, 8, 21])
def test_pymerkle_agrees(size: int) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries(size):
        tree.append_entry(entry)
    assert merkle.root(hashes(size)) == tree.get_root()
    for index, leaf in enumerate(hashes(size)):
        # pymerkle keeps the leaf within its path, at the leaf's own place from left to right.
        path = tree.prove_inclusion(index + 1).serialize()["path"]
        proof = merkle.inclusion_proof(hashes(size), index)
        assert sorted(path) == sorted(node.hex() for node in [*proof, leaf])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_no_inclusion_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError):
        merkle.inclusion_proof(hashes(size), index)
    assert not merkle.verify_inclusion(hashes(1)[0], index, size, [], hashes(1)[0])


@pytest.mark.parametrize(("old_size", "size"), [(0, 0), (0, 3), (-1, 3), (4, 3)])
def test_no_consistency_proof_from_nothing_or_from_larger_trees(old_size: int, size: int) -> None:
    with pytest.raises(ValueError):
        merkle.consistency_proof(hashes(size), old_size)


def test_a_frontier_has_the_root_of_every_size() -> None:
    frontier, hashes = merkle.Frontier(), [merkle.leaf_hash(bytes([number])) for number in range(40)]
    assert frontier.root == merkle.root([])
    for size, one in enumerate(hashes, 1):
        frontier.append(one)
        assert (frontier.size, frontier.root) == (size, merkle.root(hashes[:size]))
