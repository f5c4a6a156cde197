"""A result that is held: said in the manifest, counted at the close, fixed in public, and shown once it is released."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from api_events import TestClient
from ballotcast.ballots.manifest import Manifest
from ballotcast.client.api import Api
from ballotcast.client.errors import Held
from ballotcast.client.published import results
from ballotcast.clock import from_rfc3339
from ballotcast.elections.roles import Role
from counted_election import close_machine
from dying import DyingWiring, Killed
from notify.worker import Worker
from organise.drafts import owned_election
from organise.due import see_to_all
from organise.releasing import release_result
from organising import DRAFT, Organiser
from outbox import Outbox
from pages import Browser
from people import Person, seat
from problem import assert_problem
from tally import work
from tally.app import create_app as tally_app
from tally.log.announcer import announce
from world import World

AFTER = from_rfc3339(DRAFT["closes_at"]) + timedelta(minutes=1)


def drafted(organiser: Organiser, release: str = "held") -> str:
    election = organiser.create("ada@example.org", release=release)
    organiser.post(f"/elections/{election}/open")
    return election


def counted(organiser: Organiser, release: str = "held") -> str:
    election = drafted(organiser, release)
    organiser.deployment.clock.now = AFTER
    close_machine(organiser.deployment.wiring()).run({"election": election})
    return election


def release(organiser: Organiser, election: str) -> Any:
    return organiser.post(f"/elections/{election}/release")


def look(organiser: Organiser, election: str, what: str = "results") -> Any:
    client = TestClient(tally_app(organiser.wiring), follow_redirects=False)
    return client.get(f"/elections/{election}/{what}")


def announced(deployment: World, election: str) -> int:
    """Give the announcer every row about the result of the election; how many records it sent."""
    rows = deployment.wiring().dynamodb.scan(TableName=deployment.wiring().board.name)["Items"]
    told = [row for row in rows if row["sk"]["S"] in ("RESULT", "RELEASE") and row["pk"]["S"].endswith(election)]
    changes = [{"ApproximateCreationDateTime": 1, "NewImage": row, "SequenceNumber": "1"} for row in told]
    records = [{"eventName": "INSERT", "dynamodb": {"Keys": {}, **change}} for change in changes]
    announce(DynamoDBStreamEvent({"Records": records}), deployment.wiring())
    sent = 0
    for url in deployment.environment["RELAY_QUEUES"].split(","):
        deployment.environment["RELAY_QUEUE"] = url
        sent += len(deployment.take_messages("RELAY_QUEUE"))
    return sent


def test_a_held_result_is_fixed_in_public_and_shown_nowhere(organiser: Organiser, deployment: World) -> None:
    election = counted(organiser)
    manifest = organiser.wiring.elections.find(election).manifest  # type: ignore[union-attr]
    assert manifest
    assert Manifest.parse(manifest).release == "held"
    for what in ("results", "export", "export/parts", "export/parts/0", "log/tile/entries/000.p/2"):
        problem = assert_problem(look(organiser, election, what), 403, "held")
    export = work.read(organiser.wiring.blobs, work.export_key(election))
    assert problem["export_sha256"] == sha256(export).hexdigest()
    assert problem["result_sha256"] == sha256(work.read(organiser.wiring.blobs, work.result_key(election))).hexdigest()
    assert look(organiser, election, "log/checkpoint").status_code == 200
    assert announced(deployment, election) == 0
    assert "lots_seed" in json.loads(work.read(organiser.wiring.blobs, work.result_key(election)))


def test_the_others_who_conduct_it_are_mailed_once_unless_they_want_no_mails(
    organiser: Organiser, deployment: World
) -> None:
    election, outbox = counted(organiser), Outbox()
    ben, cid, dora = (Person(deployment, name) for name in ("ben", "cid", "dora"))
    for person, role in ((ben, Role.ORGANISER), (cid, Role.OBSERVER), (dora, Role.OWNER)):
        seat(organiser, election, person, role)
    assert dora.ask("PATCH", "/account", json={"milestone_mails": False}).json()["email"] == dora.email
    assert release(ben, election).status_code == 200
    assert release(organiser, election).status_code == 200, "again, by another"
    for _ in range(2):
        see_to_all(deployment.wiring())
        for message in deployment.take_messages("MAIL_QUEUE"):
            if message["kind"] == "milestone":
                Worker(deployment.wiring()).deliver(message)
    told = [mail for mail in outbox.mails() if mail.subject.startswith("The result is published")]
    assert [mail.to for mail in told] == ["organiser@example.org"]
    assert f"/results/{election}" in told[0].body
    assert "/manage/account" in told[0].body


def test_released_it_is_what_was_fixed(organiser: Organiser, deployment: World) -> None:
    election = counted(organiser)
    held = look(organiser, election).json()
    deployment.clock.advance(days=3)
    for _ in range(2):
        assert release(organiser, election).status_code == 200
    shown = look(organiser, election).json()
    assert shown["counted_at"] == held["counted_at"]
    assert from_rfc3339(shown["released_at"]) - from_rfc3339(held["counted_at"]) >= timedelta(days=3)
    assert look(organiser, election, "export").json()["sha256"] == held["export_sha256"]
    assert organiser.actions(election).count("result-released") == 1
    assert announced(deployment, election) == 1
    close_machine(deployment.wiring()).run({"election": election})
    assert look(organiser, election).json() == shown


def test_the_client_says_that_it_is_held_and_does_not_wait(organiser: Organiser) -> None:
    election = counted(organiser)
    with pytest.raises(Held, match="held until an organiser releases it"):
        results(Api(TestClient(tally_app(organiser.wiring)), sleep=lambda _: pytest.fail("waited")), election, 60)


@pytest.mark.parametrize("last", range(2))
def test_killed_at_any_step_it_is_released_once_and_told(organiser: Organiser, deployment: World, last: int) -> None:
    election = counted(organiser)
    try:
        release_result(DyingWiring(deployment, last), owned_election(organiser.wiring, organiser.id, election))
    except Killed:
        assert look(organiser, election).status_code == 403
    assert release(organiser, election).status_code == 200
    assert organiser.actions(election).count("result-released") == 1


def test_what_is_not_held_or_not_counted_is_not_released(organiser: Organiser, deployment: World) -> None:
    draft = organiser.create(release="held")
    assert_problem(release(organiser, draft), 409, "not-held")
    assert_problem(release(organiser, drafted(organiser)), 409, "not-counted")
    usual = counted(organiser, "automatic")
    assert_problem(release(organiser, usual), 409, "not-held")
    assert look(organiser, usual).json()["released_at"] is None
    assert announced(deployment, usual) == 1
    eve = Organiser(deployment, "eve")
    assert_problem(release(eve, usual), 404, "no-election")


def test_everybody_sees_since_when_it_is_held_and_the_organiser_releases_it_by_page(
    organiser: Organiser, deployment: World
) -> None:
    election = counted(organiser)
    held, browser = look(organiser, election).json(), Browser(deployment, organiser.id)
    path, public = f"/manage/elections/{election}", Browser(deployment)
    assert organiser.show(election)["held_since"] == held["counted_at"]
    assert not organiser.show(election)["counted"]
    overview = browser.get(path).text
    assert "you hold the result" in overview
    assert f'datetime="{held["counted_at"]}"' in overview
    assert 'value="count"' not in overview
    assert "Counted, held" in browser.get("/manage").text
    refused = public.get(f"/results/{election}/csv")
    assert (refused.status_code, "has not released the result yet" in refused.text) == (403, True)
    page = public.get(f"/results/{election}").text
    for told in ("Counted; the result is held", held["export_sha256"], f'datetime="{held["counted_at"]}"'):
        assert told in page
    assert browser.post(path, {"act": "release"}).status_code == 200
    done = browser.post(path, {"act": "release", "sure": "yes"})
    assert "The result is published." in browser.get(done.headers["location"]).text
    for view in ("", "?view=minutes"):
        assert "Released" in public.get(f"/results/{election}{view}").text
    assert organiser.show(election)["held_since"] is None
    assert organiser.show(election)["counted"]
