"""The problem responses in a route's OpenAPI description: what every route may send, and what it declares itself."""

from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute

from ballotcast.http.access import Access, Contract
from ballotcast.http.problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "A problem document (RFC 9457); docs/problems.md has every type.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:ballotcast:problem:[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code", "params"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string", "pattern": "^[a-z-]+$"},
                    "params": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
                },
            },
        },
    },
}
_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_WAITING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}

ALWAYS = frozenset({400, 500, 503})
"""A request that cannot be read, a fault of ours, and AWS's."""
BODY = frozenset({413, 415, 422})
ACCESS = {
    Access.ORGANISER: frozenset({401, 403}),
    Access.PUBLISHER: frozenset({401, 403}),
    Access.BROWSER_SESSION: frozenset({401}),
}


def refuses(*statuses: int) -> Responses:
    """`@routes.get("/elections/{id}", responses=refuses(404))`: what this route refuses by its own rules."""
    return {status: _problem(status) for status in statuses}


def problem_responses(route: APIRoute, contract: Contract) -> Responses:
    """What any route of this kind may refuse, whatever it does."""
    statuses = set(ALWAYS) | ACCESS.get(contract.access, set())
    dependant = route.dependant
    if dependant.path_params or dependant.query_params or dependant.header_params:
        statuses.add(422)
    if route.body_field is not None:
        statuses |= BODY
    elif route.methods != {"GET"}:
        statuses.add(413)
    if contract.creates:
        statuses |= {409, 422}
    return refuses(*sorted(statuses))


def _problem(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": _CONTENT}
    return described | ({"headers": _RETRY_AFTER} if status in _WAITING else {})
