"""The files of an export: what anyone needs to verify an election, and how they lie in one zip.

    manifest.json  checkpoint  tile/…  tile/entries/…  issuance.csv  election_key.hex  result.json

The zip is the same to the byte whoever makes it: files in order of name, stored and not compressed, without times. So
its hash can be published, and a reader can refuse whatever is not there, not in order or larger than the zip itself.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from ballotcast.crypto.tile_files import ENTRIES, TilePath
from ballotcast.crypto.tiles import HEIGHT, WIDTH

MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
LEDGER = "issuance.csv"
ELECTION_KEY = "election_key.hex"
RESULT = "result.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The least time that a zip can tell; it stands for none."""


def tile_paths(size: int) -> Iterator[TilePath]:
    """Every tile of a log of `size` leaves, level by level."""
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count >> HEIGHT


def bundle_paths(size: int) -> Iterator[TilePath]:
    """Every entry bundle of a log of `size` leaves, in order."""
    return _row(ENTRIES, size)


def _row(level: int | str, count: int) -> Iterator[TilePath]:
    for n in range(-(-count // WIDTH)):
        yield TilePath(level, n, min(WIDTH, count - n * WIDTH))  # type: ignore[arg-type]


def names(size: int) -> list[str]:
    """The names of all files, in order, for a log of `size` leaves."""
    paths = [*map(str, tile_paths(size)), *map(str, bundle_paths(size))]
    return sorted([MANIFEST, CHECKPOINT, LEDGER, ELECTION_KEY, RESULT, *paths])


def write_export(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write the zip; `files` come in order of name and are held one at a time."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(ZipInfo(name, EPOCH), content)
