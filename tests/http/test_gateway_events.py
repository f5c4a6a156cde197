"""Events as API Gateway may hand them over: base paths of custom domains, invalid headers, damaged members."""

import json
from typing import Any

import pytest
from fastapi import Request

from api_events import event, invoke
from ballotcast.http.access import Access, contract
from ballotcast.http.address import base_url
from ballotcast.http.app import build_app, routes
from ballotcast.http.fastpath import Handler, decide, fast_handler
from ballotcast.http.handler import http_handler, stock_handler
from ballotcast.http.sessions import open_session
from ballotcast.http.wired import Wired
from function_apps import APPS, app_of
from two_ways import TwoWays
from world import World


def mapped(base: str, sent: dict[str, Any], *, stage: str = "") -> dict[str, Any]:
    """The event as it comes by a custom domain that maps `base` to the API."""
    path = f"{base}{sent['path']}" if sent["path"] != "/" else base or "/"
    context = {**sent["requestContext"], "domainName": "vote.example.org", "path": f"{base}{stage}{sent['path']}"}
    return {**sent, "path": path, "requestContext": context}


BASES = ["", "/b", "/a/b", "/b-1.x/elections"]


def test_every_route_is_found_below_a_base_path_by_both_paths(deployment: World) -> None:
    for function in APPS:
        app = app_of(function, deployment.wiring())
        ways = TwoWays(app)
        for made in decide(app):
            if made.method != "GET":
                continue
            path = made.resource.replace("{path+}", "0/000").replace("{port}", "26001").replace("{number}", "1")
            path = path.replace("{leaf_hash}", "0" * 64)
            path = "/".join("x1" if part.startswith("{") else part for part in path.split("/"))
            plain = event(made.resource, "GET", path)
            found = ways.send(plain)
            for base in BASES:
                sent = ways.send(mapped(base, plain))
                assert sent.by_itself == found.by_itself, (path, base)
                assert sent.fast["statusCode"] == found.fast["statusCode"], (path, base)
                if function != "web":  # a page has a new token in its forms each time, and the base path in its links
                    assert sent.fast == sent.stock == found.fast, (path, base)


@pytest.fixture
def told(deployment: World) -> Handler:
    """Tells the address that the app takes for its own."""
    router = routes()

    @router.get("/", openapi_extra=contract(Access.PUBLIC))
    def home(request: Request, wiring: Wired) -> str:
        return base_url(request, wiring.settings)

    @router.get("/places/{name}", openapi_extra=contract(Access.PUBLIC))
    def place(name: str, request: Request, wiring: Wired) -> str:
        return base_url(request, wiring.settings)

    app = build_app("places", "places", deployment.wiring(), router)
    return fast_handler(app, stock_handler(app))


@pytest.mark.parametrize(("resource", "path"), [("/", "/"), ("/places/{name}", "/places/a%20b")])
def test_links_keep_what_stands_before_our_paths(told: Handler, resource: str, path: str) -> None:
    def address(sent: dict[str, Any]) -> str:
        answer: str = json.loads(invoke(told, sent)["body"])
        return answer

    plain = event(resource, "GET", path)
    context = plain["requestContext"]
    assert address(plain) == "https://api.example.org/v1"
    staged = {**plain, "requestContext": {**context, "path": f"/v1{path}"}}
    assert address(staged) == "https://api.example.org/v1"
    assert address(mapped("", plain)) == "https://vote.example.org"
    assert address(mapped("/b", plain)) == "https://vote.example.org/b"
    assert address(mapped("/a/b", plain)) == "https://vote.example.org/a/b"
    assert address(mapped("/b", plain, stage="/v1")) == "https://vote.example.org/b/v1"
    untold = mapped("/b", plain)
    del untold["requestContext"]["path"]
    assert address(untold) == "https://vote.example.org/b"


def test_pages_link_below_the_base_path(deployment: World) -> None:
    handler = http_handler(app_of("web", deployment.wiring()), "web")
    page = invoke(handler, mapped("/b", event("/", "GET", "/")))
    assert page["statusCode"] == 200
    assert 'href="/b/manage' in page["body"]
    assert 'href="/manage' not in page["body"]
    led = invoke(handler, mapped("/b", event("/manage", "GET", "/manage")))
    assert led["headers"]["location"].startswith("/b/manage/log-in")


@pytest.mark.parametrize("resource", ["/language/{code}", "/{proxy+}"])
@pytest.mark.parametrize("path", ["//language/de", "///language/de", "/b//language/de", "/v1//language/de"])
@pytest.mark.parametrize("stage", ["", "/v1"])
def test_no_doubled_slash_leads_to_another_host(deployment: World, resource: str, path: str, stage: str) -> None:
    """`//evil.example/x` as a redirect, a source or a cookie's path would be another host's address."""
    handler = http_handler(app_of("web", deployment.wiring()), "web")
    for place in (path, path.replace("language/de", "manage")):
        asked = event(resource, "GET", place, [("back", "/evil.example/x")])
        asked["pathParameters"] = {"code": "de", "proxy": place.lstrip("/")}
        asked["requestContext"]["path"] = stage + place
        answer = invoke(handler, asked)
        assert answer["statusCode"] < 500
        assert not answer["headers"].get("location", "").startswith(("//", "http"))
        assert '="//' not in answer["body"]
        assert "Path=//" not in str(answer["headers"])


ODD_PARTS = [
    "a%0A",
    "%0Aa",
    "a%00",
    "a%20",
    "%2e%2e",
    "a%2Fb",
    "%ff",
    "é",
    "a\n",
    "{id}",
    "",
    "a" * 201,
    "1_0",
    "+1",
    "١",
]


@pytest.mark.parametrize("function", APPS)
def test_odd_path_parameters_are_refused_by_both_paths(deployment: World, function: str) -> None:
    app = app_of(function, deployment.wiring())
    ways = TwoWays(app)
    token = open_session(deployment.wiring().session_secret, "o1", deployment.clock)
    headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")]
    for made in decide(app):
        for odd in ODD_PARTS if "{" in made.resource else []:
            path = "/".join(odd if part.startswith("{") else part for part in made.resource.split("/"))
            answers = ways.send(event(made.resource, made.method, path, None, headers, b"{}"))
            assert answers.fast["statusCode"] in {303, 403, 404, 415, 422}, (made.resource, odd, answers.fast)
            if function != "web":
                assert answers.fast == answers.stock


@pytest.mark.parametrize("function", APPS)
def test_every_path_parameter_says_what_it_may_be(deployment: World, function: str) -> None:
    described = app_of(function, deployment.wiring()).openapi()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    schema = parameter["schema"]
                    assert "pattern" in schema or schema["type"] == "integer", (path, parameter)


HOSTS = ["x:abc", "x:1:2", ":", ":80", "[::1]:80", "x:", "x:99999999", "é:1", "x:²", "a, b:c", " :1"]


@pytest.mark.parametrize("function", APPS)
def test_whatever_the_host_the_request_is_served(deployment: World, function: str) -> None:
    app = app_of(function, deployment.wiring())
    handler, ways = http_handler(app, function), TwoWays(app)
    resource = f"/{function}/health"
    for host in HOSTS:
        for headers in ([("Host", host)], [("host", host), ("X-Forwarded-Port", "x")], [("X-Forwarded-Port", host)]):
            sent = event(resource, "GET", resource, None, headers)
            assert invoke(handler, sent)["statusCode"] == 200, headers
            answers = ways.send(sent)
            assert answers.fast == answers.stock
