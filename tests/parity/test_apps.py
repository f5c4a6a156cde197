"""Requests that schemathesis generates from each app's own description: the same answer by both ways.

The apps stand on one deployment with an open election and a channel, whose names half of the requests bear. Where the
stock path itself does not give the same answer twice (it made something), there is nothing to compare.
"""

import importlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import quote
from zlib import crc32

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, seed
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from schemathesis import GenerationMode

import api_events
from api_events import Event
from ballotcast.crypto.encoding import b64u_encode
from ballotcast.http.fastpath import Decision, decide
from ballotcast.wiring import Wiring
from channel import follow_routes
from checkout import ROOT
from effort import examples
from election_fixture import VOTERS, frozen_election
from relays_played import PlayedChannels
from sensor import SENSOR
from two_ways import TwoWays
from voting import new_ballot
from world import World, world

APPS = ("organise", "register", "vote", "trustee", "tally", "channel")
MODES = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


class Deployed(NamedTuple):
    """`known`: values of path parameters and body fields that name something that is there."""

    world: World
    wiring: Wiring
    known: dict[str, Any]
    session: str


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with world() as fresh, ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr(follow_routes, "time", PassingTime())  # who follows a channel would be kept waiting
        election = frozen_election(fresh)
        played = PlayedChannels(fresh)
        stack.callback(played.client.close)
        session = f"Bearer {played.session('organiser')}"
        made = played.client.post(
            "/channels", json={"name": "lab", "schema": SENSOR}, headers={"Authorization": session}
        )
        assert made.status_code == 201
        known = {
            "id": election.id,
            "name": "lab",
            "link": election.link(VOTERS[0]),
            "ballot": b64u_encode(new_ballot(election.manifest, election.issuer).encode()),
        }
        yield Deployed(fresh, played.wiring, known, session)


class PassingTime:
    """A sleep that takes no time, after which it is later."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


_described: dict[str, Any] = {}


def described(name: str, app: FastAPI) -> Any:
    """The app's description, made once: making it takes longer than all that is asked of a route."""
    if name not in _described:
        _described[name] = schemathesis.openapi.from_dict(app.openapi())
        _described[name].config.generation.update(allow_x00=True)
    return _described[name]


@st.composite
def requests(draw: DrawFn, description: Any, made: Decision, deployed: Deployed) -> Event:
    case = draw(description[made.route.path_format][made.method].as_strategy(generation_mode=draw(MODES)))
    known = deployed.known if draw(st.booleans()) else {}
    path = made.route.path_format
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(known.get(name, value)), safe=""))
    headers = {"Authorization": deployed.session} if draw(st.booleans()) else {}
    headers |= {name: str(value) for name, value in (case.headers or {}).items()}
    body = b""
    if isinstance(case.body, dict | list | str | int | float | bool | None):
        if isinstance(case.body, dict):
            case.body.update({name: value for name, value in known.items() if name in case.body and name != "name"})
        body, headers["Content-Type"] = json.dumps(case.body).encode(), case.media_type or "application/json"
    elif isinstance(case.body, bytes):
        body, headers["Content-Type"] = case.body, case.media_type or "application/octet-stream"
    query = [
        (name, str(one))
        for name, value in (case.query or {}).items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return api_events.event(made.resource, made.method, path, query, list(headers.items()), body)


def operations() -> list[Any]:
    """As the documents have them, which are current (test_docs.py). What deletes comes last."""
    found = [
        (method == "delete", name, method.upper(), path)
        for name in APPS
        for path, methods in json.loads((ROOT / f"docs/openapi/{name}.json").read_text())["paths"].items()
        for method in methods
        if not path.startswith("/api/v1")
    ]
    return [pytest.param(*which, id=" ".join(which[1:])) for _, *which in sorted(found, key=itemgetter(0))]


@pytest.mark.generates
@pytest.mark.parametrize(("name", "method", "path"), operations())
def test_both_ways_give_the_same_answer(deployed: Deployed, name: str, method: str, path: str) -> None:
    app = importlib.import_module(f"{name}.app").create_app(deployed.wiring)
    [made] = [one for one in decide(app) if (one.method, one.route.path_format) == (method, path)]
    ways = TwoWays(app)

    @seed(crc32(f"{method} {path}".encode()))  # other events for each route, the same in each run
    @examples(12, suppress_health_check=list(HealthCheck))
    @given(requests(described(name, app), made, deployed))
    def check(sent: Event) -> None:
        first, answers = ways.send(sent).stock, ways.send(sent)
        assert answers.fast == answers.stock or first != answers.stock

    check()
