"""Inviting: who is chosen, under which roll, and what freezes."""

from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from invitations import MAILS, THREE, invited, key_of, logged, root_now
from organising import Organiser, work_off
from problem import assert_problem
from requests_made import record_requests
from world import World


def test_the_first_invitation_freezes_publishes_and_schedules(organiser: Organiser, deployment: World) -> None:
    election = organiser.create(*THREE)
    answer = organiser.invite(election)
    assert (answer.status_code, answer.json()) == (202, {"queued": 3, "last_day": None})
    shown = organiser.show(election)
    assert (shown["status"], shown["roll_size"]) == ("scheduled", 3)
    wiring = deployment.wiring()
    published = wiring.manifests.find(election)
    assert published
    manifest = Manifest.parse(published.manifest)
    assert manifest.hash.hex() == shown["manifest_hash"]
    assert manifest.origin == f"{organiser.client.address.partition('//')[2]}/elections/{election}/log"
    assert (manifest.roll_size, manifest.roll_root.hex()) == root_now(organiser, election)
    assert logged(organiser, election) == [root_now(organiser, election)]
    schedule = wiring.client("scheduler").get_schedule(Name=f"close-{election}", GroupName="default")
    assert schedule["ScheduleExpression"] == "at(2026-11-21T10:00:02)"
    assert {voter["delivery"] for voter in organiser.voters(election).values()} == {"queued"}
    assert invited(organiser, election) == sorted(THREE)
    assert sorted(organiser.actions(election)[-2:]) == ["election-frozen", "invitations-ordered"]


def test_messages_carry_ids_only(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    [message] = deployment.take_messages(MAILS)
    assert message == {
        "kind": "invitation",
        "election": election,
        "voter": key_of(organiser, election, "ada@example.org"),
        "run": message["run"],
    }


def test_who_joins_later_is_invited_under_a_root_that_the_log_knows(organiser: Organiser) -> None:
    election = organiser.create(*THREE)
    organiser.invite(election)
    for email in THREE:
        run = organiser.wiring.voters.find(election, key_of(organiser, election, email))
        assert run
        organiser.wiring.voters.mark_mailed(election, run.key, run.run)
    invited(organiser, election), logged(organiser, election)
    frozen = organiser.show(election)
    organiser.post(f"/elections/{election}/voters", json={"email": "dee@example.org"})
    assert organiser.invite(election).json()["queued"] == 1
    assert invited(organiser, election) == ["dee@example.org"]
    assert logged(organiser, election)[-1] == root_now(organiser, election)
    shown = organiser.show(election)
    assert shown["roll_size"] == 4
    assert shown["manifest_hash"] == frozen["manifest_hash"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, ["dee"]),
        ({"only": "all"}, ["ada", "bob", "cid", "dee"]),
        ({"only": "bounced"}, ["cid"]),
        ({"only": "not_issued"}, ["bob"]),
        ({"voters": ["ADA@example.org", "cid@example.org", "ada@example.org"]}, ["ada", "cid"]),
    ],
)
def test_who_is_chosen(organiser: Organiser, delivered: str, order: dict[str, Any], expected: list[str]) -> None:
    answer = organiser.invite(delivered, **order)
    assert answer.json()["queued"] == (None if order.get("only") == "not_issued" else len(expected))
    work_off(organiser.deployment)
    assert invited(organiser, delivered) == [f"{name}@example.org" for name in expected]


def test_a_reminder_shows_nowhere(organiser: Organiser, delivered: str) -> None:
    before = organiser.voters(delivered)
    assert before["dee@example.org"]["right"] == "none"  # what a reminder shows is that her roll is stated now
    before["dee@example.org"]["right"] = "stated"
    organiser.invite(delivered, only="not_issued")
    assert work_off(organiser.deployment) == 2
    assert organiser.voters(delivered) == before
    [message] = organiser.deployment.take_messages(MAILS)
    assert message["kind"] == "reminder"
    told = organiser.get(f"/elections/{delivered}/events").json()["events"][-1]
    assert (told["action"], told["detail"]) == ("invitations-ordered", {"only": "not_issued"})


def test_a_reminder_takes_the_same_allowance_whoever_has_voted(deployment: World) -> None:
    organiser = Organiser(deployment, DAILY_MAILS="7")
    election = organiser.create(*THREE)
    organiser.invite(election)
    ada = organiser.wiring.voters.find(election, key_of(organiser, election, "ada@example.org"))
    assert ada
    organiser.wiring.voters.mark_mailed(election, ada.key, ada.run)
    assert organiser.invite(election, only="not_issued").status_code == 202
    work_off(deployment)
    assert len([m for m in deployment.take_messages(MAILS) if m["kind"] == "reminder"]) == 1
    assert_problem(organiser.invite(election, voters=["ada@example.org", "bob@example.org"]), 429, "daily-mails")
    assert organiser.invite(election, voters=["ada@example.org"]).status_code == 202


def test_a_reminder_leaves_the_same_traces_whether_or_not_there_is_anybody_to_remind(deployment: World) -> None:
    """Only ada was sent a mail: before she has a credential she is reminded, afterwards nobody is."""
    organiser = Organiser(deployment, DAILY_MAILS="8")
    election = organiser.create(*THREE)
    organiser.invite(election, voters=["ada@example.org"])
    voters, ada = organiser.wiring.voters, key_of(organiser, election, "ada@example.org")
    found = voters.find(election, ada)
    assert found
    voters.give_link(found, found.run, "link")
    voters.mark_mailed(election, ada, found.run)
    deployment.take_messages(MAILS)
    traces = []
    for _ in range(2):
        before = len(organiser.actions(election))
        answer = organiser.invite(election, only="not_issued")
        assert work_off(deployment) == 2
        told = organiser.get(f"/elections/{election}/events").json()["events"][before:]
        traces.append((answer.status_code, answer.json(), [(event["action"], event["detail"]) for event in told]))
        assert voters.issue(election, ada, "link", "blinded")
    assert len(deployment.take_messages(MAILS)) == 1
    assert traces[0] == traces[1]
    assert_problem(organiser.invite(election, voters=["bob@example.org", "cid@example.org"]), 429, "daily-mails")


def test_a_reminder_s_request_does_the_same_work_whoever_has_voted(organiser: Organiser, deployment: World) -> None:
    """So its response takes the same time. Who is reminded, only the job looks up."""
    names = [f"v{number}@example.org" for number in range(12)]
    election = organiser.create(*names)
    organiser.invite(election)
    voters = organiser.wiring.voters
    for voter in voters.roll(election):
        voters.give_link(voter, voter.run, f"link{voter.key}")
        voters.mark_mailed(election, voter.key, voter.run)
    deployment.take_messages(MAILS)
    made, work, mails = record_requests(organiser.wiring), [], []
    for _ in range(3):
        made.clear()
        answer = organiser.invite(election, only="not_issued")
        assert (answer.status_code, answer.json()) == (202, {"queued": None, "last_day": None})
        [order] = deployment.take_messages("JOBS_QUEUE")
        stored = organiser.wiring.jobs.find(election, order["job"])
        assert stored
        work.append((sorted(made), stored.total, deployment.take_messages(MAILS)))
        deployment.wiring().jobs_queue.send(order)
        work_off(deployment)
        mails.append(len(deployment.take_messages(MAILS)))
        waiting = [voter for voter in voters.roll(election) if not voter.issued]
        for voter in waiting[: 5 if len(waiting) > 7 else 7]:
            voters.issue(election, voter.key, f"link{voter.key}", "blinded")
    assert mails == [12, 7, 0]
    assert work[0] == work[1] == work[2]
    assert work[0][1:] == (12, [])


def test_a_reminder_freezes_nothing(organiser: Organiser) -> None:
    election = organiser.create(*THREE)
    assert organiser.invite(election, only="not_issued").json() == {"queued": None, "last_day": None}
    assert organiser.show(election)["status"] == "draft"


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"only": "everyone"}, "/only"),
        ({"only": None}, "/only"),
        ({"voters": []}, "/voters"),
        ({"voters": ["not an address"]}, "/voters/0"),
        ({"voters": [f"v{n}@example.org" for n in range(101)]}, "/voters"),
        ({"only": "all", "voters": ["ada@example.org"]}, ""),
        ({"whom": "all"}, "/whom"),
    ],
)
def test_a_bad_order_is_refused_and_freezes_nothing(organiser: Organiser, order: dict[str, Any], pointer: str) -> None:
    election = organiser.create(*THREE)
    assert_problem(organiser.invite(election, **order), 422, "invalid", pointer)
    assert organiser.show(election)["status"] == "draft"


def test_an_address_that_is_not_on_the_roll_is_named_and_nobody_is_invited(organiser: Organiser) -> None:
    election = organiser.create(*THREE)
    answer = organiser.invite(election, voters=["ada@example.org", "eve@example.org"])
    assert_problem(answer, 422, "not-on-roll", "/voters/1")
    assert organiser.show(election)["status"] == "draft"
    assert invited(organiser, election) == []


def test_nobody_mails_strangers(deployment: World) -> None:
    organiser = Organiser(deployment, verified=False, APPROVE_ORGANISERS="true")
    election, organisers = organiser.create(*THREE), organiser.wiring.organisers
    assert_problem(organiser.invite(election), 403, "not-verified")
    organisers.offer_verification(organiser.id, "hash", 2_000_000_000)
    assert organisers.verify(organiser.id, "hash", 0)
    assert_problem(organiser.invite(election), 403, "not-approved")
    assert organiser.show(election)["status"] == "draft"
    organisers.approve(organiser.id)
    assert organiser.invite(election).status_code == 202


def test_the_days_allowance(deployment: World) -> None:
    """Single voters are not put off to another day; nobody is put off to a day after the close."""
    organiser = Organiser(deployment, DAILY_MAILS="4")
    first, second = organiser.create(*THREE), organiser.create(*THREE, closes_at="2026-11-20T23:00:00Z")
    assert organiser.invite(first).status_code == 202
    for order in ({"voters": [THREE[0], THREE[1]]}, {}):
        refused = organiser.invite(second, **order)
        assert_problem(refused, 429, "daily-mails")
        assert organiser.show(second)["status"] == "draft"
    deployment.clock.advance(seconds=int(refused.headers["Retry-After"]) + 1)
    assert deployment.clock().hour == 0


def test_what_is_refused_takes_nothing_of_the_allowance(deployment: World) -> None:
    organiser = Organiser(deployment, DAILY_MAILS="3")
    election = organiser.create(*THREE)
    deployment.clock.advance(days=2)
    assert_problem(organiser.invite(election), 409, "closing-time-past")
    organiser.ask("PATCH", f"/elections/{election}", json={"closes_at": "2026-12-30T10:00:00Z", "second_factor": "sms"})
    assert_problem(organiser.invite(election), 409, "phone-missing")
    organiser.ask("PATCH", f"/elections/{election}", json={"second_factor": "none"})
    assert organiser.invite(election).status_code == 202


def test_an_empty_roll_has_nobody_to_invite(organiser: Organiser) -> None:
    assert_problem(organiser.invite(organiser.create()), 409, "empty-roll")


def test_no_invitations_after_close_or_for_a_draft_that_would_close_in_the_past(
    organiser: Organiser, deployment: World
) -> None:
    election, late = organiser.create(*THREE), organiser.create(*THREE)
    organiser.invite(election)
    deployment.clock.advance(days=2)
    assert_problem(organiser.invite(election), 409, "closed")
    assert_problem(organiser.invite(late), 409, "closing-time-past")
    assert organiser.show(late)["status"] == "draft"


def test_codes_by_text_message_need_every_voters_number_at_freezing(organiser: Organiser) -> None:
    election = organiser.create(*THREE)
    organiser.ask("PATCH", f"/elections/{election}", json={"second_factor": "sms"})
    assert_problem(organiser.invite(election), 409, "phone-missing")
    assert organiser.show(election)["status"] == "draft"


def test_an_idempotency_key_sends_each_mail_once(organiser: Organiser) -> None:
    election = organiser.create(*THREE)
    path, key = f"/elections/{election}/invitations", {"Idempotency-Key": "k"}
    assert [organiser.post(path, headers=key).json() for _ in range(2)] == [{"queued": 3, "last_day": None}] * 2
    assert len(organiser.deployment.take_messages(MAILS)) == 3
