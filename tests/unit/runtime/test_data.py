"""The data folder belongs to one process at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from ballotcast_tools.runtime.data import Data, InUse

HOLDS = """
import os, signal, sys
from pathlib import Path
from ballotcast_tools.runtime.data import Data
Data(Path(sys.argv[1])).hold()
print("held", flush=True)
sys.stdin.read()
"""


def test_two_processes_never_have_it_and_a_kill_frees_it(tmp_path: Path) -> None:
    data = Data(tmp_path / "data")
    data.make()
    command = [sys.executable, "-c", HOLDS, str(data.directory)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InUse, match="another process"):
            data.hold()
        other.kill()
        other.wait()
    data.hold()
