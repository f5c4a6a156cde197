"""Bundle what the pages load: one file for each script or style that a template names, made by esbuild.

    functions/web/static    the sources: readable modules, styles, pictures
    functions/web/served    what is served: minified bundles with their source maps, and hashes.json, which has the hash
                            (SRI) of each file. Made here, never committed; functions get this folder and no sources

The same sources and lock give the same bytes on every machine, so anyone can rebuild the files and compare them with
what a deployment serves (`ballotcast scripts`). Needs nothing but Python's standard library and what
`make environments` has installed.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .browser_libraries import INPUTS, integrity, node_here

SOURCES, SERVED = Path("functions", "web", "static"), Path("functions", "web", "served")
TEMPLATES = Path("functions", "web", "templates")
HASHES = "hashes.json"
OPTIONS = [
    "--bundle",
    "--minify",
    "--keep-names",
    "--format=esm",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=inline",
    "--sourcemap=linked",
    "--outbase=.",
    "--tsconfig-raw={}",
    "--log-level=warning",
]
_NAMED = re.compile(r"""page\.(?:script|static|style)\(\s*["']([^"']+)["']""")
_BUNDLED = {".js", ".css"}
_MADE_FROM = ".made-from"


def bring_up_to_date(top: Path) -> Path:
    """Bundle again what the pages of the project at `top` load, unless nothing changed; returns the folder.

    Processes that want the same at once wait for each other.
    """
    served = top / SERVED
    wanted = _digest(top)
    with (top / ".tools" / "bundles.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        noted = served / _MADE_FROM
        if not noted.exists() or noted.read_text() != wanted:
            with tempfile.TemporaryDirectory(dir=top / ".tools") as scratch:
                made = bundle(top, Path(scratch, "served"))
                (made / _MADE_FROM).write_text(wanted)
                shutil.rmtree(served, ignore_errors=True)
                made.rename(served)
    return served


def bundle(top: Path, folder: Path) -> Path:
    """Fill the new folder `folder` with everything that the templates name."""
    sources, installed = top / SOURCES, top / ".tools" / "web"
    esbuild = installed / "node_modules" / "esbuild" / "bin" / "esbuild"
    if not esbuild.exists():
        sys.exit("the pages' tools are missing: run `make environments`, which brings them")
    names = named_by_templates(top)
    bundled = [name for name in names if Path(name).suffix in _BUNDLED]
    node = node_here() or top / ".tools" / "node" / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    folder.mkdir(parents=True)
    command = ["node", str(esbuild), *bundled, *OPTIONS, f"--outdir={folder}"]
    subprocess.run(command, cwd=sources, env=environment, check=True)
    for name in set(names) - set(bundled):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sources / name, folder / name)
    for path in folder.rglob("*.map"):
        path.write_text(_from_sources(json.loads(path.read_text()), path.parent, folder, sources))
    hashes = {name: integrity((folder / name).read_bytes()) for name in names}
    (folder / HASHES).write_text(json.dumps(hashes, indent=2) + "\n")
    return folder


def named_by_templates(top: Path) -> list[str]:
    """Paths below the sources of all that pages load, sorted: each is an entry of its own."""
    found = (_NAMED.findall(path.read_text()) for path in (top / TEMPLATES).rglob("*.html"))
    return sorted({name for names in found for name in names})


def _from_sources(mapped: dict[str, object], beside: Path, folder: Path, sources: Path) -> str:
    """A source map whose names lead from the sources' folder, wherever the bundles were made."""
    listed = mapped["sources"]
    assert isinstance(listed, list)
    mapped["sources"] = [
        os.path.relpath(os.path.normpath(beside / name), sources) if not name.startswith("<") else name
        for name in listed
    ]
    mapped["sourceRoot"] = "/".join([".."] * len(beside.relative_to(folder).parts)) or "."
    return json.dumps(mapped, separators=(",", ":"), ensure_ascii=False)


def _digest(top: Path) -> str:
    """Of everything that the bundles are made from."""
    summed = hashlib.sha256(json.dumps([OPTIONS, named_by_templates(top)]).encode())
    inputs = [top / path for path in INPUTS] + sorted((top / SOURCES).rglob("*"))
    for path in [Path(__file__), *inputs]:
        if path.is_file():
            summed.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return summed.hexdigest()
