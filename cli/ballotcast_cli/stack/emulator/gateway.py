"""API Gateway's own answers: those the template words, none that tells what a function raised; and its compression."""

import gzip
import json
from collections.abc import Callable
from typing import Any

from .private import module, private, wrap

ANY_METHOD = "x-amazon-apigateway-any-method"


def patch_gateway() -> None:
    """Replace what `services.apigateway_v1` does. Raises UnknownMinistack."""
    gateway = module("services.apigateway_v1")
    put_response = private(gateway, "_put_gateway_response")
    wrap(gateway, "_import_rest_api", lambda importing: _with_gateway_responses(importing, put_response))
    wrap(gateway, "_OPENAPI_HTTP_METHODS", lambda methods: {*methods, "any"})
    wrap(gateway, "_import_rest_api", _with_any_method)
    apis = private(gateway, "_rest_apis")
    wrap(gateway, "_handle_execute_in_scope", _with_path)
    wrap(gateway, "_handle_execute_in_scope", lambda handle: _compressing(handle, apis))
    wrap(gateway, "_lambda_proxy_response", _without_internals)


def _with_gateway_responses(importing: Callable[..., str], put: Callable[..., Any]) -> Callable[..., str]:
    """SAM writes them into the API's OpenAPI body, where ministack does not look."""

    def import_all(body: dict[str, Any], data: Any = None) -> str:
        api = importing(body, data)
        for kind, response in body.get("x-amazon-apigateway-gateway-responses", {}).items():
            status, _, answer = put(api, kind, response)
            assert status < 400, f"gateway response {kind}: {answer!r}"
        return api

    return import_all


def _with_any_method(importing: Callable[..., str]) -> Callable[..., str]:
    """SAM writes `Method: any` as an extension of OpenAPI, which ministack does not import."""

    def import_any(body: dict[str, Any], data: Any = None) -> str:
        for operations in body.get("paths", {}).values():
            if ANY_METHOD in operations:
                operations["any"] = operations.pop(ANY_METHOD)
        return importing(body, data)

    return import_any


def _with_path(handle: Callable[..., Any]) -> Callable[..., Any]:
    """`$context.path` in a gateway response; ministack knows the other variables."""

    async def handle_and_name(api: str, stage: str, method: str, path: str, *rest: Any) -> Any:
        status, headers, body = await handle(api, stage, method, path, *rest)
        if status >= 400 and b"$context.path" in body:
            body = body.replace(b"$context.path", json.dumps(f"/{stage}{path}")[1:-1].encode())
        return status, headers, body

    return handle_and_name


def _compressing(handle: Callable[..., Any], apis: Any) -> Callable[..., Any]:
    """`MinimumCompressionSize`: larger answers as gzip, to who takes it; ministack only keeps the number."""

    async def handle_and_compress(api: str, stage: str, method: str, path: str, headers: Any, *rest: Any) -> Any:
        status, answered, body = await handle(api, stage, method, path, headers, *rest)
        least = (apis.get(api) or {}).get("minimumCompressionSize")
        encoded = any(name.lower() == "content-encoding" for name in answered)
        if least is None or len(body) < int(least) or encoded or "gzip" not in headers.get("accept-encoding", ""):
            return status, answered, body
        kept = {name: value for name, value in answered.items() if name.lower() != "content-length"}
        return status, {**kept, "Content-Encoding": "gzip"}, gzip.compress(body)

    return handle_and_compress


def _without_internals(shape: Callable[..., Any]) -> Callable[..., Any]:
    """API Gateway answers 502 without a word of what the function raised."""

    def shape_plainly(result: Any) -> Any:
        response, error = shape(result)
        return response, error and "Internal server error"

    return shape_plainly
