"""What can go wrong on this side.

ClientError
├── Unreachable   no answer that was one, after several attempts; nothing is known of what the server did
├── ApiError      the server refused, and says why
├── Untrusted     what the server shows does not prove itself: do not continue
│   └── PromiseBroken   it proves that a ballot is not where its receipt promises it
├── NotYet        it may come later; waiting was in vain so far
│   └── Held      a result that an organiser has to release
├── BadState      a recovery file that cannot be read
└── OptionWithdrawn   choices that name an option which was withdrawn: nothing was sealed
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import httpx2 as httpx

from ballotcast.errors import FieldError
from ballotcast.faults import Fault


class ClientError(Exception):
    """No message repeats a link, a code, a key or a ballot."""


class Unreachable(ClientError): ...


class Untrusted(ClientError): ...


class PromiseBroken(Untrusted):
    """`proof`: a file that shows it to anyone (`ballots.absence`)."""

    def __init__(self, message: str, proof: bytes) -> None:
        super().__init__(message)
        self.proof = proof


class NotYet(ClientError): ...


class Held(NotYet):
    """Counted, and held until an organiser releases it. `document`: the problem, with the hashes of what is held."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(
            f"the result was counted at {document['counted_at']}, and is held until an organiser releases it;"
            f" the export that will be published has the SHA-256 {document['export_sha256']}"
        )
        self.document = document


class BadState(ClientError): ...


class OptionWithdrawn(ClientError, ValueError): ...


class ApiError(ClientError):
    """A problem document (RFC 9457). `slug`: as in docs/problems.md, or empty. `errors`: the bad fields.

    `retry_after`: seconds, where the server names them. `document`: all of the answer, empty if it was not JSON.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.document = document or {}

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """From any answer of 400 and above, also one that a gateway on the way gave."""
        try:
            body = response.json()
        except ValueError:
            body = None
        document: dict[str, Any] = body if isinstance(body, dict) else {}
        detail = document.get("detail") or f"the server answered {response.status_code} {response.reason_phrase}"
        errors = [
            FieldError(error["pointer"], Fault.read(error.get("code"), error.get("params"), error["detail"]))
            for error in document.get("errors", [])
        ]
        slug = str(document.get("type", "")).rpartition(":")[2]
        return cls(response.status_code, slug, detail, errors, retry_after(response), document)


def retry_after(response: httpx.Response) -> int | None:
    value = response.headers.get("retry-after", "")
    return int(value) if value.isdecimal() else None
