"""The function `organise-jobs`: long work, step by step, from the queue `jobs`.

One message a call; a failure is raised, and SQS tells the message again.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent

from ballotcast.wiring import Wiring, from_environment
from organise import importing, inviting
from organise.importing import continue_import
from organise.inviting import continue_invitations
from organise.sweeping import erase, purge

logger = Logger(service="organise-jobs")
wiring = from_environment()


def work(event: dict[str, Any], wiring: Wiring) -> None:
    """Take the next step of each job that a message of this event names."""
    for record in SQSEvent(event).records:
        match record.json_body:
            case {"kind": importing.KIND, "election": election, "job": job}:
                continue_import(wiring, election, job)
            case {"kind": inviting.KIND, "election": election, "job": job}:
                continue_invitations(wiring, election, job)
            case {"kind": "purge", "election": election, "start": start}:
                purge(wiring, election, start)
            case {"kind": "erase", "election": election, "start": start}:
                erase(wiring, election, start)
            case _:
                raise ValueError("a message of no known kind")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    work(event, wiring)
