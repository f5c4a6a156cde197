"""What came back: bounces and complaints make an invitation `bounced`, everything else changes nothing."""

import json
from typing import Any

import pytest

from notify.feedback import take_feedback
from organising import Organiser
from world import World


def told(message: dict[str, Any]) -> dict[str, Any]:
    """As SNS hands over what SES published."""
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}


@pytest.fixture
def sent(organiser: Organiser) -> dict[str, list[str]]:
    """The tags of an invitation that is out."""
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    [voter] = organiser.wiring.voters.roll(election)
    organiser.wiring.voters.mark_mailed(election, voter.key, voter.run)
    return {"election": [election], "voter": [voter.key], "run": [voter.run], "ses:from-domain": ["example.org"]}


def delivery(organiser: Organiser, tags: dict[str, list[str]]) -> str:
    state: str = organiser.voters(tags["election"][0])["ada@example.org"]["delivery"]
    return state


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}, "bounced"),
        ({"eventType": "Complaint", "complaint": {}}, "bounced"),
        ({"eventType": "Reject", "reject": {"reason": "Bad content"}}, "bounced"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient"}}, "sent"),
        ({"eventType": "Delivery", "delivery": {}}, "sent"),
        ({"eventType": "Open", "open": {}}, "sent"),
    ],
)
def test_what_came_back(
    organiser: Organiser, deployment: World, sent: dict[str, list[str]], event: dict[str, Any], expected: str
) -> None:
    for _ in range(2):
        take_feedback(told({**event, "mail": {"tags": sent}}), deployment.wiring())
    assert delivery(organiser, sent) == expected


def test_what_came_back_of_an_older_mail_changes_nothing(
    organiser: Organiser, deployment: World, sent: dict[str, list[str]]
) -> None:
    organiser.invite(sent["election"][0], only="all")
    bounce = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": sent}}
    take_feedback(told(bounce), deployment.wiring())
    assert delivery(organiser, sent) == "queued"


@pytest.mark.parametrize("tags", [{}, {"election": ["e1"]}, {"election": ["e1"], "voter": [], "run": ["r"]}])
def test_mails_without_tags_leave_no_trace(deployment: World, tags: dict[str, list[str]]) -> None:
    bounce = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": tags}}
    take_feedback(told(bounce), deployment.wiring())
    assert deployment.wiring().dynamodb.scan(TableName="roll")["Items"] == []
