"""A message that comes again: soon after a failure, or twice at once."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from api_events import TestClient
from counted_election import sqs_record
from notify.post import Post
from notify.worker import Worker, deliver_all
from organising import Organiser, sqs_event
from outbox import Failing, Outbox
from register.app import create_app as register_app
from world import World

MAILS = "MAIL_QUEUE"


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


@pytest.fixture
def election(organiser: Organiser) -> str:
    """Open, with two voters invited but not yet mailed."""
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.post(f"/elections/{election}/open")
    organiser.invite(election)
    return election


def test_a_mail_that_failed_comes_again_soon(
    deployment: World, outbox: Outbox, election: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not when the queue would tell it again by itself: somebody may wait for a code."""
    monkeypatch.setattr("notify.worker.FIRST_PAUSE", 0)
    [*messages] = deployment.sqs.receive_message(QueueUrl=deployment.environment[MAILS], MaxNumberOfMessages=10)[
        "Messages"
    ]
    records = [sqs_record(one["MessageId"], one["Body"], one["ReceiptHandle"]) for one in messages]
    worker = Worker(deployment.wiring())
    worker._post = Failing(deployment, ClientError({"Error": {"Code": "Throttling"}}, "SendEmail"), "ada@example.org")
    [failed] = deliver_all({"Records": records}, worker)["batchItemFailures"]
    again = deployment.take_messages(MAILS)
    assert again == [json.loads(one["Body"]) for one in messages if one["MessageId"] == failed["itemIdentifier"]]


class Overtaken(Post):
    """Before a mail to Ada goes out, another delivery of the same message gives a link, and fails to mail it."""

    def __init__(self, deployment: World, message: dict[str, Any]) -> None:
        super().__init__(deployment.wiring())
        self._deployment, self._message = deployment, message

    def mail(self, to: str, *rest: Any, **more: Any) -> None:
        if to == "ada@example.org":
            other = Worker(self._deployment.wiring())
            other._post = Failing(self._deployment, ClientError({"Error": {"Code": "Paused"}}, "SendEmail"), to)
            assert deliver_all(sqs_event(self._message), other)["batchItemFailures"]
        super().mail(to, *rest, **more)


def test_a_message_delivered_twice_at_once_leaves_the_voter_a_link_that_was_mailed(
    deployment: World, organiser: Organiser, outbox: Outbox, election: str
) -> None:
    key = next(one.key for one in organiser.wiring.voters.roll(election) if one.email == "ada@example.org")
    [message] = [one for one in deployment.take_messages(MAILS) if one["voter"] == key]
    worker, links = Worker(deployment.wiring()), TestClient(register_app(deployment.wiring()))
    worker._post = Overtaken(deployment, message)
    assert deliver_all(sqs_event(message), worker) == {"batchItemFailures": []}
    [first] = outbox.mails()
    assert links.post("/links", json={"link": first.link}).status_code == 200
    deliver_all(sqs_event(message), Worker(deployment.wiring()))
    assert organiser.voters(election)["ada@example.org"]["delivery"] == "sent"
    first, second = outbox.mails()
    assert links.post("/links", json={"link": second.link}).status_code == 200
    assert links.post("/links", json={"link": first.link}).status_code == 410
