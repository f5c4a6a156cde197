"""`ballotcast scale measure` runs stages in fresh processes, and continues where it was broken off."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from ballotcast_cli.main import main
from ballotcast_tools.scale.measuring import measure
from ballotcast_tools.scale.stages import STAGES


@pytest.mark.slow
def test_a_run_that_was_broken_off_is_finished(tmp_path: Path) -> None:
    measure(tmp_path, 100, 1, lambda done: None, ThreadPoolExecutor)
    kept = json.loads((tmp_path / "measured.json").read_text())
    for name in ("publish", "verify"):
        del kept[name]
    (tmp_path / "measured.json").write_text(json.dumps(kept))
    assert CliRunner().invoke(main, ["scale", "measure", str(tmp_path), "--voters", "100"]).exit_code == 0
    again = json.loads((tmp_path / "measured.json").read_text())
    assert list(again) == [stage.name for stage in STAGES]
    assert {name: again[name] for name in kept} == kept
    assert again["verify"]["measured"]["cpu"] > 0
    assert again["verify"]["measured"]["memory"] > 20 << 20
