"""Reads the API: its stage, what is compressed, throttled, and what the gateway itself responds with."""

from .deployment import Api, GatewayResponse, Throttle
from .errors import TemplateError
from .properties import Properties
from .values import Values

_USED = ("StageName", "MinimumCompressionSize", "BinaryMediaTypes", "MethodSettings", "GatewayResponses")
_THROTTLED = ("HttpMethod", "ResourcePath", "ThrottlingRateLimit", "ThrottlingBurstLimit")
_UNLOGGED = ("MetricsEnabled", "LoggingLevel", "DataTraceEnabled")
_JSON = "application/json"


def read_api(values: Values) -> Api:
    """There is exactly one."""
    name, written = values.only("AWS::Serverless::Api")
    idle = ("EndpointConfiguration", "OpenApiVersion", "DisableExecuteApiEndpoint")
    api = Properties(values, written, name, used=_USED, idle=idle)
    responses = api.within("GatewayResponses", used=tuple(api.value("GatewayResponses", {})))
    compresses = "MinimumCompressionSize" in api
    return Api(
        stage=api.text("StageName"),
        compress_from=api.number("MinimumCompressionSize") if compresses else None,
        binary_types=tuple(str(kind).replace("~1", "/") for kind in api.entries("BinaryMediaTypes")),
        throttles=tuple(_throttle(one) for one in api.each("MethodSettings", used=_THROTTLED, idle=_UNLOGGED)),
        responses={
            kind: _response(responses.within(kind, used=("StatusCode", "ResponseParameters", "ResponseTemplates")))
            for kind in responses.names()
        },
    )


def _throttle(setting: Properties) -> Throttle:
    return Throttle(
        method=setting.text("HttpMethod"),
        resource=_path(setting.text("ResourcePath")),
        rate=float(setting.number("ThrottlingRateLimit")),
        burst=setting.number("ThrottlingBurstLimit"),
    )


def _path(written: str) -> str:
    """Method settings write a slash in a path as `~1`, after a first slash of their own.

    >>> _path("/~1links~1otp"), _path("/*")
    ('/links/otp', '/*')
    """
    return written[1:].replace("~1", "/") if written.startswith("/~1") else written


def _response(response: Properties) -> GatewayResponse:
    given = response.within("ResponseParameters", used=("Headers",)).value("Headers", {})
    templates = response.within("ResponseTemplates", used=(_JSON,))
    return GatewayResponse(
        status=response.number("StatusCode"),
        headers={name: _constant(value, f"{response.at('Headers')}.{name}") for name, value in given.items()},
        body_template=templates.text(_JSON),
    )


def _constant(value: str, where: str) -> str:
    """A header is a constant between single quotes; one that is copied from the request is not supported."""
    if len(value) < 2 or not value.startswith("'") or not value.endswith("'"):
        raise TemplateError(where, f"{value} is not a constant between single quotes")
    return value[1:-1]
