"""The embedded runtime (ballotcast_cli.runtime), which needs no building and no deploying."""

import json
import sys
from typing import Any

from ballotcast_cli.runtime.control import ControlClient
from ballotcast_cli.runtime.data import Data

from .emulators import Emulator, Place
from .process import Launch, StackError

DATA = "data"
STARTED = "started.json"


class Runtime(Emulator):
    name, title, keeps = "local", "Ballotcast", True

    def launch(self, place: Place) -> Launch:
        return Launch(
            command=[sys.executable, "-m", "ballotcast_cli.runtime"],
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
            **super().environment(place),
            "DATA": str(data(place).directory),
            "PORT": str(place.port),
            "PROJECT": str(place.project),
            **place.settings,
        }


def started(place: Place) -> dict[str, str]:
    """Return what the last process wrote when it had started; nothing if there was none."""
    try:
        outputs: dict[str, str] = json.loads((data(place).directory / STARTED).read_text())
    except FileNotFoundError:
        return {}
    return outputs


def data(place: Place) -> Data:
    return Data(place.directory / DATA)
