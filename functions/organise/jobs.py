"""The function `organise-jobs`: long work, step by step, from the queue `jobs`.

Each message is one step. A step that fails comes again after the queue's visibility timeout, which is longer than a
call may take, so that no two calls do the same step; where SQS delivers one twice all the same, nothing is done twice.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.batches import Failures, Unreadable, read_object, take_jobs
from ballotcast.store.voter import PARTITIONS
from ballotcast.wiring import Wiring, from_environment
from organise import importing, invitation_jobs
from organise.importing import continue_import
from organise.invitation_jobs import continue_invitations
from organise.reminding import remind_now
from organise.sweeping import empty, erase, purge

logger = Logger(service="organise-jobs")
wiring = from_environment()


def work(event: dict[str, Any], wiring: Wiring) -> Failures:
    """Take the next step of each job that a message names; answers with the messages to be delivered again."""
    records = list(SQSEvent(event).records)
    return take_jobs(records, lambda record: _step(record, wiring), queue=lambda: wiring.jobs_queue, log=logger)


def _step(record: SQSRecord, wiring: Wiring) -> None:
    match read_object(record.get("body")):
        case {"kind": importing.KIND, "election": str(election), "job": str(job)}:
            continue_import(wiring, election, job)
        case {"kind": invitation_jobs.KIND, "election": str(election), "job": str(job)}:
            continue_invitations(wiring, election, job)
        case {"kind": "remind", "election": str(election), "at": str(at)}:
            remind_now(wiring, election, at)
        case {
            "kind": "purge",
            "election": str(election),
            "created_at": str(created_at),
            "start": int(start),
        } if start in range(len(PARTITIONS)):
            purge(wiring, election, created_at, start)
        case {"kind": "erase", "election": str(election), "start": int(start), **rest} if start in range(
            len(PARTITIONS)
        ):
            erase(wiring, election, start, str(rest.get("by", "")))
        case {
            "kind": "empty",
            "election": str(election),
            "generation": int(generation),
            "by": str(by),
            "start": int(start),
        } if start in range(len(PARTITIONS)):
            empty(wiring, election, generation, start, by)
        case _:
            raise Unreadable("a message of no known kind")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> Failures:
    return work(event, wiring)
