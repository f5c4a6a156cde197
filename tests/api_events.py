"""Requests as API Gateway's REST API hands them to a function, and a client whose requests come that way."""

import asyncio
import re
from base64 import b64decode, b64encode
from threading import current_thread, main_thread
from typing import Any
from urllib.parse import parse_qsl

import httpx2 as httpx
from fastapi import FastAPI

import asgi_client
from ballotcast.http.fastpath import Decision, Handler, decide, fast_handler
from ballotcast.http.handler import stock_handler

Event = dict[str, Any]

BINARY = frozenset(
    {"application/octet-stream", "application/zip", "application/avro", "avro/binary", "application/vnd.apache.parquet"}
)
"""The API's BinaryMediaTypes (template.yaml)."""
FUNCTIONS = frozenset({"organise", "register", "vote", "trustee", "tally", "channel"})
PROXY = "/{proxy+}"
_SIGNED = re.compile('X-Amz-(Date|Signature)=[^&"]+')


class Context:
    """What Lambda says of an invocation."""

    function_name, memory_limit_in_mb = "function", 256
    invoked_function_arn, aws_request_id = "arn:aws:lambda:eu-central-1:1:function:function", "request"


class TestClient(asgi_client.TestClient):
    """`by_event`: requests become events and are answered by the Lambda handler, fast path and all."""

    __test__ = False
    by_event = False

    @property
    def address(self) -> str:
        """What the app takes for its own."""
        return "https://api.example.org/v1" if self.by_event else "http://testserver"

    def __init__(self, app: FastAPI, **options: Any) -> None:
        super().__init__(app, transport=EventTransport(app) if self.by_event else None, **options)


class EventTransport(httpx.BaseTransport):
    """Requests of an app that is called as a Lambda function."""

    def __init__(self, app: FastAPI) -> None:
        self._stock = stock_handler(app)
        self._handler, self._decisions = fast_handler(app, self._stock), list(decide(app))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        event = event_of(
            self._decisions,
            request.method,
            request.url.raw_path.partition(b"?")[0].decode(),
            parse_qsl(request.url.query.decode(), keep_blank_values=True),
            [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw],
            request.read(),
        )
        answer = invoke(self._handler, event)
        self._require_described(event, answer["statusCode"])
        if request.method == "GET":
            self._compare(answer, event)
        headers = [(name, [value]) for name, value in answer["headers"].items()]
        headers += answer["multiValueHeaders"].items()
        single = [(name, value) for name, values in headers for value in values]
        stream = httpx.ByteStream(content_of(answer))
        return httpx.Response(answer["statusCode"], headers=single, stream=stream, request=request)

    def _require_described(self, event: Event, status: int) -> None:
        """A refusal of a route of ours is one that its description names."""
        for made in self._decisions:
            ours = made.route.endpoint.__module__.partition(".")[0] in FUNCTIONS
            if ours and (made.resource, made.method) == (event["resource"], event["httpMethod"]):
                assert status < 400 or status in made.route.responses, f"{made.method} {made.resource} sends {status}"

    def _compare(self, answer: dict[str, Any], event: Event) -> None:
        """What is only read is the same by the stock path, unless that does not answer twice the same itself."""
        once = without_signature(invoke(self._stock, event))
        assert without_signature(answer) == once or once != without_signature(invoke(self._stock, event))


def event_of(
    decisions: list[Decision],
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: list[tuple[str, str]],
    body: bytes,
) -> Event:
    """The event of a request; `path` as it is on the wire, without the stage."""
    resources = {
        decision.resource
        for decision in decisions
        if decision.method == method and decision.route.path_regex.match(path)
    }
    return event(resources.pop() if resources else PROXY, method, path, query, headers, body)


def event(
    resource: str,
    method: str,
    path: str,
    query: list[tuple[str, str]] | None = None,
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"",
) -> Event:
    parameters, fields = _listed(query or []), _listed(headers or [])
    types = {value.partition(";")[0].strip().lower() for name, value in headers or [] if name.lower() == "content-type"}
    text = None if types & BINARY else _text(body)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in fields.items()},
        "multiValueHeaders": fields,
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "requestContext": {
            "stage": "v1",
            "apiId": "api",
            "domainName": "api.example.org",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": (b64encode(body).decode() if text is None else text) or None,
        "isBase64Encoded": text is None,
    }


def invoke(handler: Handler, event: Event) -> dict[str, Any]:
    """Call a handler as Lambda's runtime does, in a thread of any kind."""
    if current_thread() is main_thread():
        return handler(event, Context())  # Mangum made a loop for this thread
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return handler(event, Context())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def content_of(answer: dict[str, Any]) -> bytes:
    return b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"].encode()


def without_signature(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer whose presigned links tell nothing of the second in which they were made."""
    headers = {name: _SIGNED.sub("", value) for name, value in answer["headers"].items()}
    return {**answer, "headers": headers, "body": _SIGNED.sub("", answer["body"])}


def _listed(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for name, value in pairs:
        listed.setdefault(name, []).append(value)
    return listed


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
