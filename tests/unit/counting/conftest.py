"""A file that `ballotcast count` reads."""

from pathlib import Path

import pytest

ELECTION = """4 2
-4
5 1 2 0
3 2 0
2 3 2 0
1 4 3 0
1 0
0
"Ada"
"Björn"
"Chloé"
"Dmitri"
"Board 2026"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An election of two seats; Dmitri has withdrawn."""
    path = tmp_path / "board.blt"
    path.write_text(ELECTION, encoding="utf-8")
    return path
