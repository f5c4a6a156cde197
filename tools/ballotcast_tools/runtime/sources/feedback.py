"""Tells the function that subscribes to SES's notifications of a mail that was refused, in SES's words.

The shape of the notification:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.runtime.template.deployment import Deployment

from .calls import Invoke

TOPIC = "Feedback"
"""Of template.yaml: where SES publishes."""


class Feedback:
    """Calls each subscriber of the topic; raises what a call raises, and then all are to be told again."""

    def __init__(self, deployment: Deployment, invoke: Invoke, clock: Clock = system_clock) -> None:
        self._subscribers = {
            topic: functions
            for topic, functions in deployment.topic_subscribers.items()
            if topic.rpartition(":")[2] == TOPIC
        }
        self._invoke, self._clock = invoke, clock

    def __call__(self, tags: Mapping[str, str], receiver: str) -> None:
        """Report a bounce for good. `tags`: the mail's."""
        for topic, functions in self._subscribers.items():
            for function in functions:
                self._invoke(function, bounce_event(topic, tags, receiver, self._clock()))


def bounce_event(topic: str, tags: Mapping[str, str], receiver: str, now: datetime) -> dict[str, Any]:
    """Return the Lambda event of an SNS topic with the notification of one bounce."""
    moment = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    notification = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": receiver, "action": "failed"}],
            "timestamp": moment,
            "feedbackId": str(uuid4()),
        },
        "mail": {
            "timestamp": moment,
            "destination": [receiver],
            "tags": {name: [value] for name, value in tags.items()},
        },
    }
    message = {
        "Type": "Notification",
        "MessageId": str(uuid4()),
        "TopicArn": topic,
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(notification),
        "Timestamp": moment,
        "MessageAttributes": {},
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{topic}:{uuid4()}",
        "Sns": message,
    }
    return {"Records": [record]}
