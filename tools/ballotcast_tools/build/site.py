"""The documentation as a site: `make site` builds it from docs/ by tools/site/mkdocs.yml; a broken link fails."""

import os
import subprocess
import sys
from pathlib import Path

from .environments import TOP, Installer, made, make_environments


def build_site(top: Path) -> None:
    """Write `.tools/site-html`, with MkDocs as tools/locks/site.lock pins it. Raises CalledProcessError."""
    environment, lock = top / ".tools" / "site", top / "tools" / "locks" / "site.lock"
    with made(environment, "MkDocs", [lock]) as needed:
        if needed:
            Installer(top).environment(environment, lock)
    command: list[str | Path] = [environment / "bin" / "mkdocs", "build", "--strict", "--quiet", "--config-file"]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # docs/decisions.md has what it would say
    subprocess.run([*command, top / "tools" / "site" / "mkdocs.yml"], env=quiet, check=True)


if __name__ == "__main__":
    make_environments(TOP)
    try:
        build_site(TOP)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")
