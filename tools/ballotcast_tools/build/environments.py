"""The environments that everything else runs in: `python3 -m ballotcast_tools.build.environments`.

    .tools/uv      uv itself, from tools/locks/bootstrap.lock
    .venv          the project with its developers' tools, from uv.lock; holds the command `ballotcast`
    .tools/stack   sam and cfn-lint, from tools/locks/stack.lock; apart, because they pin other versions
                   of the same libraries
    .tools/node    Node.js, from tools/locks/node.lock, only where this machine has none that is new enough
    .tools/web     what the pages take from npm (browser_libraries.py), packed into functions/web/static/vendor, and
                   what checks their scripts; functions/web/served, which pages load, is bundled by it (page_bundles.py)

Every package is checked against the hash in its lock, wherever it comes from. uv is told of the index, mirrors and
certificates that pip is configured with, unless it has settings of its own. A step whose inputs did not change is
skipped. Needs nothing but Python and pip.
"""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from . import browser_libraries, page_bundles

TOP = Path(__file__).resolve().parents[3]
OLDEST = (3, 11)
# The project's lock names files of pypi.org; exported as plain requirements it can be met by any index.
_EXPORT = ["export", "--quiet", "--frozen", "--all-extras", "--all-groups", "--format", "requirements.txt"]
_KEPT_SETTINGS = Path(".tools", "uv-settings.json")
_PIP_SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def make_environments(top: Path) -> None:
    """Make those that are missing or older than their locks."""
    tools = top / ".tools"
    locks = top / "tools" / "locks"
    pip_lock, project_lock, stack_lock = locks / "bootstrap.lock", top / "uv.lock", locks / "stack.lock"
    with made(tools / "uv", "uv", [pip_lock]) as needed:
        if needed:
            shutil.rmtree(tools / "uv", ignore_errors=True)
            options = ["-qq", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
            environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
            _run(
                [sys.executable, "-m", "pip", "install", *options, "--target", tools / "uv", "-r", pip_lock],
                environment,
                top,
            )
    install = Installer(top)
    with made(top / ".venv", "the project", [project_lock, top / "pyproject.toml"]) as needed:
        if needed:
            requirements = tools / "project.txt"
            install.uv(*_EXPORT, "--output-file", requirements)
            install.environment(top / ".venv", requirements)
    with made(tools / "stack", "sam", [stack_lock]) as needed:
        if needed:
            install.environment(tools / "stack", stack_lock)
    _pack_browser_libraries(top, install)
    page_bundles.bring_up_to_date(top)


def _pack_browser_libraries(top: Path, install: "Installer") -> None:
    inputs = [top / path for path in browser_libraries.INPUTS]
    if not (top / ".tools" / "web" / "node_modules").exists():  # as after `make clean`, which leaves what was packed
        (top / browser_libraries.VENDOR / ".made-from").unlink(missing_ok=True)
    with made(top / browser_libraries.VENDOR, "the pages' libraries", inputs) as needed:
        if not needed:
            return
        browser_libraries.pack_as_noted(top, node(top, install))


def node(top: Path, install: "Installer") -> Path:
    """Return the folder of a `node` with `npm`; installed if this machine has none that is new enough."""
    if here := browser_libraries.node_here():
        return here
    installed, lock = top / ".tools" / "node" / "bin", top / "tools" / "locks" / "node.lock"
    with made(installed.parent, "Node.js", [lock]) as missing:
        if missing:
            install.environment(installed.parent, lock)
    return installed


@contextmanager
def made(folder: Path, what: str, inputs: list[Path], for_: str = "") -> Iterator[bool]:
    """Yield whether `folder` must be made from `inputs`, and `for_`, now; note afterwards what it was made from."""
    noted = folder / ".made-from"
    digest = hashlib.sha256(b"".join([*(path.read_bytes() for path in inputs), for_.encode()])).hexdigest()
    needed = not noted.exists() or noted.read_text() != digest
    if needed:
        print(f"Installing {what} …", flush=True)
    yield needed
    if needed:
        noted.write_text(digest)


class Installer:
    """uv, told what pip is configured with."""

    def __init__(self, top: Path) -> None:
        self._uv, self._top = top / ".tools" / "uv" / "bin" / "uv", top

    @cached_property
    def _environment(self) -> dict[str, str]:
        """Kept too, for packaging the layer and the wheel: they are made by Pythons that have no pip."""
        if find_spec("pip") is None:
            return uv_environment(self._top)
        listing = subprocess.run([sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, text=True)
        told = uv_settings(read_pip_configuration(listing.stdout))
        kept = self._top / _KEPT_SETTINGS
        kept.touch(mode=0o600)  # an index's address may hold a password
        kept.write_text(json.dumps(told))
        return {**told, **os.environ}

    def uv(self, *arguments: str | Path) -> None:
        _run([self._uv, *arguments], self._environment, self._top)

    def environment(self, folder: Path, requirements: Path, python: str = sys.executable) -> None:
        """Install exactly `requirements` into the virtual environment `folder`; made with `python` if need be."""
        own = folder / "bin" / "python"
        if not _runs(own):
            self.uv("venv", "--quiet", "--clear", "--python", python, folder)
        self.uv("pip", "sync", "--quiet", "--python", own, requirements)


def uv_environment(top: Path) -> dict[str, str]:
    """The environment to run uv in, once the environments are made; its own settings win over pip's."""
    kept = top / _KEPT_SETTINGS
    told: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    return {**told, **os.environ}


def uv_settings(pip: dict[str, str]) -> dict[str, str]:
    """uv's variables for what pip is configured with.

    Several indexes may hold different versions of a package; the hashes make it safe to take the right one from any.
    """
    told = {variable: pip[name] for name, variable in _PIP_SETTINGS.items() if name in pip}
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never", **told}


def read_pip_configuration(listing: str) -> dict[str, str]:
    """What `pip config list` prints, as {setting: value}: later lines win, the environment's (`:env:`) over all."""
    lines = [line.partition("=") for line in listing.splitlines()]
    lines.sort(key=lambda line: line[0].startswith(":env:"))
    return {
        name.rpartition(".")[2]: " ".join(str(ast.literal_eval(value)).split()) for name, _, value in lines if value
    }


def _runs(python: Path) -> bool:
    check: list[str | Path] = [python, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"]
    return python.exists() and subprocess.run(check).returncode == 0


def _run(command: Sequence[str | Path], environment: dict[str, str], folder: Path) -> None:
    subprocess.run(command, env=environment, cwd=folder, check=True)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 or newer is needed")
    try:
        make_environments(TOP)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")
