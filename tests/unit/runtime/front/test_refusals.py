"""Responses that no function gives."""

import json
import logging
from typing import Any

import pytest

from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.front.options import Options
from ballotcast_tools.runtime.functions.outcomes import FunctionFailed, FunctionTimedOut
from ballotcast_tools.runtime.template.deployment import GatewayResponse, Route
from front_requests import PORT, ROUTES, Functions, api, ask, front_of
from problem import assert_problem


def test_no_route_is_not_found_in_the_templates_words() -> None:
    functions = Functions()
    response = ask(front_of(functions), "GET", '/sessions/"')
    assert response.status_code == 200, "the catch-all takes it"
    assert_problem(ask(front_of(functions), "GET", "/sessions/"), 404, "not-found")
    assert len(functions.calls) == 1


def test_the_path_is_text_in_the_document() -> None:
    front = Front([], api(), Options(PORT), Functions(), dict)
    response = ask(front, "GET", "/a%22b\\c")
    assert json.loads(response.text)["instance"].startswith("/a%22b")


@pytest.mark.parametrize(
    "raised", [FunctionFailed("KeyError", "x"), FunctionTimedOut("x"), RuntimeError("for /elections/secret")]
)
def test_failures_are_busy_and_logged_without_the_request(raised: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def fail(function: str, event: dict[str, Any]) -> Any:
        raise raised

    caplog.set_level(logging.DEBUG)
    path, body = "/elections/secret/ballots?secret=1", b'{"secret":1}'
    response = ask(front_of(Functions(fail)), "POST", path, content=body)
    assert_problem(response, 503, "busy")
    assert response.headers["retry-after"] == "1"
    ours = [record for record in caplog.records if record.name.startswith("ballotcast")]
    [record] = ours
    assert "/elections/{id}/ballots" in record.getMessage()
    assert "secret" not in "".join(map(logging.Formatter().format, ours))


def test_what_goes_right_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(front_of(Functions()), "POST", "/sessions")
    ask(front_of(Functions()), "GET", "/sessions")
    assert not [record for record in caplog.records if record.name.startswith("ballotcast")]


def test_without_a_template_the_words_are_api_gateways() -> None:
    response = ask(front_of(Functions(), api(responses={})), "GET", "/sessions")
    assert (response.status_code, response.json()) == (403, {"message": "Missing Authentication Token"})


def test_another_variable_is_refused_at_the_start() -> None:
    odd = GatewayResponse(404, {}, '{"id":"$context.requestId","path":"$context.path"}')
    with pytest.raises(ValueError, match=r"\$context.requestId"):
        front_of(Functions(), api(responses={"THROTTLED": odd}))


def test_health_is_the_runtimes_own() -> None:
    front = front_of(Functions())
    response = ask(front, "GET", "/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert ask(front, "HEAD", "/health").status_code == 200
    ill = Front(ROUTES, api(), Options(PORT), Functions(), lambda: None)
    assert_problem(ask(ill, "GET", "/health"), 503, "unhealthy")
    with pytest.raises(ValueError, match="/health"):
        Front([Route("ANY", "/health", "f")], api(), Options(PORT), Functions(), dict)
