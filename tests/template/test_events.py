"""The sample events for `sam local invoke`: each is one that its function understands."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ballotcast.channels.names import RelayId
from ballotcast.store.relay_queues import RecordsMessage
from checkout import ROOT
from relay.worker import read_content
from world import World

EVENTS = sorted((ROOT / "events").glob("*.json"))
HTTP = {
    "OrganiseFunction": "organise",
    "RegisterFunction": "register",
    "VoteFunction": "vote",
    "TallyFunction": "tally",
    "ChannelFunction": "channel",
    "WebFunction": "web",
}


def function_of(path: Path) -> str:
    return path.name.partition("-")[0]


def test_every_function_has_an_event_and_every_event_a_function(functions: dict[str, Any]) -> None:
    assert {function_of(path) for path in EVENTS} == set(functions)


@pytest.mark.parametrize("path", [path for path in EVENTS if function_of(path) in HTTP], ids=lambda path: path.stem)
def test_an_http_event_is_one_of_the_functions_routes(path: Path, functions: dict[str, Any]) -> None:
    event = json.loads(path.read_text())
    routes = {
        (route["Properties"]["Method"].upper(), route["Properties"]["Path"])
        for route in functions[function_of(path)]["Events"].values()
    }
    assert (event["httpMethod"], event["resource"]) in routes
    filled = event["resource"]
    for name, value in (event["pathParameters"] or {}).items():
        filled = filled.replace(f"{{{name}}}", value)
    assert filled == event["path"]


@pytest.mark.parametrize("path", [path for path in EVENTS if function_of(path) in HTTP], ids=lambda path: path.stem)
def test_an_http_event_gets_an_answer_that_is_not_a_failure(path: Path, deployment: World) -> None:
    event = json.loads(path.read_text())
    app = importlib.import_module(f"{HTTP[function_of(path)]}.app").create_app(deployment.wiring())
    answer = TestClient(app).request(
        event["httpMethod"], event["path"], content=event["body"], headers=event["headers"]
    )
    assert answer.status_code < 500
    assert answer.status_code not in (400, 405), answer.text


def test_a_queues_message_is_one_that_is_sent(deployment: World) -> None:
    """The bodies have the members that the senders write, so that handlers do not refuse them unread."""
    bodies = {
        function_of(path): json.loads(record["body"])
        for path in EVENTS
        for record in json.loads(path.read_text()).get("Records", [])
        if "body" in record
    }
    assert set(bodies["SequencerFunction"]) == {"election", "leaves"}
    assert set(bodies["NotifyFunction"]) == {"kind", "election", "voter", "run"}
    assert set(bodies["JobsFunction"]) == {"kind", "election", "job"}
    for function in ("WorkerFunction", "DeadLettersFunction"):
        assert isinstance(
            read_content(json.dumps(bodies[function]), RelayId.parse("lab#1795165200000")), RecordsMessage
        )
