"""A disk whose power can be cut: SQLite writes through it, and every write and sync is recorded.

What is on the disk after a cut is made from the record: all that was synced, and of what was not any part, down to
sectors. The real files continue as if nothing had happened, so one run can be cut at each of its moments.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import apsw

SECTOR = 512
COMMITS = 5
"""From one checkpoint to the next."""


class Event(NamedTuple):
    """`kind`: write, truncate, sync, failed sync or delete."""

    kind: str
    file: str
    offset: int = 0
    content: bytes = b""


@dataclass
class Disk:
    """`broken`: ends of the names of files that cannot be synced. `room`: bytes of all files together."""

    folder: Path
    name: str
    events: list[Event] = field(default_factory=list)
    broken: tuple[str, ...] = ()
    room: int | None = None

    def connect(self, file: str) -> "Connection":
        return Connection(str(self.folder / file), self.name)

    def is_full(self, file: str, end: int) -> bool:
        others = sum(path.stat().st_size for path in self.folder.iterdir() if path.suffix != ".data-shm")
        grows = end - (self.folder / file).stat().st_size
        return self.room is not None and grows > 0 and others + grows > self.room

    def after_cut(self, moment: int, to: Path, random: Random) -> None:
        """Write to the folder `to` what is on the disk if the power fails before the event with that number."""
        files: dict[str, _File] = {}
        for event in self.events[:moment]:
            file = files.setdefault(event.file, _File())
            if event.kind == "sync":
                file.flush(None)
            elif event.kind == "failed sync":  # the system may drop what it could not write, and never say so again
                file.flush(random)
            elif event.kind == "delete":
                del files[event.file]
            else:
                file.waiting.append(event)
        for name, file in files.items():
            file.flush(random)
            (to / name).write_bytes(file.content)


class _File:
    def __init__(self) -> None:
        self.content = bytearray()
        self.waiting: list[Event] = []

    def flush(self, random: Random | None) -> None:
        """Write all that waits; with `random` any part of it."""
        for event in self.waiting:
            if event.kind == "truncate":
                if not random or random.random() < 0.5:
                    del self.content[event.offset :]
                continue
            for begin, sector in (
                _sectors(event) if random and random.random() < 0.5 else [(event.offset, event.content)]
            ):
                if not random or random.random() < 0.5:
                    self.content.extend(bytes(max(0, begin - len(self.content))))
                    self.content[begin : begin + len(sector)] = sector
        self.waiting.clear()


def _sectors(event: Event) -> Iterator[tuple[int, bytes]]:
    begin, end = event.offset, event.offset + len(event.content)
    while begin < end:
        after = min(end, begin - begin % SECTOR + SECTOR)
        yield begin, event.content[begin - event.offset : after - event.offset]
        begin = after


class Connection:
    """An apsw connection as the writer uses sqlite3's."""

    def __init__(self, path: str, disk: str) -> None:
        self._connection = apsw.Connection(path, vfs=disk)
        self._commits = 0

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        with _as_sqlite3():
            result = self._connection.execute(sql, parameters)
        if sql == "COMMIT":
            self._commits += 1
            if self._commits % COMMITS == 0:
                # SQLite does so itself and ignores failures, but apsw would raise those of a VFS in Python.
                with contextlib.suppress(apsw.Error):
                    self._connection.wal_checkpoint()
        return result

    executescript = execute

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def close(self) -> None:
        with _as_sqlite3():
            self._connection.close()


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        kind = sqlite3.IntegrityError if isinstance(error, apsw.ConstraintError) else sqlite3.OperationalError
        translated = kind(str(error))
        code = getattr(error, "extendedresult", error.result)
        translated.sqlite_errorname = apsw.mapping_extended_result_codes.get(code) or apsw.mapping_result_codes[code]
        raise translated from error


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    made = Disk(folder, f"disk {folder}")
    system = _System(made)
    yield made
    system.unregister()


class _System(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "_OpenFile":  # noqa: N802
        return _OpenFile(self._disk, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        self._disk.events.append(Event("delete", Path(name).name))
        super().xDelete(name, sync)


class _OpenFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._file = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__("", name, flags)

    def xWrite(self, content: bytes, offset: int) -> None:  # noqa: N802
        if self._disk.is_full(self._file, offset + len(content)):
            raise apsw.exception_for(apsw.SQLITE_FULL)
        self._disk.events.append(Event("write", self._file, offset, bytes(content)))
        super().xWrite(content, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.events.append(Event("truncate", self._file, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._file.endswith(self._disk.broken) if self._disk.broken else False:
            self._disk.events.append(Event("failed sync", self._file))
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)
        self._disk.events.append(Event("sync", self._file))
