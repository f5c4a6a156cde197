"""Ending rights and moving them to other addresses while voting runs: the trace, the refusals, and what breaks off."""

from typing import Any

import pytest

from ballotcast.ballots.amendment import commitment
from ballotcast.ballots.roll import roll_root
from dying import DyingWiring, Killed
from election_fixture import FrozenElection, frozen_election
from organise.drafts import owned_election
from organise.rights import Move, end_rights, move_rights
from organising import Organiser
from outbox import Outbox
from problem import assert_problem
from running_rolls import (
    ADA,
    BEN,
    CEM,
    NEW,
    REASON,
    amendments,
    deliver,
    digest,
    end,
    follow,
    issue,
    move,
    use,
    voter_at,
    what_is_left,
)
from voting import new_request
from world import World


@pytest.fixture
def election(deployment: World) -> FrozenElection:
    return frozen_election(deployment)


@pytest.fixture
def outbox(deployment: World) -> Outbox:
    return Outbox()


def rights(organiser: Organiser, election: FrozenElection) -> dict[str, str]:
    return {email: voter["right"] for email, voter in organiser.voters(election.id).items()}


def test_a_right_that_ended_gets_no_credential_and_is_committed_to(
    organiser: Organiser, election: FrozenElection
) -> None:
    for _ in range(2):  # sent again because its response was lost
        answer = end(organiser, election.id, ADA.upper())
        assert (answer.status_code, answer.json()) == (202, {"state": "asked"})
    [leaf] = amendments(election)
    assert leaf.reason == REASON
    assert (leaf.roll.revision, leaf.roll.roll_size) == (1, 3)
    assert leaf.roll.roll_root == election.manifest.roll_root
    assert leaf.roll.ended == (commitment(election.manifest.hash, 1, election.voters[ADA].tag),)
    assert rights(organiser, election) == {ADA: "ended", BEN: "stated", CEM: "stated"}
    assert_problem(issue(election, election.link(ADA), new_request(election.manifest)), 410, "right-ended")
    assert issue(election, election.link(BEN), new_request(election.manifest)).status_code == 200
    told = organiser.get(f"/elections/{election.id}/events").json()["events"][-1]
    assert (told["action"], told["organiser"]) == ("rights-ended", "organiser")
    assert told["detail"] == {"voters": 1, "revision": 1, "reason": REASON}


def test_a_right_that_was_used_before_it_ended_keeps_what_was_signed(
    organiser: Organiser, election: FrozenElection
) -> None:
    request = use(election, ADA)
    assert end(organiser, election.id, ADA).status_code == 202
    assert issue(election, election.link(ADA), request).status_code == 200
    assert_problem(issue(election, election.link(ADA), new_request(election.manifest)), 410, "right-ended")
    assert voter_at(election, ADA).blinded_sha256 == digest(request)


def test_a_right_is_given_to_another_address(organiser: Organiser, election: FrozenElection, outbox: Outbox) -> None:
    for _ in range(2):
        answer = move(organiser, election.id, (ADA, NEW))
        assert (answer.status_code, answer.json()) == (202, {"state": "asked"})
    [leaf] = amendments(election)
    before, after = voter_at(election, ADA), voter_at(election, NEW)
    tags = [voter.tag for voter in organiser.wiring.voters.roll(election.id)]
    assert (leaf.roll.revision, leaf.roll.roll_size, leaf.roll.roll_root) == (1, 4, roll_root(tags))
    assert leaf.roll.ended == (commitment(election.manifest.hash, 1, before.tag, after.tag),)
    assert rights(organiser, election) == {ADA: "moved", BEN: "stated", CEM: "stated", NEW: "stated"}
    [mail] = deliver(organiser, outbox)  # one, though it was asked for twice
    assert mail.to == NEW
    assert "corrected your address" in mail.body
    assert_problem(issue(election, election.link(ADA), new_request(election.manifest)), 410, "right-ended")
    follow(election, mail, NEW)
    request = use(election, NEW)
    assert issue(election, election.link(NEW), request).status_code == 200
    assert_problem(issue(election, election.link(NEW), new_request(election.manifest)), 409, "already-issued")
    assert move(organiser, election.id, (ADA, NEW)).status_code == 202
    assert deliver(organiser, outbox) == []


def test_whoever_voted_by_one_address_gets_no_credential_by_another(
    organiser: Organiser, election: FrozenElection, outbox: Outbox
) -> None:
    """Neither by the next one nor by one after that."""
    request = use(election, ADA)
    for old, new in ((ADA, NEW), (NEW, "ada@example.com")):
        assert move(organiser, election.id, (old, new)).status_code == 202
        [mail] = deliver(organiser, outbox)
        follow(election, mail, new)
        assert_problem(issue(election, election.link(new), new_request(election.manifest)), 409, "already-issued")
    assert issue(election, election.link(ADA), request).status_code == 200


def test_a_credential_and_an_end_at_the_same_instant(organiser: Organiser, election: FrozenElection) -> None:
    """Whichever write comes first settles it; the other one finds that, however late it read."""
    owned = owned_election(organiser.wiring, organiser.id, election.id)
    voters, rights = organiser.wiring.voters, organiser.wiring.rights
    read, request = voters.find_many, new_request(election.manifest)

    def read_then_issue(*args: Any) -> Any:
        found = read(*args)
        assert issue(election, election.link(ADA), request).status_code == 200
        return found

    voters.find_many = read_then_issue  # type: ignore[method-assign]
    end_rights(organiser.wiring, owned, [ADA], REASON)
    voters.find_many = read  # type: ignore[method-assign]
    assert (voter_at(election, ADA).blinded_sha256, voter_at(election, ADA).ended) == (digest(request), 1)
    assert rights.used_before(voter_at(election, ADA)) is False
    assert end(organiser, election.id, BEN).status_code == 202
    assert_problem(issue(election, election.link(BEN), request), 410, "right-ended")
    assert voter_at(election, BEN).blinded_sha256 == ""


@pytest.mark.parametrize("act", ["end", "move"])
@pytest.mark.slow
def test_killed_anywhere_the_same_request_completes(deployment: World, act: str) -> None:
    def order(wiring: Any, election: FrozenElection) -> None:
        owned = owned_election(wiring, "organiser", election.id)
        if act == "end":
            end_rights(wiring, owned, [ADA, BEN], REASON)
        else:
            move_rights(wiring, owned, [Move(ADA, NEW), Move(BEN, "ben@example.net")], REASON)

    organiser = Organiser(deployment)
    whole = frozen_election(deployment)
    order(deployment.wiring(), whole)
    expected = what_is_left(organiser, whole)
    for last in range(20):
        election = frozen_election(deployment)
        try:
            order(DyingWiring(deployment, last), election)
        except Killed:
            order(deployment.wiring(), election)
            assert what_is_left(organiser, election) == expected, last
        else:
            break
    assert last > 2


def test_two_requests_at_once(organiser: Organiser, election: FrozenElection) -> None:
    """The second one is refused at the transaction, reads again, and states the revision after that of the first."""
    wiring = organiser.wiring
    stale = owned_election(wiring, organiser.id, election.id)
    assert end(organiser, election.id, ADA).status_code == 202
    end_rights(wiring, stale, [BEN], REASON)
    move_rights(wiring, stale, [Move(CEM, NEW)], REASON)
    assert [(leaf.roll.revision, len(leaf.roll.ended)) for leaf in amendments(election)] == [(1, 1), (2, 1), (3, 1)]
    assert [voter_at(election, email).ended for email in (ADA, BEN, CEM)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("orders", "status", "slug", "pointer"),
    [
        ([("end", "eve@example.org")], 422, "not-on-roll", "/voters/0"),
        ([("end", ADA, "eve@example.org")], 422, "not-on-roll", "/voters/1"),
        ([("move", ("eve@example.org", NEW))], 422, "not-on-roll", "/moves/0/voter"),
        ([("move", (ADA, BEN))], 409, "voter-exists", "/moves/0/email"),
        ([("move", (ADA, "Ada@example.org"))], 422, "invalid", "/moves/0/email"),
        ([("move", (ADA, NEW), (BEN, NEW.upper()))], 422, "invalid", "/moves/1/email"),
        ([("move", (ADA, NEW)), ("end", ADA)], 409, "right-ended", None),
        ([("move", (ADA, NEW)), ("move", (ADA, "ada@example.com"))], 409, "right-ended", None),
        ([("end", ADA), ("move", (ADA, NEW))], 409, "right-ended", None),
        ([("end", ADA), ("move", (BEN, ADA))], 409, "voter-exists", "/moves/0/email"),
    ],
)
def test_what_is_refused_changes_nothing(
    organiser: Organiser, election: FrozenElection, orders: list[Any], status: int, slug: str, pointer: str | None
) -> None:
    *before, (last, *pairs) = orders
    ways = {"end": end, "move": move}
    for way, *named in before:
        assert ways[way](organiser, election.id, *named).status_code == 202
    left = what_is_left(organiser, election)
    pointers = [pointer] if pointer else []
    assert_problem(ways[last](organiser, election.id, *pairs), status, slug, *pointers)
    assert what_is_left(organiser, election)[:2] == left[:2]


def test_a_reason_that_names_an_address_is_refused(organiser: Organiser, election: FrozenElection) -> None:
    assert_problem(end(organiser, election.id, ADA, reason=f"{ADA.upper()} left"), 422, "invalid", "/reason")
    assert_problem(move(organiser, election.id, (ADA, NEW), reason=f"now {NEW}"), 422, "invalid", "/reason")
    assert_problem(end(organiser, election.id, ADA, reason=""), 422, "invalid", "/reason")
    assert amendments(election) == []


def test_only_between_the_first_invitation_and_the_close(organiser: Organiser, deployment: World) -> None:
    draft = organiser.create(ADA)
    assert_problem(end(organiser, draft, ADA), 409, "draft")
    assert_problem(move(organiser, draft, (ADA, NEW)), 409, "draft")
    election = frozen_election(deployment)
    deployment.clock.advance(days=1)
    assert_problem(end(organiser, election.id, ADA), 409, "closed")
    assert_problem(move(organiser, election.id, (ADA, NEW)), 409, "closed")
    assert amendments(election) == []


def test_a_move_takes_a_mail_of_the_days_allowance_once(deployment: World) -> None:
    organiser, election = Organiser(deployment, DAILY_MAILS="2"), frozen_election(deployment)
    assert_problem(move(organiser, election.id, (ADA, BEN)), 409, "voter-exists", "/moves/0/email")
    for _ in range(2):
        assert move(organiser, election.id, (ADA, NEW)).status_code == 202
    assert move(organiser, election.id, (BEN, "ben@example.net")).status_code == 202
    assert_problem(move(organiser, election.id, (CEM, "cem@example.net")), 429, "daily-mails")
    assert len(amendments(election)) == 2


def test_nobody_moves_rights_who_may_not_mail(deployment: World) -> None:
    organiser, election = Organiser(deployment, verified=False), frozen_election(deployment)
    assert_problem(move(organiser, election.id, (ADA, NEW)), 403, "not-verified")
    assert amendments(election) == []


def test_who_was_asked_to_end_is_invited_no_more(
    organiser: Organiser, election: FrozenElection, outbox: Outbox
) -> None:
    organiser.invite(election.id, only="all")
    assert end(organiser, election.id, ADA).status_code == 202
    assert sorted(mail.to for mail in deliver(organiser, outbox)) == [BEN, CEM]  # though ada's mail was on its way
    assert organiser.invite(election.id, only="all").json() == {"queued": 2, "last_day": None}
    assert_problem(organiser.invite(election.id, voters=[ADA]), 422, "not-on-roll", "/voters/0")
    assert_problem(organiser.post(f"/elections/{election.id}/voters", json={"email": ADA}), 409, "voter-exists")
