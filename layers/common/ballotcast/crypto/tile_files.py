"""The files of a C2SP tlog-tiles log: the paths of tiles and entry bundles, and the bundles' format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from ballotcast.crypto.tiles import WIDTH, TileError

ENTRIES: Literal["entries"] = "entries"
MAX_ENTRY = 2**16 - 1

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class TilePath:
    """Names a tile (`level` 0 to 63) or an entry bundle (`level` = "entries"); `width` < 256 means a partial one."""

    level: int | Literal["entries"]
    n: int
    width: int = WIDTH

    def __str__(self) -> str:
        """The path below the log's prefix: `tile/0/x001/234.p/5`."""
        groups = re.findall("...", f"{self.n:0{-(-len(str(self.n)) // 3) * 3}}")
        n = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{self.level}/{n}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read a path. Raises TileError unless `str` of the result gives `path` back."""
        match = _PATH.fullmatch(path)
        if not match:
            raise TileError("not a tile path")
        level, n, width = match.groups()
        tile = cls(
            ENTRIES if level == ENTRIES else int(level),
            int(n.replace("x", "").replace("/", "")),
            WIDTH if width is None else int(width),
        )
        in_range = (tile.level == ENTRIES or tile.level < 64) and tile.width > 0
        if not in_range or str(tile) != path:
            raise TileError("not a canonical tile path")
        return tile


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Encode 1 to 256 log entries, each behind its length as big-endian uint16. Raises TileError for more or longer."""
    if not 0 < len(entries) <= WIDTH or any(len(entry) > MAX_ENTRY for entry in entries):
        raise TileError("a bundle has 1 to 256 entries of at most 65535 bytes")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Decode a bundle of exactly `width` entries. Raises TileError for more, fewer, or an entry cut short."""
    entries = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start])
        entries.append(data[start:position])
    if position != len(data) or len(entries) != width:
        raise TileError("not a bundle of this width")
    return entries
