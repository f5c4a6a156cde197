"""Third-party code for browsers: taken from the npm registry by a lock, packed into the pages' `static/vendor`.

    .tools/web                       what functions/web/package-lock.json names, installed without running scripts:
                                     these libraries, what packs them, and what checks our own scripts (`make lint`)
    functions/web/static/vendor/     one minified ES module for each library below, ready to be served, and next to it
                                     its types, which only the checks read: no package and no page has them
    functions/web/packed.json        the hash (SRI) of each file that is served; packing anything else fails

None of that code is in the repository, and all of it can be told by its hash. `python3 -m
ballotcast_tools.build.browser_libraries` packs again after a change of package.json, and notes the new hashes.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

MODULES = {
    "hpke.js": ("@hpke/core", "export { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'"),
    "uplot.js": ("uplot", "export { default } from 'uplot'"),
}
"""File → the package it comes from, and what it exports."""
COPIED = {"uplot.css": ("uplot", "dist/uPlot.min.css")}
VENDOR = Path("functions", "web", "static", "vendor")
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
INPUTS = ("functions/web/package.json", "functions/web/package-lock.json", "functions/web/packed.json")


class Unexpected(Exception):
    """A packed file is not the one that packed.json names."""


def node_here() -> Path | None:
    """The folder of a `node` of this machine that is new enough and has `npm` next to it."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        return None
    said = subprocess.run([found, "--version"], stdout=subprocess.PIPE, text=True)
    return Path(found).parent if said.returncode == 0 and is_suitable(said.stdout) else None


def is_suitable(version: str) -> bool:
    """Return whether a Node.js that prints this for `--version`, as `v20.20.2`, runs what is installed here.

    ESLint asks for more than the other packages do: 20.19 or later, or 22.13 or later.
    """
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    numbers = (int(match[1]), int(match[2])) if match else (0, 0)
    return (20, 19) <= numbers < (21, 0) or numbers >= (22, 13)


def pack(top: Path, node: Path) -> dict[str, str]:
    """Fill `static/vendor`, by the `node` and `npm` in the folder `node`; returns the hash of each file."""
    web, installed = top / "functions" / "web", top / ".tools" / "web"
    vendor = top / VENDOR
    vendor.mkdir(parents=True, exist_ok=True)
    installed.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(web / name, installed / name)
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(INSTALL, cwd=installed, env=environment, stdout=subprocess.DEVNULL, check=True)
    for name, (package, source) in MODULES.items():
        _bundle(installed, environment, vendor / name, _banner(installed, package), source)
        (vendor / name).with_suffix(".d.ts").write_text(f"{source};\n")
    for name, (package, path) in COPIED.items():
        css = (installed / "node_modules" / package / path).read_text()
        (vendor / name).write_text(f"{_banner(installed, package)}\n{css}")
    return {name: integrity((vendor / name).read_bytes()) for name in sorted([*MODULES, *COPIED])}


def pack_as_noted(top: Path, node: Path) -> None:
    """The same. Unexpected unless every file has its noted hash."""
    noted = json.loads((top / "functions" / "web" / "packed.json").read_text())
    packed = pack(top, node)
    if packed != noted:
        differing = sorted(name for name in {*packed, *noted} if packed.get(name) != noted.get(name))
        raise Unexpected(f"not what functions/web/packed.json names: {', '.join(differing)}")


def integrity(content: bytes) -> str:
    """As in the attribute `integrity` (W3C Subresource Integrity): `sha384-` and base64."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def _bundle(folder: Path, environment: dict[str, str], output: Path, banner: str, source: str) -> None:
    options = [
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
        "--legal-comments=none",
    ]
    esbuild = ["node", "node_modules/esbuild/bin/esbuild", *options, f"--banner:js={banner}", f"--outfile={output}"]
    subprocess.run(esbuild, cwd=folder, env=environment, input=source.encode(), check=True)


def _banner(folder: Path, package: str) -> str:
    described: dict[str, Any] = json.loads((folder / "node_modules" / package / "package.json").read_text())
    return f"/* {package} {described['version']}, licence {described['license']} */"


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[3]
    hashes = pack(here, node_here() or here / ".tools" / "node" / "bin")
    (here / "functions" / "web" / "packed.json").write_text(json.dumps(hashes, indent=2) + "\n")
