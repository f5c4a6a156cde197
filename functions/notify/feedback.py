"""The function `notify-feedback`: what SES tells of mails that came back, by way of an SNS topic.

A mail that bounced for good, that its reader reported as spam, or that SES would not send, makes the invitation
`bounced`. Bounces that may pass (a full mailbox, an out-of-office note) change nothing. Mails without tags (codes,
reminders) leave no trace.
"""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SNSEvent

from ballotcast.wiring import Wiring, from_environment

TAGS = ("election", "voter", "run")
logger = Logger(service="notify-feedback")


def take_feedback(event: dict[str, Any], wiring: Wiring) -> None:
    """Mark what came back, if the voter was not sent another mail since."""
    for record in SNSEvent(event).records:
        match json.loads(record.sns.message):
            case {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": tags}}:
                _mark(tags, wiring)
            case {"eventType": "Complaint" | "Reject", "mail": {"tags": tags}}:
                _mark(tags, wiring)


def _mark(tags: dict[str, list[str]], wiring: Wiring) -> None:
    if all(tags.get(name) for name in TAGS):
        election, voter, run = (tags[name][0] for name in TAGS)
        wiring.voters.mark_bounced(election, voter, run)


@cache
def _wiring() -> Wiring:
    return from_environment()


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    take_feedback(event, _wiring())
