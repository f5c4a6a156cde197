"""Bounces and complaints of the mailbox simulator, published to a configuration set's SNS topics as SES does.

ministack does so for the old interface of SES only. Addresses: bounce@, complaint@, suppressionlist@ and success@
simulator.amazonses.com, each also with a label (`bounce+voter7@`).
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from .private import module, private, wrap

SIMULATOR = "simulator.amazonses.com"
OUTCOMES = {"bounce": ["Bounce"], "suppressionlist": ["Bounce"], "complaint": ["Delivery", "Complaint"]}


def patch_mail_events() -> None:
    """Replace what `services.ses_v2` does on SendEmail. Raises UnknownMinistack."""
    old, new = module("services.ses"), module("services.ses_v2")
    detail, publish = private(old, "_notification_detail"), private(old, "_publish_notification")
    sets = private(new, "_config_sets")

    def publishing(handle: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_and_publish(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            answer = await handle(method, path, headers, body, query)
            status, _, content = answer
            if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and status == 200:
                request = json.loads(body)
                chosen = sets.get(request.get("ConfigurationSetName", "")) or {}
                destinations = (chosen.get("EventDestinations") or {}).values()
                for kind, topic, event in events(request, json.loads(content)["MessageId"], destinations):
                    recipient = event["mail"]["destination"][0]
                    publish(topic, event | detail(kind, recipient, event["mail"]["timestamp"]))
            return answer

        return handle_and_publish

    wrap(new, "handle_request", publishing)


def events(request: dict[str, Any], message_id: str, destinations: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(kind, topic ARN, event without its detail) for every recipient whose outcome a destination wants."""
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for recipient in request.get("Destination", {}).get("ToAddresses", []):
        local, _, domain = recipient.lower().partition("@")
        outcomes = OUTCOMES.get(local.partition("+")[0], ["Delivery"]) if domain == SIMULATOR else ["Delivery"]
        mail = {
            "timestamp": now,
            "source": request.get("FromEmailAddress", ""),
            "messageId": message_id,
            "destination": [recipient],
            "tags": tags,
        }
        for kind in ["Send", *outcomes]:
            for destination in destinations:
                topic = destination.get("SnsDestination", {}).get("TopicArn")
                if topic and destination.get("Enabled") and kind.upper() in destination["MatchingEventTypes"]:
                    yield kind, topic, {"eventType": kind, "mail": mail}
