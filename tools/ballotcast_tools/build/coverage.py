"""What measures which lines the tests run, in `.tools/coverage`: a folder for PYTHONPATH, for `make coverage`."""

import shutil
import sys
from pathlib import Path

from .environments import TOP, Installer, made


def install_coverage(top: Path) -> None:
    """Install tools/locks/coverage.lock for the project's Python, but not into its environment."""
    folder, lock = top / ".tools" / "coverage", top / "tools" / "locks" / "coverage.lock"
    python = top / ".venv" / "bin" / "python"
    with made(folder, "coverage", [lock], for_=sys.version) as needed:
        if needed:
            shutil.rmtree(folder, ignore_errors=True)
            options: list[str | Path] = [
                "--quiet",
                "--no-deps",
                "--require-hashes",
                "--python",
                python,
                "--target",
                folder,
            ]
            Installer(top).uv("pip", "install", *options, "-r", lock)


if __name__ == "__main__":
    install_coverage(TOP)
