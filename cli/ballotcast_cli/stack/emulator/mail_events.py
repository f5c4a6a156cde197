"""Bounces and complaints of the mailbox simulator, published to a configuration set's SNS topics as SES does.

ministack does so for mails that are not raw. Addresses: bounce@, complaint@, suppressionlist@ and success@
simulator.amazonses.com, each also with a label (`bounce+voter7@`).
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from .private import module, private, wrap

SIMULATOR = "simulator.amazonses.com"
OUTCOMES = {"bounce": ["Bounce"], "suppressionlist": ["Bounce"], "complaint": ["Delivery", "Complaint"]}


def patch_mail_events() -> None:
    """Replace what `services.ses` does on SendRawEmail. Raises UnknownMinistack."""
    mails, sets = module("services.ses"), private(module("services.ses_v2"), "_config_sets")
    detail, publish = private(mails, "_notification_detail"), private(mails, "_publish_notification")

    def publishing(send: Callable[..., Any]) -> Callable[..., Any]:
        def send_and_publish(params: dict[str, Any]) -> Any:
            status, headers, body = send(params)
            if sent := re.search(rb"<MessageId>([^<]+)</MessageId>", body):
                request = {name: _first(value) for name, value in params.items()}
                chosen = sets.get(request.get("ConfigurationSetName", "")) or {}
                destinations = (chosen.get("EventDestinations") or {}).values()
                for kind, topic, event in events(request, sent[1].decode(), destinations):
                    recipient = event["mail"]["destination"][0]
                    publish(topic, event | detail(kind, recipient, event["mail"]["timestamp"]))
            return status, headers, body

        return send_and_publish

    wrap(mails, "_send_raw_email", publishing)


def events(request: dict[str, str], message_id: str, destinations: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(kind, topic ARN, event without its detail) for every recipient whose outcome a destination wants."""
    names, values = (_members(request, "Tags", field) for field in (".Name", ".Value"))
    tags = {name: [value] for name, value in zip(names, values, strict=True)}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for recipient in _members(request, "Destinations"):
        local, _, domain = recipient.lower().partition("@")
        outcomes = OUTCOMES.get(local.partition("+")[0], ["Delivery"]) if domain == SIMULATOR else ["Delivery"]
        mail = {
            "timestamp": now,
            "source": request.get("Source", ""),
            "messageId": message_id,
            "destination": [recipient],
            "tags": tags,
        }
        for kind in ["Send", *outcomes]:
            for destination in destinations:
                topic = destination.get("SnsDestination", {}).get("TopicArn")
                if topic and destination.get("Enabled") and kind.upper() in destination["MatchingEventTypes"]:
                    yield kind, topic, {"eventType": kind, "mail": mail}


def _members(request: dict[str, str], name: str, field: str = "") -> list[str]:
    """A list of the query protocol: `Tags.member.1.Name`, `Tags.member.2.Name`, …"""
    found, number = [], 1
    while (value := request.get(f"{name}.member.{number}{field}")) is not None:
        found.append(value)
        number += 1
    return found


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)
