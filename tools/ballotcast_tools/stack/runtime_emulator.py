"""The embedded runtime (ballotcast_tools.runtime), which needs no building and no deploying."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from ballotcast_tools.runtime.control import ControlClient
from ballotcast_tools.runtime.data import STARTED, Data

from .emulators import Emulator, Place
from .process import Launch, StackError

DATA = "data"


class Runtime(Emulator):
    name, title, keeps = "local", "Ballotcast", True

    def launch(self, place: Place) -> Launch:
        return Launch(
            command=[sys.executable, "-m", "ballotcast_tools.runtime"],
            environment=self.environment(place),
            ready=f"{place.endpoint}/health",
            starts_within=120.0,  # 2 are usual
            stops_within=30.0,  # requests that run have ten to end
        )

    def build(self, place: Place) -> None:
        """Functions run from the checkout."""

    def deploy(self, place: Place) -> dict[str, str]:
        """What the process wrote when it started, for it reads template.yaml itself."""
        if not (outputs := started(place)):
            raise StackError(f"nothing was started in {place.directory}")
        return outputs

    def client(self, place: Place, service: str) -> Any:
        return ControlClient(data(place).control, service)

    def environment(self, place: Place) -> dict[str, str]:
        return {
            **(common := super().environment(place)),
            "PYTHONPATH": os.pathsep.join([common["PYTHONPATH"], str(place.project / "functions")]),
            "DATA": str(data(place).directory),
            "PORT": str(place.port),
            "PROJECT": str(place.project),
            **place.settings,
        }


def started(place: Place) -> dict[str, str]:
    """Return what the last process wrote when it had started; nothing if there was none."""
    return _started(data(place))


def _started(data: Data) -> dict[str, str]:
    try:
        outputs: dict[str, str] = json.loads((data.directory / STARTED).read_text())
    except FileNotFoundError:
        return {}
    return outputs


def last_port(directory: Path) -> int | None:
    """Return the port that the data in a stack's `directory` was served on last; None if it never was."""
    port = _started(Data(directory / DATA)).get("Port")
    return int(port) if port else None


def data(place: Place) -> Data:
    return Data(place.directory / DATA)
