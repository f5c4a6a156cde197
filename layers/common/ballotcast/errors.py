"""What the product refuses, in the domain's words; `ballotcast.http.problems` gives each its HTTP status.

Refused
├── Malformed      the request cannot be read at all
├── Invalid        read, but breaks a rule; names the fields
├── Unauthorised   nobody, or not who they say
├── Forbidden      known, but not now or not you
├── NotFound       not there, or not yours
├── Conflict       contradicts what is already recorded
├── Gone           was valid once
├── TooLarge       over a stated limit
├── Unsupported    a body of another media type than the route takes
├── TooMany        too often; carries when to come back
└── Unavailable    not yet; carries when to come back
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class FieldError(NamedTuple):
    """One bad field: a JSON pointer (RFC 6901) into the request and what is wrong with it."""

    pointer: str
    detail: str


class Refused(Exception):
    """A request that is answered with a problem document and changes nothing.

    `slug` is stable and documented in docs/api.md; `detail` is for people and holds no secret;
    `extra` are further members of the document.
    """

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = extra or {}


class Malformed(Refused): ...


class Invalid(Refused): ...


class Unauthorised(Refused): ...


class Forbidden(Refused): ...


class NotFound(Refused): ...


class Conflict(Refused): ...


class Gone(Refused): ...


class TooLarge(Refused): ...


class Unsupported(Refused): ...


class TooMany(Refused): ...


class Unavailable(Refused): ...


def invalid_field(pointer: str, detail: str) -> Invalid:
    """The common case of `Invalid`: one field, one reason."""
    return Invalid("invalid", detail, errors=[FieldError(pointer, detail)])
