"""The folder that holds everything a runtime keeps.

    ballotcast.sqlite   tables, queues, executions, mails
    objects/            the bucket
    master.key          opens all private keys
    metrics.token       is in the address of the figures
    control             a socket for the owner's commands

Nobody but the owner may read the folder.
"""

import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ballotcast_cli.deployment import write_private

from .services.master_key import MasterKey, open_or_make, sync_folder

STARTED = "started.json"
"""Written at each start: the outputs of the template, and where everything is reached."""


@dataclass(frozen=True)
class Data:
    directory: Path

    @property
    def database(self) -> Path:
        return self.directory / "ballotcast.sqlite"

    @property
    def objects(self) -> Path:
        return self.directory / "objects"

    @property
    def control(self) -> Path:
        return self.directory / "control"

    @property
    def master_key_file(self) -> Path:
        return self.directory / "master.key"

    @property
    def master_key(self) -> MasterKey:
        """Made if there is none and no data either. Raises UnusableKey, and MissingKey next to data."""
        if self.database.exists() and not self.master_key_file.exists():
            raise MissingKey(
                f"{self.master_key_file} is missing, and the data cannot be read without it; restore it from a backup"
            )
        return open_or_make(self.master_key_file)

    def metrics_token(self) -> str:
        """Return the key in the address of the figures; made at the first start, so that a collector can keep it."""
        path = self.directory / "metrics.token"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text()

    def make(self) -> None:
        """Make the folder where it is missing, on disk, and close it to others."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        sync_folder(self.directory.parent)

    def hold(self) -> None:
        """Keep the folder for this process until it ends, however it ends. Raises InUse if another has it."""
        folder = os.open(self.directory, os.O_RDONLY)  # closed by the system
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise InUse(f"another process has the data in {self.directory}") from None


class InUse(RuntimeError):
    """Another runtime works with the folder: two would take each other's messages for lost."""


class MissingKey(RuntimeError):
    """There is data, and the key to it is gone."""
