"""The owner's socket: reached by the owner wherever the folder is, and by nobody else."""

import stat
from pathlib import Path
from typing import Any

import pytest

from ballotcast_tools.runtime.control import Control, ControlClient


class Echo:
    def say(self, **asked: Any) -> dict[str, Any]:
        return asked


@pytest.mark.parametrize("depth", [0, 30])
def test_it_is_reached_in_a_deep_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    """A socket's path has 107 characters at most on Linux."""
    folder = tmp_path / Path(*["folder"] * depth)
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    control = Control(folder / "control", {"echo": Echo()})
    try:
        assert stat.S_IMODE((folder / "control").stat().st_mode) == 0o600
        monkeypatch.chdir(folder.parent)
        client = ControlClient(folder / "control", "echo")
        assert client.say(word="here") == {"word": "here"}
        client.close()
    finally:
        control.stop()
    with pytest.raises(OSError, match=r"No such file|refused"):
        ControlClient(folder / "control", "echo")
