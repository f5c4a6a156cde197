"""Making a backup, while the runtime runs or while it is stopped."""

from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from ballotcast_tools.runtime.data import Data

from .archive import ArchiveWriter, write_archive
from .errors import BackupError
from .manifest import DATABASE, SEALED_KEY
from .passphrase import seal_key
from .settling import is_pending, scratch_folder
from .snapshot import take_snapshot


def make_backup(directory: Path, file: Path, passphrase: str | None, now: datetime) -> None:
    """Write a backup of the data in `directory` to `file`, with the master key if there is a passphrase for it.

    Raises:
        BackupError: there is no data, `file` exists, or it cannot be written; then there is no file.
        MissingKey, UnusableKey: the master key is gone, or others may read it.
        WrongFormat: the data is of another release.
    """
    data = Data(directory)
    if is_pending(directory):
        raise BackupError("A restore or reset was interrupted. Start the stack, which completes it, and try again.")
    if not data.database.exists():
        raise BackupError(f"There is no data in {directory}.")
    master = data.master_key
    sealed = seal_key(master, passphrase) if passphrase is not None else None
    with scratch_folder(directory) as folder:

        def fill(archive: ArchiveWriter) -> None:
            objects = take_snapshot(data, folder)
            for name, path in [
                (DATABASE, folder / DATABASE),
                *((f"objects/{o}", folder / "objects" / o) for o in objects),
            ]:
                with path.open("rb") as content:
                    archive.add(name, content)
            if sealed is not None:
                archive.add(SEALED_KEY, BytesIO(sealed))

        write_archive(file, fill, now, version("ballotcast"), master)
