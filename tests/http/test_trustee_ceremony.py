"""A ceremony of trustees through the routes: made, confirmed, frozen with; and what goes wrong on the way."""

from hashlib import sha256
from typing import Any

import pytest

from ballotcast.ballots.manifest import Manifest
from ballotcast.elections.trustees_audit import difference
from ballotcast.errors import Conflict
from ballotcast.trustees.confirmation import require_confirmations
from ballotcast.trustees.link import TrusteeLink
from ballotcast.trustees.record import CeremonyRecord
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript
from organise.amending import cut_roll
from organise.drafts import owned_election
from organise.freezing import freeze
from organising import BASE_URL, Organiser, work_off
from people import Person, joined, removed
from problem import assert_problem
from trustees_played import Ceremony
from world import World


@pytest.fixture
def ceremony(deployment: World, organiser: Organiser) -> Ceremony:
    return Ceremony(deployment, organiser)


def test_three_trustees_make_the_key_and_confirm_the_manifest_that_is_frozen(ceremony: Ceremony) -> None:
    assert ceremony.begin().json()["stage"] == "joining"
    assert [len(one.links) for one in ceremony.trustees] == [1, 1, 1]
    assert ceremony.trustees[0].visit()["title"] == "Hillhead"
    for one in ceremony.trustees[:2]:
        assert one.join().json()["stage"] == "joining"
    assert ceremony.state()["waits_for"] == [3]
    assert ceremony.trustees[2].join().json()["stage"] == "dealing"
    assert [mail.to for mail in ceremony.deliver()] == [one.email for one in ceremony.trustees]
    ceremony.deal_all()
    assert ceremony.state()["stage"] == "confirming"
    assert ceremony.order("fix").json()["fixed"] is True
    assert len(ceremony.deliver()) == 3
    assert_problem(ceremony.organiser.invite(ceremony.election), 409, "trustees-awaited")
    ceremony.confirm_all()
    assert ceremony.state()["stage"] == "confirmed"
    assert ceremony.organiser.invite(ceremony.election).json()["queued"] == 2

    board = ceremony.deployment.wiring().manifests
    found, published = board.find(ceremony.election), board.ceremony(ceremony.election)
    assert found
    assert published
    manifest, record = Manifest.parse(found.manifest), CeremonyRecord.parse(published)
    transcript = Transcript(record.setup, record.joins, record.deals)
    assert difference(transcript, manifest) == ""
    require_confirmations(transcript, manifest.hash, record.confirmations)
    assert (manifest.mode, manifest.t, manifest.n) == ("trustees", 2, 3)
    served = ceremony.client.get(f"/elections/{ceremony.election}/ceremony")
    assert served.content == published


def test_no_key_of_the_election_is_made_for_anybody_to_unwrap(ceremony: Ceremony) -> None:
    ceremony.hold()
    ceremony.organiser.invite(ceremony.election)
    deployment, wiring = ceremony.deployment, ceremony.deployment.wiring()
    found, election = wiring.manifests.find(ceremony.election), wiring.elections.find(ceremony.election)
    assert found
    assert election
    assert election.keys
    assert found.election_key is None
    assert election.keys.election is None
    assert {context["purpose"] for context in deployment.kms.contexts} == {"issuer", "issuance", "receipt", "log"}


def test_a_message_again_changes_nothing_and_another_one_of_its_round_is_refused(ceremony: Ceremony) -> None:
    ceremony.begin()
    ada = ceremony.trustees[0]
    first = ada.join()
    assert ada.join().json() == first.json()
    assert ada.secrets
    other = Secrets.begin(ada.secrets.setup, 1)
    assert_problem(ada.send(other.join.encode()), 409, "two-messages")
    assert ceremony.state()["trustees"][0]["joined"] is True
    assert ada.visit()["joins"] == [ada.secrets.join.encode().decode()]


@pytest.mark.parametrize("other", ["election", "attempt", "trustee", "list"])
def test_a_message_of_another_ceremony_or_trustee_is_refused(ceremony: Ceremony, other: str) -> None:
    ceremony.begin()
    ada = ceremony.trustees[0]
    setup = Setup.model_validate_json(ada.visit()["setup"])
    changes: dict[str, Any] = {
        "election": {"election": "e2"},
        "attempt": {"attempt": 2},
        "list": {"trustees": ("Ada", "Bo", "Eve")},
    }
    replayed = Secrets.begin(setup.model_copy(update=changes.get(other, {})), 2 if other == "trustee" else 1)
    refused = ada.send(replayed.join.encode())
    assert_problem(refused, 422, "bad-trustee-message")
    assert refused.json()["reason"] == ("another-index" if other == "trustee" else "another-ceremony")
    assert ada.visit()["joins"] == []


def test_nobody_deals_before_all_have_joined_nor_with_what_was_not_committed_to(ceremony: Ceremony) -> None:
    """A rushing last trustee sees no point of the others before it is bound to its own."""
    ceremony.begin()
    ada, bo, cleo = ceremony.trustees
    setup = Setup.model_validate_json(ada.visit()["setup"])
    played = [Secrets.begin(setup, index) for index in (1, 2, 3)]
    early = played[0].with_deal([one.join for one in played])
    assert early.deal
    assert_problem(ada.send(early.deal.encode()), 409, "not-yet")
    ceremony.join_all()
    ada.deal()
    bo.deal()
    assert cleo.secrets
    fresh = Secrets.begin(setup, 3)
    swapped = fresh.model_copy(update={"signing": cleo.secrets.signing, "join": cleo.secrets.join})
    assert ada.secrets
    assert bo.secrets
    changed = swapped.with_deal([ada.secrets.join, bo.secrets.join, cleo.secrets.join])
    assert changed.deal
    refused = cleo.send(changed.deal.encode())
    assert refused.json()["reason"] == "not-committed"
    assert ceremony.state()["waits_for"] == [3]


def test_a_copied_key_is_refused_at_once(ceremony: Ceremony) -> None:
    ceremony.begin()
    ada, bo, _ = ceremony.trustees
    ada.join()
    assert ada.secrets
    setup = Setup.model_validate_json(bo.visit()["setup"])
    own = Secrets.begin(setup, 2)
    copied = own.join.sign(
        own._signing_key,
        setup,
        2,
        signing_key=own.join.signing_key,
        encryption_key=ada.secrets.join.encryption_key,
        commitment=own.join.commitment,
    )
    refused = bo.send(copied.encode())
    assert refused.json()["reason"] == "shared-key"


def test_a_wrong_share_ends_the_ceremony_names_its_dealer_and_another_begins_with_fresh_keys(
    ceremony: Ceremony,
) -> None:
    ceremony.begin()
    ceremony.join_all()
    ada, bo, cleo = ceremony.trustees
    ada.deal()
    cleo.deal()
    assert bo.secrets
    joins = [one.secrets.join for one in ceremony.trustees if one.secrets]
    dealt = bo.secrets.with_deal(joins)
    assert dealt.deal
    shares = (dealt.deal.shares[1], *dealt.deal.shares[1:])  # Ada gets what only Bo can open
    cheating = dealt.deal.sign(
        bo.secrets._signing_key,
        bo.secrets.setup,
        2,
        **{name: getattr(dealt.deal, name) for name in ("joins", "proof", "points")},
        shares=shares,
    )
    bo.secrets = dealt
    assert bo.send(cheating.encode()).status_code == 200
    assert ceremony.order("fix").status_code == 200
    ceremony.deliver()
    answer = ada.confirm().json()
    assert (answer["stage"], answer["blame"]) == ("over", {"trustee": 2, "reason": "does-not-open"})
    assert_problem(cleo.confirm(), 410, "ceremony-over")
    assert_problem(ceremony.organiser.invite(ceremony.election), 409, "trustees-awaited")

    ceremony.names = ["Ada", "Dan", "Cleo"]
    old = ada.link
    assert ceremony.begin(attempt=2).json()["stage"] == "joining"
    gone = ceremony.client.post("/trustees/visits", json={"link": old})
    assert_problem(gone, 410, "ceremony-over")
    changed = ceremony.organiser.ask("PATCH", f"/elections/{ceremony.election}", json={"title": "Other"})
    assert changed.status_code == 200, changed.text
    before = {one.secrets.join.signing_key for one in ceremony.trustees if one.secrets}
    ceremony.join_all()
    after = {one.secrets.join.signing_key for one in ceremony.trustees if one.secrets}
    assert not before & after
    ceremony.deal_all()
    assert ceremony.order("fix").status_code == 200
    ceremony.deliver()
    ceremony.confirm_all()
    assert ceremony.organiser.invite(ceremony.election).status_code == 202
    found = ceremony.deployment.wiring().manifests.find(ceremony.election)
    assert found
    named = Manifest.parse(found.manifest).trustees
    assert named
    assert [one.name for one in named.people] == ["Ada", "Dan", "Cleo"]


def test_the_draft_and_its_roll_stay_as_they_are_while_trustees_confirm(ceremony: Ceremony) -> None:
    organiser, election = ceremony.organiser, ceremony.election
    ceremony.begin()
    ceremony.join_all()
    assert_problem(ceremony.order("fix"), 409, "trustees-awaited")
    ceremony.deal_all()
    assert ceremony.order("fix").status_code == 200
    manifest = ceremony.trustees[0].visit()["manifest"]
    assert_problem(organiser.ask("PATCH", f"/elections/{election}", json={"title": "X"}), 409, "manifest-proposed")
    gone = organiser.post(f"/elections/{election}/voters/removals", json={"voters": ["ada@example.org"]})
    assert_problem(gone, 409, "manifest-proposed")
    assert_problem(organiser.ask("DELETE", f"/elections/{election}/voters"), 409, "manifest-proposed")
    assert organiser.post(f"/elections/{election}/voters", json={"email": "late@example.org"}).status_code == 201
    assert ceremony.order("fix").status_code == 200
    assert ceremony.trustees[0].visit()["manifest"] == manifest
    ceremony.deliver()
    ceremony.confirm_all()
    assert organiser.invite(election).json()["queued"] == 3
    found = ceremony.deployment.wiring().manifests.find(election)
    assert found
    assert found.manifest == manifest.encode()
    assert Manifest.parse(found.manifest).roll_size == 2
    assert organiser.show(election)["roll_size"] == 3


def test_who_was_removed_meanwhile_keeps_nothing_of_what_is_frozen(deployment: World) -> None:
    """The freeze had read the election before its owner was removed: it would leave them the election's channel."""
    owner, ben = Person(deployment, "owner"), Person(deployment, "ben")
    ceremony = Ceremony(deployment, owner)
    joined(owner, ceremony.election, ben, "owner")
    ceremony.hold()
    wiring = deployment.wiring()
    read_before, roll = cut_roll(wiring, owned_election(wiring, owner.id, ceremony.election))
    assert removed(ben, ceremony.election, owner.email).status_code == 200
    with pytest.raises(Conflict) as refused:
        freeze(wiring, read_before, roll, BASE_URL)
    assert refused.value.slug == "changed-meanwhile"
    assert ben.invite(ceremony.election).status_code == 202
    channel = wiring.channels.find(f"election-{ceremony.election}")
    assert channel
    assert (channel.keeper, list(channel.keepers)) == (ben.id, [])


def test_the_same_order_again_begins_nothing_and_mails_nobody_twice(ceremony: Ceremony) -> None:
    first = ceremony.begin().json()
    assert ceremony.begin().json() == first | {"trustees": [one | {"mailed": True} for one in first["trustees"]]}
    assert [len(one.links) for one in ceremony.trustees] == [1, 1, 1]
    assert_problem(ceremony.begin(attempt=3), 409, "other-attempt")
    assert_problem(ceremony.begin(t=3), 409, "other-attempt")


def test_a_reminder_has_a_fresh_link_and_the_old_one_stays_good(ceremony: Ceremony) -> None:
    ceremony.begin()
    ceremony.trustees[0].join()
    ceremony.order("remind")
    assert [mail.to for mail in ceremony.deliver()] == [one.email for one in ceremony.trustees[1:]]
    for link in ceremony.trustees[1].links:
        assert ceremony.client.post("/trustees/visits", json={"link": link}).status_code == 200
    rows = ceremony.deployment.wiring().dynamodb.scan(TableName="roll")["Items"]
    token = ceremony.trustees[1].link.rpartition(".")[2]
    assert token not in str(rows)


def test_a_link_that_was_never_made_opens_nothing(ceremony: Ceremony) -> None:
    ceremony.begin()
    for link in (TrusteeLink.fresh(ceremony.election, 1, 1), TrusteeLink.fresh("none", 1, 1)):
        answer = ceremony.client.post("/trustees/visits", json={"link": link.encode()})
        assert_problem(answer, 404, "unknown-link")
        assert link.encode() not in answer.text
    assert ceremony.client.post("/trustees/visits", json={"link": "1.x"}).status_code == 422


def test_after_the_deadline_nothing_is_taken(ceremony: Ceremony) -> None:
    ceremony.begin()
    ceremony.deployment.clock.advance(days=15)
    assert_problem(ceremony.trustees[0].join(), 410, "ceremony-over")


def test_a_deadline_is_one_that_mails_can_say_in_every_time_zone(ceremony: Ceremony) -> None:
    organiser = ceremony.organiser
    chosen = organiser.ask("PUT", f"/elections/{ceremony.election}/mail", json={"zone": "Asia/Tokyo"})
    assert chosen.status_code == 200, chosen.text
    people = [{"name": n, "email": one.email} for n, one in zip(ceremony.names, ceremony.trustees, strict=True)]
    begun = ceremony.order("begin", attempt=1, t=2, trustees=people, deadline="9999-12-31T23:59:59Z")
    assert_problem(begun, 422, "invalid", "/deadline")
    assert ceremony.deliver() == []


def test_opening_before_the_time_that_trustees_confirmed_is_refused_and_freezes_nothing(ceremony: Ceremony) -> None:
    ceremony.hold()
    organiser, election = ceremony.organiser, ceremony.election
    assert_problem(organiser.post(f"/elections/{election}/open"), 409, "frozen")
    assert organiser.show(election)["status"] == "draft"
    ceremony.deployment.clock.advance(hours=1)
    assert organiser.post(f"/elections/{election}/open").json()["status"] == "open"


def test_a_deleted_draft_leaves_nothing_of_its_trustees(ceremony: Ceremony) -> None:
    ceremony.begin()
    ceremony.trustees[0].join()
    assert ceremony.organiser.ask("DELETE", f"/elections/{ceremony.election}").status_code == 204
    work_off(ceremony.deployment)
    rows = ceremony.deployment.wiring().dynamodb.scan(TableName="roll")["Items"]
    assert not [row for row in rows if row["pk"]["S"].startswith("TRUSTEES#")]


def test_the_manifest_that_was_confirmed_is_the_one_that_trustees_saw(ceremony: Ceremony) -> None:
    ceremony.hold()
    seen = ceremony.trustees[1].visit()["manifest"].encode()
    confirmed = ceremony.trustees[1].secrets
    assert confirmed
    assert confirmed.confirmation
    assert confirmed.confirmation.manifest == sha256(seen).digest()


def test_a_managed_election_asks_for_no_trustees(organiser: Organiser) -> None:
    election = organiser.create("ada@example.org")
    people = [{"name": n, "email": f"{n}@t.example.org"} for n in ("Ada", "Bo")]
    order = {"act": "begin", "attempt": 1, "t": 2, "trustees": people}
    assert_problem(organiser.post(f"/elections/{election}/trustees", json=order), 409, "no-trustees")
    assert_problem(organiser.get(f"/elections/{election}/trustees"), 404, "no-ceremony")


def test_a_rehearsal_of_an_election_with_trustees_has_none(ceremony: Ceremony) -> None:
    copied = ceremony.organiser.post(f"/elections/{ceremony.election}/copies", json={"rehearsal": True}).json()
    assert copied["mode"] == "managed"
    ceremony.organiser.ask("PATCH", f"/elections/{copied['id']}", json={"mode": "trustees"})
    people = [{"name": n, "email": f"{n}@t.example.org"} for n in ("Ada", "Bo")]
    order = {"act": "begin", "attempt": 1, "t": 2, "trustees": people}
    assert_problem(ceremony.organiser.post(f"/elections/{copied['id']}/trustees", json=order), 409, "rehearsal")
