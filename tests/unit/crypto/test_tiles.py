from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.crypto import merkle, tiles
from ballotcast.crypto.tiles import TileError, TileKey
from effort import examples

LEAVES = [sha256(number.to_bytes(4)).digest() for number in range(70_000)]


class Log:
    """A log as a sequencer keeps it: one row for each tile, of which it loads only the edge."""

    def __init__(self) -> None:
        self.size = 0
        self.rows: dict[TileKey, bytes] = {}

    def append(self, leaf_hashes: list[bytes]) -> None:
        edge = {key: self.rows[key] for key in tiles.edge(self.size)}
        self.size, changed = tiles.append(self.size, edge, leaf_hashes)
        self.rows |= changed
        assert tiles.edge_root(self.size, edge | changed) == tiles.root_from_tiles(self.size, self.read)

    def read(self, level: int, n: int, width: int) -> bytes:
        return self.rows[level, n][: width * 32]


@pytest.fixture(scope="module")
def large_log() -> Log:
    log = Log()
    log.append(LEAVES)
    return log


def test_the_specification_s_example_of_70_000_leaves(large_log: Log) -> None:
    widths = {key: len(row) // 32 for key, row in large_log.rows.items()}
    assert [widths.pop((0, n)) for n in range(274)] == [256] * 273 + [112]
    assert widths == {(1, 0): 256, (1, 1): 17, (2, 0): 1}
    assert tiles.edge(70_000) == [(0, 273), (1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("size", "edge"), [(0, []), (1, [(0, 0)]), (256, [(1, 0)]), (257, [(0, 1), (1, 0)]), (65_536, [(2, 0)])]
)
def test_the_edge_has_a_tile_for_each_digit_of_the_size(size: int, edge: list[TileKey]) -> None:
    assert tiles.edge(size) == edge


def test_each_hash_of_a_tile_is_the_root_of_its_leaves(large_log: Log) -> None:
    for (level, n), row in large_log.rows.items():
        span = 256**level
        for i in {0, len(row) // 32 - 1}:
            start = (n * 256 + i) * span
            assert row[i * 32 : i * 32 + 32] == merkle.root(LEAVES[start : start + span])


def test_root_and_proofs_of_a_large_log(large_log: Log) -> None:
    root = tiles.root_from_tiles(70_000, large_log.read)
    assert root == merkle.root(LEAVES)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = tiles.inclusion_proof_from_tiles(index, 70_000, large_log.read)
        assert merkle.verify_inclusion(LEAVES[index], index, 70_000, proof, root)
    for old_size in (1, 255, 256, 300, 65_536, 65_537, 69_999, 70_000):
        proof = tiles.consistency_proof_from_tiles(old_size, 70_000, large_log.read)
        assert merkle.verify_consistency(old_size, 70_000, merkle.root(LEAVES[:old_size]), root, proof)


def test_the_root_of_every_size_comes_from_the_partial_tiles_alone() -> None:
    for size in (1, 2, 3, 255, 256, 257, 511, 512, 768, 1000, 65_536, 65_793):
        log = Log()
        log.append(LEAVES[:size])
        edge = {key: log.rows[key] for key in tiles.edge(size)}
        assert tiles.edge_root(size, edge) == merkle.root(LEAVES[:size])
    assert tiles.edge_root(0, {}) == merkle.root([])


@examples(30)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_batches_make_the_same_tiles_as_one_append(batches: list[int]) -> None:
    log, whole = Log(), Log()
    for batch in batches:
        log.append(LEAVES[log.size : log.size + batch])
    whole.append(LEAVES[: sum(batches)])
    assert log.size == sum(batches)
    assert log.rows == whole.rows


@examples(60)
@given(st.data())
def test_an_older_size_is_read_from_newer_tiles(data: st.DataObject) -> None:
    log = Log()
    log.append(LEAVES[: data.draw(st.integers(1, 1200))])
    size = data.draw(st.integers(1, log.size))
    index = data.draw(st.integers(0, size - 1))
    asked: list[TileKey] = []

    def read(level: int, n: int, width: int) -> bytes:
        asked.append((level, n))
        return log.read(level, n, width)

    root = merkle.root(LEAVES[:size])
    assert tiles.root_from_tiles(size, read) == root
    assert tiles.inclusion_proof_from_tiles(index, size, read) == merkle.inclusion_proof(LEAVES[:size], index)
    assert tiles.consistency_proof_from_tiles(index + 1, size, read) == merkle.consistency_proof(
        LEAVES[:size], index + 1
    )
    # No tile is fetched twice for one answer, and the three answers need few.
    assert all(asked.count(key) <= 3 for key in asked)


def test_an_append_changes_only_the_edge_and_what_is_new() -> None:
    log = Log()
    log.append(LEAVES[:1000])
    edge = {key: log.rows[key] for key in tiles.edge(1000)}
    size, changed = tiles.append(1000, edge, LEAVES[1000:1003])
    assert (size, set(changed)) == (1003, {(0, 3)})
    assert tiles.append(1000, edge, []) == (1000, {})


def test_tiles_of_another_size_are_refused() -> None:
    log = Log()
    log.append(LEAVES[:300])
    edge = {key: log.rows[key] for key in tiles.edge(300)}
    leaf = LEAVES[300:301]
    for size in (299, 301, 44):
        with pytest.raises(TileError):
            tiles.append(size, edge, leaf)
        with pytest.raises(TileError):
            tiles.edge_root(size, edge)
    with pytest.raises(TileError):
        tiles.append(300, {}, leaf)
    with pytest.raises(TileError):
        tiles.append(511, {(0, 1): b"".join(LEAVES[256:511])}, leaf)
    with pytest.raises(TileError):
        tiles.root_from_tiles(300, lambda level, n, width: log.rows[level, n] + b"\x00")
    with pytest.raises(ValueError):
        tiles.inclusion_proof_from_tiles(300, 300, log.read)
