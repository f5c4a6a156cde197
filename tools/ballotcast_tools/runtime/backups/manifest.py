"""The manifest of a backup: when and by what it was made, and what each file in it must be.

    {"format": "ballotcast-backup", "version": 1, "made": "2026-11-30T12:00:00+00:00", "release": "0.1.0",
     "files": {"ballotcast.sqlite": {"sha256": "…", "size": 4096}, …}, "mac": "…"}

`mac` is the HMAC-SHA-256 of the manifest without it, under a key derived from the master key. Only the owner of the
master key could write it, so nobody else can change a backup unnoticed.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from ballotcast_tools.runtime.services.master_key import MasterKey

from .errors import BadBackup

FORMAT, VERSION = "ballotcast-backup", 1
DATABASE, SEALED_KEY, MANIFEST = "ballotcast.sqlite", "master.key.sealed", "manifest.json"
_ALLOWED = re.compile(rf"{re.escape(DATABASE)}|{re.escape(SEALED_KEY)}|objects/[0-9a-f]{{32}}")


class Content(NamedTuple):
    """`sha256` in hex, `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """`files`: by their names in the archive. `mac`: hex; empty until `signed`."""

    made: datetime
    release: str
    files: Mapping[str, Content]
    mac: str = ""

    @property
    def has_key(self) -> bool:
        return SEALED_KEY in self.files

    def signed(self, master: MasterKey) -> "Manifest":
        return Manifest(self.made, self.release, self.files, self._mac(master))

    def is_signed_by(self, master: MasterKey) -> bool:
        return hmac.compare_digest(self.mac.encode(), self._mac(master).encode())

    def to_json(self) -> bytes:
        return json.dumps({**self._content(), "mac": self.mac}, indent=1).encode()

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "made": self.made.isoformat(),
            "release": self.release,
            "files": {name: content._asdict() for name, content in sorted(self.files.items())},
        }

    def _mac(self, master: MasterKey) -> str:
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"))
        return hmac.new(master.derive("backup"), text.encode(), sha256).hexdigest()


def read_manifest(content: bytes) -> Manifest:
    """Raises BadBackup if it is not a manifest, is of another version, or names a file that no backup has."""
    try:
        written = json.loads(content)
        if written["format"] != FORMAT:
            raise BadBackup("The file is not a backup of Ballotcast.")
        if written["version"] != VERSION:
            raise BadBackup(
                f"The backup has format {written['version']}, and this release reads format {VERSION}. "
                f"Restore it with the release that made it ({written['release']})."
            )
        files = {name: Content(str(one["sha256"]), int(one["size"])) for name, one in written["files"].items()}
        manifest = Manifest(
            datetime.fromisoformat(written["made"]), str(written["release"]), files, mac=str(written["mac"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadBackup("The backup's manifest is damaged. Use another backup.") from None
    if DATABASE not in files or not all(_ALLOWED.fullmatch(name) for name in files):
        raise BadBackup("The backup names files that no backup has. Use another backup.")
    return manifest
