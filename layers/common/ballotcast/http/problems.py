"""Every error is one shape: a problem document (RFC 9457), with a JSON pointer for each bad field."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ballotcast import errors
from ballotcast.faults.validation import fault_of

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:ballotcast:problem:"
STATUS: Mapping[type[errors.Refused], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthorised: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Gone: HTTPStatus.GONE,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


_LINK = re.compile(r"(?:[#?*/]|%23|%2523)?1\.[\w-]{8,}.*", re.ASCII | re.DOTALL)


def without_link(path: str) -> str:
    """A path that may be told: if a program encoded the `#` of a voter's link, the link is in the path."""
    return _LINK.sub("", path)


def problem(
    status: HTTPStatus,
    slug: str,
    detail: str,
    *,
    instance: str,
    fields: Sequence[errors.FieldError] = (),
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> JSONResponse:
    document: dict[str, Any] = {
        "type": TYPE + slug,
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "instance": without_link(instance),
    }
    if fields:
        document["errors"] = [field.to_json() for field in fields]
    return JSONResponse({**document, **(extra or {})}, status, headers, MEDIA_TYPE)


def from_refused(refused: errors.Refused, instance: str) -> JSONResponse:
    status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
    headers = {}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status,
        refused.slug,
        refused.detail,
        instance=instance,
        fields=refused.errors,
        headers=headers,
        extra=refused.extra,
    )


NOTHING_HERE = "there is nothing at this address"


def from_validation(error: RequestValidationError, instance: str) -> JSONResponse:
    """What FastAPI found wrong: 400 if the body is not JSON at all, else 422 with the fields."""
    found = error.errors()
    if any(part["type"] == "json_invalid" for part in found):
        return problem(HTTPStatus.BAD_REQUEST, "malformed", "the body is not JSON", instance=instance)
    return from_refused(
        errors.invalid([errors.FieldError(_pointer(part["loc"]), fault_of(part)) for part in found]), instance
    )


def from_http_exception(error: HTTPException, instance: str) -> JSONResponse:
    """Routing's own refusals: no such path, no such method."""
    status = HTTPStatus(error.status_code)
    slug = status.phrase.lower().replace(" ", "-")
    detail = NOTHING_HERE if status is HTTPStatus.NOT_FOUND else str(error.detail)
    return problem(status, slug, detail, instance=instance, headers=error.headers)


def internal(correlation_id: str, instance: str) -> JSONResponse:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong on our side; nothing you sent was at fault",
        instance=instance,
        extra={"correlation_id": correlation_id},
    )


def _pointer(location: Sequence[int | str]) -> str:
    """`("body", "contests", 0, "title")` → `/contests/0/title`; a query or path parameter keeps where it stands."""
    parts = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
