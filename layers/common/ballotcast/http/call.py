"""One call of a function as API Gateway's proxy integration tells it; parameters and body are read when asked for.

What is read is what Mangum and Starlette would have read: headers joined by commas where repeated, the path decoded
once, parameters as they are in the event.
"""

from base64 import b64decode
from collections.abc import MutableMapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from mangum.handlers import APIGateway
from mangum.types import LambdaConfig

from ballotcast.http.gateway import HOST_AND_PORT, below_base_path

if TYPE_CHECKING:
    from re import Match

TEXT = ["text/", "application/json", "application/problem+json", "image/svg+xml"]
"""Types that leave as they are; API Gateway passes base64 on as bytes only to anyone who asks for bytes first."""
CONFIG = LambdaConfig(api_gateway_base_path="/", text_mime_types=TEXT, exclude_headers=[])


class Odd(Exception):
    """A call that the fast path leaves to the stock path, nothing done yet."""


class Call:
    """A call of `route`. Odd if the path is not one of the route's own, or a header is not plain."""

    def __init__(self, app: FastAPI, route: APIRoute, event: dict[str, Any], context: Any) -> None:
        match = _match(route, event)
        if match is None:
            event = below_base_path(event)
            match = _match(route, event)
        if match is None:
            raise Odd
        self.app, self.route, self.event, self.context = app, route, event, context
        self.path_params: dict[str, str] = match.groupdict()
        self.headers = _headers(event)

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters; raises Odd if one was given more than once."""
        if many := self.event.get("multiValueQueryStringParameters"):
            if any(type(values) is not list or len(values) != 1 for values in many.values()):
                raise Odd
            return {name: values[0] for name, values in many.items()}
        return self.event.get("queryStringParameters") or {}

    @cached_property
    def body(self) -> bytes:
        body = self.event.get("body") or b""
        if self.event.get("isBase64Encoded"):
            return b64decode(body)
        return body if isinstance(body, bytes) else body.encode()

    @cached_property
    def request(self) -> Request:
        return LightRequest(self)

    def scope(self) -> MutableMapping[str, Any]:
        """Return what Mangum and the router make of the call (ASGI)."""
        scope: MutableMapping[str, Any] = APIGateway(self.event, self.context, CONFIG).scope
        scope.update(app=self.app, router=self.app.router, route=self.route, endpoint=self.route.endpoint)
        scope["path_params"] = self.path_params
        return scope


def _match(route: APIRoute, event: dict[str, Any]) -> "Match[str] | None":
    path = event["path"] or "/"
    return route.path_regex.match(unquote(path) if "%" in path else path)


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """By lower-case name. Raises Odd where Starlette would not read the same, or Mangum no address."""
    single, many = event.get("headers") or {}, event.get("multiValueHeaders") or {}
    found = {} if single.keys() <= many.keys() else {name.lower(): value for name, value in single.items()}
    for name, values in many.items():
        found[name.lower()] = ", ".join(values) if isinstance(values, list) else ""
    if not ("".join(found).isascii() and "".join(found.values()).isascii()):
        raise Odd
    if not HOST_AND_PORT.fullmatch(found.get("host", "")) or not found.get("x-forwarded-port", "80").isdigit():
        raise Odd
    if found.get("x-forwarded-proto", "https") not in ("https", "http"):
        raise Odd
    return found


class LightRequest(Request):
    """Starlette's request, whose scope is made when anything but the app is asked for."""

    def __init__(self, call: Call) -> None:
        self._call = call

    @property
    def app(self) -> FastAPI:
        return self._call.app

    def __getattr__(self, name: str) -> Any:
        if "scope" in self.__dict__:
            raise AttributeError(name)
        super().__init__(self._call.scope(), self._receive_body)
        return getattr(self, name)

    async def _receive_body(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._call.body, "more_body": False}
