"""The sample events for `sam local invoke`: each is taken by the handler of its function, and has its effect."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

import sample_world as sample
from api_events import Context
from ballotcast.store.due_counts import DueCount
from ballotcast.store.queues import amendments_message
from ballotcast.store.transaction import transact
from ballotcast.trustees.record import CeremonyRecord
from ceremonies import Ceremony, setup_of
from checkout import ROOT
from consumer import sqs_message
from deliveries import amendment
from outbox import Outbox
from played_dynamodb import PlayedDynamoDB
from relay.dead_letters import take_letters
from sample_world import ELECTION, JOB, RUN, VOTER
from tally.log.sequencer import Sequencer
from world import World

EVENTS = sorted((ROOT / "events").glob("*.json"))
HTTP = [path for path in EVENTS if "httpMethod" in json.loads(path.read_text())]
PACKAGES = {path.name for path in (ROOT / "functions").iterdir() if path.is_dir()}
Play = Callable[[World, Callable[[], Any]], None]
"""Prepares the world, calls the handler, and looks at what came of it."""


def function_of(path: Path) -> str:
    return path.name.partition("-")[0]


def event(name: str) -> Any:
    return json.loads((ROOT / f"events/{name}.json").read_text())


def handler(world: World, function: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """As a new process imports it, with the variables that the template gives it and no others of the world's."""
    usual = {"ENVIRONMENT": "local", "PUBLIC_URL": ""}
    variables = function.get("Environment", {}).get("Variables", {})
    for name in world.environment:
        monkeypatch.delenv(name, raising=False)
    for name in ("ENVIRONMENT", *variables):
        monkeypatch.setenv(name, usual.get(name, world.environment.get(name, "")))
    real = boto3.client  # moto has no key pairs
    played = {"kms": world.kms} | ({"dynamodb": PlayedDynamoDB(world.tables)} if world.tables else {})
    monkeypatch.setattr(boto3, "client", lambda name, **options: played.get(name) or real(name, **options))
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        monkeypatch.delitem(sys.modules, name)
    module, _, attribute = function["Handler"].rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


@pytest.fixture
def modules() -> Any:
    """What was imported for a handler goes with it: other tests hold the modules of before."""
    before = dict(sys.modules)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]
    sys.modules.update({name: module for name, module in before.items() if name.partition(".")[0] in PACKAGES})


def in_relay_queues(world: World) -> list[dict[str, Any]]:
    found = []
    for url in world.environment["RELAY_QUEUES"].split(","):
        world.environment["RELAY_QUEUE"] = url
        found += world.take_messages("RELAY_QUEUE")
    return found


def executions(world: World, status: str) -> list[str]:
    wiring = world.wiring()
    arn = wiring.settings.relay_machines[status]
    started = wiring.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    return [execution["name"] for execution in started]


def answers(status: int, prepare: Callable[[World], object] = lambda _: None, **members: Any) -> Play:
    """An API's response: its status, and some members of its body."""

    def play(world: World, call: Callable[[], Any]) -> None:
        prepare(world)
        answer = call()
        assert answer["statusCode"] == status, answer["body"]
        if members:
            body = json.loads(answer["body"])
            assert {name: body[name] for name in members} == members

    return play


def announces(world: World, call: Callable[[], Any]) -> None:
    sample.elections_channel(world)
    call()
    [message] = in_relay_queues(world)
    assert message["relay"].startswith(f"election-{ELECTION}#")


def counts_one_issued(world: World, call: Callable[[], Any]) -> None:
    call()
    assert world.wiring().log.turnout(ELECTION) == (1, 0)


def collects(world: World, call: Callable[[], Any]) -> None:
    sample.elect(world, closed=True)
    answer = call()
    assert answer["ballots"] == 0
    assert world.wiring().blobs.get(answer["key"]) is not None


def parks(world: World, call: Callable[[], Any]) -> None:
    channel = sample.lab(world)
    assert call() == {"batchItemFailures": []}
    [letter] = world.wiring().dead_letters.parked("lab", channel.born)
    assert letter.records == 1
    assert len(executions(world, "repairing")) == 1


def marks_the_bounce(world: World, call: Callable[[], Any]) -> None:
    sample.enrol(world)
    call()
    voter = world.wiring().voters.find(ELECTION, VOTER)
    assert voter
    assert voter.delivery == "bounced"


def counts_one_cast(world: World, call: Callable[[], Any]) -> None:
    call()
    assert world.wiring().log.turnout(ELECTION) == (0, 1)


def imports(world: World, call: Callable[[], Any]) -> None:
    sample.import_job(world)
    assert call() == {"batchItemFailures": []}
    job = world.wiring().jobs.find(ELECTION, JOB)
    assert job
    assert (job.state, job.outcome["added"]) == ("done", 2)


def exports(world: World, call: Callable[[], Any]) -> None:
    job = sample.export_job(world, sample.lab(world))
    assert call() == {"batchItemFailures": []}
    done = world.wiring().export_jobs.find(job, job.id, 0)
    assert done
    assert (done.state, world.wiring().blobs.get(done.object)) == ("done", b"time,volts\r\n")


def starts_the_due_count(world: World, call: Callable[[], Any]) -> None:
    wiring = world.wiring()
    transact(wiring.dynamodb, [wiring.due_counts.adding(DueCount("2026-11-20T09:00:00Z", ELECTION))])
    call()
    machine = world.environment["CLOSE_MACHINE"]
    [execution] = wiring.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert execution["name"].startswith(ELECTION)


def writes_the_ledger(world: World, call: Callable[[], Any]) -> None:
    sample.elect(world, closed=True)
    answer = call()
    assert (answer["voters"], answer["issued"]) == (3, 0)
    assert world.wiring().blobs.get(answer["ledger"])


def mails_the_invitation(world: World, call: Callable[[], Any]) -> None:
    sample.elect(world)
    sample.enrol(world)
    outbox = Outbox()
    assert call() == {"batchItemFailures": []}
    assert [mail.to for mail in outbox.mails()] == ["ada@example.org"]
    voter = world.wiring().voters.find(ELECTION, VOTER)
    assert voter
    assert voter.mailed == RUN


def asks_trustees(world: World, call: Callable[[], Any]) -> None:
    made = Ceremony.of(setup_of(2, 3, election=ELECTION)).confirmed(bytes(32))
    transcript = made.transcript
    record = CeremonyRecord(
        setup=transcript.setup, joins=transcript.joins, deals=transcript.deals, confirmations=made.confirmations
    )
    wiring = world.wiring()
    wiring.manifests.publish_ceremony(ELECTION, record.encode())
    assert call() == {}
    assert wiring.openings.token(ELECTION) == "token-of-the-task"
    asked = world.take_messages("MAIL_QUEUE")
    assert [(one["kind"], one["trustee"], one["mail"]) for one in asked] == [
        ("trustee", n, "open 0") for n in (1, 2, 3)
    ]


def signs_up(world: World, call: Callable[[], Any]) -> None:
    answers(201)(world, call)
    [message] = world.take_messages("MAIL_QUEUE")
    assert message["kind"] == "verification"


def amends_the_log(world: World, call: Callable[[], Any]) -> None:
    sample.elect(world)
    wiring = world.wiring()
    transact(wiring.dynamodb, [wiring.amendments.adding(ELECTION, 1, amendment(1, 9).encode())])
    assert call() == {"batchItemFailures": []}
    head = wiring.log.head(ELECTION)
    assert (head.size, head.amendments) == (2, 1)


def starts_the_relay(world: World, call: Callable[[], Any]) -> None:
    channel = sample.registering_lab(world)
    call()
    assert executions(world, "registering") == [f"lab-{channel.generation}"]


def settles_the_letter(world: World, call: Callable[[], Any]) -> None:
    channel = sample.lab(world)
    take_letters(event("DeadLettersFunction-records"), world.wiring())
    call()
    [letter] = world.wiring().dead_letters.newest("lab", channel.born)
    assert letter.state == "redelivered"


def has_a_checkpoint(world: World) -> None:
    sample.elect(world)
    body = json.dumps(amendments_message(ELECTION, 0))
    assert Sequencer(world.wiring()).handle({"Records": [sqs_message(body)]}) == {"batchItemFailures": []}


def archives(world: World, call: Callable[[], Any]) -> None:
    channel = sample.lab(world)
    assert call() == {"batchItemFailures": []}
    lease = world.wiring().leases.find("lab")
    assert lease
    assert (lease.records, lease.born) == (1, channel.born)


def greets_in_german(world: World, call: Callable[[], Any]) -> None:
    answer = call()
    assert answer["statusCode"] == 200
    assert 'lang="de"' in answer["body"]


PLAYS: dict[str, Play] = {
    "AnnouncerFunction-checkpoint": announces,
    "CensusFunction-issued": counts_one_issued,
    "ChannelJobsFunction-export": exports,
    "ChannelFunction-ports": answers(200, lambda world: sample.lab(world, port=26001)),
    "CountFunction-collect": collects,
    "DeadLettersFunction-records": parks,
    "DueFunction-minute": starts_the_due_count,
    "FeedbackFunction-bounce": marks_the_bounce,
    "JobsFunction-step": imports,
    "LedgerFunction-step": writes_the_ledger,
    "NotifyFunction-invitation": mails_the_invitation,
    "OpeningFunction-wait": asks_trustees,
    "OrganiseFunction-health": answers(200),
    "OrganiseFunction-sign-up": signs_up,
    "RegisterFunction-open-link": answers(404, type="urn:ballotcast:problem:unknown-link"),
    "SequencerFunction-amendment": amends_the_log,
    "StarterFunction-registered": starts_the_relay,
    "StepsFunction-redeliver": settles_the_letter,
    "TallyFunction-checkpoint": answers(200, has_a_checkpoint),
    "TrusteeFunction-visit": answers(404, type="urn:ballotcast:problem:unknown-link"),
    "TurnoutFunction-cast": counts_one_cast,
    "VoteFunction-cast": answers(422, sample.elect),
    "VoteFunction-manifest": answers(200, sample.elect, election=ELECTION),
    "WebFunction-home": greets_in_german,
    "WorkerFunction-records": archives,
}
"""What each event does; a new event needs a line here."""


def test_every_function_has_an_event_and_every_event_a_function(functions: dict[str, Any]) -> None:
    assert {function_of(path) for path in EVENTS} == set(functions)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_has_its_effect(
    path: Path, functions: dict[str, Any], deployment: World, monkeypatch: pytest.MonkeyPatch, modules: None
) -> None:
    handle = handler(deployment, functions[function_of(path)], monkeypatch)
    PLAYS[path.stem](deployment, lambda: handle(event(path.stem), Context()))


@pytest.mark.parametrize("path", HTTP, ids=lambda path: path.stem)
def test_an_http_event_is_one_of_the_functions_routes(path: Path, functions: dict[str, Any]) -> None:
    asked = event(path.stem)
    routes = {
        (route["Properties"]["Method"].upper(), route["Properties"]["Path"])
        for route in functions[function_of(path)]["Events"].values()
    }
    method = "ANY" if asked["httpMethod"] == "GET" else asked["httpMethod"]
    assert (method, asked["resource"]) in routes
    filled = asked["resource"]
    for name, value in (asked["pathParameters"] or {}).items():
        filled = filled.replace(f"{{{name}}}", value)
    assert filled == asked["path"]
