"""Correcting and removing voters of a draft, and what a freeze at the same time makes of it."""

from typing import Any

import pytest

from ballotcast.ballots.roll import roll_root
from invitations import logged, root_now
from organise.drafts import owned_election
from organise.roll_editing import remove_voters
from organising import Organiser
from problem import assert_problem

PAIR = ("ada@example.org", "bob@example.org")


def edit(organiser: Organiser, election: str, voter: str, **changes: Any) -> Any:
    return organiser.ask("PATCH", f"/elections/{election}/voters", json={"voter": voter, **changes})


def remove(organiser: Organiser, election: str, *voters: str) -> Any:
    return organiser.post(f"/elections/{election}/voters/removals", json={"voters": list(voters)})


def test_voters_of_a_draft_are_removed(organiser: Organiser) -> None:
    election = organiser.create(*PAIR)
    for removed in (1, 0):
        answer = remove(organiser, election, "ADA@example.org", "eve@example.org")
        assert (answer.status_code, answer.json()) == (200, {"removed": removed})
    assert list(organiser.voters(election)) == ["bob@example.org"]
    assert organiser.actions(election)[-1] == "voters-removed"
    assert organiser.actions(election).count("voters-removed") == 1


def test_a_voter_of_a_draft_is_changed(organiser: Organiser) -> None:
    election = organiser.create(*PAIR)
    named = edit(organiser, election, "ada@example.org", name="Ada", language="de").json()
    assert (named["email"], named["name"], named["language"]) == ("ada@example.org", "Ada", "de")
    for _ in range(2):  # sent again because its response was lost
        moved = edit(organiser, election, "ADA@example.org", email="ada@example.net", phone="0151 1")
        assert moved.status_code == 200
    ada = organiser.voters(election)["ada@example.net"]
    assert (ada["name"], ada["phone"], len(organiser.voters(election))) == ("Ada", "0151 1", 2)
    respelled = edit(organiser, election, "bob@example.org", email="Bob@example.org")
    assert respelled.json()["email"] == "Bob@example.org"
    opened = organiser.post(f"/elections/{election}/open")
    assert opened.status_code == 200
    roll = organiser.wiring.voters.roll(election)
    frozen = organiser.wiring.elections.find(election)
    assert frozen
    assert frozen.roll_root == roll_root(voter.tag for voter in roll)


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"email": "BOB@example.org"}, 409, "voter-exists"),
        ({"email": "nobody"}, 422, "invalid"),
        ({"name": "A" * 201}, 422, "invalid"),
        ({"voter": "eve@example.org", "name": "Eve"}, 422, "not-on-roll"),
        ({"voter": "eve@example.org", "email": "bob@example.org", "name": "Eve"}, 422, "not-on-roll"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    organiser: Organiser, changes: dict[str, str], status: int, slug: str
) -> None:
    election = organiser.create(*PAIR)
    before = organiser.voters(election)
    answer = edit(organiser, election, **{"voter": "ada@example.org", **changes})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:ballotcast:problem:{slug}")
    assert organiser.voters(election) == before


def test_nobody_is_changed_once_the_manifest_is_frozen(organiser: Organiser) -> None:
    election = organiser.create(*PAIR)
    stale = owned_election(organiser.wiring, organiser.id, election)
    organiser.invite(election)
    before = organiser.voters(election)
    assert_problem(edit(organiser, election, "ada@example.org", name="Ada"), 409, "frozen")
    assert_problem(remove(organiser, election, "ada@example.org"), 409, "frozen")
    with pytest.raises(Exception, match="frozen"):
        remove_voters(organiser.wiring, stale, ["ada@example.org"])  # frozen between the read and the write
    assert organiser.voters(election) == before


def test_who_was_just_added_is_changed_and_removed_while_voting_runs(organiser: Organiser) -> None:
    """Nobody was shown a roll that has them; anyone who was invited stays."""
    election = organiser.create("ada@example.org")
    organiser.invite(election)
    for email in ("bob@example.org", "cid@example.org"):
        assert organiser.post(f"/elections/{election}/voters", json={"email": email}).status_code == 201
    moved = edit(organiser, election, "bob@example.org", email="bob@example.net")
    assert (moved.status_code, moved.json()["right"]) == (200, "none")
    assert remove(organiser, election, "cid@example.org").json() == {"removed": 1}
    assert_problem(remove(organiser, election, "bob@example.net", "ada@example.org"), 409, "frozen")
    assert organiser.invite(election).json() == {"queued": 2, "last_day": None}
    assert {email: voter["right"] for email, voter in organiser.voters(election).items()} == {
        "ada@example.org": "stated",
        "bob@example.net": "stated",
    }
    assert_problem(remove(organiser, election, "bob@example.net"), 409, "frozen")
    assert logged(organiser, election)[-1] == root_now(organiser, election)
    organiser.deployment.clock.advance(days=2)
    assert_problem(remove(organiser, election, "ada@example.org"), 409, "frozen")


def test_an_amendment_that_has_read_the_roll_before_a_removal_is_made_again(organiser: Organiser) -> None:
    election = organiser.create(*PAIR)
    organiser.invite(election)
    for email in ("cid@example.org", "dee@example.org"):
        organiser.post(f"/elections/{election}/voters", json={"email": email})
    voters = organiser.wiring.voters
    read = voters.lines

    def read_and_remove(of: str) -> Any:
        found = read(of)
        voters.lines = read  # type: ignore[method-assign]
        assert remove(organiser, election, "cid@example.org").json() == {"removed": 1}
        return found

    voters.lines = read_and_remove  # type: ignore[method-assign]
    assert organiser.invite(election, voters=["dee@example.org"]).status_code == 202
    assert logged(organiser, election)[-1] == root_now(organiser, election)
    assert organiser.show(election)["roll_size"] == 3


def test_a_freeze_that_has_read_the_roll_before_a_removal_is_refused(organiser: Organiser) -> None:
    election = organiser.create(*PAIR)
    voters = organiser.wiring.voters
    read = voters.lines

    def read_and_remove(of: str) -> Any:
        found = read(of)
        voters.lines = read  # type: ignore[method-assign]
        assert remove(organiser, election, "ada@example.org").json() == {"removed": 1}
        return found

    voters.lines = read_and_remove  # type: ignore[method-assign]
    assert_problem(organiser.invite(election), 409, "changed-meanwhile")
    assert organiser.show(election)["status"] == "draft"
    assert organiser.invite(election).json() == {"queued": 1, "last_day": None}
    assert organiser.show(election)["roll_size"] == 1
