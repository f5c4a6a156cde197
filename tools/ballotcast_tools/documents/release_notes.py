"""The section of CHANGELOG.md for a tag: `python -m ballotcast_tools.documents.release_notes v0.1.0` prints it."""

import re
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[3]


class NotReady(Exception):
    """The message says what is missing for this release."""


def release_notes(tag: str, changelog: str, version: str) -> str:
    """Return the text under the heading of the version that `tag` names.

    Args:
        tag: as pushed, `v` and the version.
        changelog: the text of CHANGELOG.md.
        version: the version in pyproject.toml.

    Raises:
        NotReady: the tag is not this version, or the changelog has no section for it.
    """
    if tag != f"v{version}":
        raise NotReady(f"the tag {tag} is not the version of pyproject.toml, {version}")
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, body = section.partition("\n")
        if heading.split()[0].strip("[]") == version and body.strip():
            return body.strip() + "\n"
    raise NotReady(f"CHANGELOG.md has no section {version}")


if __name__ == "__main__":
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    try:
        print(release_notes(sys.argv[1], (TOP / "CHANGELOG.md").read_text("utf-8"), project["version"]), end="")
    except NotReady as error:
        sys.exit(str(error))
