"""Responses that no function gives: the gateway's own, in the template's words, and problem documents of the front."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from ballotcast.http import problems
from ballotcast.http.app import HEADERS
from ballotcast_tools.runtime.template.deployment import GatewayResponse

from .responses import Answer

_VARIABLE = re.compile(r"\$(?:context|stageVariables|input|method)\b[\w.]*")
_PATH = "$context.path"


class Kind(StrEnum):
    """Gateway responses that the front uses, by the template's names."""

    UNKNOWN = "MISSING_AUTHENTICATION_TOKEN"
    TOO_LARGE = "REQUEST_TOO_LARGE"
    THROTTLED = "THROTTLED"
    FAILED = "INTEGRATION_FAILURE"
    TIMED_OUT = "INTEGRATION_TIMEOUT"


DEFAULTS = {
    Kind.UNKNOWN: GatewayResponse(403, {}, '{"message":"Missing Authentication Token"}'),
    Kind.TOO_LARGE: GatewayResponse(413, {}, '{"message":"Request Too Long"}'),
    Kind.THROTTLED: GatewayResponse(429, {}, '{"message":"Too Many Requests"}'),
    Kind.FAILED: GatewayResponse(502, {}, '{"message": "Internal server error"}'),
    Kind.TIMED_OUT: GatewayResponse(504, {}, '{"message": "Endpoint request timed out"}'),
}
"""API Gateway's own words, where the template has none."""


class GatewayResponses:
    """Raises ValueError for a template that uses another variable than `$context.path`."""

    def __init__(self, responses: Mapping[str, GatewayResponse]) -> None:
        self._made = {kind: _Made(responses.get(kind, DEFAULTS[kind])) for kind in Kind}

    def answer(self, kind: Kind, path: str) -> Answer:
        return self._made[kind].answer(path)


class _Made:
    def __init__(self, response: GatewayResponse) -> None:
        if others := set(_VARIABLE.findall(response.body_template)) - {_PATH}:
            raise ValueError(f"a gateway response uses {', '.join(sorted(others))}; only {_PATH} is known")
        self._status = response.status
        self._template = response.body_template
        headers = {"content-type": "application/json"} | {
            name.lower(): value.strip("'") for name, value in response.headers.items()
        }
        self._headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    def answer(self, path: str) -> Answer:
        body = self._template.replace(_PATH, json.dumps(path)[1:-1]).encode()
        return Answer(self._status, [*self._headers, (b"content-length", b"%d" % len(body))], body)


def problem(status: HTTPStatus, slug: str, detail: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A problem document of the front itself."""
    response = problems.problem(status, slug, detail, instance=path, headers={**HEADERS, **(headers or {})})
    return Answer(response.status_code, response.raw_headers, bytes(response.body))


def json_answer(document: Mapping[str, Any]) -> Answer:
    body = json.dumps(document).encode()
    length = (b"content-length", b"%d" % len(body))
    return Answer(
        HTTPStatus.OK, [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), length], body
    )
