"""The state machines as the template deploys them for the embedded runtime, with their roles."""

from functools import cache
from typing import Any

from ballotcast_tools.runtime.template.deployment import Deployment, Machine
from ballotcast_tools.runtime.template.reading import read_deployment
from checkout import ROOT

STOP_GRACE, DRAIN, CLOSE_GRACE, TRUSTEES_WAIT = 7, 900, 30, 21_600
_NAMES = {"close": "CloseMachine", "spawn": "SpawnMachine", "stop": "StopMachine", "repair": "RepairMachine"}


@cache
def deployment() -> Deployment:
    seconds = {
        "StopGraceSeconds": str(STOP_GRACE),
        "DrainSeconds": str(DRAIN),
        "CloseGraceSeconds": str(CLOSE_GRACE),
        "TrusteeWaitSeconds": str(TRUSTEES_WAIT),
    }
    return read_deployment(ROOT / "template.yaml", {"Environment": "local", **seconds}, {})


def deployed(name: str) -> Machine:
    """Return `close`, `spawn`, `stop` or `repair`."""
    return deployment().machines[_NAMES[name]]


def definition(name: str) -> dict[str, Any]:
    return deployed(name).definition
