"""A consistent copy of a data folder that may be in use: the database as of one moment, and the objects it names."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from ballotcast_tools.runtime.data import Data
from ballotcast_tools.runtime.storage.database import check_format, open_reader

from .errors import BackupError
from .manifest import DATABASE

TRIES = 100
_OBJECTS = "SELECT file FROM object"


def take_snapshot(data: Data, folder: Path) -> list[str]:
    """Copy the database to `folder`, next to `objects/` with links to the files that it names. Returns their names.

    Raises BackupError if objects are deleted faster than they can be linked, and WrongFormat.
    """
    objects = folder / "objects"
    objects.mkdir()
    with closing(open_reader(data.database)) as source:
        check_format(source)
        for _ in range(TRIES):
            source.execute("BEGIN")  # what is read until its end is of one moment
            names = [name for (name,) in source.execute(_OBJECTS)]
            missing = [name for name in names if not _link(data.objects / name, objects / name)]
            if not missing:
                break
            source.execute("ROLLBACK")
        else:
            raise BackupError("Objects were deleted faster than they could be copied. Try again.")
        _copy(source, folder)
    for stray in {path.name for path in objects.iterdir()} - set(names):
        (objects / stray).unlink()
    return names


def _copy(source: sqlite3.Connection, folder: Path) -> None:
    """Copy the pages as the open transaction of `source` sees them, then leave out the free ones.

    Those still hold what was deleted, such as the links of mails that have been sent.
    """
    pages = folder / "pages"
    with closing(sqlite3.connect(pages, isolation_level=None)) as copy:
        source.backup(copy)
        source.execute("COMMIT")
        copy.execute("VACUUM INTO ?", [str(folder / DATABASE)])
    pages.unlink()


def _link(file: Path, to: Path) -> bool:
    """Keep `file` from being lost when it is deleted meanwhile. Returns False if it is gone already."""
    if to.exists():
        return True
    try:
        os.link(file, to)
    except FileNotFoundError:
        return False
    except OSError:  # a file system without links
        try:
            shutil.copyfile(file, to)
        except FileNotFoundError:
            return False
    return True
