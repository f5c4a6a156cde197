"""An election's people: who may do what, how they join, and that it ends at once when they are removed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ballotcast.elections import broadcast
from ballotcast.elections.roles import Role
from ballotcast.errors import Forbidden
from ballotcast.http.access import Access
from ballotcast.http.app import declared_routes
from ballotcast.http.publishers import Publisher
from ballotcast.store.table import PRESENT
from notify.worker import Worker, deliver_all
from organise.accounts import organiser_id
from organise.app import create_app
from organise.sweeping import purge
from organising import Organiser, csv, sqs_event, work_off
from outbox import Failing, Outbox
from people import Person, code_in, invited, joined, mailed_code, removed, seat
from problem import assert_problem
from world import World

EVE = "eve@example.org"
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/elections/{id}"): {"json": {"title": "Other"}},
    ("POST", "/elections/{id}/extensions"): {"json": {"closes_at": "2026-11-22T10:00:00Z", "reason": "Storm"}},
    ("POST", "/elections/{id}/voters"): {"json": {"email": EVE}},
    ("PATCH", "/elections/{id}/voters"): {"json": {"voter": "ada@example.org", "name": "Ada"}},
    ("POST", "/elections/{id}/voters/removals"): {"json": {"voters": ["ada@example.org"]}},
    ("POST", "/elections/{id}/voters/endings"): {"json": {"voters": ["ada@example.org"], "reason": "Left"}},
    ("POST", "/elections/{id}/voters/moves"): {
        "json": {"moves": [{"voter": "ada@example.org", "email": EVE}], "reason": "New"}
    },
    ("POST", "/elections/{id}/voters/import"): {"content": csv(EVE), "headers": {"Content-Type": "text/csv"}},
    ("PUT", "/elections/{id}/mail"): {"json": {"organisation": "Club"}},
    ("POST", "/elections/{id}/copies"): {"json": {}},
    ("POST", "/elections/{id}/withdrawals"): {"json": {"contest": "c1", "option": 1, "reason": "Ill"}},
    ("POST", "/elections/{id}/trustees"): {"json": {"act": "remind"}},
    ("POST", "/elections/{id}/notices"): {"json": {"text": "The hall is open"}},
    ("POST", "/elections/{id}/people"): {"json": {"email": EVE, "role": "observer"}},
    ("POST", "/elections/{id}/people/removals"): {"json": {"email": EVE}},
}
OWNERS = {
    ("DELETE", "/elections/{id}"),
    ("DELETE", "/elections/{id}/voters/personal-data"),
    ("POST", "/elections/{id}/people"),
}
READS = {("POST", "/elections/{id}/mail/preview")}
LEAVES = ("POST", "/elections/{id}/people/removals")
"""Everybody may remove themselves, and only owners others: the route itself looks at that."""
JOINS = ("POST", "/elections/{id}/people/acceptance")


def routes_of_elections(deployment: World) -> list[tuple[str, str]]:
    return sorted(
        (method, route.path)
        for route in declared_routes(create_app(deployment.wiring()))
        for method in route.methods or ()
        if route.contract.access is Access.ORGANISER and "{id}" in route.path
    )


def needed_for(method: str, path: str) -> Role:
    if (method, path) in OWNERS:
        return Role.OWNER
    return Role.OBSERVER if method == "GET" or (method, path) in READS | {LEAVES} else Role.ORGANISER


def test_every_route_of_an_election_asks_for_the_role_that_it_needs(deployment: World) -> None:
    """All routes × all roles, a stranger and somebody who was removed; each that is allowed is really carried out."""
    owner = Person(deployment, "owner")
    people = {role: Person(deployment, role.value + "s") for role in (Role.ORGANISER, Role.OBSERVER)}
    gone, stranger = Person(deployment, "gone"), Person(deployment, "stranger")
    for method, path in routes_of_elections(deployment):
        if (method, path) == JOINS:
            continue
        election, needed = owner.create("ada@example.org"), needed_for(method, path)
        for role, person in people.items():
            seat(owner, election, person, role)
        seat(owner, election, gone, Role.OWNER)
        assert removed(owner, election, gone.email).status_code == 200
        at, body = path.format(id=election, job="none"), BODIES.get((method, path), {})
        for person in (stranger, gone):
            assert_problem(person.ask(method, at, **body), 404, "no-election")
        for role, person in [*sorted(people.items(), key=lambda one: list(Role).index(one[0])), (Role.OWNER, owner)]:
            answer = person.ask(method, at, **body)
            if role.covers(needed):
                told = "" if answer.status_code < 400 else answer.json()["type"].rpartition(":")[2]
                refused = (method, path) == LEAVES and role is not Role.OWNER
                assert (told == "role-missing") == refused, (method, path, role, answer.text)
                assert told != "no-election" or (method, path, role) == ("DELETE", "/elections/{id}", Role.OWNER)
            else:
                assert_problem(answer, 403, "role-missing")
    assert len(routes_of_elections(deployment)) > 25


def test_somebody_joins_by_the_code_in_the_mail_and_everything_they_do_has_their_name(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    election = owner.create("ada@example.org")
    assert_problem(ben.get(f"/elections/{election}"), 404, "no-election")
    joined(owner, election, ben, "organiser")
    assert [one["id"] for one in ben.get("/elections").json()["elections"]] == [election]
    assert ben.get("/elections").json()["elections"][0]["role"] == "organiser"
    assert ben.import_(election, csv("new@example.org")).json()["added"] == 1
    assert ben.invite(election).status_code == 202
    events = owner.get(f"/elections/{election}/events").json()["events"]
    told = {event["action"]: event["name"] for event in events}
    assert told["election-created"] == told["member-invited"] == owner.email
    assert told["member-joined"] == told["roll-imported"] == told["election-frozen"] == ben.email
    assert told["invitations-ordered"] == ben.email
    assert next(event for event in events if event["action"] == "member-invited")["detail"] == {
        "member": ben.email,
        "role": "organiser",
    }
    listed = owner.get(f"/elections/{election}/people").json()["people"]
    assert [(one["email"], one["role"], one["state"]) for one in listed] == [
        (owner.email, "owner", "joined"),
        (ben.email, "organiser", "joined"),
    ]


def test_a_code_is_for_one_address_serves_once_and_ends(deployment: World) -> None:
    owner, ben, eve = (Person(deployment, name) for name in ("owner", "ben", "eve"))
    election = owner.create("ada@example.org")
    at = f"/elections/{election}/people/acceptance"
    invited(owner, election, ben.email, "observer")
    code = mailed_code(deployment, ben.email)
    assert code not in str(deployment.wiring().dynamodb.scan(TableName="roll"))
    assert_problem(eve.post(at, json={"token": code}), 403, "bad-token")
    assert_problem(ben.post(at, json={"token": "0000-0000"}), 403, "bad-token")
    assert_problem(ben.get(f"/elections/{election}"), 404, "no-election")
    assert ben.post(at, json={"token": f" {code.lower().replace('-', ' ')} "}).status_code == 200
    assert ben.post(at, json={"token": code}).status_code == 200, "a lost answer"
    assert removed(owner, election, ben.email).status_code == 200
    assert_problem(ben.post(at, json={"token": code}), 403, "bad-token")
    # an old code, five wrong ones, and one that is withdrawn
    invited(owner, election, ben.email, "observer")
    code = mailed_code(deployment, ben.email)
    deployment.clock.advance(days=8)
    assert_problem(ben.post(at, json={"token": code}), 403, "bad-token")
    invited(owner, election, ben.email, "observer")
    newer = mailed_code(deployment, ben.email)
    assert newer != code
    for _ in range(5):
        assert_problem(ben.post(at, json={"token": code}), 403, "bad-token")
    assert_problem(ben.post(at, json={"token": newer}), 403, "bad-token")
    deployment.clock.advance(minutes=10)
    invited(owner, election, ben.email, "observer")
    newest = mailed_code(deployment, ben.email)
    removed(owner, election, ben.email)
    assert_problem(ben.post(at, json={"token": newest}), 403, "bad-token")


def test_an_invitation_verifies_an_account_and_is_mailed_at_most_every_ten_minutes(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    deployment.wiring().roll.update(f"ORGANISER#{ben.id}", "PROFILE", "SET verified = :no", {":no": False}, PRESENT)
    election = owner.create("ada@example.org")
    for _ in range(3):
        assert invited(owner, election, ben.email, "observer").status_code == 202
        mailed_code(deployment, ben.email)
    assert len(code_in(ben.email)) == 1
    token = {"token": code_in(ben.email)[0]}
    assert ben.post(f"/elections/{election}/people/acceptance", json=token).status_code == 200
    assert (account := deployment.wiring().organisers.find(ben.id))
    assert account.verified
    unverified = Organiser(deployment, "unverified", verified=False)
    own = unverified.create()
    assert_problem(invited(unverified, own, EVE, "observer"), 403, "not-verified")


def test_withdrawing_an_invitation_and_inviting_again_mails_nobody_sooner(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    election = owner.create("ada@example.org")
    at = f"/elections/{election}/people/acceptance"
    for _ in range(3):
        assert invited(owner, election, ben.email, "observer").status_code == 202
        assert invited(owner, election, ben.email, "observer").status_code == 202, "before the first mail is out"
        code = mailed_code(deployment, ben.email)
        assert len(code_in(ben.email)) == 1
        assert removed(owner, election, ben.email).status_code == 200
        assert_problem(ben.post(at, json={"token": code}), 403, "bad-token")
    deployment.clock.advance(minutes=10)
    assert invited(owner, election, ben.email, "organiser").status_code == 202
    assert mailed_code(deployment, ben.email) != code
    assert removed(owner, election, ben.email).status_code == 200
    assert invited(owner, election, ben.email, "organiser").status_code == 202
    newest = code_in(ben.email)[-1]
    assert ben.post(at, json={"token": newest}).json()["role"] == "organiser", "the mailed code is in force again"


def test_a_mail_that_fails_is_sent_by_the_same_message_again(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    election = owner.create("ada@example.org")
    invited(owner, election, ben.email, "observer")
    [message] = deployment.take_messages("MAIL_QUEUE")
    failing = Worker(deployment.wiring())
    failing._post = Failing(deployment, ClientError({"Error": {"Code": "Throttling"}}, "SendEmail"), ben.email)
    assert deliver_all(sqs_event(message), failing)["batchItemFailures"]
    Outbox()
    for _ in range(2):
        assert deliver_all(sqs_event(message), Worker(deployment.wiring())) == {"batchItemFailures": []}
    assert ben.post(f"/elections/{election}/people/acceptance", json={"token": code_in(ben.email)[-1]}).is_success


def test_the_last_owner_stays_and_another_takes_the_place_of_the_first(deployment: World) -> None:
    owner, ben, cid = (Person(deployment, name) for name in ("owner", "ben", "cid"))
    election = owner.create("ada@example.org")
    joined(owner, election, cid, "organiser")
    assert_problem(removed(owner, election, owner.email), 409, "last-owner")
    assert_problem(invited(owner, election, owner.email, "observer"), 409, "last-owner")
    invited(owner, election, ben.email, "owner")
    assert_problem(removed(owner, election, owner.email), 409, "last-owner")  # ben has not joined
    joined(owner, election, ben, "owner")
    assert removed(owner, election, owner.email).status_code == 200
    assert_problem(owner.get(f"/elections/{election}"), 404, "no-election")
    assert owner.get("/elections").json()["elections"] == []
    assert ben.show(election)["role"] == "owner"
    assert [one["email"] for one in ben.get(f"/elections/{election}/people").json()["people"]] == [ben.email, cid.email]
    assert_problem(removed(ben, election, ben.email), 409, "last-owner")
    assert removed(cid, election, cid.email).status_code == 200, "anybody may leave"
    assert_problem(cid.get(f"/elections/{election}"), 404, "no-election")
    assert ben.ask("DELETE", f"/elections/{election}").status_code == 204
    work_off(deployment)
    assert ben.get("/elections").json()["elections"] == []


def test_whoever_conducts_an_election_looks_after_its_channel(deployment: World) -> None:
    owner, ben, cid = (Person(deployment, name) for name in ("owner", "ben", "cid"))
    election = owner.create("ada@example.org")
    joined(owner, election, ben, "organiser")
    owner.invite(election)
    name = broadcast.channel_name(election)
    assert keepers(deployment, name) == {owner.id, ben.id}
    joined(owner, election, cid, "observer")
    assert keepers(deployment, name) == {owner.id, ben.id}
    assert invited(owner, election, cid.email, "owner").status_code == 202
    assert removed(owner, election, ben.email).status_code == 200
    assert removed(owner, election, owner.email).status_code == 200
    assert keepers(deployment, name) == {cid.id}
    deployment.wiring().channels_table.delete(f"CHANNEL#{name}", "META")
    assert invited(cid, election, ben.email, "observer").status_code == 202, "a channel that is gone is no hindrance"


def keepers(deployment: World, name: str) -> set[str]:
    channel = deployment.wiring().channels.find(name)
    assert channel

    def may(organiser: str) -> bool:
        try:
            Publisher(organiser=organiser).require_keeper(channel)
        except Forbidden:
            return False
        return True

    everybody = [organiser_id(deployment.wiring(), f"{who}@example.org") for who in ("owner", "ben", "cid", "eve")]
    return {one for one in everybody if may(one)}


def test_there_are_so_many_people_and_a_deleted_draft_leaves_nothing_of_them(deployment: World) -> None:
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    election = owner.create()
    joined(owner, election, ben, "organiser")
    for number in range(19):
        assert invited(owner, election, f"p{number}@example.org", "observer").status_code == 202
    assert_problem(invited(owner, election, EVE, "observer"), 409, "too-many-people")
    found = deployment.wiring().elections.find(election)
    assert found
    purge(deployment.wiring(), election, found.created_at, 0)
    work_off(deployment)
    left = deployment.wiring().dynamodb.scan(TableName="roll")["Items"]
    assert {row["sk"]["S"] for row in left if not row["pk"]["S"].startswith("IDEMPOTENCY#")} == {"PROFILE"}
    assert ben.get("/elections").json()["elections"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "eve", "role": "observer"}, "/email"),
        ({"email": EVE, "role": "king"}, "/role"),
        ({"email": EVE}, "/role"),
    ],
)
def test_a_bad_invitation_is_named(deployment: World, body: dict[str, str], pointer: str) -> None:
    owner = Person(deployment, "owner")
    assert_problem(owner.post(f"/elections/{owner.create()}/people", json=body), 422, "invalid", pointer)
