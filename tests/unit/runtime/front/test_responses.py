"""From what functions return to HTTP: headers, bytes, compression, and what is no response."""

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from front_requests import Functions, ask, front_of, returned
from problem import assert_problem

BYTES = bytes(range(256))
LONG = json.dumps(list(range(1000)))


def functions_that_return(answer: Any) -> Functions:
    return Functions(lambda function, event: answer)


def test_both_kinds_of_headers_are_sent() -> None:
    answer = {
        "statusCode": 201,
        "headers": {"X-One": "1", "Set-Cookie": "lost=1", "Content-Length": "99", "Connection": "close"},
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]},
        "body": "é",
        "isBase64Encoded": False,
    }
    response = ask(front_of(functions_that_return(answer)), "GET", "/")
    assert (response.status_code, response.text) == (201, "é")
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert response.headers["x-one"] == "1"
    assert response.headers.get_list("content-length") == ["2"]
    assert "connection" not in response.headers


@pytest.mark.parametrize(
    ("accept", "bytes_come"),
    [
        ("application/octet-stream", True),
        ("application/zip;q=0.5, text/html", True),
        ("text/html, application/octet-stream", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_bytes_go_to_who_asks_for_them_first(accept: str, bytes_come: bool) -> None:
    coded = b64encode(BYTES).decode()
    answer = {"statusCode": 200, "headers": {}, "body": coded, "isBase64Encoded": True}
    response = ask(front_of(functions_that_return(answer)), "GET", "/", headers={"Accept": accept})
    assert response.content == (BYTES if bytes_come else coded.encode())


@pytest.mark.parametrize(
    ("encodings", "compressed"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("*", True),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
    ],
)
def test_long_bodies_are_compressed_for_who_takes_it(encodings: str, compressed: bool) -> None:
    front = front_of(functions_that_return(returned(LONG, vary="Cookie")))
    response = ask(front, "GET", "/", headers={"Accept-Encoding": encodings})
    assert response.text == LONG
    assert response.headers.get("content-encoding") == ("gzip" if compressed else None)
    assert (int(response.headers["content-length"]) < len(LONG)) is compressed
    assert response.headers.get_list("vary") == ["Cookie", "Accept-Encoding"]


def test_short_and_encoded_bodies_are_left_alone() -> None:
    short = ask(front_of(functions_that_return(returned("x" * 999))), "GET", "/")
    assert not {"content-encoding", "vary"} & short.headers.keys()
    packed = b64encode(gzip.compress(BYTES * 1000, 0)).decode()
    answer = {"statusCode": 200, "headers": {"Content-Encoding": "gzip"}, "body": packed, "isBase64Encoded": True}
    response = ask(front_of(functions_that_return(answer)), "GET", "/", headers={"Accept": "application/octet-stream"})
    assert response.content == BYTES * 1000
    assert response.headers.get_list("content-encoding") == ["gzip"]


def test_files_that_never_change_are_the_same_each_time() -> None:
    front = front_of(functions_that_return(returned(LONG, **{"cache-control": "public, immutable"})))
    assert {ask(front, "GET", "/").text for _ in range(3)} == {LONG}


def test_head_has_no_body_and_no_length() -> None:
    response = ask(front_of(functions_that_return(returned("", **{"content-length": "50", "x-own": "1"}))), "HEAD", "/")
    assert (response.status_code, response.content, response.headers["x-own"]) == (200, b"", "1")
    assert "content-length" not in response.headers


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body_have_none(status: int) -> None:
    response = ask(front_of(functions_that_return(returned("x" * 2000, status))), "GET", "/")
    assert (response.status_code, response.content) == (status, b"")
    assert "content-length" not in response.headers


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        {},
        {"statusCode": "many"},
        {"statusCode": 99, "body": ""},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": ["a"], "body": ""},
        {"statusCode": 303, "headers": {"location": "/x\r\nset-cookie: a=b"}, "body": ""},
        {"statusCode": 303, "multiValueHeaders": {"location": ["/x\ny: z"]}, "body": ""},
        {"statusCode": 200, "headers": {"x": "\N{SNOWMAN}"}, "body": ""},
    ],
    ids=repr,
)
def test_what_is_no_response_is_a_failure(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert_problem(ask(front_of(functions_that_return(answer)), "GET", "/elections/secret"), 503, "busy")
    assert "secret" not in caplog.text
    assert "OrganiseFunction failed: GET /elections/{id}: Malformed" in caplog.text
