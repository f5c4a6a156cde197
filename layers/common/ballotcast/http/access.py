"""Who may call a route. Every route declares it; an app with a route that does not is not built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from ballotcast.http.cookies import signed_in
from ballotcast.http.publishers import current_publisher
from ballotcast.http.sessions import current_organiser

BODY_LIMIT = 256 * 1024
"""Bytes of a request body, where a route says nothing else."""
MOST_BODY, MOST_TEXT = 4_500_000, 3_000_000
"""Bytes that a route may take at all. Lambda takes an event of 6 MiB (6,291,456 bytes): bytes are base64 in it, a third
more, and text is escaped as a JSON string, at worst twice as much."""


class Access(StrEnum):
    PUBLIC = "public"
    ORGANISER = "organiser"
    PUBLISHER = "publisher"
    BROWSER_SESSION = "browser-session"
    LINK = "link"
    ANONYMOUS_CREDENTIAL = "anonymous-credential"


IDENTIFIES = {
    Access.ORGANISER: current_organiser,
    Access.PUBLISHER: current_publisher,
    Access.BROWSER_SESSION: signed_in,
}
"""Which dependency tells who calls; it must be in the signature of exactly the routes that declare the access."""

IDEMPOTENCY_KEY = "idempotency-key"
"""The header, as servers see it."""

IDEMPOTENT_BY_CONTENT = frozenset({Access.LINK, Access.ANONYMOUS_CREDENTIAL})
"""Their retries are told by what they carry; a key of the client's would only be one more thing to link them by."""


@dataclass(frozen=True)
class Contract:
    """What a route promises next to its models. `creates`: honours `Idempotency-Key`. `body_limit`: bytes."""

    access: Access
    creates: bool = False
    body_limit: int = BODY_LIMIT


class Undeclared(RuntimeError):
    """A route without a contract, or one whose contract and dependencies disagree."""


def contract(access: Access, *, creates: bool = False, body_limit: int = BODY_LIMIT) -> dict[str, Any]:
    """`@routes.post("/elections", openapi_extra=contract(Access.ORGANISER, creates=True))`"""
    if body_limit > MOST_BODY:
        raise Undeclared(f"no function can be given a body of {body_limit} bytes")
    return {"x-access": access.value, "x-creates": creates, "x-body-limit": body_limit}


def contract_of(route: APIRoute) -> Contract:
    extra: Mapping[str, Any] = route.openapi_extra or {}
    if "x-access" not in extra:
        raise Undeclared(f"{route.methods} {route.path} declares no access")
    declared = Contract(Access(extra["x-access"]), extra["x-creates"], extra["x-body-limit"])
    for access, identify in IDENTIFIES.items():
        if _depends(route.dependant, identify) != (declared.access is access):
            raise Undeclared(f"{route.methods} {route.path}: access {declared.access} and its dependencies differ")
    return declared


def _depends(dependant: Dependant, call: Callable[..., Any]) -> bool:
    return dependant.call is call or any(_depends(inner, call) for inner in dependant.dependencies)
