"""Checks the wording of the project: `make lint-prose`, by textlint with the rules in tools/prose/rules.yml.

One file with all texts is read ten times as quickly as a thousand files. The documentation, docstrings and comments of
Python, and the English texts of pages and mails are therefore copied to `.tools/prose/texts.txt`, without what is code.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .build.browser_libraries import INSTALL
from .build.environments import TOP, Installer, made, node

CODE = ("layers/common/ballotcast", "functions", "cli", "tools/ballotcast_tools", "tests")
CATALOGUES = ("functions/web/catalogue/en.json", "layers/common/ballotcast/mails/catalogue/en.json")
_DOCSTRING = re.compile(r'^[ \t]*r?"""(.*?)"""', re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"^(?:.*  |[ \t]*)# (.*)$", re.MULTILINE)
_VALUE = re.compile(r'^\s*"\w+": "(.*)",?$', re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]*`|\]\([^)\n]*\)")


class Text(NamedTuple):
    """A line of prose: of which file, at which of its lines, counted from 1."""

    path: Path
    line: int
    words: str


def texts_of(path: Path, source: str) -> Iterator[Text]:
    """Yield the lines of prose in `source`, which is Python, a catalogue or Markdown by the suffix of `path`."""
    match path.suffix:
        case ".py":
            found = [*_DOCSTRING.finditer(source), *_COMMENT.finditer(source)]
            pieces = [(match.start(1), match[1]) for match in found]
        case ".json":
            pieces = [(match.start(1), match[1]) for match in _VALUE.finditer(source)]
        case _:
            pieces = [(0, _FENCE.sub(lambda match: "\n" * match[0].count("\n"), source))]
    for start, piece in pieces:
        first = source.count("\n", 0, start) + 1
        for number, line in enumerate(piece.split("\n"), start=first):
            if words := _SPAN.sub(" … ", line).strip():
                yield Text(path, number, words)


def all_texts(top: Path) -> Iterator[Text]:
    pages = [*sorted(top.glob("*.md")), *sorted((top / "docs").glob("*.md"))]
    code = [path for folder in CODE for path in sorted((top / folder).rglob("*.py"))]
    for path in (*pages, *code, *(top / name for name in CATALOGUES)):
        yield from texts_of(path, path.read_text("utf-8"))


def install_textlint(top: Path) -> Path:
    """Return the folder of textlint, installed there by tools/locks/prose/package-lock.json."""
    folder, locks = top / ".tools" / "prose", top / "tools" / "locks" / "prose"
    files = [locks / name for name in ("package.json", "package-lock.json")]
    with made(folder, "the checks of wording", files) as needed:
        if needed:
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copyfile(file, folder / file.name)
            environment = {**os.environ, "PATH": f"{node(top, Installer(top))}{os.pathsep}{os.environ['PATH']}"}
            subprocess.run(INSTALL, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    return folder


def findings(top: Path, texts: list[Text]) -> list[str]:
    """Return what breaks a rule, as `file:line: words found => words to write`. Raises CalledProcessError."""
    folder = install_textlint(top)
    copied = folder / "texts.txt"
    copied.write_text("\n".join(text.words for text in texts) + "\n", "utf-8")
    program: list[str | Path] = [
        node(top, Installer(top)) / "node",
        folder / "node_modules" / "textlint" / "bin" / "textlint.js",
    ]
    options: list[str | Path] = ["--config", top / "tools" / "prose" / "textlintrc.json", "--format", "unix", copied]
    ended = subprocess.run([*program, *options], cwd=folder, stdout=subprocess.PIPE, text=True)
    if ended.returncode not in (0, 1):
        raise subprocess.CalledProcessError(ended.returncode, "textlint")
    found = []
    for line in ended.stdout.splitlines():
        if place := re.match(rf"{re.escape(str(copied))}:(\d+):\d+: (.*)", line):
            text = texts[int(place[1]) - 1]
            found.append(f"{text.path.relative_to(top)}:{text.line}: {place[2]}")
    return found


if __name__ == "__main__":
    broken = findings(TOP, list(all_texts(TOP)))
    print(*broken, sep="\n", end="\n" if broken else "")
    sys.exit(1 if broken else 0)
