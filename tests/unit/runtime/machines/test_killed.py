"""Executions whose process is killed at every transition end as if nothing had happened."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import dying_machines

LEAST = {"close": 48, "spawn": 7, "repair": 17, "stop": 9}
"""Deaths of each machine: one for each of its commits, or all but one."""


def ended(directory: Path, machine: str, mode: str) -> dict[str, Any]:
    directory.mkdir()
    found = subprocess.run(
        [sys.executable, dying_machines.__file__, str(directory), machine, mode],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    report: dict[str, Any] = json.loads(found.stdout)
    return report


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("machine", LEAST)
def test_an_execution_survives_a_kill_at_every_transition(tmp_path: Path, machine: str, mode: str) -> None:
    undisturbed = ended(tmp_path / "undisturbed", machine, "never")
    disturbed = ended(tmp_path / "disturbed", machine, mode)
    assert undisturbed["deaths"] == 0
    assert disturbed["deaths"] >= LEAST[machine]
    assert undisturbed["status"] == "SUCCEEDED"
    for left in ("status", "output", "world"):
        assert disturbed[left] == undisturbed[left]
    assert set(disturbed["work"]) == set(undisturbed["work"])
    again = Counter(disturbed["work"]) - Counter(undisturbed["work"])
    if mode == "after":
        assert not again, "killed between transitions, when no work was under way"
    else:
        assert again.keys() == set(undisturbed["work"]), "all work was interrupted once"
