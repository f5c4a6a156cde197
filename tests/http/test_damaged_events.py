"""Events that are damaged, by hand and at random: nothing raises, and nothing is our fault (500)."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from api_events import event, invoke
from ballotcast.http.fastpath import decide
from ballotcast.http.handler import http_handler
from ballotcast.http.sessions import open_session
from effort import examples
from function_apps import APPS, app_of
from world import World, world

DAMAGED: list[dict[str, Any]] = [
    {},
    {"path": None, "resource": None},
    {"resource": "/vote/health", "httpMethod": "GET", "path": "/vote/health"},
    {"resource": "/vote/health", "httpMethod": "GET", "path": "/vote/health", "requestContext": None},
    {**event("/x", "GET", "/x"), "headers": {"A": None}, "multiValueHeaders": None},
    {**event("/x", "GET", "/x"), "multiValueHeaders": {"A": [None, 1], "B": None}},
    {**event("/x", "POST", "/x"), "body": "%%%", "isBase64Encoded": True},
    {**event("/x", "POST", "/x"), "body": "\ud800"},
    {**event("/x", "GET", "/x"), "path": "/\ud800"},
    {**event("/x", "GET", "/x"), "path": 1},
    {**event("/x", "GET", "/x"), "multiValueQueryStringParameters": {"a": "\ud800"}},
    {**event("/x", "GET", "/x"), "multiValueQueryStringParameters": {"a": None}},
    {**event("/x", "GET", "/x"), "requestContext": {}},
    {**event("/x", "GET", "/x"), "requestContext": {"identity": None}},
]


@pytest.mark.parametrize("function", ["vote", "web"])
def test_a_damaged_event_gets_an_answer(deployment: World, function: str) -> None:
    handler = http_handler(app_of(function, deployment.wiring()), function)
    for sent in DAMAGED:
        answer = invoke(handler, sent)
        assert 200 <= answer["statusCode"] < 500, (sent, answer)
        json.dumps(answer)


# From here on: events that are damaged at random. Nothing may raise, and nothing may be our fault (500).

ODD = st.sampled_from(
    [
        "",
        "\n",
        "\0",
        "\r\n",
        "%",
        "%zz",
        "%ff",
        "%0a",
        "%00",
        "..",
        "é",
        "\u2028",
        "\ud800",
        "a" * 300,
        "{}",
        "'",
        "[",
        " ",
    ]
)
TEXTS = ODD | st.text(max_size=8)
NAMES = st.sampled_from(
    [
        *("Host", "Cookie", "Accept", "Accept-Language", "Authorization", "Content-Type", "Content-Length", "Prefer"),
        *(
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
            "If-None-Match",
            "Origin",
            "Idempotency-Key",
            "X-Form-Token",
            "Range",
        ),
    ]
)
VALUES = TEXTS | st.sampled_from(
    [
        *("x:abc", "Bearer x", "Basic %", "Bearer " + "." * 5, "Basic eA==", "application/json", "text/csv", "a=b; c"),
        *('=;"', "ballotcast-session=\\;ballotcast-form=%", "multipart/form-data", "multipart/form-data; boundary=x"),
        *("application/x-www-form-urlencoded", "en;q=x,de;q=nan", "de;q=inf", "wait=1e9", "wait=-1", "*/*;q=2", "1e9"),
    ]
)
BODIES = (
    st.none()
    | TEXTS
    | st.sampled_from(["{}", "[]", "null", "{" * 9, '"\\ud800"', '{"link": "\\ud800"}', "a=b&c", "NaN"])
)


@st.composite
def damaged(draw: st.DrawFn, places: list[tuple[str, str]], session: str) -> dict[str, Any]:
    method, resource = draw(st.sampled_from(places))
    parts = [draw(TEXTS | st.just("x1")) if part.startswith("{") else part for part in resource.split("/")]
    sent = event(resource, method, "/".join(parts))
    headers = draw(st.dictionaries(NAMES, st.lists(VALUES, max_size=2), max_size=4))
    query = draw(
        st.none()
        | st.dictionaries(
            TEXTS | st.sampled_from(["limit", "cursor", "since", "from", "status"]),
            st.lists(TEXTS, max_size=2),
            max_size=3,
        )
    )
    sent |= {
        "headers": {name: values[-1] for name, values in headers.items() if values},
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": query,
        "queryStringParameters": query and {name: values[-1] for name, values in query.items() if values},
        "body": draw(BODIES),
        "isBase64Encoded": draw(st.booleans()),
    }
    for name in draw(st.lists(st.sampled_from(sorted(sent)), max_size=1)):
        del sent[name]
    return sent


@pytest.mark.slow
@pytest.mark.generates
@pytest.mark.parametrize("function", APPS)
def test_no_event_is_our_fault(function: str) -> None:
    with world() as fresh:
        app = app_of(function, fresh.wiring())
        handler = http_handler(app, function)
        places = [(made.method, made.resource) for made in decide(app)]

        @examples(200, suppress_health_check=list(HealthCheck))
        @given(damaged(places, open_session(app.state.wiring.session_secret, "o1", fresh.clock)))
        def check(sent: dict[str, Any]) -> None:
            answer = invoke(handler, sent)
            assert answer["statusCode"] not in (500, 502), answer["body"]
            json.dumps(answer)

        check()
