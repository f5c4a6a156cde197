"""The roll: one voter at a time, its listing, and the end of personal data."""

from typing import Any

import pytest

from ballotcast.store.jobs import Job
from dying import DyingWiring, Killed
from organise.drafts import owned_election
from organise.roll import erase_personal_data
from organising import DRAFT, Organiser, work_off
from problem import assert_problem
from world import World

PHONE = "+4915112345678"


def add(organiser: Organiser, election: str, **voter: Any) -> Any:
    return organiser.post(f"/elections/{election}/voters", json=voter)


def roll_text(deployment: World) -> str:
    return str(deployment.wiring().dynamodb.scan(TableName="roll")["Items"])


def test_one_voter(organiser: Organiser) -> None:
    election = organiser.create()
    named = {"name": "Ada\u200b  Lovelace", "language": "en"}
    answer = add(organiser, election, email=" Ada@example.org ", phone="+49 151 12345678", **named)
    assert answer.status_code == 201
    personal = {"email": "Ada@example.org", "name": "Ada Lovelace", "phone": PHONE, "language": "en"}
    expected = {**personal, "delivery": "none", "right": "none", "issued": None}
    assert answer.json() == expected
    assert organiser.voters(election) == {"Ada@example.org": expected}
    assert organiser.actions(election) == ["election-created", "voter-added"]


def test_who_joins_after_the_freeze_is_on_no_published_roll_yet(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    assert add(organiser, election, email="bob@example.org").json()["right"] == "none"
    assert {email: voter["right"] for email, voter in organiser.voters(election).items()} == {
        "ada@example.org": "stated",
        "bob@example.org": "none",
    }


def test_the_same_address_in_another_spelling_of_case_is_refused(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    assert_problem(add(organiser, election, email="ADA@Example.org"), 409, "voter-exists")
    assert list(organiser.voters(election)) == ["ada@example.org"]
    assert "voter-added" not in organiser.actions(election)


@pytest.mark.parametrize(
    ("voter", "pointer"),
    [
        ({"email": "ada@example"}, "/email"),
        ({"email": "ada@example.org", "phone": "1" * 41}, "/phone"),
        ({"email": "ada@example.org", "name": "A" * 201}, "/name"),
        ({"email": "ada@example.org", "language": "tlh"}, "/language"),
        ({"email": "ada@example.org", "age": "7"}, "/age"),
        ({}, "/email"),
    ],
)
def test_a_bad_field_is_named(organiser: Organiser, voter: dict[str, str], pointer: str) -> None:
    election = organiser.create()
    assert_problem(add(organiser, election, **voter), 422, "invalid", pointer)
    assert organiser.voters(election) == {}


def test_codes_by_text_message_need_a_number_that_they_may_go_to(organiser: Organiser) -> None:
    election = organiser.create(second_factor="sms")
    for phone in ("", "+4415112345678"):
        assert_problem(add(organiser, election, email="ada@example.org", phone=phone), 422, "invalid", "/phone")
    assert_problem(organiser.import_(election, b"email\nada@example.org\n"), 422, "bad-roll-file", "")
    imported = organiser.import_(election, f"email,phone\nada@example.org,{PHONE}\nbob@example.org,\n".encode())
    assert imported.json()["added"] == 1
    assert imported.json()["rejected"] == [
        {"line": 3, "value": "", "code": "no-phone", "params": {}, "reason": "Enter a telephone number."}
    ]


def test_numbers_are_read_with_the_election_s_country(deployment: World) -> None:
    organiser = Organiser(deployment, SMS_COUNTRIES="+49,+43")
    assert_problem(organiser.post("/elections", json={**DRAFT, "country": "XX"}), 422, "invalid", "/country")
    election = organiser.create(second_factor="sms", country="AT")
    assert organiser.show(election)["country"] == "AT"
    add(organiser, election, email="ada@example.org", phone="0660 1234567")
    assert organiser.import_(election, b"email,phone\nbob@example.org,0660 7654321\n").json()["added"] == 1
    phones = {email: voter["phone"] for email, voter in organiser.voters(election).items()}
    assert phones == {"ada@example.org": "+436601234567", "bob@example.org": "+436607654321"}


def test_an_election_whose_codes_would_go_nowhere_does_not_open(deployment: World) -> None:
    organiser = Organiser(deployment, SMS_COUNTRIES="+49")
    election = organiser.create()
    add(organiser, election, email="ada@example.org", phone="n/a")
    assert organiser.ask("PATCH", f"/elections/{election}", json={"second_factor": "sms"}).status_code == 200
    assert_problem(organiser.post(f"/elections/{election}/open"), 409, "phone-missing")


def test_voters_join_while_the_election_is_open_and_not_after(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.post(f"/elections/{election}/open")
    assert add(organiser, election, email="bob@example.org").status_code == 201
    organiser.post(f"/elections/{election}/close")
    assert_problem(add(organiser, election, email="cid@example.org"), 409, "closed")
    assert_problem(organiser.import_(election, b"email\ncid@example.org\n"), 409, "closed")
    assert len(organiser.voters(election)) == 2


def test_nobody_joins_in_the_moment_of_an_early_close(organiser: Organiser) -> None:
    """The election is read as open, closed by another request, and only then the voter is written."""
    election = organiser.create("ada@example.org")
    organiser.post(f"/elections/{election}/open")
    elections, closed = organiser.wiring.elections, []
    find = elections.find

    def find_and_close(*given: Any, **options: Any) -> Any:
        found = find(*given, **options)
        if not closed:
            closed.append(True)
            organiser.post(f"/elections/{election}/close")
        return found

    elections.find = find_and_close  # type: ignore[method-assign]
    assert_problem(add(organiser, election, email="bob@example.org"), 409, "closed")
    assert list(organiser.voters(election)) == ["ada@example.org"]


def test_the_roll_is_listed_page_by_page(organiser: Organiser) -> None:
    emails = [f"v{number}@example.org" for number in range(7)]
    election = organiser.create(*emails)
    listed: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = organiser.get(f"/elections/{election}/voters", params=query).json()
        listed += [voter["email"] for voter in page["voters"]]
        if not page["next_cursor"]:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(listed) == emails
    bad = organiser.get(f"/elections/{election}/voters", params={"cursor": "b3RoZXI"})
    assert_problem(bad, 422, "invalid", "/query/cursor")


def test_who_took_part_is_told_only_after_close(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.post(f"/elections/{election}/open")
    voters, ada = organiser.wiring.voters, key_of(organiser, election, "ada@example.org")
    voters.enlist(election, ada, "run", visibly=True)
    found = voters.find(election, ada)
    assert found
    assert voters.give_link(found, "run", "link")
    assert voters.issue(election, ada, "link", "blinded")
    assert {voter["issued"] for voter in organiser.voters(election).values()} == {None}
    organiser.post(f"/elections/{election}/close")
    issued = {email: voter["issued"] for email, voter in organiser.voters(election).items()}
    assert issued == {"ada@example.org": True, "bob@example.org": False}


def key_of(organiser: Organiser, election: str, email: str) -> str:
    return next(voter.key for voter in organiser.wiring.voters.roll(election) if voter.email == email)


def closed_election(organiser: Organiser) -> str:
    election = organiser.create("ada@example.org", "bob@example.org")
    organiser.post(f"/elections/{election}/open")
    organiser.post(f"/elections/{election}/close")
    return election


def test_personal_data_is_hidden_at_once_and_then_erased(organiser: Organiser, deployment: World) -> None:
    election = closed_election(organiser)
    organiser.wiring.blobs.put(f"imports/{election}/stranded", b"ada@example.org")
    listed = {"rejected": [{"value": "x@example.org"}], "duplicate_rows": [], "mended": [{"value": "y@example.org"}]}
    organiser.wiring.jobs.add(Job("j1", election, organiser.id, "import", "", "done", outcome=listed))
    answer = organiser.ask("DELETE", f"/elections/{election}/voters/personal-data")
    assert (answer.status_code, answer.json()) == (202, {"state": "running"})
    shown = organiser.get(f"/elections/{election}/voters").json()["voters"]
    hidden = {
        "email": "",
        "name": "",
        "phone": "",
        "language": "",
        "delivery": "none",
        "right": "stated",
        "issued": False,
    }
    assert shown == [hidden] * 2
    work_off(deployment)
    assert "@example.org" not in roll_text(deployment).replace(f"{organiser.id}@example.org", "")
    assert list(organiser.wiring.blobs.keys("imports/")) == []
    assert organiser.show(election)["personal_data_erased"]
    assert organiser.get(f"/elections/{election}/voters").json()["voters"] == shown
    assert organiser.actions(election)[-1] == "personal-data-erased"
    assert all(voter.tag and not voter.salt for voter in organiser.wiring.voters.roll(election))
    assert_problem(organiser.invite(election), 409, "closed")


def test_personal_data_is_needed_until_the_close(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    for _ in ("draft", "open"):
        answer = organiser.ask("DELETE", f"/elections/{election}/voters/personal-data")
        assert_problem(answer, 409, "not-closed")
        organiser.post(f"/elections/{election}/open")
    assert deployment.take_messages("JOBS_QUEUE") == []
    assert list(organiser.voters(election)) == ["ada@example.org"]


def test_erasing_survives_a_kill_at_every_step(organiser: Organiser, deployment: World) -> None:
    for last in range(20):
        election = closed_election(organiser)
        dying = DyingWiring(deployment, last)
        try:
            erase_personal_data(dying, owned_election(dying, organiser.id, election))
            work_off(deployment, dying)
            break
        except Killed:
            ordered = last > 0
        work_off(deployment)
        erased = {voter.email for voter in organiser.wiring.voters.roll(election)} == {""}
        assert erased is organiser.show(election)["personal_data_erased"] is ordered, f"killed before act {last}"
    else:
        pytest.fail("never lived to the end")
    assert last >= 4


def test_a_large_roll_is_erased_in_parts(
    organiser: Organiser, deployment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("organise.sweeping.A_MESSAGE", 2)
    election = organiser.create(*(f"v{number}@example.org" for number in range(10)))
    organiser.post(f"/elections/{election}/open")
    deployment.clock.advance(days=2)
    organiser.ask("DELETE", f"/elections/{election}/voters/personal-data")
    assert work_off(deployment) >= 4
    assert {voter.email for voter in organiser.wiring.voters.roll(election)} == {""}
    assert organiser.actions(election).count("personal-data-erased") == 1


def test_a_roll_of_an_election_closed_by_the_clock_can_be_erased(organiser: Organiser, deployment: World) -> None:
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    deployment.clock.advance(days=2)
    assert organiser.show(election)["status"] == "closed"
    assert organiser.ask("DELETE", f"/elections/{election}/voters/personal-data").status_code == 202
