"""The front of the embedded runtime with functions of a test's own, and requests to it in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

import loops
from ballotcast_tools.runtime.front.app import Front
from ballotcast_tools.runtime.front.options import Options
from ballotcast_tools.runtime.template.deployment import Api, GatewayResponse, Route, Throttle

PORT = 4700
HERE = f"http://127.0.0.1:{PORT}"
CLIENT = "192.0.2.7"
Event = dict[str, Any]


def refusal(slug: str, status: int, **headers: str) -> GatewayResponse:
    """As template.yaml words its gateway responses."""
    document = {
        "type": f"urn:ballotcast:problem:{slug}",
        "title": "Title",
        "status": status,
        "detail": "what happened",
        "instance": "$context.path",
    }
    return GatewayResponse(status, {"Content-Type": "'application/problem+json'", **headers}, json.dumps(document))


BUSY = refusal("busy", 503, **{"Retry-After": "'1'"})
RESPONSES = {
    "THROTTLED": BUSY,
    "INTEGRATION_FAILURE": BUSY,
    "INTEGRATION_TIMEOUT": BUSY,
    "MISSING_AUTHENTICATION_TOKEN": refusal("not-found", 404),
    "REQUEST_TOO_LARGE": refusal("body-too-large", 413),
}
BINARY = ("application/octet-stream", "application/zip", "avro/binary")
ROUTES = tuple(
    Route(method, resource, function)
    for method, resource, function in [
        ("ANY", "/", "WebFunction"),
        ("ANY", "/{proxy+}", "WebFunction"),
        ("POST", "/manage/log-in", "WebFunction"),
        ("POST", "/sessions", "OrganiseFunction"),
        ("ANY", "/elections", "OrganiseFunction"),
        ("POST", "/elections", "OrganiseCreate"),
        ("ANY", "/elections/{id}", "OrganiseFunction"),
        ("DELETE", "/elections/{id}", "OrganiseDelete"),
        ("POST", "/elections/{id}/ballots", "VoteFunction"),
        ("ANY", "/elections/{id}/log/checkpoint", "TallyFunction"),
        ("ANY", "/elections/{id}/log/tile/{path+}", "TallyFunction"),
        ("ANY", "/ports/available", "ChannelFunction"),
        ("ANY", "/ports/{port}/status", "ChannelFunction"),
        ("ANY", "/vote/health", "VoteFunction"),
    ]
)


def api(*throttles: Throttle, responses: dict[str, GatewayResponse] = RESPONSES) -> Api:
    return Api("v1", 1000, BINARY, throttles, responses)


def returned(body: str = "{}", status: int = 200, **headers: str) -> dict[str, Any]:
    """What a function returns."""
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


@dataclass
class Functions:
    """Functions that keep the events of their calls, and return what `behave` does."""

    behave: Callable[[str, Event], Any] = lambda function, event: returned()
    calls: list[tuple[str, Event]] = field(default_factory=list)

    def __call__(self, function: str, event: Event) -> Any:
        self.calls.append((function, event))
        return self.behave(function, event)

    @property
    def event(self) -> Event:
        """The only call's event."""
        [(_, event)] = self.calls
        return event


def front_of(functions: Functions, described: Api | None = None, **options: Any) -> Front:
    settings = Options(**{"port": PORT, **options})
    return Front(ROUTES, described or api(), settings, functions, lambda: {"status": "ok"})


def ask(front: Front, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request, and return the response."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(front, client=(CLIENT, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, **options)

    return loops.run(send())
