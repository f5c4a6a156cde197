"""The files of an export: what anyone needs to verify an election, and how they lie in one zip.

    manifest.json  checkpoint  door  tile/…  tile/entries/…  issuance.csv  election_key.hex  result.json

With trustees also ceremony.json and opening.json.

The zip is the same to the byte for anyone who makes it: files in order of name, stored and not compressed, without
times. So its hash can be published, and a reader refuses all that could hide something in it or make it larger than
it looks.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from ballotcast.crypto.tile_files import ENTRIES, TilePath
from ballotcast.crypto.tiles import HEIGHT, WIDTH
from ballotcast.elections.zip_headers import Stored, described, directory_header, end_record, local_header

MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
DOOR = "door"
LEDGER = "issuance.csv"
ELECTION_KEY = "election_key.hex"
RESULT = "result.json"
CEREMONY = "ceremony.json"
OPENING = "opening.json"
LARGEST = 2**31 - 1
"""Bytes that a file can have: from one more on, a zip has other headers."""
LINE = 256
"""No line of an export's text is as long."""
_BROKEN = (BadZipFile, OSError, ValueError, NotImplementedError, struct.error, EOFError)
"""What zipfile raises for a file that is not a zip, or a damaged zip."""


def tile_paths(size: int) -> Iterator[TilePath]:
    """Every tile of a log of `size` leaves, level by level."""
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count >> HEIGHT


def bundle_paths(size: int) -> Iterator[TilePath]:
    """Every entry bundle of a log of `size` leaves, in order."""
    return _row(ENTRIES, size)


def _row(level: int | Literal["entries"], count: int) -> Iterator[TilePath]:
    for n in range(-(-count // WIDTH)):
        yield TilePath(level, n, min(WIDTH, count - n * WIDTH))


def names(size: int, trustees: bool) -> list[str]:
    """The names of all files, in order, for a log of `size` leaves; trustees: whether the election has any."""
    paths = [*map(str, tile_paths(size)), *map(str, bundle_paths(size))]
    if trustees:
        paths += [CEREMONY, OPENING]
    return sorted([MANIFEST, CHECKPOINT, DOOR, LEDGER, ELECTION_KEY, RESULT, *paths])


def write_export(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write the zip; `files` come in order of name and are held one at a time."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, content in files:
            archive.writestr(described(name), content)


class ExportError(ValueError):
    """A zip that is damaged or is no export. The message names the file, if it is about one."""


class ExportReader:
    """An export's files, read one at a time. Every error that a doctored zip can cause is an ExportError."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
            self.sizes = self._checked(path)
        except _BROKEN as error:
            raise ExportError(f"not a whole zip: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def read(self, name: str, most: int) -> bytes:
        """A whole file of at most `most` bytes."""
        if name not in self.sizes:
            raise ExportError(f"{name} is missing")
        if self.sizes[name] > most:
            raise ExportError(f"{name} is larger than it can be")
        try:
            return self._zip.read(name)
        except _BROKEN as error:
            raise ExportError(f"{name} cannot be read: {error}") from None

    def lines(self, name: str) -> Iterator[bytes]:
        """A file line by line, each with its end; a line that is too long comes in pieces."""
        try:
            with self._zip.open(name) as file:
                while line := file.readline(LINE):
                    yield line
        except _BROKEN as error:
            raise ExportError(f"{name} cannot be read: {error}") from None

    def _checked(self, path: Path) -> dict[str, int]:
        """Each file's size. ValueError unless the zip is to the byte what `write_export` makes of these files.

        Nothing overlaps then and nothing lies between or behind: all files together are no larger than the zip.
        """
        sizes: dict[str, int] = {}
        directory, end = bytearray(), 0
        with path.open("rb") as zipped:
            for info in self._zip.infolist():
                file = Stored(info.filename, info.CRC, info.file_size, end)
                header = local_header(file)
                zipped.seek(end)
                if file.size > LARGEST:
                    raise ValueError(f"{file.name} is larger than a file can be")
                if info.header_offset != end or file.name in sizes or zipped.read(len(header)) != header:
                    raise ValueError("its files are not stored plainly, each once, one after the other")
                sizes[file.name] = file.size
                directory += directory_header(file)
                end += len(header) + file.size
            behind = directory + end_record(len(sizes), len(directory), end)
            zipped.seek(end)
            if zipped.read(len(behind) + 1) != behind:
                raise ValueError("what lies behind its files is not their directory alone")
        return sizes
