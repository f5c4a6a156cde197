"""Generated events: whatever API Gateway may hand to a function gets the same answer by the fast path as by FastAPI."""

import json
import string
from collections.abc import Iterator
from operator import add
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, seed
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import api_events
from api_events import Event
from ballotcast.http.fastpath import decide
from ballotcast.http.sessions import open_session
from echo_app import ANSWERS, create_app
from effort import examples
from two_ways import TwoWays
from world import World, world

TEXTS = st.one_of(
    st.sampled_from(
        ["a", "b", "1", "0", "-1", "1.5", "1e400", "nan", "true", "yes", "None", "", " ", "é", "a b", "a+b"]
    ),
    st.sampled_from(
        ["%", "%2F", "%zz", "%C3%A9", "%ff", "&=;", "a/b", "..", "\n", "\x00", "\u2028", "\U0001f5f3", "K"]
    ),
    st.text(max_size=25),
)
NAMES = st.sampled_from(
    ["limit", "cursor", "mine", "kind", "from", "since", "ratio", "number", "name", "LIMIT", "", "é"]
)
HEADERS = st.one_of(
    st.sampled_from(
        [
            ("Content-Type", "application/json"),
            ("content-type", "application/json; charset=utf-8"),
            ("CONTENT-TYPE", "Application/JSON ; q=é"),
            ("Content-Type", ""),
            ("Content-Type", "application/problem+json"),
            ("Content-Type", "text/csv"),
            ("Content-Type", "avro/binary"),
            ("Idempotency-Key", "key"),
            ("idempotency-key", ""),
            ("If-None-Match", '"1"'),
            ("X-Token", "abc"),
            ("x-token", "ABC"),
            ("x_token", "abc"),
            ("Authorization", "Bearer bck_key"),
            ("Authorization", "Basic YTpiY2tfa2V5"),
            ("authorization", "Basic %"),
            ("Cookie", "session=abc; other=1"),
            ("Host", "api.example.org"),
            ("host", "api.example.org:443"),
            ("Host", "[::1]:80"),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Port", "443"),
            ("x-forwarded-port", "x"),
        ]
    ),
    st.tuples(
        st.text(string.ascii_letters + "-_", min_size=1, max_size=12), st.text(string.printable[:95] + "é", max_size=12)
    ),
)


def _text_of(values: SearchStrategy[Any]) -> SearchStrategy[bytes]:
    return values.map(lambda value: json.dumps(value).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from([10**400, 2**63, -(2**64)]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS | st.sampled_from(["title", "parts"]), inner, max_size=4)
    ),
    max_leaves=8,
)
PARTS = st.fixed_dictionaries(
    {"name": TEXTS}, optional={"weight": JSON | st.floats(0, 9), "kind": st.sampled_from(["a", "b", "c", None])}
)
DRAFTS = st.fixed_dictionaries(
    {"title": TEXTS},
    optional={
        "count": st.integers() | JSON,
        "done": st.booleans() | st.integers(0, 1),
        "at": st.sampled_from(["2026-11-20T09:00:00Z", "2026-11-20T09:00:00+00:00", 1, None]),
        "blob": st.sampled_from(["", "AA", "AAA", "AB", "_-8", "+/8", 1]),
        "parts": st.lists(PARTS, max_size=2) | JSON,
        "schema": st.dictionaries(TEXTS, JSON, max_size=3) | TEXTS,
        "anything": JSON,
        "more": JSON,
    },
)
LOOSE = st.fixed_dictionaries(
    {"number": st.sampled_from([1, "2", 3.0, "4.0", 5.5, True, "x", None, 10**30])},
    optional={
        "ratio": st.sampled_from([1, "2.5", "nan", "inf", True, 1e400]),
        "flag": st.sampled_from([True, "yes", "off", 1, 0, 2, "t"]),
        "names": st.lists(st.sampled_from(["a", 1]), max_size=2) | st.none(),
        "more": JSON,
    },
)
ODD_BODIES = st.sampled_from(
    [
        b"",
        b"null",
        b"{",
        b"[]",
        b"NaN",
        b'{"number": 1, "number": 2}',
        b'{"number": "x", "number": 2}',
        b'{"number": 2, "number": "x"}',
        b'{"title": "a", "anything": {"b": 1, "a": 1, "b": [2]}, "title": "c"}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "\xff"}',
        b'{"title": "\\u0000\x7f"}',
        b'{"title": "a\nb"}',
        b'\xef\xbb\xbf{"title": "a"}',
        ' {"title": "é"}\r\n\t'.encode(),
        '{"title": "é"}'.encode("utf-16"),
        '{"title": "é"}'.encode("latin-1"),
        b'{"title": "a"} x',
        b'{"number": 01}',
        b'{"number": 1.}',
        b'{"number": -0, "ratio": -0.0}',
        b'{"number": 1, "ratio": -Infinity}',
        b'{"number": ' + b"9" * 4301 + b"}",
        b'{"title": "a", "anything": ' + b"[" * 190 + b"]" * 190 + b"}",
        b'{"title": "a", "anything": ' + b"[" * 210 + b"]" * 210 + b"}",
        b"[" * 1990,
        b'{"number": 1, "more": "' + b"x" * 300 + b'"}',
    ]
)
BODIES = st.one_of(
    ODD_BODIES,
    st.binary(max_size=30),
    *map(_text_of, (DRAFTS, LOOSE, JSON)),
    DRAFTS.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
)


@pytest.fixture(scope="module")
def deployment() -> Iterator[World]:
    with world() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def ways(deployment: World) -> TwoWays:
    return TwoWays(create_app(deployment.wiring()))


@pytest.fixture(scope="module")
def session(deployment: World) -> str:
    return f"Bearer {open_session(deployment.wiring().session_secret, 'o1', deployment.clock)}"


def routes() -> list[tuple[str, str, bool]]:
    with world() as fresh:
        decisions = list(decide(create_app(fresh.wiring())))
    return [(decision.method, decision.resource, decision.binding is not None) for decision in decisions]


CODES = st.sampled_from(["200", "201", "204", "205", "304", "404", "500", "599", "99", "600", "x"])
NUMBERS = st.sampled_from(["1", "1", "1", "-1", "x", "1_0", " 1", "1.0", "\u0661"])
FILL = {
    "/answers/{kind}": {"kind": st.sampled_from([*ANSWERS])},
    "/values/{kind}": {"kind": st.sampled_from(["right", "wrong", "none", "nan", "other"])},
    "/raises/{kind}": {"kind": st.integers(0, 15).map(str)},
    "/status/{code}": {"code": CODES},
    "/files/{at}/{path+}": {"at": NUMBERS},
    "/converts/{number:int}": {"number:int": NUMBERS},
}
"""Values of path parameters; any text for all others."""
NEEDED = {"/required": [("number", "1")], "/guarded": [("number", "1")]}
USUAL = {"/drafts/{name}": _text_of(DRAFTS), **dict.fromkeys(["/loose", "/optional", "/guarded"], _text_of(LOOSE))}


FAULTS = st.sampled_from(
    ["none", "none", "resource", "method", "path", "query", "headers", "body", "event", "all", "all"]
)


@st.composite
def events(draw: DrawFn, method: str, resource: str, session: str) -> Event:
    """A call of this route as API Gateway makes it, with something unusual in one part of it, in none, or in all."""
    fault = draw(FAULTS)

    def part(name: str, usual: Any, unusual: SearchStrategy[Any]) -> Any:
        return draw(unusual) if fault in (name, "all") else usual

    path = resource
    for name in [part.strip("{}") for part in resource.split("/") if part.startswith("{")]:
        value = draw(FILL.get(resource, {}).get(name, TEXTS))
        path = path.replace(f"{{{name}}}", quote(value, safe=draw(st.sampled_from(["", "/", string.printable]))))
    query, body = NEEDED.get(resource, []), draw(USUAL.get(resource, BODIES)) if method != "GET" else b""
    headers = [("Content-Type", "application/json"), ("Authorization", session), ("X-Token", "abc")]
    more = st.lists(HEADERS, min_size=1, max_size=3)
    made = api_events.event(
        part("resource", resource, st.sampled_from(["/{proxy+}", "/echo/{name}", "/"])),
        part("method", method, st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"])),
        part("path", path, st.sampled_from(["", "/", path + "/", "/v1" + path, path + "%2F", "/echo/special"])),
        part("query", query, st.lists(st.tuples(NAMES, TEXTS), max_size=3).map(lambda others: query + others)),
        part(
            "headers",
            headers,
            st.builds(add, st.sampled_from([headers, headers[1:], []]), more),
        ),
        part("body", body, BODIES),
    )
    part("event", None, st.sampled_from(CHANGES).map(lambda change: change(made)))
    return made


def _as_bytes(event: Event) -> None:
    if event["body"] and not event["isBase64Encoded"]:
        event.update(body=api_events.b64encode(event["body"].encode()).decode(), isBase64Encoded=True)


CHANGES: list[Any] = [
    lambda event: event.update(multiValueHeaders=None),
    lambda event: event.update(headers=None),
    lambda event: event.update(headers=None, multiValueHeaders=None),
    lambda event: event.update(multiValueQueryStringParameters=None),
    lambda event: event.update(queryStringParameters=None),
    lambda event: event.update(body=""),
    lambda event: event.update(body="not base64!", isBase64Encoded=True),
    lambda event: event.update(body='{"title": "\ud800"}'),
    lambda event: event.update(version="1.0"),
    lambda event: event.pop("resource"),
    lambda event: event["requestContext"].pop("identity"),
    lambda event: event["requestContext"].update(identity=None),
    lambda event: event.update(requestContext=None),
    lambda event: event["multiValueHeaders"].update({"X-A": ["1", None]}),
    _as_bytes,
    _as_bytes,
]


@pytest.mark.generates
@pytest.mark.parametrize(("method", "resource", "fast"), routes())
def test_both_ways_give_the_same_answer(ways: TwoWays, session: str, method: str, resource: str, fast: bool) -> None:
    by_itself: list[bool] = []

    @seed(crc32(f"{method} {resource}".encode()))  # other events for each route, the same in each run
    @examples(150, suppress_health_check=list(HealthCheck))
    @given(events(method, resource, session))
    def check(sent: Event) -> None:
        answers = ways.send(sent)
        by_itself.append(answers.by_itself and (sent["resource"], sent["httpMethod"]) == (resource, method))
        assert answers.fast == answers.stock

    check()
    assert any(by_itself) is fast
