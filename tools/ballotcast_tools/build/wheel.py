"""The wheel, as people install it: `make wheel` builds it, installs it elsewhere and runs its command there."""

import subprocess
import sys
from pathlib import Path

from .environments import TOP, Installer

_EXPORT = Path("tests", "vectors", "exports", "plain.zip")


def build_wheel(top: Path) -> Path:
    """Return the wheel, built into `.tools/wheel` from nothing but the files that it packs."""
    folder = top / ".tools" / "wheel"
    Installer(top).uv("build", "--quiet", "--wheel", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def check_wheel(top: Path, wheel: Path) -> None:
    """Install `wheel` into an empty environment and count, verify and vote there. Raises CalledProcessError.

    The commands run outside the checkout, so that nothing of it can be imported.
    """
    environment, install = top / ".tools" / "wheel-environment", Installer(top)
    install.uv("venv", "--quiet", "--clear", "--python", sys.executable, environment)
    install.uv("pip", "install", "--quiet", "--python", environment / "bin" / "python", wheel)
    command = environment / "bin" / "ballotcast"
    for arguments in (
        ["--version"],
        ["vote", "--help"],
        ["count", str(top / "examples" / "student-union.blt"), "--method", "irv"],
        ["verify", str(top / _EXPORT)],
    ):
        subprocess.run([command, *arguments], cwd=environment, check=True)


if __name__ == "__main__":
    built = build_wheel(TOP)
    check_wheel(TOP, built)
    print(built)
