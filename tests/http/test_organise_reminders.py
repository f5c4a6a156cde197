"""Reminders at a time that is chosen beforehand, and mails with the result: each once, whatever is repeated."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from api_events import TestClient
from ballotcast.clock import from_rfc3339
from ballotcast.store.results import Published
from dying import DyingWiring, Killed
from notify.worker import Worker, deliver_all
from organise.app import create_app
from organise.due import see_to_all
from organising import DRAFT, Organiser, sqs_event, work_off
from outbox import Outbox
from problem import assert_problem
from world import World

OPENS, CLOSES = from_rfc3339(DRAFT["opens_at"]), from_rfc3339(DRAFT["closes_at"])
AT = "2026-11-20T20:00:00Z"
TWO = ("ada@example.org", "bob@example.org")


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


def send(deployment: World) -> None:
    """The clock, its jobs and the mails, until nothing waits."""
    see_to_all(deployment.wiring())
    work_off(deployment)
    messages = deployment.take_messages("MAIL_QUEUE")
    for message in messages:
        assert deliver_all(sqs_event(message), Worker(deployment.wiring())) == {"batchItemFailures": []}


def mailed(outbox: Outbox, start: str) -> Counter[str]:
    return Counter(mail.to for mail in outbox.mails() if mail.subject.startswith(start))


def later(organiser: Organiser, election: str, at: str | None) -> Any:
    return organiser.post(f"/elections/{election}/invitations", json={"only": "not_issued", "at": at})


@pytest.fixture
def running(deployment: World, organiser: Organiser, outbox: Outbox) -> str:
    election = organiser.create(*TWO)
    organiser.invite(election)
    send(deployment)
    return election


def test_a_reminder_goes_out_at_its_time_and_once(
    deployment: World, organiser: Organiser, outbox: Outbox, running: str
) -> None:
    assert later(organiser, running, AT).json() == {"queued": None, "last_day": None}
    assert later(organiser, running, AT).status_code == 202, "the same again"
    assert organiser.show(running)["remind_at"] == AT
    assert organiser.actions(running).count("reminder-scheduled") == 1
    deployment.clock.now = from_rfc3339(AT) - timedelta(seconds=1)
    send(deployment)
    assert mailed(outbox, "Reminder") == {}
    for minutes in range(3):
        deployment.clock.now = from_rfc3339(AT) + timedelta(minutes=minutes)
        send(deployment)
    assert mailed(outbox, "Reminder") == dict.fromkeys(TWO, 1)


def test_who_has_a_credential_by_then_gets_none(
    deployment: World, organiser: Organiser, outbox: Outbox, running: str
) -> None:
    later(organiser, running, AT)
    wiring = deployment.wiring()
    ada = next(voter for voter in wiring.voters.roll(running) if voter.email == TWO[0])
    wiring.voters.issue(running, ada.key, ada.link_hash, "00" * 32)
    deployment.clock.now = from_rfc3339(AT)
    send(deployment)
    assert mailed(outbox, "Reminder") == {TWO[1]: 1}


def test_the_time_is_moved_and_called_off(
    deployment: World, organiser: Organiser, outbox: Outbox, running: str
) -> None:
    later(organiser, running, AT)
    later(organiser, running, "2026-11-20T21:00:00Z")
    deployment.clock.now = from_rfc3339(AT)
    send(deployment)
    assert mailed(outbox, "Reminder") == {}
    later(organiser, running, None)
    assert organiser.show(running)["remind_at"] is None
    deployment.clock.now = from_rfc3339(AT) + timedelta(hours=2)
    send(deployment)
    assert mailed(outbox, "Reminder") == {}
    assert organiser.actions(running).count("reminder-cancelled") == 1


def test_an_election_that_is_closed_by_then_reminds_nobody(
    deployment: World, organiser: Organiser, outbox: Outbox, running: str
) -> None:
    later(organiser, running, AT)
    deployment.clock.now = OPENS + timedelta(minutes=1)
    assert organiser.post(f"/elections/{running}/close").status_code == 202
    deployment.clock.now = from_rfc3339(AT)
    send(deployment)
    assert mailed(outbox, "Reminder") == {}


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2026-11-20T08:00:00Z", "past"),
        ("2026-11-20T09:30:00Z", "not-while-open"),
        (DRAFT["closes_at"], "not-while-open"),
    ],
)
def test_a_time_at_which_nobody_can_vote_is_refused(organiser: Organiser, running: str, at: str, reason: str) -> None:
    refused = assert_problem(later(organiser, running, at), 422, "invalid", "/at")
    assert refused["errors"][0]["code"] == reason
    assert organiser.show(running)["remind_at"] is None


def test_a_time_is_for_reminders_of_elections_that_run(deployment: World, organiser: Organiser) -> None:
    draft = organiser.create(*TWO)
    assert_problem(later(organiser, draft, AT), 409, "draft")
    at = {"only": "all", "at": AT}
    assert_problem(organiser.post(f"/elections/{draft}/invitations", json=at), 422, "invalid", "")
    deployment.clock.now = CLOSES
    organiser.post(f"/elections/{draft}/open")


def test_a_scheduled_reminder_is_sent_once_wherever_the_clock_and_the_job_are_killed(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    for last in range(30):
        election = organiser.create(*TWO, title=f"Vote {last}", closes_at="2026-12-21T10:00:00Z", opens_at=AT)
        organiser.invite(election)
        deployment.clock.now = max(deployment.clock.now, from_rfc3339(AT))
        send(deployment)
        at = deployment.clock.now.replace(microsecond=0) + timedelta(minutes=1)
        assert later(organiser, election, f"{at:%Y-%m-%dT%H:%M:%SZ}").status_code == 202
        deployment.clock.advance(minutes=2)
        lived = True
        try:
            dying = DyingWiring(deployment, last)
            see_to_all(dying)
            work_off(deployment, dying)
        except Killed:
            lived = False
        for _ in range(2):
            deployment.clock.advance(minutes=16)
            send(deployment)
        assert mailed(outbox, f"Reminder: Your vote: Vote {last}") == dict.fromkeys(TWO, 1), last
        if lived:
            break
    assert lived
    assert last >= 6


@pytest.fixture
def counted(deployment: World, organiser: Organiser, running: str) -> str:
    deployment.clock.now = CLOSES + timedelta(hours=1)
    send(deployment)
    deployment.wiring().results.publish(Published(running, "0" * 64, "0" * 64, 1, 2, 0, 0, "2026-11-21T10:30:00Z"))
    return running


def result(organiser: Organiser, election: str) -> Any:
    return organiser.post(f"/elections/{election}/invitations", json={"only": "result"})


def test_everybody_on_the_roll_is_mailed_where_the_result_is_and_once(
    deployment: World, organiser: Organiser, outbox: Outbox, counted: str
) -> None:
    before = organiser.voters(counted)
    for _ in range(3):
        assert result(organiser, counted).json() == {"queued": 2, "last_day": None}
        send(deployment)
    assert mailed(outbox, "The result: Hillhead") == dict.fromkeys(TWO, 1)
    mail = next(mail for mail in outbox.mails() if mail.subject.startswith("The result"))
    assert f"{organiser.client.address}/results/{counted}" in mail.body
    assert "/vote#" not in mail.body + mail.html
    assert organiser.show(counted)["result_mailed"] is True
    assert organiser.voters(counted) == before, "nothing of it shows on the roll"
    assert organiser.actions(counted).count("result-mailed") == 1
    assert list(organiser.wiring.blobs.keys("runs/")) == []


def test_a_result_that_nobody_sees_is_not_mailed(deployment: World, organiser: Organiser, running: str) -> None:
    assert_problem(result(organiser, running), 409, "not-counted")
    deployment.clock.now = CLOSES + timedelta(hours=1)
    assert_problem(result(organiser, running), 409, "not-counted")
    published = Published(running, "0" * 64, "0" * 64, 1, 2, 0, 0, "2026-11-21T10:30:00Z", held=True)
    deployment.wiring().results.publish(published)
    assert_problem(result(organiser, running), 409, "held")


def test_mails_with_the_result_take_several_days_where_a_day_does_not_suffice(
    deployment: World, organiser: Organiser, outbox: Outbox, counted: str
) -> None:
    organiser.wiring = deployment.wiring(DAILY_MAILS="1")
    organiser.client = TestClient(create_app(organiser.wiring))
    assert result(organiser, counted).json() == {"queued": 2, "last_day": "2026-11-22"}
    for _ in range(2):
        see_to_all(deployment.wiring())
        work_off(deployment, organiser.wiring)
        for message in deployment.take_messages("MAIL_QUEUE"):
            deliver_all(sqs_event(message), Worker(deployment.wiring()))
        deployment.clock.advance(days=1)
    assert mailed(outbox, "The result: Hillhead") == dict.fromkeys(TWO, 1)


def test_an_order_that_is_killed_anywhere_is_completed_by_the_next(
    deployment: World, organiser: Organiser, outbox: Outbox, counted: str
) -> None:
    for last in range(3):
        organiser.client = TestClient(create_app(DyingWiring(deployment, last)))
        with pytest.raises(Killed):
            result(organiser, counted)
        organiser.client = TestClient(create_app(deployment.wiring()))
    assert result(organiser, counted).status_code == 202
    send(deployment)
    assert mailed(outbox, "The result: Hillhead") == dict.fromkeys(TWO, 1)


def test_nobody_is_mailed_after_the_erasure(
    deployment: World, organiser: Organiser, outbox: Outbox, counted: str
) -> None:
    result(organiser, counted)
    organiser.ask("DELETE", f"/elections/{counted}/voters/personal-data")
    send(deployment)
    assert mailed(outbox, "The result") == {}
    assert organiser.show(counted)["result_mailed"] is True
