"""What `sam build` puts into the layer and into the functions.

`python3 -m ballotcast_tools.build.packaging layer|functions FOLDER`, run by whichever Python is there from the two
Makefiles that `sam build` calls; needs the standard library and uv. The environment says for whom: PY (default 3.13)
and ARCH (arm64 or x86_64; default arm64) for Lambda, or LAYER_PYTHON, the path of an interpreter on this machine, for
the local stack.

The libraries are installed once for each uv.lock and target into `.tools/layers` and linked from there, so that a build
after a change of our own code takes no longer than copying it.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import page_bundles, pruning
from .environments import TOP, uv_environment

LAYERS = TOP / ".tools" / "layers"
BUILDERS = {"package.json", "package-lock.json", "packed.json", "tsconfig.json", ".oxlintrc.json"}
"""What only the packing of the pages' libraries and the checks of the pages' scripts read."""
SHIPPED = {".py", ".json", ".html", ".js", ".css", ".map", ".svg", ".txt"}


@dataclass(frozen=True)
class Target:
    """The Python and the machine that will run the code; `interpreter` is that Python, if it is to be found here."""

    python: str
    architecture: str
    local: bool
    interpreter: str | None

    @property
    def install_options(self) -> list[str]:
        """uv's options for wheels of this target."""
        if self.local and self.interpreter:
            return ["--python", self.interpreter]
        machine = {"arm64": "aarch64", "x86_64": "x86_64"}[self.architecture]
        return ["--python-version", self.python, "--python-platform", f"{machine}-manylinux_2_28"]


def target(environment: dict[str, str]) -> Target:
    """What the environment asks for."""
    local = environment.get("LAYER_PYTHON")
    if local:
        version = _output(local, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
        return Target(version, platform.machine(), True, local)
    version = environment.get("PY") or "3.13"
    return Target(version, environment.get("ARCH") or "arm64", False, interpreter(version))


def build_layer(folder: Path, wanted: Target) -> None:
    """Fill `folder` with what the layer holds: python/ with its libraries and the package `ballotcast`."""
    inside = folder / "python"
    shutil.copytree(libraries(wanted), inside, copy_function=os.link, dirs_exist_ok=True)
    add_sources(TOP / "layers" / "common" / "ballotcast", inside / "ballotcast", wanted, strip=folder, prefix="/opt")


def build_functions(folder: Path, wanted: Target) -> None:
    """Fill `folder` with the code of all functions: each is deployed with the whole of it and enters by its Handler.

    The pages' scripts and styles are bundled first, if they changed.
    """
    page_bundles.bring_up_to_date(TOP)
    add_sources(TOP / "functions", folder, wanted, strip=folder, prefix="/var/task")


def add_sources(source: Path, folder: Path, wanted: Target, *, strip: Path, prefix: str) -> None:
    """Copy our own code to `folder`, with bytecode that names `prefix` in the place of `strip`."""
    for path in _sources(source):
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    _compile(folder, wanted, strip=strip, prefix=prefix)


def libraries(wanted: Target) -> Path:
    """The folder of installed libraries for this uv.lock and target, pruned and compiled; made if it is not there."""
    recipe = "\n".join(Path(module).read_text() for module in (__file__, pruning.__file__))
    locked = layer_requirements()
    key = hashlib.sha256("\n".join([locked, recipe, *wanted.install_options]).encode()).hexdigest()
    done = LAYERS / f"{wanted.python}-{wanted.architecture}-{key[:16]}"
    if done.exists():
        return done
    LAYERS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=LAYERS) as scratch:
        installed = Path(scratch, "opt", "python")
        install(installed, wanted)
        pruning.prune(installed)
        _compile(installed, wanted, strip=Path(scratch, "opt"), prefix="/opt")
        installed.rename(done)
    return done


def install(folder: Path, wanted: Target) -> None:
    """Every library of the layer as its wheel has it, for this target, checked against the lock's hashes."""
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(layer_requirements())
        options = ["--quiet", "--require-hashes", "--only-binary", ":all:", *wanted.install_options]
        command: list[str | Path] = [_uv(), "pip", "install", *options, "--target", folder, "-r", requirements]
        subprocess.run(command, env=uv_environment(TOP), check=True)


def layer_requirements() -> str:
    """uv.lock's packages for the layer as requirements with hashes: what functions import, without a terminal."""
    options = ["--quiet", "--frozen", "--no-dev", "--no-emit-project", "--extra", "layer", "--prune", "click"]
    return _output(_uv(), "export", *options, "--directory", str(TOP))


def _sources(folder: Path) -> Iterator[Path]:
    bundled = TOP / page_bundles.SOURCES
    for path in sorted(folder.rglob("*")):
        if path.is_relative_to(bundled):
            continue
        built_from = path.name in BUILDERS or path.name.endswith(".asl.json") or "__pycache__" in path.parts
        if path.suffix in SHIPPED and not built_from:
            yield path


def _compile(folder: Path, wanted: Target, *, strip: Path, prefix: str) -> None:
    """Bytecode checked against nothing: Lambda unpacks with other file times and may not write its own."""
    if wanted.interpreter:
        options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", str(strip), "-p", prefix]
        subprocess.run([wanted.interpreter, "-m", "compileall", *options, str(folder)], check=True)


def interpreter(version: str) -> str | None:
    """Return a Python of that version on this machine, if one runs: pyenv's shims exist without one behind them.

    Its bytecode fits any machine.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    neighbours = Path(sys.base_prefix).parent  # where pyenv and uv keep all versions
    found_there = [path for folder in (pyenv, neighbours) for path in folder.glob(f"*{version}.*/bin/python{version}")]
    for candidate in (f"python{version}", *map(str, found_there)):
        found = shutil.which(candidate)
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return None


def _uv() -> str:
    own = TOP / ".tools" / "uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if not found:
        sys.exit("uv is missing: run `make build`, which brings it, or install it")
    return found


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    {"layer": build_layer, "functions": build_functions}[sys.argv[1]](Path(sys.argv[2]), target(dict(os.environ)))
