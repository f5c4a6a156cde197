"""Events of the mailbox simulator, by recipient and destination."""

from typing import Any

import pytest

from ballotcast_cli.stack.emulator.mail_events import events

FEEDBACK = {
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE", "COMPLAINT"],
    "SnsDestination": {"TopicArn": "arn:feedback"},
}


def kinds(address: str, destination: dict[str, Any] = FEEDBACK) -> list[str]:
    request = {"Destinations.member.1": address}
    return [kind for kind, _, _ in events(request, "m1", [destination])]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("voter@example.org", []),
        ("bounce@simulator.amazonses.com", ["Bounce"]),
        ("Bounce+voter7@simulator.amazonses.com", ["Bounce"]),
        ("suppressionlist@simulator.amazonses.com", ["Bounce"]),
        ("complaint@simulator.amazonses.com", ["Complaint"]),
        ("success@simulator.amazonses.com", []),
        ("bounce@example.org", []),
    ],
)
def test_outcomes(address: str, expected: list[str]) -> None:
    assert kinds(address) == expected


def test_only_what_the_destination_wants() -> None:
    everything = {**FEEDBACK, "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT"]}

    assert kinds("voter@example.org", everything) == ["Send", "Delivery"]
    assert kinds("complaint@simulator.amazonses.com", everything) == ["Send", "Delivery", "Complaint"]
    assert kinds("bounce@simulator.amazonses.com", {**FEEDBACK, "Enabled": False}) == []
    assert kinds("bounce@simulator.amazonses.com", {**FEEDBACK, "SnsDestination": {}}) == []


def test_the_event_tells_which_mail() -> None:
    request = {
        "Source": "board@example.org",
        "Destinations.member.1": "bounce@simulator.amazonses.com",
        "Tags.member.1.Name": "voter",
        "Tags.member.1.Value": "v7",
    }
    [(_, topic, event)] = events(request, "m1", [FEEDBACK])

    assert topic == "arn:feedback"
    assert event["eventType"] == "Bounce"
    assert event["mail"]["messageId"] == "m1"
    assert event["mail"]["tags"] == {"voter": ["v7"]}
    assert event["mail"]["destination"] == ["bounce@simulator.amazonses.com"]
