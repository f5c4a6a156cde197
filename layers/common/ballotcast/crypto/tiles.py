"""The tree of `merkle` kept in tiles, as C2SP tlog-tiles lays it out: appending, roots and proofs.

A tile at (level, n) is up to 256 concatenated 32-byte hashes; hash i of it is the root of the 256**level leaves from
(n * 256 + i) * 256**level. A tile is partial while it has fewer than 256 hashes, and only the last tile of each level
may be. A `Read` fetches one: `read(level, n, width)` gives the tile's first `width` hashes.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from ballotcast.crypto import merkle
from ballotcast.crypto.merkle import HASH_LENGTH

WIDTH = 256
HEIGHT = 8
TILE_LENGTH = WIDTH * HASH_LENGTH

TileKey = tuple[int, int]
Read = Callable[[int, int, int], bytes]


class TileError(ValueError):
    """Tiles that do not fit the size of the tree they are said to belong to."""


def edge(size: int) -> list[TileKey]:
    """Return the (level, n) of each partial tile of a tree of `size` leaves: all that `append` and `edge_root` need."""
    tiles = []
    level = 0
    while size:
        if size % WIDTH:
            tiles.append((level, size // WIDTH))
        size //= WIDTH
        level += 1
    return tiles


def append(
    size: int, edge_tiles: Mapping[TileKey, bytes], leaf_hashes: Sequence[bytes]
) -> tuple[int, dict[TileKey, bytes]]:
    """Append leaf hashes to a tree of `size` leaves, whose partial tiles (see `edge`) are `edge_tiles`.

    Returns the new size and every tile that is new or has grown, whole. Raises TileError if an edge tile is missing or
    has another width than `size` asks for.
    """
    changed: dict[TileKey, bytes] = {}
    level, count, hashes = 0, size, b"".join(leaf_hashes)
    while hashes:
        n, width = divmod(count, WIDTH)
        row = (_edge_tile(edge_tiles, level, n, width) if width else b"") + hashes
        hashes = b""
        for start in range(0, len(row), TILE_LENGTH):
            tile = changed[level, n] = row[start : start + TILE_LENGTH]
            if len(tile) == TILE_LENGTH:
                hashes += merkle.root(_hashes(tile))
            n += 1
        level, count = level + 1, count // WIDTH
    return size + len(leaf_hashes), changed


def edge_root(size: int, edge_tiles: Mapping[TileKey, bytes]) -> bytes:
    """Root of a tree of `size` leaves from its partial tiles alone.

    They suffice: the largest complete subtrees that make up the tree have one size for each bit of `size`, and those of
    bits 8*level to 8*level + 7 lie in the partial tile of that level. Raises TileError as `append` does.
    """
    return root_from_tiles(size, lambda level, n, width: _edge_tile(edge_tiles, level, n, width))


def root_from_tiles(size: int, read: Read) -> bytes:
    """Root of the tree of `size` leaves; reads only the partial tiles. Raises TileError for a tile of another width."""
    return _Tree(size, read).subtree(0, size) if size else merkle.EMPTY_ROOT


def inclusion_proof_from_tiles(index: int, size: int, read: Read) -> list[bytes]:
    """Proof for `merkle.verify_inclusion`. Raises ValueError for an index outside the tree, TileError for bad tiles."""
    tree = _Tree(size, read)
    return [tree.subtree(start, end) for start, end in merkle.inclusion_ranges(index, size)]


def consistency_proof_from_tiles(old_size: int, size: int, read: Read) -> list[bytes]:
    """Proof for `merkle.verify_consistency`. Raises ValueError unless 0 < old_size <= size, TileError for bad tiles."""
    tree = _Tree(size, read)
    return [tree.subtree(start, end) for start, end in merkle.consistency_ranges(old_size, size)]


def rows(leaf_hashes: bytes) -> list[bytes]:
    """Return every level of the tree over these concatenated leaf hashes, as the concatenated hashes of its tiles."""
    levels = [leaf_hashes]
    while len(below := levels[-1]) >= TILE_LENGTH:
        full = range(0, len(below) // TILE_LENGTH * TILE_LENGTH, TILE_LENGTH)
        levels.append(b"".join(merkle.root(_hashes(below[start : start + TILE_LENGTH])) for start in full))
    return levels


def tile_of(levels: Sequence[bytes], level: int, n: int, width: int) -> bytes:
    """Return a `Read` of the tree that `rows` made."""
    start = n * TILE_LENGTH
    return levels[level][start : start + width * HASH_LENGTH]


class LeafHashes:
    """The leaf hashes of a log of `size` leaves, read tile by tile as they are asked for; nothing of it is proved."""

    def __init__(self, read: Read, size: int) -> None:
        self._size = size
        self._tile = cache(read)

    def at(self, index: int) -> bytes:
        n, position = divmod(index, WIDTH)
        tile = self._tile(0, n, min(WIDTH, self._size - n * WIDTH))
        return tile[position * HASH_LENGTH : (position + 1) * HASH_LENGTH]


class _Tree:
    """Subtree roots of one tree; each tile is read once."""

    def __init__(self, size: int, read: Read) -> None:
        self._size = size
        self._read = read
        self._tiles: dict[TileKey, list[bytes]] = {}

    def subtree(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]) of RFC 9162 section 2.1.1, for a range that the tree's own splits lead to."""
        length = end - start
        if length & (length - 1):
            middle = start + merkle.split(length)
            return merkle.node_hash(self.subtree(start, middle), self.subtree(middle, end))
        # A complete subtree: some 1 to 128 consecutive hashes of one tile.
        level, height = divmod(length.bit_length() - 1, HEIGHT)
        n, first = divmod(start >> HEIGHT * level, WIDTH)
        return merkle.root(self._tile(level, n)[first : first + (1 << height)])

    def _tile(self, level: int, n: int) -> list[bytes]:
        if (level, n) not in self._tiles:
            width = min(WIDTH, (self._size >> HEIGHT * level) - n * WIDTH)
            self._tiles[level, n] = _hashes(_of_width(self._read(level, n, width), width))
        return self._tiles[level, n]


def _edge_tile(edge_tiles: Mapping[TileKey, bytes], level: int, n: int, width: int) -> bytes:
    return _of_width(edge_tiles.get((level, n), b""), width)


def _of_width(tile: bytes, width: int) -> bytes:
    if len(tile) != width * HASH_LENGTH:
        raise TileError(f"tile has {len(tile)} bytes, not {width} hashes")
    return tile


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[start : start + HASH_LENGTH] for start in range(0, len(tile), HASH_LENGTH)]
