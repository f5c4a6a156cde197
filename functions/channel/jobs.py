"""The function `channel-jobs`: exports that take longer than a request may, and purges, from the queue `channel-jobs`.

Each message is one job. One that fails or is killed comes again after the queue's visibility timeout, which is longer
than a call may take; nothing is harmed by a job that is done twice.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.batches import Failures, Unreadable, read_object, take_jobs
from ballotcast.wiring import Wiring, from_environment
from channel import export_jobs, purging

logger = Logger(service="channel-jobs")
deployed = cache(from_environment)


def work(event: dict[str, Any], wiring: Wiring) -> Failures:
    """Do the job of each message; answers with the messages to be delivered again."""
    records = list(SQSEvent(event).records)
    return take_jobs(records, lambda record: _do(record, wiring), queue=lambda: wiring.channel_jobs_queue, log=logger)


def _do(record: SQSRecord, wiring: Wiring) -> None:
    match read_object(record.get("body")):
        case {"kind": export_jobs.KIND, "channel": str(name), "born": int(born), "job": str(job)}:
            export_jobs.make_export(wiring, name, born, job)
        case {"kind": purging.KIND, "channel": str(name), "born": int(born), "organiser": str(organiser)}:
            purging.purge(wiring, name, born, organiser)
        case _:
            raise Unreadable("a message of no known kind")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> Failures:
    return work(event, deployed())
