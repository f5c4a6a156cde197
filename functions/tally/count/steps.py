"""The states of the close machine (close.asl.json) and of turnout.asl.json that touch ballots, told apart by `step`.

The function of a state has its name: the state WriteEnd is `write_end`, Open is `open_election`, Count is `count`.

Each reads what the steps before left (tally.work), leaves its own, and answers with counts and keys only. Each can be
repeated, and stops the count rather than continue over something that should not be.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from ballotcast.ballots.fields import parse_time
from ballotcast.wiring import Wiring, from_environment
from tally.closed import ClosedElection
from tally.count.bundling import bundle
from tally.count.collecting import collect
from tally.count.counting import count
from tally.count.ending import write_end
from tally.count.exporting import export, publish
from tally.count.opening import decrypt, open_election
from tally.log.stating import count_box

logger = Logger(service="count")


def handle(event: dict[str, Any], wiring: Wiring) -> dict[str, Any]:
    """`{step, election, …}` → what the next states need. CountStopped ends the execution."""
    if event["step"] == "turnout":
        return count_box(wiring, event["election"], parse_time(event["slot"]))
    election = ClosedElection(wiring, event["election"])
    match event["step"]:
        case "collect":
            return collect(wiring, election, event["partitions"])
        case "end":
            return write_end(wiring, election)
        case "open":
            return open_election(wiring, election)
        case "decrypt":
            return decrypt(wiring, election, event["partitions"])
        case "bundle":
            return bundle(wiring, election, event["bucket"])
        case "count":
            return count(wiring, election, event["voters"])
        case "export":
            return export(wiring, election)
        case "publish":
            return publish(wiring, election, event["roll"], event["issued"], event["export"])
    raise ValueError("no such step")


deployed = cache(from_environment)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return handle(event, deployed())
