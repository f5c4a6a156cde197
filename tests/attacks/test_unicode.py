"""Attack 6 of protocol 1: a title that programs with different versions of Unicode read differently."""

import subprocess
import sys
from pathlib import Path

import pytest

from forged_export import Forger, write

WITHOUT_TABLES = """
import sys
from pathlib import Path

class Tables:
    def __getattr__(self, name):
        raise AssertionError(f"a verifier asks Unicode's tables for {name}")

sys.modules["unicodedata"] = Tables()
from ballotcast.elections.verification import verify_export
sys.exit(0 if verify_export(Path(sys.argv[1])).ok else 1)
"""


@pytest.mark.parametrize("title", ["a\U0001e4ec\U0001e4ee", "a\U0001e4ee\U0001e4ec", "e\u0301", "\u212b"], ids=ascii)
def test_a_verifier_asks_no_table_of_unicode(tmp_path: Path, title: str) -> None:
    """U+1E4EC and U+1E4EE are of Unicode 15: a table of version 14 puts them in another order than one of 15."""
    forger = Forger(changes={"title": title})
    path = write(tmp_path / "e.zip", forger.files(forger.entries([forger.ballot()])))
    run = subprocess.run([sys.executable, "-c", WITHOUT_TABLES, path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
