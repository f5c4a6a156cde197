"""What a handler tells CloudWatch of its calls: one line each where no voter calls, none elsewhere."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from api_events import Context, event
from ballotcast.http.handler import http_handler
from ballotcast.http.measuring import count, measured
from ballotcast.http.sessions import open_session
from echo_app import create_app as echo_app
from organise.app import create_app as organise_app
from organising import Organiser
from tally.app import create_app as tally_app
from world import World


def told(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def names(line: dict[str, Any]) -> set[str]:
    [measured] = line["_aws"]["CloudWatchMetrics"]
    assert (measured["Namespace"], sorted(measured["Dimensions"][0])) == ("Ballotcast", ["route", "service"])
    return {metric["Name"] for metric in measured["Metrics"]}


def test_each_call_has_a_line_with_its_route(deployment: World, capfd: pytest.CaptureFixture[str]) -> None:
    handler = http_handler(organise_app(deployment.wiring()), "organise", measured=True)
    for path in ("/elections/zyx", "/elections/def"):
        handler(event("/elections/{id}", "GET", path), Context())
    first, again = told(capfd)
    assert (first["route"], first["service"], first["ColdStart"]) == ("GET /elections/{id}", "organise", [1.0])
    assert (names(first), names(again)) == ({"Latency", "ColdStart"}, {"Latency"})
    assert 0 < again["Latency"][0] < 5000
    assert "zyx" not in str(first)


def test_a_failure_is_in_the_same_line(deployment: World, capfd: pytest.CaptureFixture[str]) -> None:
    handler = http_handler(echo_app(deployment.wiring()), "mirror", measured=True)
    assert handler(event("/raises/{kind}", "GET", "/raises/2"), Context())["statusCode"] == 500
    [line] = told(capfd)
    assert (line["Failure"], line["route"]) == ([1.0], "GET /raises/{kind}")


def test_what_endpoints_count_is_in_the_same_line(
    organiser: Organiser, deployment: World, capfd: pytest.CaptureFixture[str]
) -> None:
    election = organiser.create("ada@example.org", "bob@example.org")
    handler = http_handler(organise_app(organiser.wiring), "organise", measured=True)
    session = open_session(organiser.wiring.session_secret, organiser.id, deployment.clock)
    headers = [("Authorization", f"Bearer {session}")]
    resource = "/elections/{id}/invitations"
    answer = handler(event(resource, "POST", f"/elections/{election}/invitations", [], headers), Context())
    assert (answer["statusCode"], answer["body"]) == (202, '{"queued":2,"last_day":null}')
    [line] = told(capfd)
    assert (line["InvitationsQueued"], line["route"]) == ([2.0], f"POST {resource}")


def test_voters_who_check_are_not_told(deployment: World, capfd: pytest.CaptureFixture[str]) -> None:
    handler = http_handler(tally_app(deployment.wiring()), "tally")
    assert handler(event("/elections/{id}/turnout", "GET", "/elections/abc/turnout"), Context())["statusCode"] == 404
    assert told(capfd) == []


def test_calls_at_once_do_not_mix_their_numbers(capfd: pytest.CaptureFixture[str]) -> None:
    """As in a process that answers several at a time: each counts while the other is under way."""
    both = Barrier(2)

    def call(number: int) -> None:
        with measured("test", f"GET /{number}"):
            both.wait()
            count("Seen", number)
            both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(call, (1, 2)))
    assert sorted((line["route"], line["Seen"]) for line in told(capfd)) == [("GET /1", [1.0]), ("GET /2", [2.0])]
