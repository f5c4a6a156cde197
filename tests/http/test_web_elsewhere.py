"""Addresses that lead nowhere, HEAD, and what a page says it was chosen by."""

import json

import pytest
from fastapi import FastAPI

from api_events import event, invoke
from asgi_client import TestClient
from ballotcast.ballots.link import Link
from ballotcast.http.fastpath import decide
from ballotcast.http.handler import http_handler
from ballotcast.http.problems import MEDIA_TYPE
from function_apps import APPS, app_of
from problem import assert_problem
from web.static_files import static_files
from world import World

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def web(deployment: World) -> FastAPI:
    return app_of("web", deployment.wiring())


@pytest.mark.parametrize("path", ["/nothing", "/elections/x/nothing", "/favicon.icon", "/x%0A", "/a/b/c/d"])
def test_an_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(web: FastAPI, path: str) -> None:
    handler = http_handler(web, "web")
    for accept, kind in ((BROWSER, "text/html"), ("*/*", MEDIA_TYPE), ("application/json", MEDIA_TYPE)):
        answer = invoke(handler, event("/{proxy+}", "GET", path, None, [("Accept", accept)]))
        assert (answer["statusCode"], answer["headers"]["content-type"].partition(";")[0]) == (404, kind)
        assert "Accept" in answer["headers"]["vary"]
        assert "content-security-policy" in answer["headers"]


def test_the_icon_that_browsers_ask_for_by_themselves_leads_to_the_one_that_pages_name(web: FastAPI) -> None:
    handler = http_handler(web, "web")
    answer = invoke(handler, event("/{proxy+}", "GET", "/favicon.ico", None, [("Accept", "image/*")]))
    assert answer["statusCode"] == 303
    file = static_files()["icon.svg"]
    assert answer["headers"]["location"].endswith(f"/static/{file.path}")


@pytest.mark.parametrize("between", ["%23", "%2523", "/%23"])
def test_a_link_whose_mark_was_encoded_leads_to_the_voter_s_page_and_is_not_repeated(
    web: FastAPI, between: str
) -> None:
    handler, link = http_handler(web, "web"), Link(b"t" * 32, b"m" * 32, b"s" * 16).encode()
    for path in (f"/vote{between}{link}", f"/vote{between}{link[:60]}"):
        for accept, status in ((BROWSER, 200), ("application/json", 404)):
            answer = invoke(handler, event("/{proxy+}", "GET", path, None, [("Accept", accept)]))
            assert answer["statusCode"] == status
            assert link[2:20] not in json.dumps(answer)
            assert ('id="voting"' in answer["body"]) == (status == 200)
    answer = invoke(handler, event("/elections/{id}", "GET", f"/elections/{link}", None, [("Accept", BROWSER)]))
    assert link[2:20] not in json.dumps(answer)


def test_a_wrong_method_is_told(web: FastAPI) -> None:
    assert_problem(TestClient(web).put("/vote"), 405, "method-not-allowed")


@pytest.mark.parametrize("function", APPS)
def test_head_is_get_without_a_body(deployment: World, function: str) -> None:
    app = app_of(function, deployment.wiring())
    handler = http_handler(app, function)
    for made in decide(app):
        if made.method != "GET":
            continue
        path = "/".join("1" if part.startswith("{") else part for part in made.resource.split("/"))
        got, head = (invoke(handler, event(made.resource, method, path)) for method in ("GET", "HEAD"))
        assert (head["statusCode"], head["body"]) == (got["statusCode"], "")
        assert head["headers"].keys() == got["headers"].keys()
        assert head["headers"].get("content-type") == got["headers"].get("content-type")


def test_head_where_there_is_no_get_is_refused(deployment: World) -> None:
    assert TestClient(app_of("register", deployment.wiring())).head("/links").status_code == 405


CHOICES = [
    ("Accept-Language", "en", "de"),
    ("Accept", BROWSER, "application/json"),
    ("Cookie", "", "ballotcast-language=de"),
]


def test_what_a_header_changes_is_in_vary(web: FastAPI) -> None:
    """For each GET of the pages: the same request with another value of a header."""
    handler = http_handler(web, "web")
    changed = 0
    for made in decide(web):
        if made.method != "GET":
            continue
        path = "/".join("1" if part.startswith("{") else part for part in made.resource.split("/"))
        for header, one, other in CHOICES:
            answers = [
                invoke(handler, event(made.resource, "GET", path, None, [(header, value)])) for value in (one, other)
            ]
            kinds = [(answer["headers"].get("content-type"), 'lang="de"' in answer["body"][:200]) for answer in answers]
            if kinds[0] != kinds[1]:
                changed += 1
                for answer in answers:
                    assert header in answer["headers"]["vary"], (made.resource, header)
    assert changed > 10


@pytest.mark.parametrize("path", ["/web/health", "/web/openapi.json"])
def test_what_is_for_all_alike_varies_by_nothing(web: FastAPI, path: str) -> None:
    assert "vary" not in TestClient(web).get(path).headers
