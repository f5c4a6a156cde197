"""The function `notify-feedback`: what SES says of mails that came back, by way of an SNS topic.

A mail that bounced for good, that its reader reported as spam, or that SES would not send, makes the invitation
`bounced`, and counts for a mail to those who conduct the election. A trustee's mail that came back is shown with the
trustee. Bounces that may pass (a full mailbox, an out-of-office note) change nothing. Mails without tags (codes,
reminders) leave no trace.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SNSEvent
from aws_lambda_powertools.utilities.data_classes.sns_event import SNSEventRecord

from ballotcast.batches import TakenInPart, read_object, reading, take_each
from ballotcast.wiring import Wiring, from_environment
from notify.tags import InvitationTags, TrusteeTags, read_tags

GREETING = "Successfully validated SNS topic"
"""SES sends this text, and no JSON, when the topic is connected to the configuration set."""

logger = Logger(service="notify-feedback")


def take_feedback(event: dict[str, Any], wiring: Wiring) -> None:
    """Mark what came back, if the voter was not sent another mail since.

    Each notification on its own. One that cannot be read is logged and over with, because Lambda would only try it
    again in vain; TakenInPart at the end if another one failed, and then Lambda does try again.
    """
    outcome = take_each(SNSEvent(event).records, lambda record: _take(record, wiring), log=logger, name=_name)
    if outcome.failed:
        raise TakenInPart(f"{len(outcome.failed)} notifications failed")


def _take(record: SNSEventRecord, wiring: Wiring) -> None:
    with reading():
        message = record.sns.message
        if message.startswith(GREETING):
            return
        tags = _tags_of_what_came_back(read_object(message))
    match tags:
        case InvitationTags():
            wiring.voters.mark_bounced(*tags, wiring.milestones.counting_bounce(tags.election))
        case TrusteeTags():
            wiring.ceremonies.mark_bounced(*tags)


def _tags_of_what_came_back(notification: dict[str, Any]) -> InvitationTags | TrusteeTags | None:
    """Those of a mail that came back for good; None for any other notification."""
    match notification:
        case {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": tags}}:
            pass
        case {"eventType": "Complaint" | "Reject", "mail": {"tags": tags}}:
            pass
        case _:
            return None
    return read_tags(tags)


def _name(record: SNSEventRecord) -> str:
    notification = record.get("Sns")
    return str(notification.get("MessageId", "")) if isinstance(notification, dict) else ""


@cache
def _wiring() -> Wiring:
    return from_environment()


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: Any) -> None:
    take_feedback(event, _wiring())
