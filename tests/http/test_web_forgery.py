"""What other sites send, frame or read: refused on every route that does something; and pages behind any address."""

import base64
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from ballotcast.http.app import declared_routes
from ballotcast.http.cookies import FIELD
from ballotcast.http.handler import http_handler
from ballotcast.http.sessions import open_session
from organising import Organiser
from pages import ORIGIN, Browser, field
from web.language import languages
from world import World

BASE = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def browser(deployment: World, organiser: Organiser) -> Browser:
    return Browser(deployment, organiser.id)


def posts(browser: Browser, election: str) -> list[tuple[str, str]]:
    """(address, media type) of every route that does something."""
    routes = [route for route in declared_routes(browser.app) if "POST" in (route.methods or ())]
    assert len(routes) >= 9
    filled = [(re.sub(r"\{id\}", election, route.path), route) for route in routes]
    return [
        (re.sub(r"\{\w+\}", "x", path), "text/csv" if path.endswith("/import") else BASE["Content-Type"])
        for path, route in filled
    ]


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://testserver.evil.example", "https://testserver"]
)
def test_another_site_sends_nothing(browser: Browser, organiser: Organiser, origin: str | None) -> None:
    election, token = organiser.create("a@example.org"), browser.token()
    for path, kind in posts(browser, election):
        headers = {"Content-Type": kind, "X-Form-Token": token, **({"Origin": origin} if origin else {})}
        body = urlencode({FIELD: token, "act": "open", "sure": "yes"})
        answer = browser.client.post(path, content=body, headers=headers)
        assert (answer.status_code, path) == (403, path)
    assert organiser.show(election)["status"] == "draft"


def test_another_site_logs_nobody_out(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election, without_session = organiser.create("a@example.org"), Browser(deployment)
    for path, kind in posts(browser, election):
        headers = {"Content-Type": kind, "Origin": "https://evil.example"}
        answer = without_session.client.post(path, content="", headers=headers)  # browsers keep lax cookies back
        assert ("set-cookie" in answer.headers, path) == (False, path)


@pytest.mark.parametrize("forged", ["", "x", "A" * 86, "not base64!", "é"])
def test_a_forged_token_does_nothing(browser: Browser, organiser: Organiser, forged: str) -> None:
    election = organiser.create("a@example.org")
    browser.token()
    for path, kind in posts(browser, election):
        headers = {"Content-Type": kind, "Origin": ORIGIN, "X-Form-Token": forged.encode("ascii", "ignore").decode()}
        body = urlencode({FIELD: forged, "act": "save", "sure": "yes"})
        answer = browser.client.post(path, content=body, headers=headers)
        assert (answer.status_code, path) == (403, path)
    assert organiser.actions(election) == ["election-created", "roll-imported"]


def test_a_token_of_another_browser_does_nothing(browser: Browser, organiser: Organiser, deployment: World) -> None:
    election, theirs = organiser.create("a@example.org"), Browser(deployment).token()
    browser.token()
    answer = browser.post(f"/manage/elections/{election}", {FIELD: theirs, "act": "open", "sure": "yes"})
    assert answer.status_code == 403
    assert "did not come from a page that you opened here" in answer.text


def test_tokens_differ_from_page_to_page_and_all_hold(browser: Browser, organiser: Organiser) -> None:
    election, tokens = organiser.create("a@example.org"), [browser.token() for _ in range(3)]
    assert len(set(tokens)) == 3
    for token in tokens:
        answer = browser.post(f"/manage/elections/{election}", {FIELD: token, "act": "begin"})
        assert answer.status_code == 200


def test_reading_does_nothing(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")
    for query in ("?act=open&sure=yes", "?act=delete&sure=yes", "?done=erase"):
        browser.get(f"/manage/elections/{election}{query}")
    assert organiser.actions(election) == ["election-created", "roll-imported"]
    assert browser.get("/manage/log-out").status_code == 405


def test_no_page_is_framed_or_kept(browser: Browser, organiser: Organiser) -> None:
    election = organiser.create("a@example.org")
    paths = [
        "/manage",
        "/manage/log-in",
        f"/manage/elections/{election}",
        f"/manage/elections/{election}/voters",
        "/manage/x",
    ]
    for path in paths:
        headers = browser.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        if path != "/manage/x":
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_page_is_there_in_every_language(deployment: World, organiser: Organiser, code: str) -> None:
    browser = Browser(deployment, organiser.id)
    browser.client.cookies.set("ballotcast-language", code)
    draft, begun = organiser.create("a@example.org"), organiser.create("b@example.org")
    organiser.invite(begun)
    closed = organiser.create("c@example.org")
    organiser.post(f"/elections/{closed}/open")
    organiser.post(f"/elections/{closed}/close")
    paths = ["", "/sign-up", "/verify", "/log-in?over=true", "/elections/new", f"/elections/{draft}/edit"]
    paths += [
        f"/elections/{election}{below}" for election in (draft, begun, closed) for below in ("", "/voters", "/import")
    ]
    for path in paths:
        page = browser.get(f"/manage{path}")
        assert (page.status_code, path) == (200, path)
        assert f'<html lang="{code}"' in page.text
        assert page.text.count("<h1") == 1
        assert not re.search(r'<[^>]+\s(style|on\w+)="', page.text)
    for act in ("begin", "open", "close", "erase", "delete", "all", "remind"):
        assert browser.post(f"/manage/elections/{draft}", {"act": act}).status_code == 200
    assert browser.post("/manage/elections/new", {"act": "save"}).status_code == 422


def event(
    method: str, path: str, cookies: dict[str, str], fields: dict[str, str] | None = None, **headers: str
) -> dict[str, Any]:
    """As API Gateway hands a request to the function, at the stage `prod`."""
    given = {**BASE, **headers, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": given,
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "apiId": "a1b2",
            "domainName": "a1b2.execute-api.eu-central-1.amazonaws.com",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1"},
            "path": f"/prod{path}",
            "resourcePath": path,
            "stage": "prod",
        },
        "body": urlencode(fields) if fields else None,
        "isBase64Encoded": False,
    }


class Context:
    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "x"


@pytest.mark.parametrize(
    ("settings", "origin", "prefix"),
    [
        ({"ENVIRONMENT": "prod"}, "https://a1b2.execute-api.eu-central-1.amazonaws.com", "/prod"),
        ({"ENVIRONMENT": "prod", "PUBLIC_URL": "https://vote.example.org"}, "https://vote.example.org", ""),
    ],
)
def test_behind_a_stage_and_under_a_custom_domain(
    deployment: World, organiser: Organiser, settings: dict[str, str], origin: str, prefix: str
) -> None:
    browser = Browser(deployment, **settings)
    handle = http_handler(browser.app, "web")
    browser.get("/manage/log-in")  # nothing of this browser is used below but its app
    wiring = deployment.wiring()
    cookies = {"__Secure-ballotcast-session": open_session(wiring.session_secret, organiser.id, deployment.clock)}

    first = handle(event("GET", "/manage/elections/new", cookies), Context())
    page = _text(first)
    assert first["statusCode"] == 200
    assert re.findall(r'(?:href|src|action)="(?!#)([^"]*)"', page)
    assert all(address.startswith(f"{prefix}/") for address in re.findall(r'(?:href|src|action)="(?!#)([^"]*)"', page))
    [form] = _all(first, "set-cookie")
    assert f"Path={prefix}/manage;" in form
    assert {"secure", "httponly", "samesite=lax"} <= {part.strip().lower() for part in form.split(";")}
    cookies["__Secure-ballotcast-form"] = form.partition("=")[2].partition(";")[0]

    out = handle(event("POST", "/manage/log-out", cookies, {FIELD: field(page, FIELD)}, Origin=origin), Context())
    assert (out["statusCode"], _location(out)) == (303, f"{prefix}/")
    assert len(_all(out, "set-cookie")) == 2
    refused = handle(event("POST", "/manage/log-out", cookies, {FIELD: field(page, FIELD)}, Origin=ORIGIN), Context())
    assert refused["statusCode"] == 403
    lost = handle(event("GET", "/manage", {}), Context())
    assert (lost["statusCode"], _location(lost)) == (303, f"{prefix}/manage/log-in?next=%2Fmanage")


def _text(answer: dict[str, Any]) -> str:
    return base64.b64decode(answer["body"]).decode() if answer["isBase64Encoded"] else str(answer["body"])


def _all(answer: dict[str, Any], name: str) -> list[str]:
    """Every value of a header, as API Gateway sends them."""
    many: list[str] = answer["multiValueHeaders"].get(name, [])
    return many or [answer["headers"][name]]


def _location(answer: dict[str, Any]) -> str:
    [found] = _all(answer, "location")
    return found
