"""Organisers whose address is not proven may try everything, and occupy little; from then on nothing bounds them."""

from typing import Any

import pytest

from api_events import TestClient
from ballotcast.http.sessions import session_of
from organise import trial
from organise.app import create_app
from organising import DRAFT, Organiser, csv, work_off
from problem import assert_problem
from world import World


@pytest.fixture
def trying(deployment: World) -> Organiser:
    return Organiser(deployment, "trying", verified=False)


def prove(organiser: Organiser) -> None:
    wiring = organiser.wiring
    assert wiring.organisers.offer_verification(organiser.id, "x", 2**40)
    assert wiring.organisers.verify(organiser.id, "x", 0)


def many(count: int, start: int = 0) -> list[str]:
    return [f"v{number}@example.org" for number in range(start, start + count)]


def test_five_drafts_with_those_that_are_deleted_and_any_number_afterwards(
    deployment: World, trying: Organiser
) -> None:
    first = trying.create()
    trying.ask("DELETE", f"/elections/{first}")
    work_off(deployment)
    for _ in range(trial.DRAFTS - 1):
        trying.create()
    refused = assert_problem(trying.post("/elections", json=DRAFT), 403, "not-verified")
    assert "at most 5 drafts" in refused["detail"]
    listed = trying.get("/elections").json()["elections"]
    assert len(listed) == trial.DRAFTS - 1
    copied = trying.post(f"/elections/{listed[0]['id']}/copies", json={})
    assert_problem(copied, 403, "not-verified")
    prove(trying)
    assert trying.post("/elections", json=DRAFT).status_code == 201
    assert trying.post(f"/elections/{listed[0]['id']}/copies", json={}).status_code == 201


def test_a_request_that_is_sent_again_makes_no_second_draft_and_is_answered_at_the_limit(trying: Organiser) -> None:
    key = {"Idempotency-Key": "k"}
    made = trying.post_once(trying.wiring, "/elections", json=DRAFT, headers=key).json()
    for _ in range(trial.DRAFTS - 1):
        trying.create()
    again = trying.post("/elections", json=DRAFT, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, made["id"])


def test_a_draft_that_loses_the_race_for_the_last_place_is_refused(
    trying: Organiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count that was read is older than the one that is written."""
    for _ in range(trial.DRAFTS - 1):
        trying.create()
    read = trial.drafting

    def late(*given: Any) -> Any:
        found = read(*given)
        monkeypatch.setattr("organise.drafts.drafting", read)
        trying.create()
        return found

    monkeypatch.setattr("organise.drafts.drafting", late)
    assert_problem(trying.post("/elections", json=DRAFT), 403, "not-verified")
    assert len(trying.get("/elections").json()["elections"]) == trial.DRAFTS


def test_a_roll_has_fifty_voters_however_they_come(deployment: World, trying: Organiser) -> None:
    election = trying.create()
    too_many = trying.import_(election, csv(*many(trial.VOTERS + 1)))
    assert "at most 50 voters" in assert_problem(too_many, 403, "not-verified")["detail"]
    assert trying.voters(election) == {}
    assert trying.import_(election, csv(*many(40))).json()["added"] == 40
    assert trying.import_(election, csv(*many(40))).json()["added"] == 0, "the same file again"
    assert_problem(trying.import_(election, csv(*many(20, start=40))), 403, "not-verified")
    assert len(trying.voters(election)) == 40
    assert trying.import_(election, csv(*many(10, start=40))).json()["added"] == 10
    one = {"email": "one@example.org"}
    assert_problem(trying.post(f"/elections/{election}/voters", json=one), 403, "not-verified")
    assert len(list(trying.wiring.roll_index.page(election, limit=1000).voters)) == trial.VOTERS
    large = csv(*many(2500))
    assert_problem(trying.import_(election, large), 403, "not-verified")
    assert list(trying.wiring.blobs.keys("imports/")) == []
    prove(trying)
    assert trying.post(f"/elections/{election}/voters", json=one).status_code == 201
    assert trying.import_(election, large).status_code == 202
    work_off(deployment)
    assert trying.wiring.roll_index.count(election) == 2501


def test_one_election_is_opened_and_the_same_again(trying: Organiser, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = trying.wiring.vault.create

    def counted(purpose: Any, election: str, kind: str) -> Any:
        made.append(election)
        return make(purpose, election, kind)

    monkeypatch.setattr(trying.wiring.vault, "create", counted)
    first, second = trying.create(), trying.create()
    for _ in range(2):
        assert trying.post(f"/elections/{first}/open").status_code == 200
    refused = assert_problem(trying.post(f"/elections/{second}/open"), 403, "not-verified")
    assert "only one election" in refused["detail"]
    assert set(made) == {first}, "no key was made"
    prove(trying)
    assert trying.post(f"/elections/{second}/open").status_code == 200


def test_a_session_says_whether_the_address_was_proven_when_it_was_opened(deployment: World) -> None:
    client = TestClient(create_app(deployment.wiring()))
    account = {"email": "eve@example.org", "password": "correct horse battery staple"}
    identity = client.post("/organisers", json=account).json()["organiser_id"]
    wiring = deployment.wiring()

    def on_trial() -> bool:
        token = client.post("/sessions", json=account).json()["token"]
        return session_of(f"Bearer {token}", wiring).on_trial

    assert on_trial()
    assert not wiring.sessions.proven(identity)
    mac = wiring.roll_secret.mac("verify", identity, "K7QM3XPD").hex()
    assert wiring.organisers.offer_verification(identity, mac, 2**40)
    body = {"organiser_id": identity, "token": "K7QM-3XPD"}
    assert client.post("/organisers/verify", json=body).status_code == 200
    assert wiring.sessions.proven(identity)
    assert not on_trial()


def test_accepting_an_invitation_to_ones_own_election_proves_nothing(trying: Organiser) -> None:
    election = trying.create()
    trying.post(f"/elections/{election}/people/acceptance", json={"token": "AAAA-AAAA"})
    assert not trying.wiring.sessions.proven(trying.id)
