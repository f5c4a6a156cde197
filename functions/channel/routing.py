"""Routes of the channel API: our contract, and problem documents that older clients can read."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from ballotcast.errors import Malformed
from ballotcast.http.access import Access
from ballotcast.http.app import ContractRoute
from ballotcast.unique_json import RepeatedKey, loads

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Records",
}
"""Pages of other sites may read what anyone may read. No credentials come with such a request."""


class ChannelRoute(ContractRoute):
    """Adds a member `error` to every problem document: its title, unless a route sets another text."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if self.contract.access is Access.PUBLIC and self.methods == {"GET"}:
            self.headers = {**self.headers, **CORS}

    def check_json(self, body: bytes) -> None:
        """Refuse an object that has a key twice, as a schema might, whose last value would be taken."""
        try:
            loads(body)
        except RepeatedKey as repeated:
            raise Malformed("malformed", str(repeated)) from None
        except (ValueError, RecursionError):
            pass  # the endpoint's model says what is wrong

    def problem(self, error: Exception, request: Request) -> Response:
        response = super().problem(error, request)
        document = json.loads(bytes(response.body))
        content = json.dumps({"error": document["title"], **document}).encode()
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(content, self.status(response.status_code, document["type"]), headers)

    def status(self, status: int, kind: str) -> int:
        return status


class SpeedDataRoute(ChannelRoute):
    """A route of SpeedData's API, with its statuses: 400 for what is invalid, 500 if a relay does not start or stop."""

    def status(self, status: int, kind: str) -> int:
        if kind.endswith((":spawn-failed", ":stop-failed")):
            return HTTPStatus.INTERNAL_SERVER_ERROR
        return HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status
