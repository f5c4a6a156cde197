"""Codes: of the second factor, by mail or text message, and of an organiser's address."""

import re

import pytest

from api_events import TestClient
from ballotcast.store.voter import Voter
from notify.worker import Worker, deliver_all
from organise.app import create_app
from organising import Organiser, sqs_event
from outbox import Outbox
from problem import assert_problem
from world import World

PHONE = "+4915112345678"


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


@pytest.fixture
def worker(deployment: World, outbox: Outbox) -> Worker:
    return Worker(deployment.wiring())


def only_voter(organiser: Organiser, election: str) -> Voter:
    [voter] = organiser.wiring.voters.roll(election)
    return voter


def order_code(worker: Worker, organiser: Organiser, election: str) -> None:
    worker.deliver({"kind": "otp", "election": election, "voter": only_voter(organiser, election).key})


def holds(organiser: Organiser, election: str, code: str) -> bool:
    voter = only_voter(organiser, election)
    return voter.otp_mac == organiser.wiring.roll_secret.mac("otp", election, voter.key, code)


def test_a_code_by_mail(organiser: Organiser, outbox: Outbox, worker: Worker, deployment: World) -> None:
    election = organiser.create("ada@example.org", second_factor="email")
    order_code(worker, organiser, election)
    [mail] = outbox.mails()
    assert (mail.to, mail.subject) == ("ada@example.org", "Your code to vote: Hillhead")
    [code] = re.findall(r"^    (\d{6})$", mail.body, re.MULTILINE)
    assert holds(organiser, election, code)
    assert only_voter(organiser, election).otp_expires == int(deployment.clock().timestamp()) + 600
    assert "10 minutes" in mail.body


def test_a_code_by_text_message(organiser: Organiser, outbox: Outbox, worker: Worker) -> None:
    election = organiser.create(second_factor="sms")
    organiser.post(f"/elections/{election}/voters", json={"email": "ada@example.org", "phone": PHONE})
    order_code(worker, organiser, election)
    assert outbox.mails() == []
    [(number, text)] = outbox.texts()
    assert number == PHONE
    assert holds(organiser, election, text[:6])
    assert text.isascii()
    assert len(text) <= 160


def test_no_text_message_leaves_the_allowed_countries(organiser: Organiser, outbox: Outbox, deployment: World) -> None:
    election = organiser.create(second_factor="sms")
    organiser.post(f"/elections/{election}/voters", json={"email": "ada@example.org", "phone": PHONE})
    message = {"kind": "otp", "election": election, "voter": only_voter(organiser, election).key}
    for countries in ("", "+44,+33"):
        worker = Worker(deployment.wiring(SMS_COUNTRIES=countries))
        assert deliver_all(sqs_event(message), worker) == {"batchItemFailures": []}
    assert outbox.texts() == []


def test_a_new_code_replaces_the_one_before(organiser: Organiser, outbox: Outbox, worker: Worker) -> None:
    election = organiser.create("ada@example.org", second_factor="email")
    codes = []
    for _ in range(2):
        order_code(worker, organiser, election)
        codes += re.findall(r"^    (\d{6})$", outbox.mails()[-1].body, re.MULTILINE)
    first, second = codes
    assert holds(organiser, election, second)
    assert first == second or not holds(organiser, election, first)


def test_no_code_where_there_is_no_second_factor_or_no_voter(
    organiser: Organiser, outbox: Outbox, worker: Worker
) -> None:
    election = organiser.create("ada@example.org")
    order_code(worker, organiser, election)
    worker.deliver({"kind": "otp", "election": election, "voter": "0" * 64})
    assert outbox.mails() == []
    assert only_voter(organiser, election).otp_mac == b""


def test_no_code_once_the_credential_is_issued(organiser: Organiser, outbox: Outbox, worker: Worker) -> None:
    """The order was under way; its times would tell about when that was."""
    election = organiser.create("ada@example.org", second_factor="email")
    voters, voter = organiser.wiring.voters, only_voter(organiser, election)
    voters.enlist(election, voter.key, "run", visibly=True)
    voters.give_link(voter, "run", "link")
    voters.issue(election, voter.key, "link", "blinded")
    order_code(worker, organiser, election)
    assert outbox.mails() == []
    assert only_voter(organiser, election).otp_expires == 0


def test_an_organiser_verifies_by_the_code_that_was_mailed(deployment: World, outbox: Outbox, worker: Worker) -> None:
    client = TestClient(create_app(deployment.wiring()))
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    identity = client.post("/organisers", json=account).json()["organiser_id"]
    [message] = deployment.take_messages("MAIL_QUEUE")
    for _ in range(2):
        worker.deliver(message)
    first, second = outbox.mails()
    assert (first.to, first.field("Organiser")) == ("ada@example.org", identity)
    code = second.field("Code")
    items = str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])
    assert code not in items
    assert code.replace("-", "") not in items
    assert f"/manage/verify?organiser={identity}#{code}" in second.body

    def verify(token: str) -> object:
        return client.post("/organisers/verify", json={"organiser_id": identity, "token": token})

    assert_problem(verify(first.field("Code")), 403, "bad-token")
    assert_problem(verify("wrong"), 403, "bad-token")
    for _ in range(2):  # a lost answer may be asked for again
        answer = verify(code)
        assert (answer.status_code, answer.json()) == (200, {"verified": True})
    found = deployment.wiring().organisers.find(identity)
    assert found
    assert found.verified
    worker.deliver(message)
    assert len(outbox.mails()) == 2, "verified: nothing more to send"


def test_a_verification_code_lasts_a_day(deployment: World, outbox: Outbox, worker: Worker) -> None:
    organiser = Organiser(deployment, verified=False)
    worker.deliver({"kind": "verification", "organiser": organiser.id, "base_url": "https://a.example"})
    [mail] = outbox.mails()
    deployment.clock.advance(hours=24)
    answer = organiser.client.post(
        "/organisers/verify", json={"organiser_id": organiser.id, "token": mail.field("Code")}
    )
    assert_problem(answer, 403, "bad-token")
