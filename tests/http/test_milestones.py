"""Mails to organisers at the milestones of their elections: each once, to those who conduct the election."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.models import stepfunctions_backends

from ballotcast.clock import from_rfc3339
from ballotcast.elections.roles import Role
from ballotcast.store.members import Member
from dying import DyingWiring, Killed
from notify.feedback import take_feedback
from notify.worker import Worker, deliver_all
from organise.due import see_to_all
from organising import DRAFT, Organiser, sqs_event
from outbox import Failing, Outbox
from world import REGION, World

OPENS, CLOSES = from_rfc3339(DRAFT["opens_at"]), from_rfc3339(DRAFT["closes_at"])
OWNER, HELPER = "organiser@example.org", "helper@example.org"
MAILS = "MAIL_QUEUE"


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


def join(deployment: World, organiser: Organiser, election: str, name: str, role: Role) -> Organiser:
    """Somebody with an account who has joined the election."""
    other = Organiser(deployment, name)
    wiring = deployment.wiring()
    found = wiring.elections.find(election)
    assert found
    member = Member(other.id, f"{name}@example.org", role, joined=True, since=DRAFT["opens_at"])
    assert wiring.members.change(found, wiring.members.keeping(election, member), people=found.people + 1)
    return other


def tick(deployment: World, at: Any = None, worker: Worker | None = None) -> dict[str, Any]:
    """A minute's call of the clock, and the mails it asks for; messages of other kinds are dropped."""
    if at is not None:
        deployment.clock.now = at
    see_to_all(deployment.wiring())
    messages = [one for one in deployment.take_messages(MAILS) if one["kind"] == "milestone"]
    return dict(deliver_all(sqs_event(*messages), worker or Worker(deployment.wiring()))) if messages else {}


def subjects(outbox: Outbox, to: str = OWNER) -> list[str]:
    return [mail.subject for mail in outbox.mails() if mail.to == to]


def end_count(election: str, status: str, attempt: int = 1) -> None:
    """moto's executions run for ever."""
    for machine in stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines:
        for execution in machine.executions:
            if execution.name == f"{election}-{attempt}":
                execution.status = status


def test_those_who_conduct_an_election_hear_of_opening_close_and_count(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create("ada@example.org")
    join(deployment, organiser, election, "helper", Role.ORGANISER)
    join(deployment, organiser, election, "watcher", Role.OBSERVER)
    organiser.invite(election)
    tick(deployment)
    assert outbox.mails() == []
    tick(deployment, OPENS)
    assert Counter(mail.to for mail in outbox.mails()) == {OWNER: 1, HELPER: 1}
    assert subjects(outbox) == ["Voting has opened: Hillhead"]
    tick(deployment, CLOSES + timedelta(minutes=1))
    assert subjects(outbox)[1:] == ["Voting has closed: Hillhead"]
    for minute in range(2, 5):
        tick(deployment, CLOSES + timedelta(minutes=minute))
    assert len(subjects(outbox)) == 2
    end_count(election, "SUCCEEDED")
    tick(deployment, CLOSES + timedelta(minutes=6))
    assert subjects(outbox)[2:] == ["The ballots are counted: Hillhead"]
    assert subjects(outbox, HELPER) == subjects(outbox)
    assert f"/results/{election}" in outbox.mails()[-1].body
    tick(deployment, CLOSES + timedelta(days=30))
    assert len(outbox.mails()) == 6
    assert list(deployment.wiring().milestones.until(CLOSES + timedelta(days=99))) == []


def test_a_held_result_is_told_as_held(deployment: World, organiser: Organiser, outbox: Outbox) -> None:
    election = organiser.create("ada@example.org", release="held")
    organiser.invite(election)
    tick(deployment, CLOSES + timedelta(minutes=1))
    end_count(election, "SUCCEEDED")
    tick(deployment, CLOSES + timedelta(minutes=3))
    body = " ".join(outbox.mails()[-1].body.split())
    assert "nobody sees it until" in body
    assert f"/manage/elections/{election}" in body
    assert "/results/" not in body


def test_a_count_that_fails_is_told_and_so_is_the_next_one(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    tick(deployment, CLOSES + timedelta(minutes=1))
    end_count(election, "FAILED")
    for minute in (3, 4, 5):
        tick(deployment, CLOSES + timedelta(minutes=minute))
    assert subjects(outbox)[1:] == ["The count has stopped: Hillhead"]
    assert organiser.post(f"/elections/{election}/close").status_code == 202
    end_count(election, "SUCCEEDED", attempt=2)
    tick(deployment, CLOSES + timedelta(minutes=8))
    assert subjects(outbox)[2:] == ["The ballots are counted: Hillhead"]


def test_an_early_close_is_told_when_it_is_made_and_no_more_at_the_end(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create("ada@example.org")
    organiser.post(f"/elections/{election}/open")
    tick(deployment)
    organiser.post(f"/elections/{election}/close")
    deployment.clock.advance(minutes=1)
    tick(deployment)
    assert subjects(outbox) == ["Voting has opened: Hillhead", "Voting has closed: Hillhead"]
    end_count(election, "SUCCEEDED")
    tick(deployment, CLOSES + timedelta(minutes=1))
    assert len(subjects(outbox)) == 3


def test_a_rehearsal_says_that_it_is_one(deployment: World, organiser: Organiser, outbox: Outbox) -> None:
    source = organiser.create("ada@example.org")
    copy = organiser.post(f"/elections/{source}/copies", json={"rehearsal": True}).json()["id"]
    organiser.post(f"/elections/{copy}/open")
    tick(deployment)
    assert subjects(outbox) == ["Voting has opened: Rehearsal: Hillhead"]


def test_nothing_goes_to_an_address_that_is_not_proven_or_to_who_was_removed(deployment: World, outbox: Outbox) -> None:
    trying = Organiser(deployment, "trying", verified=False)
    election = trying.create()
    helper = join(deployment, trying, election, "helper", Role.ORGANISER)
    trying.post(f"/elections/{election}/open")
    see_to_all(deployment.wiring())
    messages = deployment.take_messages(MAILS)
    wiring = deployment.wiring()
    found = wiring.elections.find(election)
    assert found
    assert wiring.members.change(found, *wiring.members.removing(election, helper.id), people=0)
    assert deliver_all(sqs_event(*messages), Worker(deployment.wiring())) == {"batchItemFailures": []}
    assert outbox.mails() == []


def test_a_call_of_the_clock_that_is_killed_anywhere_leads_to_one_mail_each(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    for last in range(20):
        election = organiser.create(title=f"Vote {last}")
        organiser.post(f"/elections/{election}/open")
        deployment.clock.advance(minutes=1)
        organiser.post(f"/elections/{election}/close")
        deployment.clock.advance(minutes=1)
        end_count(election, "SUCCEEDED")
        deployment.clock.advance(minutes=1)
        lived = True
        try:
            see_to_all(DyingWiring(deployment, last))
        except Killed:
            lived = False
        tick(deployment)
        deployment.clock.advance(minutes=1)
        tick(deployment)
        told = [subject for subject in subjects(outbox) if subject.endswith(f"Vote {last}")]
        assert sorted(told) == [f"The ballots are counted: Vote {last}", f"Voting has closed: Vote {last}"], last
        if lived:
            break
    assert lived
    assert last >= 6


def test_a_message_that_comes_again_sends_nothing(deployment: World, organiser: Organiser, outbox: Outbox) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    see_to_all(deployment.wiring())
    [message] = deployment.take_messages(MAILS)
    for _ in range(3):
        assert deliver_all(sqs_event(message, message), Worker(deployment.wiring())) == {"batchItemFailures": []}
    assert len(outbox.mails()) == 1


def test_a_mail_that_fails_is_tried_again_and_one_under_way_is_waited_for(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    see_to_all(deployment.wiring())
    [message] = deployment.take_messages(MAILS)
    failing = Worker(deployment.wiring())
    failing._post = Failing(deployment, ClientError({"Error": {"Code": "Throttling"}}, "SendEmail"), OWNER)
    assert deliver_all(sqs_event(message), failing)["batchItemFailures"]
    wiring, now = deployment.wiring(), int(deployment.clock().timestamp())
    assert wiring.milestones.claim(organiser.id, election, "opened", now, now + 90)
    assert deliver_all(sqs_event(message), Worker(wiring))["batchItemFailures"]
    deployment.clock.advance(seconds=91)
    assert deliver_all(sqs_event(message), Worker(wiring)) == {"batchItemFailures": []}
    assert len(outbox.mails()) == 1


def as_sns(message: dict[str, Any]) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}


def bounce(deployment: World, organiser: Organiser, election: str, *names: str) -> None:
    for voter in organiser.wiring.voters.roll(election):
        if voter.email.partition("@")[0] in names:
            tags = {"election": [election], "voter": [voter.key], "run": [voter.run]}
            event = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}, "mail": {"tags": tags}}
            for _ in range(2):
                take_feedback(as_sns(event), deployment.wiring())


def test_bounces_are_told_as_a_number_an_hour_later_and_once_a_day(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create(
        "ada@example.org", "bob@example.org", "cid@example.org", closes_at="2026-11-25T10:00:00Z"
    )
    organiser.invite(election)
    bounce(deployment, organiser, election, "ada")
    tick(deployment)
    bounce(deployment, organiser, election, "bob")
    deployment.clock.advance(minutes=59)
    tick(deployment)
    assert outbox.mails() == []
    deployment.clock.advance(minutes=2)
    for _ in range(3):
        tick(deployment)
    [mail] = [mail for mail in outbox.mails() if "opened" not in mail.subject]
    assert mail.subject == "Invitations have come back: Hillhead"
    assert "since the last such mail: 2." in " ".join(mail.body.split())
    assert f"/manage/elections/{election}/voters?delivery=bounced" in mail.body
    assert "ada@" not in mail.body + mail.html
    bounce(deployment, organiser, election, "cid")
    deployment.clock.advance(hours=2)
    tick(deployment)
    assert len([mail for mail in outbox.mails() if "opened" not in mail.subject]) == 1
    deployment.clock.advance(hours=22)
    tick(deployment)
    bodies = [" ".join(mail.body.split()) for mail in outbox.mails() if "come back" in mail.subject]
    assert ["1." in body for body in bodies][1:] == [True]
    deployment.clock.advance(days=1)
    tick(deployment)
    assert list(deployment.wiring().milestones.bounces()) == []


def test_bounces_are_counted_right_however_the_clock_is_killed(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    for last in range(6):
        election = organiser.create("ada@example.org", "bob@example.org", title=f"Vote {last}")
        organiser.invite(election)
        bounce(deployment, organiser, election, "ada")
        tick(deployment)
        deployment.clock.advance(minutes=61)
        deployment.take_messages(MAILS)
        try:
            see_to_all(DyingWiring(deployment, last))
        except Killed:
            bounce(deployment, organiser, election, "bob")
        tick(deployment)
        told = [mail for mail in outbox.mails() if mail.subject.endswith(f"come back: Vote {last}")]
        assert len(told) == 1, last
        deployment.clock.advance(minutes=1)


def test_a_message_of_an_unknown_milestone_sends_nothing(
    deployment: World, organiser: Organiser, outbox: Outbox
) -> None:
    election = organiser.create()
    organiser.post(f"/elections/{election}/open")
    message = {"kind": "milestone", "election": election, "milestone": "moved", "bounces": 0}
    assert deliver_all(sqs_event(message), Worker(deployment.wiring())) == {"batchItemFailures": []}
    assert outbox.mails() == []
