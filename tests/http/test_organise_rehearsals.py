"""A rehearsal: whole, marked as what it is, of nobody's votes, and gone afterwards. No voter ever hears of it."""

from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from counted_election import close_machine
from notify.worker import Worker
from organising import Organiser, csv, work_off
from outbox import Outbox
from problem import assert_problem
from world import World


@pytest.fixture
def source(organiser: Organiser) -> str:
    return organiser.create("ada@example.org", "bob@example.org", title="Board", second_factor="email")


@pytest.fixture
def rehearsal(organiser: Organiser, deployment: World, source: str) -> str:
    made = organiser.post(f"/elections/{source}/copies", json={"rehearsal": True}).json()
    work_off(deployment)
    election: str = made["id"]
    return election


def test_its_mails_go_to_the_organiser_alone_and_say_what_it_is(
    organiser: Organiser, deployment: World, rehearsal: str
) -> None:
    shown = organiser.show(rehearsal)
    assert (shown["rehearsal"], shown["title"], shown["status"]) == (True, "Rehearsal: Board", "draft")
    assert organiser.invite(rehearsal).json()["queued"] == 5
    outbox = Outbox()
    for message in deployment.take_messages("MAIL_QUEUE"):
        Worker(deployment.wiring()).deliver(message)
    mails = outbox.mails()
    assert [mail.to for mail in mails] == ["organiser@example.org"] * 5
    assert all(mail.subject.startswith("Rehearsal: ") and "This is a rehearsal." in mail.body for mail in mails)
    manifest = organiser.wiring.elections.find(rehearsal).manifest  # type: ignore[union-attr]
    assert manifest
    assert (Manifest.parse(manifest).rehearsal, Manifest.parse(manifest).title) == (True, "Rehearsal: Board")


def test_nobody_joins_its_roll_and_its_title_stays(organiser: Organiser, rehearsal: str) -> None:
    add = organiser.post(f"/elections/{rehearsal}/voters", json={"email": "ada@example.org"})
    assert_problem(add, 409, "rehearsal")
    assert_problem(organiser.import_(rehearsal, csv("ada@example.org")), 409, "rehearsal")
    assert_problem(organiser.ask("PATCH", f"/elections/{rehearsal}", json={"title": "Board"}), 409, "rehearsal")
    assert organiser.ask("PATCH", f"/elections/{rehearsal}", json={"description": "x"}).status_code == 200
    both: dict[str, Any] = {"rehearsal": True, "title": "Board"}
    assert_problem(organiser.post(f"/elections/{rehearsal}/copies", json=both), 422, "invalid", "")
    assert all(email.endswith("@rehearsal.invalid") for email in organiser.voters(rehearsal))


def test_it_is_thrown_away_once_it_is_counted_and_nothing_else_is(
    organiser: Organiser, deployment: World, rehearsal: str, source: str
) -> None:
    organiser.post(f"/elections/{rehearsal}/open")
    organiser.post(f"/elections/{source}/open")
    assert_problem(organiser.ask("DELETE", f"/elections/{rehearsal}"), 409, "not-counted")
    organiser.post(f"/elections/{rehearsal}/close")
    deployment.clock.advance(minutes=2)
    close_machine(deployment.wiring()).run({"election": rehearsal})
    for _ in range(2):
        assert organiser.ask("DELETE", f"/elections/{rehearsal}").status_code == 204
    assert_problem(organiser.get(f"/elections/{rehearsal}"), 404, "no-election")
    work_off(deployment)
    assert organiser.wiring.elections.find(rehearsal) is None
    assert organiser.wiring.voters.roll(rehearsal) == []
    assert_problem(organiser.ask("DELETE", f"/elections/{source}"), 409, "frozen")
    assert len(organiser.wiring.voters.roll(source)) == 2
