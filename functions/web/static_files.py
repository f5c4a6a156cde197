"""Scripts and styles: served as they are, under an address that has the hash of all of them, and so for ever.

`/static/<hash>/js/vote/main.js` is `static/js/vote/main.js`. Modules import each other by relative paths, so one page
never mixes two releases; what a page will need is named to the browser ahead (`modulepreload`), with its own hash.
"""

import base64
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256, sha384
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^;'"]*?["'](\.[^"']+)["']|\bfrom\s*["'](\.[^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True)
class StaticFile:
    name: str
    content: str
    type: str

    @property
    def integrity(self) -> str:
        """As in the attribute of that name (W3C Subresource Integrity)."""
        return "sha384-" + base64.b64encode(sha384(self.content.encode()).digest()).decode()


@cache
def static_files() -> dict[str, StaticFile]:
    """Path below the folder → file."""
    found = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in TYPES)
    files = ((path.relative_to(FOLDER).as_posix(), path) for path in found)
    return {name: StaticFile(name, path.read_text(), f"{TYPES[path.suffix]}; charset=utf-8") for name, path in files}


@cache
def release() -> str:
    """What all files together are told by."""
    summed = sha256()
    for file in static_files().values():
        summed.update(f"{file.name}\0{file.content}\0".encode())
    return summed.hexdigest()[:16]


@cache
def modules(entry: str) -> tuple[StaticFile, ...]:
    """The module `entry` and all that it imports statically, itself first."""
    found: dict[str, StaticFile] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = file = static_files()[name]
        targets = (one or other for one, other in _IMPORT.findall(file.content))
        waiting += [_resolved(name, target) for target in targets]
    return tuple(found.values())


def _resolved(importer: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(importer).parent / target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
