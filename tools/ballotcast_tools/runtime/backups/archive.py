"""The file that a backup is: a zip.

    ballotcast.sqlite    the database
    objects/<name>       each file that a row of its table `object` names
    master.key.sealed    the master key, sealed by a passphrase; only if it was asked for (passphrase.py)
    manifest.json        the last: hashes and sizes of the others (manifest.py)

The control socket is never in it.
"""

import errno
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Self

from ballotcast_tools.runtime.services.master_key import MasterKey, sync_folder

from .errors import BackupError, BadBackup
from .manifest import DATABASE, MANIFEST, Content, Manifest, read_manifest

CHUNK = 1 << 20
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, LookupError, ValueError)
"""What `zipfile` raises for a file that was cut short, changed, or made by other programs."""


class ArchiveWriter:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, Content] = {}

    def add(self, name: str, content: IO[bytes]) -> None:
        """Add a file. Only the database is compressed: objects mostly are already."""
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED if name == DATABASE else zipfile.ZIP_STORED
        digest, size = sha256(), 0
        with self._archive.open(entry, "w", force_zip64=True) as written:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                written.write(chunk)
        self.files[name] = Content(digest.hexdigest(), size)


def write_archive(
    file: Path, fill: Callable[[ArchiveWriter], None], made: datetime, release: str, master: MasterKey
) -> None:
    """Write a backup to `file`, which must not exist: complete and on disk, or not at all. Only the owner may read it.

    Raises BackupError if `file` exists or cannot be written.
    """
    if file.exists():
        raise BackupError(f"{file} exists already. Choose another name, or move it away.")
    scratch = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
            with zipfile.ZipFile(output, "w", compresslevel=1) as archive:
                writer = ArchiveWriter(archive)
                fill(writer)
                archive.writestr(MANIFEST, Manifest(made, release, writer.files).signed(master).to_json())
            output.flush()
            os.fsync(output.fileno())
        scratch.rename(file)
        sync_folder(file.parent)
    except OSError as error:
        raise BackupError(f"The backup could not be written to {file}: {error.strerror}.") from error
    finally:
        scratch.unlink(missing_ok=True)


class Archive:
    """A backup that is read. `with Archive(file) as archive: archive.extract(name, to)`."""

    def __init__(self, file: Path) -> None:
        """Raises BadBackup if `file` is not a backup that can be read, and BackupError if it cannot be opened."""
        try:
            self._file = file.open("rb")
        except OSError as error:
            raise BackupError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            try:
                self._archive = zipfile.ZipFile(self._file)
            except (*_DAMAGED, OSError):  # the latter for a place before the file's beginning
                raise BadBackup(f"{file} is not a backup of Ballotcast, or only a part of one.") from None
            names = self._archive.namelist()
            if MANIFEST not in names:
                raise BadBackup(f"{file} is not a backup of Ballotcast.")
            if any(entry.compress_type not in _COMPRESSIONS for entry in self._archive.infolist()):
                raise BadBackup("The backup is damaged, or was made by another program. Use another backup.")
            with _undamaged(MANIFEST):
                self.manifest = read_manifest(self._archive.read(MANIFEST))
            if sorted(names) != sorted([*self.manifest.files, MANIFEST]):
                raise BadBackup("The backup does not hold the files that its manifest names. Use another backup.")
        except BaseException:
            self._file.close()
            raise

    def extract(self, name: str, to: Path) -> None:
        """Write a file of the backup to `to`, on disk, for the owner only. Raises BadBackup if it is not as it was."""
        wanted, digest, size = self.manifest.files[name], sha256(), 0
        with (
            os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output,
            _undamaged(name),
            self._archive.open(name) as content,
        ):
            while size <= wanted.size and (chunk := content.read(CHUNK)):
                digest.update(chunk)
                size += len(chunk)
                output.write(chunk)
            output.flush()
            os.fsync(output.fileno())
        if (digest.hexdigest(), size) != wanted:
            raise BadBackup(f"The backup is damaged: {name} is not what was stored. Use another backup.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
        self._file.close()


@contextmanager
def _undamaged(name: str) -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # of the disk, not of a place in the file
            raise
        raise BadBackup(f"The backup is damaged: {name} cannot be read. Use another backup.") from None
