"""Restoring a backup: everything in it is checked before anything is replaced."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from botocore.exceptions import ClientError

from ballotcast_tools.runtime.data import Data
from ballotcast_tools.runtime.found import Found, found_in
from ballotcast_tools.runtime.services.kms import Kms
from ballotcast_tools.runtime.services.master_key import MasterKey, UnusableKey
from ballotcast_tools.runtime.storage.database import WrongFormat, check_format

from .archive import Archive
from .errors import BadBackup, WrongKey
from .manifest import SEALED_KEY, Manifest
from .passphrase import open_key
from .settling import INCOMING

Ask = Callable[[], str]
"""Returns the passphrase; called only if the backup's key is needed."""


def prepare_restore(directory: Path, file: Path, key: str, passphrase: Ask) -> tuple[Manifest, Found]:
    """Check a backup, and lay out what it holds in the data folder, where `settling.put_in_place` makes it the data.

    Args:
        directory: the data folder; settled, and used by nothing else.
        file: the backup.
        key: the ARN of the template's key, to which everything wrapped is bound.
        passphrase: gives the passphrase.

    Raises:
        BackupError: BadBackup or WrongKey; nothing has changed.
    """
    data, new = Data(directory), Data(directory / INCOMING)
    with Archive(file) as archive:
        new.make()
        new.objects.mkdir(mode=0o700)
        for name in archive.manifest.files:
            archive.extract(name, new.directory / name)
        manifest = archive.manifest
    master = _master_key(manifest, data, new, passphrase)
    with closing(sqlite3.connect(new.database, isolation_level=None)) as connection:
        _check_database(connection, manifest)
        _check_secrets(connection, master, key)
        found = found_in(connection)
    _write(new.master_key_file, master.content)
    return manifest, found


def _master_key(manifest: Manifest, data: Data, new: Data, passphrase: Ask) -> MasterKey:
    """Return the folder's own key if the backup was made with it, else the one in the backup."""
    own = _own_key(data)
    if own is not None and manifest.is_signed_by(own):
        (new.directory / SEALED_KEY).unlink(missing_ok=True)
        return own
    if not manifest.has_key:
        raise WrongKey(
            f"The backup was made without the master key, and {data.master_key_file} is "
            f"{'missing' if own is None else 'another one'}. "
            "Put the key there that belongs to the backup (chmod 600), or use a backup made --with-keys."
        )
    master = open_key((new.directory / SEALED_KEY).read_bytes(), passphrase())
    if not manifest.is_signed_by(master):
        raise BadBackup("The backup was changed after it was made. Use another backup.")
    (new.directory / SEALED_KEY).unlink()
    return master


def _own_key(data: Data) -> MasterKey | None:
    """Return the key in the folder; None if there is none, or it is damaged, which may be why a backup is restored."""
    with contextlib.suppress(FileNotFoundError, UnusableKey):
        return MasterKey(data.master_key_file.read_bytes())
    return None


def _check_database(connection: sqlite3.Connection, manifest: Manifest) -> None:
    try:
        result = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if result != "ok":
            raise BadBackup(f"The backup's database is damaged ({result}). Use another backup.")
        check_format(connection)
        named = {f"objects/{name}" for (name,) in connection.execute("SELECT file FROM object")}
    except WrongFormat as wrong:
        raise BadBackup(f"{wrong}. Restore it with the release that made it ({manifest.release}).") from None
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"The backup's database is damaged ({error}). Use another backup.") from None
    if named != {name for name in manifest.files if name.startswith("objects/")}:
        raise BadBackup("The backup does not hold the objects that its database names. Use another backup.")


def _check_secrets(connection: sqlite3.Connection, master: MasterKey, key: str) -> None:
    kms = Kms(master, key)
    for arn, wrapped in connection.execute("SELECT arn, wrapped FROM secret"):
        try:
            kms.decrypt(KeyId=key, CiphertextBlob=wrapped, EncryptionContext={"secret": arn})
        except ClientError:
            raise WrongKey(
                f"The master key does not open the secret {arn} of the backup. Use another backup."
            ) from None


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
