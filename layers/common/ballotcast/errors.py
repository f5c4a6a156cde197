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

from ballotcast.faults import Fault, Value


class FieldError(NamedTuple):
    """One bad field: a JSON pointer (RFC 6901) into the request and what is wrong with it."""

    pointer: str
    fault: Fault

    @property
    def detail(self) -> str:
        """In English."""
        return str(self.fault)

    def to_json(self) -> dict[str, Any]:
        return {"pointer": self.pointer, "detail": self.detail, **self.fault.to_json()}


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


def field_error(pointer: str, code: str, **params: Value) -> FieldError:
    """What is wrong with a field, by its code (docs/problems.md)."""
    return FieldError(pointer, Fault(code, params))


def invalid(errors: Sequence[FieldError]) -> Invalid:
    """The problem `invalid` with these fields, of which `detail` tells three."""
    return Invalid(
        "invalid", " ".join(f"{one.pointer or 'the body'}: {one.detail}" for one in errors[:3]), errors=errors
    )


def invalid_field(pointer: str, code: str, **params: Value) -> Invalid:
    """The common case of `Invalid`: one field, one reason."""
    found = field_error(pointer, code, **params)
    return Invalid("invalid", found.detail, errors=[found])
