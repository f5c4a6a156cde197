"""Changes of the whole data folder that a kill at any moment leaves undone or lets the next start complete.

    incoming/    a restore prepares the new data here; without it nothing has changed yet
    restored/    the new data, complete and on disk; it takes the place of the old, one name after the other
    resetting    an empty file: everything else is to be deleted
    copying/     a backup's scratch folder
    backup.lock  held by the command that makes or restores a backup

`incoming` becomes `restored` by one rename: before it the old data counts, after it the new.
"""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ballotcast_tools.runtime.services.master_key import sync_folder

from .errors import Busy
from .manifest import DATABASE

INCOMING, RESTORED, RESETTING, COPYING, LOCK = "incoming", "restored", "resetting", "copying", "backup.lock"
_OF_OLD_DATABASE = (f"{DATABASE}-wal", f"{DATABASE}-shm")
"""Next to a new database they would be taken for its own."""


def settle(directory: Path) -> None:
    """Complete or undo what a killed command left in a data folder. To be called before its data is opened.

    Nothing else may use the folder, except that a backup may be under way. A folder that does not exist is settled.
    """
    if not directory.exists():
        return
    if (directory / RESETTING).exists():
        _empty(directory)
    if (directory / RESTORED).exists():
        _replace(directory)
    _delete(directory / INCOMING)
    if (directory / COPYING).exists():
        with contextlib.suppress(Busy), locked(directory):  # unless a backup is being made
            _delete(directory / COPYING)


def is_pending(directory: Path) -> bool:
    """Return whether a restore or a reset is to be completed: what is in the folder is not to be used."""
    return (directory / RESTORED).exists() or (directory / RESETTING).exists()


def put_in_place(directory: Path) -> None:
    """Make what was prepared in `incoming` the data of the folder. All files in it must be on disk."""
    incoming = directory / INCOMING
    for folder in [*(path for path in incoming.iterdir() if path.is_dir()), incoming]:
        sync_folder(folder)
    incoming.rename(directory / RESTORED)
    sync_folder(directory)
    _replace(directory)


def erase(directory: Path) -> None:
    """Delete everything in a data folder, which stays. Links are deleted, and what they lead to is left alone."""
    (directory / RESETTING).touch(mode=0o600)
    sync_folder(directory)
    _empty(directory)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep other commands from making or restoring a backup meanwhile. Raises Busy if one does."""
    with (directory / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("A backup of this data is being made or restored. Try again when that is done.") from None
        yield


@contextmanager
def scratch_folder(directory: Path) -> Iterator[Path]:
    """Give an empty folder in the data folder, whose files can be linked there. Raises Busy."""
    with locked(directory):
        folder = directory / COPYING
        _delete(folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            _delete(folder)


def _replace(directory: Path) -> None:
    restored = directory / RESTORED
    for name in _OF_OLD_DATABASE:
        (directory / name).unlink(missing_ok=True)
    for new in list(restored.iterdir()):
        _delete(directory / new.name)
        new.rename(directory / new.name)
    sync_folder(directory)
    restored.rmdir()
    sync_folder(directory)


def _empty(directory: Path) -> None:
    for path in list(directory.iterdir()):
        if path.name != RESETTING:
            _delete(path)
    sync_folder(directory)
    (directory / RESETTING).unlink()
    sync_folder(directory)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)  # which does not follow links
    else:
        path.unlink(missing_ok=True)
