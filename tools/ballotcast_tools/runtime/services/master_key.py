"""The master key: a file of 32 random bytes that only its owner may read, and the keys that are derived from it."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LENGTH = 32


class UnusableKey(RuntimeError):
    """The key file is damaged, or others may read it."""


class MasterKey:
    def __init__(self, content: bytes) -> None:
        if len(content) != LENGTH:
            raise UnusableKey("a master key has 32 bytes")
        self.content = content

    def derive(self, use: str) -> bytes:
        """Return the 32-byte key of one use (HKDF-Expand with SHA-256)."""
        return HKDFExpand(SHA256(), LENGTH, f"ballotcast/{use}/1".encode()).derive(self.content)


def open_or_make(path: Path) -> MasterKey:
    """Return the key in `path`, made if there is none. Raises UnusableKey if others may read the file."""
    if not path.exists():
        scratch = path.with_suffix(".new")
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        scratch.rename(path)
        sync_folder(path.parent)
    if path.stat().st_mode & 0o077:
        raise UnusableKey(f"{path} can be read by others: chmod 600 {path}")
    return MasterKey(path.read_bytes())


def sync_folder(folder: Path) -> None:
    """Put a folder's names on disk: a file that was renamed into it is there after a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
