"""Static files: the bundles of this build, each served under an address that has its own hash, and so for ever.

`/static/<hash>/js/vote/main.js` is `served/js/vote/main.js`. The build makes that folder and notes each hash in it
(ballotcast_tools.build.page_bundles); by these browsers check what they load. A file that no release changed keeps its
address.
"""

import base64
import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "served"
MAP = ".map"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", MAP: "application/json"}
HASH_LENGTH = 16


@dataclass(frozen=True)
class StaticFile:
    """`integrity`: as in the attribute of that name (W3C Subresource Integrity)."""

    name: str
    integrity: str

    @property
    def hash(self) -> str:
        """What its address has of its hash: in hexadecimal digits."""
        return base64.b64decode(self.integrity.removeprefix("sha384-")).hex()[:HASH_LENGTH]

    @property
    def path(self) -> str:
        """Its address below `/static/`."""
        return f"{self.hash}/{self.name}"


@cache
def static_files() -> dict[str, StaticFile]:
    """Path below the folder → file, of all that pages name."""
    hashes: dict[str, str] = json.loads((FOLDER / "hashes.json").read_text())
    return {name: StaticFile(name, integrity) for name, integrity in hashes.items()}


@cache
def release() -> str:
    """Tell all files together from those of any other release."""
    noted = "".join(f"{name} {file.integrity}\n" for name, file in sorted(static_files().items()))
    return sha256(noted.encode()).hexdigest()[:HASH_LENGTH]


@cache
def served(path: str) -> tuple[str, str] | None:
    """Content and media type of what is at `<hash>/<name>` below `/static/`, None if this build has no such file.

    A bundle's source map is next to it.
    """
    _, _, name = path.partition("/")
    file = static_files().get(name.removesuffix(MAP))
    if file is None or file.path != path.removesuffix(MAP) or not (FOLDER / name).is_file():
        return None
    return (FOLDER / name).read_text(), f"{TYPES[Path(name).suffix]}; charset=utf-8"
