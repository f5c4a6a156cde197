"""Invitations that are more than a day's mails: over days by themselves, and once to each voter."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from aws_faults import FailingWiring
from ballotcast.mails.blocks import MailContent
from dying import DyingWiring, Killed
from invitations import MAILS, key_of
from notify.post import Post
from notify.worker import Worker
from organise import invitation_jobs
from organise.due import see_to_all
from organising import Organiser, work_off
from pages import Browser
from world import World

KEY = {"Idempotency-Key": "k"}
LATE = {"closes_at": "2026-12-30T10:00:00Z"}


def voters(count: int) -> list[str]:
    return [f"v{number:02}@example.org" for number in range(count)]


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that mails went to, in order."""
    addresses: list[str] = []

    def mail(_post: Post, to: str, _mail: MailContent, tags: dict[str, str] | None = None) -> None:
        if tags is not None:  # those to organisers have none
            addresses.append(to)

    monkeypatch.setattr(Post, "mail", mail)
    monkeypatch.setattr(invitation_jobs, "A_STEP", 4)
    monkeypatch.setattr(invitation_jobs, "WRITERS", 1)
    return addresses


@pytest.fixture
def organiser(deployment: World) -> Organiser:
    """With ten mails a day."""
    deployment.environment["DAILY_MAILS"] = "10"
    return Organiser(deployment)


def send(deployment: World) -> None:
    work_off(deployment)
    for message in deployment.take_messages(MAILS):
        Worker(deployment.wiring()).deliver(message)


def to_midnight(deployment: World) -> None:
    deployment.clock.advance(hours=24 - deployment.clock().hour, minutes=1)
    see_to_all(deployment.wiring())


def run_of(organiser: Organiser, election: str) -> dict[str, Any]:
    found: dict[str, Any] = organiser.get(f"/elections/{election}/invitations").json()["run"]
    return found


def test_two_and_a_half_times_a_days_mails_go_out_over_three_days(
    deployment: World, organiser: Organiser, mailed: list[str]
) -> None:
    """25,000 voters under 10,000 a day, a thousandth of each."""
    election = organiser.create(*voters(25), **LATE)
    assert organiser.get(f"/elections/{election}/invitations").json() == {"run": None}
    assert organiser.invite(election).json() == {"queued": 25, "last_day": "2026-11-22"}
    for day, (sent, state) in enumerate([(10, "waiting"), (20, "waiting"), (25, "done")], start=20):
        send(deployment)
        assert len(mailed) == len(set(mailed)) == sent
        midnight = f"2026-11-{day + 1}T00:00:00Z" if state == "waiting" else None
        told = {"state": state, "done": sent, "total": 25, "last_day": "2026-11-22", "continues_at": midnight}
        assert run_of(organiser, election) == told
        see_to_all(deployment.wiring())
        assert work_off(deployment) == 0, "nothing goes on before midnight"
        to_midnight(deployment)
    assert list(organiser.wiring.blobs.keys("runs/")) == []
    assert list(organiser.wiring.wakes.due(deployment.clock())) == []
    assert {voter["delivery"] for voter in organiser.voters(election).values()} == {"sent"}


@pytest.mark.slow
def test_killed_at_any_step_and_repeated_each_voter_is_mailed_once(
    deployment: World, organiser: Organiser, mailed: list[str]
) -> None:
    """Each process dies at its n-th act; the clock alone brings the run on; the order is sent again with its key."""
    for last in range(2, 60, 5):
        mailed.clear()
        owner = Organiser(deployment, f"organiser{last}")
        election = owner.create(*voters(12), **LATE)
        path = f"/elections/{election}/invitations"
        with suppress(Killed):
            owner.post_once(DyingWiring(deployment, last), path, headers=KEY)
        assert owner.post(path, headers=KEY).json()["queued"] == 12
        dying = DyingWiring(deployment, last)
        try:
            work_off(deployment, dying)
        except Killed:
            lived = False
        else:
            lived = True
        deployment.take_messages("JOBS_QUEUE")  # and the message is lost
        for _ in range(2):
            owner.post(path, headers=KEY)
            deployment.clock.advance(minutes=16)
            see_to_all(deployment.wiring())
            send(deployment)
            assert owner.wiring.mail_allowance.mails_left(owner.id, f"{deployment.clock():%Y-%m-%d}", 10) >= 0
            to_midnight(deployment)
            send(deployment)
        assert Counter(mailed) == dict.fromkeys(voters(12), 1), last
        if lived and last > 30:
            break


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_read_that_fails_holds_nothing_up_for_long(
    deployment: World, organiser: Organiser, mailed: list[str], side: Any
) -> None:
    for at in range(6):
        mailed.clear()
        owner = Organiser(deployment, f"organiser{at}")
        election = owner.create(*voters(3), **LATE)
        owner.wiring.mail_allowance.spend_mails(owner.id, f"{deployment.clock():%Y-%m-%d}", 8, 10)
        owner.invite(election)
        [message] = deployment.take_messages("JOBS_QUEUE")
        failing = FailingWiring(deployment, at, side, lasting=True)
        with pytest.raises(ReadTimeoutError):
            invitation_jobs.continue_invitations(failing, election, message["job"])
        deployment.clock.advance(minutes=16)
        for _ in range(2):
            see_to_all(deployment.wiring())
            send(deployment)
            to_midnight(deployment)
            send(deployment)
        assert sorted(mailed) == voters(3), (at, failing.made)


def test_it_is_stopped_and_who_is_left_is_invited_later(
    deployment: World, organiser: Organiser, mailed: list[str]
) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.invite(election)
    send(deployment)
    for _ in range(2):
        assert organiser.post(f"/elections/{election}/invitations/stop").json()["run"]["state"] == "stopped"
    assert organiser.actions(election).count("invitations-stopped") == 1
    to_midnight(deployment)
    send(deployment)
    assert len(mailed) == 10
    assert list(organiser.wiring.blobs.keys("runs/")) == []
    assert organiser.invite(election).json() == {"queued": 2, "last_day": None}
    send(deployment)
    assert sorted(mailed) == voters(12)


def test_who_was_invited_otherwise_meanwhile_is_left_out(
    deployment: World, organiser: Organiser, mailed: list[str]
) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.invite(election)
    send(deployment)
    [late, later] = set(voters(12)) - set(mailed)
    to_midnight(deployment)
    deployment.take_messages("JOBS_QUEUE")
    organiser.invite(election, voters=[late])
    send(deployment)
    deployment.clock.advance(minutes=16)
    see_to_all(deployment.wiring())
    send(deployment)
    assert Counter(mailed) == dict.fromkeys(voters(12), 1)
    assert mailed[-2:] == [late, later]


def test_an_order_to_all_replaces_what_is_under_way(deployment: World, organiser: Organiser, mailed: list[str]) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.invite(election)
    send(deployment)
    first = organiser.wiring.elections.find(election)
    assert first
    assert organiser.invite(election, only="all").json() == {"queued": 12, "last_day": "2026-11-22"}
    replaced = organiser.wiring.jobs.find(election, first.inviting)
    assert replaced
    assert replaced.state == "stopped"
    for _ in range(2):
        to_midnight(deployment)
        send(deployment)
    assert Counter(mailed).total() == 22
    assert set(mailed[10:]) == set(voters(12))


def test_a_run_ends_with_the_election(deployment: World, organiser: Organiser, mailed: list[str]) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.post(f"/elections/{election}/open")
    organiser.invite(election)
    send(deployment)
    organiser.post(f"/elections/{election}/close")
    to_midnight(deployment)
    send(deployment)
    assert len(mailed) == 10
    assert run_of(organiser, election)["state"] == "stopped"
    assert organiser.wiring.mail_allowance.mails_left(organiser.id, "2026-11-21", 10) == 10


@pytest.mark.parametrize("voted", [0, 6, 12])
def test_reminders_over_days_take_the_same_mails_and_steps_whoever_has_voted(
    deployment: World, organiser: Organiser, mailed: list[str], voted: int
) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.invite(election)
    for _ in range(2):
        send(deployment)
        to_midnight(deployment)
    for email in voters(voted):
        voter = organiser.wiring.voters.find(election, key_of(organiser, election, email))
        assert voter
        organiser.wiring.voters.issue(election, voter.key, voter.link_hash, "blinded")
    mailed.clear()
    assert organiser.invite(election, only="not_issued").json()["queued"] is None
    steps, left = [], []
    for _ in range(2):
        steps.append(work_off(deployment))
        left.append(organiser.wiring.mail_allowance.mails_left(organiser.id, f"{deployment.clock():%Y-%m-%d}", 10))
        to_midnight(deployment)
    send(deployment)
    assert (steps, left) == ([4, 2], [0, 8])
    assert sorted(mailed) == voters(12)[voted:]
    assert run_of(organiser, election)["total"] == 12


def test_an_import_says_at_once_how_many_days_its_invitations_take(organiser: Organiser) -> None:
    election = organiser.create(**LATE)
    content = "\n".join(["email", *voters(25)]).encode()
    [said] = organiser.import_(election, content, params={"dry_run": "true"}).json()["warnings"]
    assert (said["code"], said["params"]) == ("days-of-mails", {"voters": 25, "days": 3, "most": 10})
    assert organiser.import_(election, content).json()["warnings"] == [said]


def test_the_page_tells_how_far_it_is_and_offers_to_stop_it(
    deployment: World, organiser: Organiser, mailed: list[str]
) -> None:
    election = organiser.create(*voters(12), **LATE)
    organiser.invite(election)
    send(deployment)
    browser = Browser(deployment, organiser.id)
    page = browser.get(f"/manage/elections/{election}").text
    assert "10 of 12 are on their way." in page
    assert "the last go out on 2026-11-21" in page
    assert 'value="stop"' in page
    assert 'value="invite"' not in page
    browser.post(f"/manage/elections/{election}", {"act": "stop"})
    page = browser.get(f"/manage/elections/{election}").text
    assert 'value="stop"' not in page
    assert 'value="invite"' in page
