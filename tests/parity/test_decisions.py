"""Which path each route takes, and the parts of FastAPI, pydantic and Mangum that deciding relies on."""

import importlib
import inspect
from dataclasses import fields

import pytest
from click.testing import CliRunner
from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import solve_dependencies
from fastapi.routing import APIRoute, get_request_handler
from mangum.adapter import HANDLERS
from mangum.handlers import ALB, APIGateway, HTTPGateway, LambdaAtEdge
from pydantic import BaseModel, TypeAdapter
from pydantic_core import SchemaSerializer, SchemaValidator
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from api_events import event, invoke
from ballotcast.http.access import Access, contract
from ballotcast.http.app import build_app, routes
from ballotcast.http.call import CONFIG
from ballotcast.http.fastpath import decide, fast_handler
from ballotcast.http.handler import stock_handler
from ballotcast_cli.main import main
from echo_app import create_app as echo_app
from world import World

HOT = {
    ("vote", "POST", "/elections/{id}/ballots"),
    ("vote", "GET", "/elections/{id}/manifest"),
    ("register", "POST", "/elections/{id}/credentials"),
    ("register", "POST", "/links"),
    ("tally", "GET", "/elections/{id}/turnout"),
    ("tally", "GET", "/elections/{id}/results"),
    ("tally", "GET", "/elections/{id}/log/checkpoint"),
    ("tally", "GET", "/elections/{id}/log/tile/{path+}"),
    ("channel", "GET", "/channels/{name}"),
    ("channel", "GET", "/channels/{name}/live"),
    ("channel", "POST", "/channels/{name}/records"),
}
WHY = {
    "/async": "the endpoint is no plain `def`",
    "/cookie": "it takes cookies",
    "/many": "parameter name is no scalar: list",
    "/converts/{number:int}": "its path converts",
    "/parts": "its body is in parts",
    "/background": "the endpoint takes what only an event loop has",
    "/yields": "dependency <lambda> is no plain `def`",
    "/echo/special": "/echo/{name} may take its paths",
}


def taken(function: str, deployment: World) -> dict[tuple[str, str, str], str]:
    app = importlib.import_module(f"{function}.app").create_app(deployment.wiring())
    return {(function, made.method, made.resource): made.why_stock for made in decide(app)}


@pytest.mark.parametrize("function", sorted({function for function, *_ in HOT} | {"organise"}))
def test_the_fast_path_takes_every_route(deployment: World, function: str) -> None:
    stock = {(method, resource): why for (_, method, resource), why in taken(function, deployment).items() if why}
    assert stock == {}


@pytest.mark.parametrize("function", sorted({function for function, *_ in HOT}))
def test_the_hot_routes_are_there(deployment: World, function: str) -> None:
    assert {route for route in HOT if route[0] == function} <= taken(function, deployment).keys()


def test_what_is_not_simple_says_why(deployment: World) -> None:
    assert {made.route.path: made.why_stock for made in decide(echo_app(deployment.wiring())) if made.why_stock} == WHY


def test_an_app_with_middleware_is_left_alone(deployment: World) -> None:
    app = echo_app(deployment.wiring())
    app.user_middleware.append(Middleware(GZipMiddleware))
    assert {made.why_stock for made in decide(app)} == {"the app has middleware"}


def test_bodies_that_json_and_python_spell_differently_are_left_alone(deployment: World) -> None:
    class Blob(BaseModel):
        blob: bytes

    router = routes()

    @router.post("/blobs", openapi_extra=contract(Access.PUBLIC))
    def take(blob: Blob) -> str:
        return blob.blob.hex()

    [made, *_] = decide(build_app("blobs", "blobs", deployment.wiring(), router))
    assert made.why_stock == "its body may be one thing as JSON, another as Python: bytes"


def test_dependency_overrides_are_minded(deployment: World) -> None:
    app = echo_app(deployment.wiring())
    handler = fast_handler(app, stock_handler(app))
    sent = event(
        "/guarded", "POST", "/guarded", [("number", "1")], [("Content-Type", "application/json")], b'{"number":1}'
    )
    assert invoke(handler, sent)["statusCode"] == 410
    [guard] = next(made.route for made in decide(app) if made.route.path == "/guarded").dependant.dependencies
    assert guard.call
    app.dependency_overrides[guard.call] = lambda: None
    assert (invoke(handler, sent)["statusCode"], invoke(handler, sent)["body"]) == (200, '"never"')


def test_the_command_tells_each_routes_path() -> None:
    shown = CliRunner().invoke(main, ["routes"], catch_exceptions=False).output.splitlines()
    lines = {tuple(line.split(maxsplit=4)) for line in shown}
    assert {(*route[:3], "the fast path") for route in HOT} <= {(*line[:3], line[4]) for line in lines}
    assert ("organise", "POST", "/elections/{id}/voters/import", "organiser", "the fast path") in lines


# From here on: what a release of the libraries might change under us. Each list is all that there is today, so that
# what is added is looked at before it is relied upon.


def test_what_a_dependant_asks_for() -> None:
    """`bind` looks at each of these, or they do not change what an endpoint gets."""
    assert {field.name for field in fields(Dependant)} == {
        *("path_params", "query_params", "header_params", "cookie_params", "body_params", "dependencies"),
        *("name", "call", "use_cache", "path", "scope", "concurrency", "own_oauth_scopes", "parent_oauth_scopes"),
        *("request_param_name", "response_param_name", "websocket_param_name", "http_connection_param_name"),
        *("background_tasks_param_name", "security_scopes_param_name"),
    }


def test_what_shapes_fastapis_handler() -> None:
    assert set(inspect.signature(get_request_handler).parameters) == {
        *("dependant", "body_field", "embed_body_fields", "status_code", "response_class", "response_field"),
        *(f"response_model_{name}" for name in ("include", "exclude", "exclude_unset", "exclude_defaults")),
        *("response_model_exclude_none", "response_model_by_alias", "dependency_overrides_provider"),
        *("strict_content_type", "stream_item_field", "is_json_stream"),
    }
    assert set(inspect.signature(solve_dependencies).parameters) == {
        *("request", "dependant", "body", "background_tasks", "response", "dependency_overrides_provider"),
        *("dependency_cache", "async_exit_stack", "embed_body_fields", "_uses_scopes_cache"),
    }


def test_what_is_private_to_fastapi() -> None:
    """A field's type adapter with pydantic-core's validator and serializer, and whether a body has parts."""

    class Thing(BaseModel):
        name: str

    def take(thing: Thing, number: int = 1) -> Thing:
        return thing

    route = APIRoute("/things", take, methods=["POST"])
    assert route._embed_body_fields is False
    assert route.body_field
    assert type(route.body_field.field_info) is params.Body
    assert route.response_field
    for field in (route.body_field, route.response_field, *route.dependant.query_params):
        adapter = field._type_adapter
        assert isinstance(adapter, TypeAdapter)
        assert isinstance(adapter.validator, SchemaValidator)
        assert isinstance(adapter.serializer, SchemaSerializer)
        assert adapter.core_schema["type"] in {"model", "default"}


def test_what_mangum_takes_for_which_gateway() -> None:
    """`Direct` leaves to it what is an HTTP API's or a balancer's, and finishes answers by the REST API's class."""
    assert [ALB, HTTPGateway, APIGateway, LambdaAtEdge] == HANDLERS
    sent = event("/", "GET", "/")
    kinds = [
        (sent, APIGateway),
        ({**sent, "version": "1.0"}, HTTPGateway),
        ({**sent, "requestContext": {"elb": {}}}, ALB),
    ]
    for one, kind in kinds:
        assert next(handler for handler in HANDLERS if handler.infer(one, None, CONFIG)) is kind  # type: ignore[arg-type]
    assert set(APIGateway(sent, None, CONFIG).scope) == {  # type: ignore[arg-type]
        *("type", "http_version", "method", "headers", "path", "raw_path", "root_path", "scheme", "query_string"),
        *("server", "client", "asgi", "aws.event", "aws.context"),
    }
