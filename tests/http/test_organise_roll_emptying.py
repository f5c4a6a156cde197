"""Emptying a draft's roll: who is on it now, and nobody once it is frozen; and the roll as a table."""

import csv
import io

import pytest

from ballotcast.client.roll_table import write_roll
from ballotcast.store.roll_index import index_pk
from organise import sweeping
from organise.jobs import work
from organising import Organiser, sqs_event, work_off
from pages import Browser
from problem import assert_problem
from world import World


def test_everybody_who_is_on_it_now_is_taken_off(organiser: Organiser, deployment: World) -> None:
    election = organiser.create(*(f"v{number}@example.org" for number in range(120)))
    for _ in range(2):
        assert organiser.ask("DELETE", f"/elections/{election}/voters").json() == {"state": "running"}
        organiser.post(f"/elections/{election}/voters", json={"email": "late@example.org"})
    messages = deployment.take_messages("JOBS_QUEUE")
    assert work(sqs_event(messages[0]), deployment.wiring()) == {"batchItemFailures": []}
    assert list(organiser.voters(election)) == ["late@example.org"]
    assert organiser.get(f"/elections/{election}/voters").json()["count"] == 1
    assert len(list(organiser.wiring.roll.query(index_pk(election)))) == 2
    assert organiser.actions(election)[-1] == "roll-emptied"
    assert work(sqs_event(*messages), deployment.wiring()) == {"batchItemFailures": []}
    assert organiser.voters(election) == {}, "the second request was made after it"


def test_nobody_is_taken_off_a_roll_that_was_stated(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.ask("DELETE", f"/elections/{election}/voters")
    assert organiser.invite(election).json()["queued"] == 2
    work_off(deployment)
    assert set(organiser.voters(election)) == {"ada@example.org", "bob@example.org"}
    assert "roll-emptied" not in organiser.actions(election)
    assert_problem(organiser.ask("DELETE", f"/elections/{election}/voters"), 409, "frozen")


def test_a_long_roll_is_emptied_message_by_message(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = organiser.create(*(f"v{number}@example.org" for number in range(40)))
    monkeypatch.setattr(sweeping, "A_MESSAGE", 15)
    organiser.ask("DELETE", f"/elections/{election}/voters")
    assert work_off(deployment) == 3
    assert organiser.voters(election) == {}


def test_the_roll_as_a_table_runs_nothing(organiser: Organiser, deployment: World) -> None:
    rows = b'email,name,phone\nada@example.org,"=HYPERLINK(""http://x"")",+491701234567\nbob@example.org,Bob,\n'
    election = organiser.create()
    organiser.import_(election, rows)
    shown = Browser(deployment, organiser.id).get(f"/manage/elections/{election}/voters?table=true")
    assert shown.headers["content-type"].startswith("text/csv")
    told = list(csv.DictReader(io.StringIO(shown.text.removeprefix("\ufeff"))))
    assert [(row["email"], row["name"], row["phone"]) for row in told] == [
        ("ada@example.org", '\'=HYPERLINK("http://x")', "+491701234567"),
        ("bob@example.org", "Bob", ""),
    ]
    assert {row["issued"] for row in told} == {""}
    text = io.StringIO()
    assert write_roll(text, []) == 0
