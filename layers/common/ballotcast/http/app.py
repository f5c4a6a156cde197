"""The app of a function: FastAPI with our contract, our errors, `/health`, the API description and its reference page.

Paths of `/health`, `/openapi.json` and `/docs` carry the function's name, because all functions share one address:
`/vote/health`.
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from aws_lambda_powertools import Logger
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Body
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from ballotcast.errors import Malformed, Refused, TooLarge, Unavailable, Unsupported
from ballotcast.http import problems
from ballotcast.http.access import IDEMPOTENCY_KEY, IDEMPOTENT_BY_CONTENT, Access, Undeclared, contract, contract_of
from ballotcast.http.binding import Binding, bind
from ballotcast.http.responses import SCHEMA, problem_responses
from ballotcast.http.sessions import current_organiser
from ballotcast.store.faults import describe, passes, throttled
from ballotcast.wiring import Wiring

if TYPE_CHECKING:
    from ballotcast.http.idempotency import Idempotency

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
TOO_MUCH = "too much at once; the same request may be sent again"
INTERRUPTED = "the request broke off and may have been carried out; the same request may be sent again"
logger = Logger(child=True)


_asked: ContextVar["Api"] = ContextVar("asked")


class _Overrides:
    """The overrides of the app that was asked: apps of one process share their routes."""

    @property
    def dependency_overrides(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        return _asked.get().dependency_overrides


class ContractRoute(APIRoute):
    """A route that keeps its contract before its endpoint is reached, and never answers but in our shape."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "dependency_overrides_provider": _Overrides()})
        self.contract = contract_of(self)
        self.headers: Mapping[str, str] = HEADERS
        """What every response has, unless it says otherwise."""
        self.responses = {**problem_responses(self, self.contract), **self.responses}

    @cached_property
    def binding(self) -> Binding:
        """How the fast path calls the endpoint. Raises NotSimple."""
        return bind(self)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def keep_contract(request: Request) -> Response:
            if IDEMPOTENCY_KEY in request.headers and self.contract.access in IDEMPOTENT_BY_CONTENT:
                raise Malformed("idempotency-key", "this request is idempotent by its content: send no Idempotency-Key")
            body = await request.body()
            if len(body) > self.contract.body_limit:
                raise TooLarge("body-too-large", f"the body is over {self.contract.body_limit} bytes")
            if body and self.body_field:
                _require_type(request, body, cast(Body, self.body_field.field_info).media_type)
                self.check_json(body)
            if IDEMPOTENCY_KEY in request.headers and self.contract.creates:
                caller = current_organiser(request) if self.contract.access is Access.ORGANISER else ""
                idempotency: Idempotency = request.app.state.idempotency()
                return await idempotency.once(request, caller, handle)
            return await handle(request)

        async def answer(request: Request) -> Response:
            try:
                response = await keep_contract(request)
            except Exception as error:  # noqa: BLE001 - the edge: nothing internal gets out, everything gets told
                response = self.problem(error, request)
            for name, value in self.headers.items():
                response.headers.setdefault(name, value)
            return response

        return answer

    def check_json(self, body: bytes) -> None:
        """Raise Malformed for JSON that the endpoint's model would take and is not to see."""

    def problem(self, error: Exception, request: Request) -> Response:
        """The answer to whatever was raised."""
        instance = request.scope["path"]
        match error:
            case Refused():
                return problems.from_refused(error, instance)
            case RequestValidationError():
                return problems.from_validation(error, instance)
            case HTTPException():
                return problems.from_http_exception(error, instance)
            case _:
                return self._unexpected(error, request)

    def _unexpected(self, error: Exception, request: Request) -> Response:
        if passes(error):
            return self._interrupted(error, request)
        context = request.scope.get("aws.context")
        correlation_id = getattr(context, "aws_request_id", None) or str(uuid4())
        logger.exception("unexpected", extra={"route": self.path, "correlation_id": correlation_id})
        request.app.state.on_failure(self.path)
        return problems.internal(correlation_id, request.scope["path"])

    def _interrupted(self, error: Exception, request: Request) -> Response:
        """503: AWS turned the request away, or it broke off, perhaps after it was carried out."""
        if throttled(error):
            busy = Unavailable("busy", TOO_MUCH, retry_after=1)
        else:
            logger.warning("interrupted", extra={"route": self.path, "fault": describe(error)})
            busy = Unavailable("busy", INTERRUPTED, retry_after=2)
        return problems.from_refused(busy, request.scope["path"])


def _require_type(request: Request, body: bytes, expected: str) -> None:
    """Raise Unsupported for a body of another type, Malformed for JSON that is not UTF-8 (RFC 8259 section 8.1).

    Python reads JSON in UTF-16 and UTF-32 as well, which hold a NUL in their first four bytes.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != expected:
        raise Unsupported("unsupported-media-type", f"this route takes {expected}")
    if expected == "application/json":
        try:
            body.decode()
        except UnicodeDecodeError:
            raise Malformed("malformed", "the body is not UTF-8") from None
        if b"\0" in body[:4]:
            raise Malformed("malformed", "the body is not UTF-8")


class Api(FastAPI):
    """FastAPI that responds to HEAD as to GET, without the body (RFC 9110 section 9.3.2), on every route."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        described.setdefault("components", {}).setdefault("schemas", {})["Problem"] = SCHEMA
        return described

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _asked.set(self)
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await super().__call__(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await super().__call__({**scope, "method": "GET"}, receive, send_head)


def routes(route_class: type[ContractRoute] = ContractRoute) -> APIRouter:
    """Return a router whose routes keep their contracts."""
    return APIRouter(route_class=route_class)


def build_app(name: str, title: str, wiring: Wiring, *routers: APIRouter) -> FastAPI:
    """Return the app of the function `name`. Raises Undeclared if any of its routes has no contract."""
    app = Api(
        title=f"Ballotcast: {title}",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.wiring = wiring
    app.state.on_failure = lambda route: None
    app.state.idempotency = _made_once(wiring, name)
    app.add_exception_handler(HTTPException, _routing_refusal)
    every = (*routers, _about(name))
    app.state.routes = [route for router in every for route in _declared(router)]
    app.router.routes.extend(app.state.routes)  # as they are: `include_router` would make each of them again
    return app


def declared_routes(app: FastAPI) -> list[ContractRoute]:
    """Return every route of an app that `build_app` made."""
    found: list[ContractRoute] = app.state.routes
    return found


def _declared(router: APIRouter) -> Iterator[ContractRoute]:
    for route in router.routes:
        if not isinstance(route, ContractRoute):
            raise Undeclared(f"{route} is not of a router that `routes()` made, so it keeps no contract")
        yield route


@cache
def _about(name: str) -> APIRouter:
    about = routes()
    public = contract(Access.PUBLIC)

    @about.get(f"/{name}/health", openapi_extra=public, summary="Is this function there?")
    def health() -> dict[str, str]:
        return {"status": "ok", "function": name}

    @about.get(f"/{name}/openapi.json", openapi_extra=public, include_in_schema=False)
    def description(request: Request) -> dict[str, Any]:
        app: FastAPI = request.app
        return app.openapi()

    @about.get(f"/{name}/docs", openapi_extra=public, include_in_schema=False)
    def reference(request: Request) -> HTMLResponse:
        from ballotcast.http.reference import reference_page  # and so html's table of all entities

        return reference_page(request.app.openapi())

    return about


async def _routing_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problems.from_http_exception(error, request.scope["path"])


def _made_once(wiring: Wiring, name: str) -> "Callable[[], Idempotency]":
    """Imported with the first key: Powertools' layer for it takes a megabyte, and voters' functions refuse keys."""
    made: list[Idempotency] = []

    def get() -> "Idempotency":
        if not made:
            from ballotcast.http.idempotency import Idempotency

            made.append(Idempotency(wiring, name))
        return made[0]

    return get
