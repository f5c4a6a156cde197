"""The function `channel-jobs`: exports that take longer than a request may, and purges, from the queue `channel-jobs`.

Each message is one job. One that fails or is killed comes again after the queue's visibility timeout, which is longer
than a call may take; nothing is harmed by a job that is done twice.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ballotcast.batches import Failures, Unreadable, message_id, read_object, receipt_handle, report, take_each
from ballotcast.wiring import Wiring, from_environment
from channel import export_jobs, purging

logger = Logger(service="channel-jobs")
deployed = cache(from_environment)


def work(event: dict[str, Any], wiring: Wiring) -> Failures:
    """Do the job of each message; answers with the messages to be delivered again."""
    records = list(SQSEvent(event).records)
    outcome = take_each(records, lambda record: _do(record, wiring), log=logger, name=message_id)
    if outcome.unreadable:
        _give_up([record for record in records if message_id(record) in outcome.unreadable], wiring)
    return report([*outcome.failed, *outcome.unreadable])


def _do(record: SQSRecord, wiring: Wiring) -> None:
    match read_object(record.get("body")):
        case {"kind": export_jobs.KIND, "channel": str(name), "born": int(born), "job": str(job)}:
            export_jobs.make_export(wiring, name, born, job)
        case {"kind": purging.KIND, "channel": str(name), "born": int(born), "organiser": str(organiser)}:
            purging.purge(wiring, name, born, organiser)
        case _:
            raise Unreadable("a message of no known kind")


def _give_up(records: list[SQSRecord], wiring: Wiring) -> None:
    """Have them delivered again at once, so that they are soon in the dead-letter queue."""
    try:
        wiring.channel_jobs_queue.return_in({receipt_handle(record): 0 for record in records})
    except Exception:  # the edge: the queue's visibility timeout brings them there, too, only later
        logger.exception("giving back failed")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> Failures:
    return work(event, deployed())
