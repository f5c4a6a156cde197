"""The project's four definitions, as the runtime deploys them."""

from typing import Any

from ballotcast_cli.machine_definitions import read_definition
from checkout import ROOT
from jumping_machines import FUNCTION

QUEUES = tuple(f"http://sqs.local/000000000000/RelayQueue{number}.fifo" for number in range(4))
TABLE = "Channels"
STOP_GRACE, DRAIN, CLOSE_GRACE = 7, 900, 30
_PATHS = {"close": "tally/close", "spawn": "relay/spawn", "stop": "relay/stop", "repair": "relay/repair"}


def definition(name: str) -> dict[str, Any]:
    """Return `close`, `spawn`, `stop` or `repair`."""
    functions = ("LedgerFunction", "CountFunction", "SequencerFunction", "StepsFunction")
    values = {function: f"{FUNCTION}{function}" for function in functions}
    values |= {f"Queue{number}": url for number, url in enumerate(QUEUES)}
    values |= {"StopGraceSeconds": str(STOP_GRACE), "DrainSeconds": str(DRAIN), "CloseGraceSeconds": str(CLOSE_GRACE)}
    return read_definition(ROOT / f"functions/{_PATHS[name]}.asl.json", {**values, "ChannelsTable": TABLE})
