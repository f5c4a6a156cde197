"""Invitation runs: large ones, killed ones and rivals, each completed by the next call."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from dying import DyingWiring, Killed
from invitations import invited, logged, root_now
from organise import inviting
from organise.drafts import owned_election
from organise.inviting import Choice, invite
from organising import BASE_URL, Organiser, work_off
from world import World


@pytest.mark.parametrize("reminds", [False, True])
def test_a_large_run_goes_on_as_a_job(
    organiser: Organiser, deployment: World, delivered: str, monkeypatch: pytest.MonkeyPatch, reminds: bool
) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", 1 if not reminds else 0)
    monkeypatch.setattr(inviting, "A_STEP", 1)
    expected = ["bob"] if reminds else ["ada", "bob", "cid", "dee"]
    organiser.invite(delivered, only="not_issued" if reminds else "all")
    assert invited(organiser, delivered) == []
    work_off(deployment)
    assert invited(organiser, delivered) == [f"{name}@example.org" for name in expected]
    assert list(organiser.wiring.blobs.keys("imports/")) == []


def run_until_killed(dying: DyingWiring, organiser: Organiser, election: str) -> bool:
    try:
        invite(dying, owned_election(dying, organiser.id, election), Choice(), BASE_URL)
        work_off(organiser.deployment, dying)
    except Killed:
        return False
    return True


@pytest.mark.parametrize("at_once", [2000, 0])
def test_the_same_call_again_completes_a_run_that_was_killed_at_any_step(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", at_once)
    monkeypatch.setattr(inviting, "A_STEP", 1)
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
    """One reads the roll; another lets somebody join and invites; only then the first one goes on."""
    election = organiser.create("ada@example.org")
    if frozen_before:
        organiser.invite(election)
        organiser.post(f"/elections/{election}/voters", json={"email": "bob@example.org"})
    logged(organiser, election)
    rival, read = Organiser(organiser.deployment), owned_election(organiser.wiring, organiser.id, election)
    voters, others = organiser.wiring.voters, [joins_and_runs(rival, election, "eve@example.org")]
    roll = voters.roll

    def roll_and_rival(of: str) -> Any:
        found = roll(of)
        if others:
            others.pop()()
        return found

    voters.roll = roll_and_rival  # type: ignore[method-assign]
    invite(organiser.wiring, read, Choice(), BASE_URL)
    rolls = logged(organiser, election)
    assert rolls[-1] == root_now(organiser, election) == max(rolls)
    assert [size for size, _ in rolls] == sorted(size for size, _ in rolls)
    shown = organiser.show(election)
    assert (shown["roll_size"], shown["status"]) == (len(roll(election)), "scheduled")
    manifest = organiser.wiring.manifests.find(election)
    assert manifest
    assert sha256(manifest.manifest).hexdigest() == shown["manifest_hash"]
