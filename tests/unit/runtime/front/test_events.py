"""What functions get: API Gateway's event, and nothing that a client may not claim."""

from base64 import b64encode

import pytest

from front_requests import CLIENT, Functions, ask, front_of

PUBLIC = "https://vote.club.example"


def test_an_event_has_what_api_gateway_puts_there() -> None:
    functions = Functions()
    headers = {"Content-Type": "application/json", "User-Agent": "test", "X-Own": "1"}
    ask(
        front_of(functions),
        "POST",
        "/elections/e%2F1/ballots/?a=1&b=x%20y&a=2+3&c",
        headers=headers,
        content=b'{"a":1}',
    )
    [(function, event)] = functions.calls
    assert function == "VoteFunction"
    assert event["resource"] == "/elections/{id}/ballots"
    assert event["path"] == event["requestContext"]["path"] == "/elections/e%2F1/ballots/"
    assert event["pathParameters"] == {"id": "e%2F1"}
    assert event["httpMethod"] == "POST"
    assert event["queryStringParameters"] == {"a": "2 3", "b": "x y", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2 3"], "b": ["x y"], "c": [""]}
    assert (event["body"], event["isBase64Encoded"]) == ('{"a":1}', False)
    assert event["headers"]["x-own"] == "1"
    assert event["headers"]["host"] == "127.0.0.1:4700"
    assert "content-length" not in event["headers"]
    assert "connection" not in event["multiValueHeaders"]
    context = event["requestContext"]
    assert (context["stage"], context["domainName"]) == ("v1", "127.0.0.1:4700")
    assert context["identity"] == {"sourceIp": CLIENT, "userAgent": "test"}
    assert len(context["requestId"]) == 36


def test_what_is_missing_is_null() -> None:
    functions = Functions()
    ask(front_of(functions), "GET", "/elections")
    for name in ("body", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters"):
        assert functions.event[name] is None
    assert functions.event["isBase64Encoded"] is False


def test_a_repeated_header_is_kept_whole() -> None:
    functions = Functions()
    ask(front_of(functions), "GET", "/", headers=[("X-Own", "1"), ("X-Own", "2")])
    assert functions.event["multiValueHeaders"]["x-own"] == ["1", "2"]
    assert functions.event["headers"]["x-own"] == "2"


@pytest.mark.parametrize(
    ("kind", "body", "encoded"),
    [
        ("application/json", "é".encode(), False),
        ("text/csv", b"\xe9", True),
        ("application/octet-stream", b"text", True),
        ("Avro/Binary; x=1", b"text", True),
        ("application/octet-stream", b"", False),
    ],
)
def test_binary_bodies_are_base64(kind: str, body: bytes, encoded: bool) -> None:
    functions = Functions()
    ask(front_of(functions), "POST", "/sessions", headers={"Content-Type": kind}, content=body)
    assert functions.event["isBase64Encoded"] is encoded
    assert (functions.event["body"] or "") == (b64encode(body) if encoded else body).decode()


FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/x",
    "Forwarded": "for=203.0.113.9",
    "X-Real-IP": "203.0.113.9",
}


def test_nobody_is_believed_where_no_proxy_is() -> None:
    functions = Functions()
    ask(front_of(functions), "GET", "/", headers=FORGED)
    headers = functions.event["multiValueHeaders"]
    assert {name: values for name, values in headers.items() if "forwarded" in name or "real" in name} == {
        "x-forwarded-for": [CLIENT],
        "x-forwarded-proto": ["http"],
        "x-forwarded-port": ["4700"],
    }
    assert functions.event["requestContext"]["identity"]["sourceIp"] == CLIENT


@pytest.mark.parametrize(
    ("sent", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, nonsense", CLIENT),
        ("", CLIENT),
    ],
)
@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP"])
def test_the_last_address_of_a_trusted_header_is_the_clients(name: str, sent: str, source: str) -> None:
    functions = Functions()
    front = front_of(functions, public_url=PUBLIC, trusted_header=name)
    ask(front, "GET", "/", headers={**FORGED, name: sent, "Host": "vote.club.example"})
    assert functions.event["requestContext"]["identity"]["sourceIp"] == source
    headers = functions.event["headers"]
    assert headers["x-forwarded-for"] == source
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("https", "443")
    assert functions.event["requestContext"]["domainName"] == "vote.club.example"
    assert "203.0.113.9" not in headers.get("x-real-ip", "")


def test_the_addresses_of_a_repeated_trusted_header_end_with_the_last() -> None:
    functions = Functions()
    front = front_of(functions, trusted_header="x-forwarded-for")
    ask(front, "GET", "/", headers=[("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "198.51.100.4")])
    assert functions.event["requestContext"]["identity"]["sourceIp"] == "198.51.100.4"
