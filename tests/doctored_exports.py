"""The doctored exports of tests/vectors/doctored, made of the whole ones by the edits that are written there."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from ballotcast.elections.export_files import write_export
from checkout import ROOT

VECTORS = ROOT / "tests" / "vectors"
SUBJECTS = tuple(sorted(path.stem for path in (VECTORS / "doctored").glob("*.json")))
Edit = Mapping[str, Any]


class DoctoredExport(NamedTuple):
    """check: that refuses it. place: what its detail names, or nothing."""

    what: str
    base: str
    check: str
    place: str
    edits: Sequence[Edit]

    def write(self, path: Path) -> Path:
        archive = [edit for edit in self.edits if "file" not in edit]
        if archive:
            path.write_bytes(edited(whole(self.base).read_bytes(), archive))
            return path
        files = dict(files_of(self.base))
        for name in {edit["file"] for edit in self.edits}:
            own = [edit for edit in self.edits if edit["file"] == name]
            content = edited(files.pop(name, b""), [edit for edit in own if "remove" not in edit])
            if not any("remove" in edit for edit in own):
                files[name] = content
        write_export(path, sorted(files.items()))
        return path


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """At `at`, `cut` bytes are taken out, and `put` is put in `times` times; places are those before all edits."""
    for edit in sorted(edits, key=lambda edit: -edit["at"]):
        put = base64.b64decode(edit.get("put", "")) * edit.get("times", 1)
        content = content[: edit["at"]] + put + content[edit["at"] + edit.get("cut", 0) :]
    return content


def whole(name: str) -> Path:
    """An export that verifies."""
    return VECTORS / "exports" / f"{name}.zip"


@cache
def files_of(name: str) -> Mapping[str, bytes]:
    with ZipFile(whole(name)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def doctored(subject: str) -> Iterator[DoctoredExport]:
    for case in json.loads((VECTORS / "doctored" / f"{subject}.json").read_text())["cases"]:
        yield DoctoredExport(case["what"], case["base"], case["check"], case.get("place", ""), case["edits"])
