"""Invitation runs: large ones, killed ones and rivals, each completed by the next call."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from aws_faults import FailingWiring, Side
from ballotcast.mails.blocks import MailContent
from dying import DyingWiring, Killed
from invitations import MAILS, invited, key_of, logged, root_now
from notify.post import Post
from notify.worker import Worker
from organise import invitation_jobs, inviting
from organise.drafts import owned_election
from organise.inviting import Choice, invite
from organising import BASE_URL, Organiser, work_off
from problem import assert_problem
from world import World


@pytest.mark.parametrize("reminds", [False, True])
def test_a_large_run_goes_on_as_a_job(
    organiser: Organiser, deployment: World, delivered: str, monkeypatch: pytest.MonkeyPatch, reminds: bool
) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", 1)
    monkeypatch.setattr(invitation_jobs, "A_STEP", 1)
    expected = ["bob"] if reminds else ["ada", "bob", "cid", "dee"]
    organiser.invite(delivered, only="not_issued" if reminds else "all")
    assert invited(organiser, delivered) == []
    work_off(deployment)
    assert invited(organiser, delivered) == [f"{name}@example.org" for name in expected]
    assert list(organiser.wiring.blobs.keys("runs/")) == []


def run_until_killed(dying: DyingWiring, organiser: Organiser, election: str) -> bool:
    try:
        invite(dying, owned_election(dying, organiser.id, election), Choice(), BASE_URL)
        work_off(organiser.deployment, dying)
    except Killed:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [pytest.param(2000, marks=pytest.mark.long), 0])
def test_the_same_call_again_completes_a_run_that_was_killed_at_any_step(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", at_once)
    monkeypatch.setattr(invitation_jobs, "A_STEP", 1)
    for last in range(30):
        election = organiser.create("ada@example.org", "bob@example.org")
        lived = run_until_killed(DyingWiring(deployment, last), organiser, election)
        if not lived:
            assert organiser.invite(election).status_code == 202
            work_off(deployment)
        assert invited(organiser, election) == ["ada@example.org", "bob@example.org"]
        assert set(logged(organiser, election)) == {root_now(organiser, election)}
        frozen, published = organiser.wiring.elections.find(election), organiser.wiring.manifests.find(election)
        assert frozen
        assert published
        assert published.manifest == frozen.manifest
        if lived:
            break
    assert lived
    assert last >= 8


KEY = {"Idempotency-Key": "k"}
PAIR = ("ada@example.org", "bob@example.org")


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that mails went to, in order."""
    addresses: list[str] = []

    def mail(_post: Post, to: str, _mail: MailContent, tags: dict[str, str] | None = None) -> None:
        if tags is not None:  # those to organisers have none
            addresses.append(to)

    monkeypatch.setattr(Post, "mail", mail)
    return addresses


def mail_all(deployment: World) -> None:
    work_off(deployment)
    for message in deployment.take_messages(MAILS):
        Worker(deployment.wiring()).deliver(message)


def order_once(organiser: Organiser, failing: FailingWiring, election: str, **order: Any) -> int:
    """The status of the answer; the record of it is lost."""
    return organiser.post_once(failing, f"/elections/{election}/invitations", json=order, headers=KEY).status_code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "at_once", "order"),
    [
        ("before", 2000, {"only": "all"}),
        ("after", 0, {"voters": list(PAIR)}),
        pytest.param("after", 2000, {"only": "all"}, marks=pytest.mark.long),
        pytest.param("before", 0, {"voters": list(PAIR)}, marks=pytest.mark.long),
        pytest.param("before", 2000, {}, marks=pytest.mark.long),
        pytest.param("after", 2000, {}, marks=pytest.mark.long),
    ],
)
def test_the_same_order_with_its_key_takes_the_allowance_once_and_mails_once(
    deployment: World,
    monkeypatch: pytest.MonkeyPatch,
    mailed: list[str],
    side: Side,
    at_once: int,
    order: dict[str, Any],
) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", at_once)
    monkeypatch.setattr(invitation_jobs, "WRITERS", 1)
    monkeypatch.setattr(invitation_jobs, "A_STEP", 1)
    for at in range(30):
        organiser = Organiser(deployment, f"organiser{at}", DAILY_MAILS="2")
        election = organiser.create(*PAIR)
        mailed.clear()
        failing = FailingWiring(deployment, at, side, acts_only=True, DAILY_MAILS="2")
        order_once(organiser, failing, election, **order)
        if not failing.failed:
            break
        mail_all(deployment)
        again = organiser.post(f"/elections/{election}/invitations", json=order, headers=KEY)
        assert (again.status_code, again.json()) == (202, {"queued": 2, "last_day": None}), (at, failing.made)
        mail_all(deployment)
        assert sorted(mailed) == list(PAIR), (at, failing.made)
        assert {voter["delivery"] for voter in organiser.voters(election).values()} == {"sent"}
        assert_problem(organiser.invite(election, voters=["ada@example.org"]), 429, "daily-mails")
    assert at >= 9


def test_bounced_voters_are_invited_by_the_same_order_again(deployment: World, mailed: list[str]) -> None:
    """Marked as part of the run, they are `queued`, and no longer chosen for their bounce."""
    organiser = Organiser(deployment)
    election = organiser.create(*PAIR)
    organiser.invite(election)
    mail_all(deployment)
    ada = organiser.wiring.voters.find(election, key_of(organiser, election, "ada@example.org"))
    assert ada
    organiser.wiring.voters.mark_bounced(election, ada.key, ada.run)
    mailed.clear()
    failing = FailingWiring(deployment, 8, acts_only=True)
    assert order_once(organiser, failing, election, only="bounced") == 503
    assert failing.made[7:9] == ["UpdateItem", "SendMessageBatch"], "the voter is marked, and the message is lost"
    mail_all(deployment)
    again = organiser.post(f"/elections/{election}/invitations", json={"only": "bounced"}, headers=KEY)
    assert again.json()["queued"] == 1
    mail_all(deployment)
    assert mailed == ["ada@example.org"]


def test_a_refused_run_gives_its_mails_back_and_is_a_new_one_the_next_time(deployment: World) -> None:
    organiser = Organiser(deployment, DAILY_MAILS="2")
    election = organiser.create(*PAIR)
    deployment.clock.advance(days=2)
    path = f"/elections/{election}/invitations"
    for _ in range(2):
        assert_problem(organiser.post(path, headers=KEY), 409, "closing-time-past")
    organiser.ask("PATCH", f"/elections/{election}", json={"closes_at": "2026-12-30T10:00:00Z"})
    assert organiser.post(path, headers=KEY).json()["queued"] == 2
    assert_problem(organiser.invite(election, voters=[PAIR[0]]), 429, "daily-mails")


def test_a_run_that_goes_on_takes_mails_for_those_who_have_joined(deployment: World, mailed: list[str]) -> None:
    organiser = Organiser(deployment, DAILY_MAILS="3")
    election = organiser.create(*PAIR)
    assert order_once(organiser, FailingWiring(deployment, 4, acts_only=True), election) == 503
    organiser.post(f"/elections/{election}/voters", json={"email": "cid@example.org"})
    again = organiser.post(f"/elections/{election}/invitations", json={}, headers=KEY)
    assert again.json()["queued"] == 3
    mail_all(deployment)
    assert sorted(mailed) == [*PAIR, "cid@example.org"]
    assert_problem(organiser.invite(election, voters=["ada@example.org"]), 429, "daily-mails")


def test_a_day_later_the_same_key_is_another_run(deployment: World, mailed: list[str]) -> None:
    organiser = Organiser(deployment, DAILY_MAILS="2")
    election = organiser.create(*PAIR)
    organiser.post(f"/elections/{election}/open")
    path, order = f"/elections/{election}/invitations", {"only": "all"}
    order_once(organiser, FailingWiring(deployment, 10_000), election, **order)
    mail_all(deployment)
    deployment.clock.advance(hours=24)
    assert organiser.post(path, json=order, headers=KEY).json()["queued"] == 2
    mail_all(deployment)
    assert sorted(mailed) == sorted([*PAIR, *PAIR])


def test_a_roll_that_was_noted_but_not_told_is_told_by_the_next_run(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    for last in range(4):
        organiser.post(f"/elections/{election}/voters", json={"email": f"v{last}@example.org"})
        logged(organiser, election)
        assert not run_until_killed(DyingWiring(deployment, last), organiser, election)
        organiser.invite(election)
        assert root_now(organiser, election) in logged(organiser, election)


def joins_and_runs(organiser: Organiser, election: str, email: str) -> Callable[[], None]:
    def act() -> None:
        organiser.post(f"/elections/{election}/voters", json={"email": email})
        organiser.invite(election)

    return act


@pytest.mark.parametrize("frozen_before", [False, True])
def test_of_two_runs_at_once_the_later_takes_up_the_others_roll(organiser: Organiser, frozen_before: bool) -> None:
    """One reads the roll; another lets somebody join and invites; only then the first one continues."""
    election = organiser.create("ada@example.org")
    if frozen_before:
        organiser.invite(election)
        organiser.post(f"/elections/{election}/voters", json={"email": "bob@example.org"})
    logged(organiser, election)
    rival, read = Organiser(organiser.deployment), owned_election(organiser.wiring, organiser.id, election)
    voters, others = organiser.wiring.voters, [joins_and_runs(rival, election, "eve@example.org")]
    lines = voters.lines

    def lines_and_rival(of: str) -> Any:
        found = lines(of)
        if others:
            others.pop()()
        return found

    voters.lines = lines_and_rival  # type: ignore[method-assign]
    invite(organiser.wiring, read, Choice(), BASE_URL)
    rolls = logged(organiser, election)
    assert rolls[-1] == root_now(organiser, election) == max(rolls)
    assert [size for size, _ in rolls] == sorted(size for size, _ in rolls)
    shown = organiser.show(election)
    assert (shown["roll_size"], shown["status"]) == (len(lines(election)), "scheduled")
    manifest = organiser.wiring.manifests.find(election)
    assert manifest
    assert sha256(manifest.manifest).hexdigest() == shown["manifest_hash"]
