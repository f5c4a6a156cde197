"""The fast path: simple endpoints are called straight from API Gateway's event, without ASGI, event loop or threads.

Decided once for each route (`decide`). A call finds its route by API Gateway's `resource` and `httpMethod`; whatever is
odd about it before the endpoint is reached (a header or body that the contract refuses, an argument that is not valid,
an `Idempotency-Key`, a parameter given twice) leaves it to the stock path, Mangum and FastAPI, which answers as it
always does. So only what goes right, and what the endpoint itself raises, is answered here.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI, Response
from fastapi.encoders import jsonable_encoder
from fastapi.utils import is_body_allowed_for_status_code
from mangum import Mangum
from mangum.handlers import APIGateway

from ballotcast.http.access import IDEMPOTENCY_KEY, IDEMPOTENT_BY_CONTENT
from ballotcast.http.app import ContractRoute, declared_routes
from ballotcast.http.binding import Binding, NotSimple
from ballotcast.http.call import CONFIG, TEXT, Call, Odd

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

JSON = "application/json"


class Decision(NamedTuple):
    """`resource`: as API Gateway names it. `why_stock`: empty where the fast path takes the route."""

    method: str
    resource: str
    route: ContractRoute
    binding: Binding | None
    why_stock: str


def decide(app: FastAPI) -> Iterator[Decision]:
    """Yield which path each route of an app that `build_app` made takes."""
    before: list[ContractRoute] = []
    for route in declared_routes(app):
        try:
            binding, why = _bind(app, route, before), ""
        except NotSimple as reason:
            binding, why = None, str(reason)
        before.append(route)
        for method in sorted(route.methods or ()):
            yield Decision(method, _resource(route.path), route, binding, why)


def fast_handler(app: FastAPI, stock: Handler) -> Handler:
    """Return a handler that answers simple calls itself and gives all others to `stock`."""
    direct = {
        (decision.resource, decision.method): Direct(app, decision.route, decision.binding)
        for decision in decide(app)
        if decision.binding
    }

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        found = direct.get((event.get("resource"), event.get("httpMethod")))  # type: ignore[arg-type]
        return (found and found(event, context)) or stock(event, context)

    return answer


class Direct:
    """A simple endpoint of an app, called with an event of API Gateway's REST API."""

    def __init__(self, app: FastAPI, route: ContractRoute, binding: Binding) -> None:
        self._app, self._route, self._binding = app, route, binding
        self._status = route.status_code or 200
        named = {name.lower(): value for name, value in route.headers.items()}
        self._json_headers = {"content-type": JSON, **named}
        self._raw_headers = [(name.encode(), value.encode()) for name, value in named.items()]
        contract = route.contract
        self._minds_key = contract.creates or contract.access in IDEMPOTENT_BY_CONTENT
        self._takes_json = route.body_field is not None
        self._finish = APIGateway({}, None, CONFIG)  # type: ignore[arg-type]

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any] | None:
        """The answer; None if the call is odd."""
        binding = self._binding
        try:
            call = self._read(event, context)
            values = {name: read(call) for name, read in binding.parameters}
        except Exception:  # noqa: BLE001 - nothing was done yet; the stock path finds the same and says what it is
            return None
        try:
            answer = self._answer(call, values)
        except Exception as error:  # noqa: BLE001 - the edge, as on the stock path
            answer = self._route.problem(error, call.request)
        if isinstance(answer, Response):
            return self._told(answer, call)
        return {
            "statusCode": self._status,
            "headers": {"content-length": str(len(answer)), **self._json_headers},
            "multiValueHeaders": {},
            "body": answer.decode(),
            "isBase64Encoded": False,
        }

    def _answer(self, call: Call, values: dict[str, Any]) -> Response | bytes:
        """Return what the endpoint answers; bytes are JSON with the route's own status and no header next to."""
        binding = self._binding
        for name, ask in binding.dependencies:
            solved = ask(call)
            if name is not None:
                values[name] = solved
        given = None
        if binding.response:
            values[binding.response] = given = _blank()
        result = binding.endpoint(**values)
        if isinstance(result, Response):
            return result
        if binding.encode is None:
            return self._encoded(result, given)
        content = binding.encode(result)
        if given and (given.raw_headers or given.status_code):
            return _with(Response(content, given.status_code or self._status, media_type=JSON), given)
        return content

    def _read(self, event: dict[str, Any], context: Any) -> Call:
        """Return the call, if it keeps the route's contract and is a REST API's (neither an HTTP API's nor a
        balancer's).
        """
        gateway = event["requestContext"]
        if "version" in event or "elb" in gateway or self._app.dependency_overrides:
            raise Odd
        gateway.get("identity", {}).get("sourceIp")  # as Mangum has it: without one, the call is odd
        call, binding = Call(self._app, self._route, event, context), self._binding
        if not call.query.keys() <= binding.query or (self._minds_key and IDEMPOTENCY_KEY in call.headers):
            raise Odd
        if event.get("body"):
            if not binding.takes_body or len(call.body) > self._route.contract.body_limit:
                raise Odd
            if self._takes_json and (event.get("isBase64Encoded") or not _says_json(call.headers["content-type"])):
                raise Odd
            if self._takes_json:
                self._route.check_json(call.body)
        return call

    def _encoded(self, result: Any, given: Response | None) -> Response:
        """Return what is neither a response nor of a declared model, as FastAPI encodes it."""
        kind: Any = getattr(self._route.response_class, "value", self._route.response_class)
        status = (given and given.status_code) or self._route.status_code
        response: Response = kind(jsonable_encoder(result), **({"status_code": status} if status else {}))
        return _with(response, given)

    def _told(self, response: Response, call: Call) -> dict[str, Any]:
        there = {name for name, _ in response.raw_headers}
        response.raw_headers += [header for header in self._raw_headers if header[0] not in there]
        if type(response).__call__ is not Response.__call__ or response.background:
            return Mangum(response, lifespan="off", text_mime_types=TEXT)(call.event, call.context)
        told = {"status": response.status_code, "headers": response.raw_headers, "body": bytes(response.body)}
        return self._finish(told)  # type: ignore[arg-type]


def _blank() -> Response:
    """Return what an endpoint that asks for a response sets headers and the status on."""
    response = Response()
    response.raw_headers.clear()
    response.status_code = None  # type: ignore[assignment]
    return response


def _with(response: Response, given: Response | None) -> Response:
    if not is_body_allowed_for_status_code(response.status_code):
        response.body = b""
    if given:
        response.raw_headers.extend(given.raw_headers)
    return response


def _says_json(content_type: str) -> bool:
    return content_type == JSON or (
        content_type.partition(";")[0].strip().lower() == JSON and content_type.isascii() and content_type.isprintable()
    )


def _bind(app: FastAPI, route: ContractRoute, before: list[ContractRoute]) -> Binding:
    if app.user_middleware:
        raise NotSimple("the app has middleware")
    if type(route).get_route_handler is not ContractRoute.get_route_handler:
        raise NotSimple("its class answers in its own way")
    for other in before:
        if (other.methods or set()) & (route.methods or set()) and _overlap(other.path, route.path):
            raise NotSimple(f"{other.path} may take its paths")
    return route.binding


def _resource(path: str) -> str:
    """`/log/tile/{path:path}` → `/log/tile/{path+}`"""
    return path.replace(":path}", "+}")


def _overlap(one: str, other: str) -> bool:
    """Return whether a path may be of both."""
    for here, there in zip(one.split("/"), other.split("/"), strict=False):
        if ":path}" in here or ":path}" in there:
            return True
        if here != there and "{" not in here and "{" not in there:
            return False
    return one.count("/") == other.count("/")
