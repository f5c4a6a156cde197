"""Which endpoints are simple, decided once, and how a simple one gets its arguments from a call.

Simple is: `def`; path, query, header and JSON body parameters of types that pydantic-core reads alike from JSON's text
and from what `json.loads` makes of it; dependencies that take the request or nothing; an answer that is a declared
model or a response. Whatever is not simple says why (`NotSimple`) and stays with FastAPI.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.params import Body
from fastapi.routing import APIRoute
from starlette.convertors import PathConvertor, StringConvertor

from ballotcast.http.call import Call, Odd
from ballotcast.http.raw_body import raw_body

Read = Callable[[Call], Any]

SCALARS = frozenset({"str", "int", "float", "bool", "none", "literal"})
WRAPPERS = frozenset({"nullable", "default", "function-after", "function-before", "function-plain"})
JSON_LIKE = SCALARS | WRAPPERS | {"any", "list", "dict", "union", "model", "model-fields", "model-field"}
PYTHON_LIKE = JSON_LIKE | {"bytes", "datetime"}
"""Below a function that runs before, validation is of Python values on either path."""
BESIDE = frozenset({"function", "metadata", "serialization", "json_schema_input_schema"})
"""Members of a core schema that take no part in validating."""

NOT_OURS = "websocket", "http_connection", "background_tasks", "security_scopes"
SHAPING = "include", "exclude", "exclude_unset", "exclude_defaults", "exclude_none"


class NotSimple(Exception):
    """Why an endpoint stays with FastAPI."""


@dataclass(frozen=True)
class Binding:
    """How one endpoint is called. `parameters` are read before `dependencies` are asked: only then has nothing run."""

    endpoint: Callable[..., Any]
    parameters: tuple[tuple[str, Read], ...]
    dependencies: tuple[tuple[str | None, Read], ...]
    query: frozenset[str]
    takes_body: bool
    response: str | None
    encode: Callable[[Any], bytes] | None


def bind(route: APIRoute) -> Binding:
    """Raises NotSimple."""
    dependant = route.dependant
    _require_plain(dependant, "the endpoint")
    if any(type(convertor) not in (StringConvertor, PathConvertor) for convertor in route.param_convertors.values()):
        raise NotSimple("its path converts")
    if dependant.cookie_params:
        raise NotSimple("it takes cookies")
    parameters = [_path(field) for field in dependant.path_params]
    parameters += [_query(field) for field in dependant.query_params]
    parameters += [_header(field) for field in dependant.header_params]
    if dependant.body_params:
        parameters.append(_body(route))
    dependencies = [(inner.name, _dependency(inner)) for inner in dependant.dependencies]
    if dependant.request_param_name:
        dependencies.append((dependant.request_param_name, _request))
    calls = [inner.call for inner in dependant.dependencies]
    if len(set(calls)) < len(calls):
        raise NotSimple("it asks for a dependency twice")
    return Binding(
        cast(Callable[..., Any], dependant.call),
        tuple(parameters),
        tuple(dependencies),
        frozenset(field.alias for field in dependant.query_params),
        bool(dependant.body_params) or raw_body in calls,
        dependant.response_param_name,
        _encoder(route),
    )


def _require_plain(dependant: Dependant, what: str) -> None:
    call = dependant.call
    if not (inspect.isfunction(call) or inspect.isclass(call)):
        raise NotSimple(f"{what} is no function")
    if inspect.iscoroutinefunction(call) or inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call):
        raise NotSimple(f"{what} is no plain `def`")
    theirs = any(getattr(dependant, f"{kind}_param_name") for kind in NOT_OURS)
    if theirs or dependant.own_oauth_scopes or dependant.concurrency:
        raise NotSimple(f"{what} takes what only an event loop has")


def _dependency(dependant: Dependant) -> Read:
    call = dependant.call
    if call is raw_body:
        return _raw
    name = getattr(call, "__name__", repr(call))
    _require_plain(dependant, f"dependency {name}")
    parts = dependant.path_params, dependant.query_params, dependant.header_params, dependant.cookie_params
    if any(parts) or dependant.body_params or dependant.dependencies or dependant.response_param_name:
        raise NotSimple(f"dependency {name} takes more than the request")
    assert call
    if request := dependant.request_param_name:
        return lambda of: call(**{request: of.request})
    return lambda of: call()


def _request(call: Call) -> Any:
    return call.request


def _raw(call: Call) -> bytes:
    return call.body


def _path(field: Any) -> tuple[str, Read]:
    validate, alias = _scalar(field), field.alias
    return field.name, lambda call: validate(call.path_params[alias])


def _query(field: Any) -> tuple[str, Read]:
    return field.name, _optional(field, lambda call: call.query.get(field.alias))


def _header(field: Any) -> tuple[str, Read]:
    return field.name, _optional(field, lambda call: call.headers.get(field.alias))


def _optional(field: Any, find: Callable[[Call], str | None]) -> Read:
    validate, default = _scalar(field), _default(field)

    def read(call: Call) -> Any:
        value = find(call)
        if value is None:
            return default()
        if type(value) is not str:
            raise Odd
        return validate(value)

    return read


def _scalar(field: Any) -> Callable[[Any], Any]:
    """Return the validator of a parameter."""
    if field.validation_alias not in (None, field.alias) or field.config:
        raise NotSimple(f"parameter {field.name} goes by other names")
    kinds = {kind for kind, _ in _kinds(field._type_adapter.core_schema)}
    if strange := kinds - SCALARS - WRAPPERS:
        raise NotSimple(f"parameter {field.name} is no scalar: {', '.join(sorted(strange))}")
    return cast(Callable[[Any], Any], field._type_adapter.validator.validate_python)


def _default(field: Any) -> Callable[[], Any]:
    """Return what an absent value stands for; raises Odd where it must be there."""
    if field.field_info.is_required():
        return _missing
    if field.field_info.default_factory or field.field_info.validate_default:
        raise NotSimple(f"the default of {field.name} is made anew")
    default = field.default
    if not isinstance(default, str | bytes | int | float | None):
        raise NotSimple(f"the default of {field.name} can change")
    return lambda: default


def _missing() -> Any:
    raise Odd


def _body(route: APIRoute) -> tuple[str, Read]:
    [field, *more] = route.dependant.body_params
    info = field.field_info
    if more or route._embed_body_fields or type(info) is not Body:
        raise NotSimple("its body is in parts")
    if info.media_type != "application/json":
        raise NotSimple("its body is not JSON")
    kinds = _kinds(field._type_adapter.core_schema)
    if strange := {kind for kind, python in kinds if kind not in (PYTHON_LIKE if python else JSON_LIKE)}:
        raise NotSimple(f"its body may be one thing as JSON, another as Python: {', '.join(sorted(strange))}")
    validate, default = field._type_adapter.validator.validate_json, _default(field)
    return field.name, lambda call: validate(call.body) if call.body else default()


def _kinds(
    schema: Any, python: bool = False, named: dict[tuple[str, bool], Any] | None = None
) -> Iterator[tuple[str, bool]]:
    """Yield the types by which a core schema validates, and whether they see Python values even where JSON's text is
    read.

    `named`: definitions that were not reached yet.
    """
    named = {} if named is None else named
    if isinstance(schema, list | tuple):
        yield from (kind for inner in schema for kind in _kinds(inner, python, named))
    elif isinstance(schema, dict):
        kind = schema.get("type")
        if kind == "definitions":
            named.update({(one["ref"], python): one for one in schema["definitions"] for python in (False, True)})
            yield from _kinds(schema["schema"], python, named)
        elif kind == "definition-ref":
            yield from _kinds(named.pop((schema["schema_ref"], python), None), python, named)
        else:
            if isinstance(kind, str):
                yield kind, python
                if schema.get("function", {}).get("type") == "with-info":
                    yield "with-info", python
            within = [inner for name, inner in schema.items() if name not in BESIDE]
            yield from _kinds(within, python or kind == "function-before", named)


def _encoder(route: APIRoute) -> Callable[[Any], bytes] | None:
    """From what the endpoint returns to the bytes of its declared model; None if it declares none."""
    if any(getattr(route, f"response_model_{name}") for name in SHAPING) or not route.response_model_by_alias:
        raise NotSimple("its answer leaves fields out")
    if route.response_field is None:
        return None
    if not isinstance(route.response_class, DefaultPlaceholder):
        raise NotSimple("its model has an answer class of its own")
    adapter: Any = route.response_field._type_adapter
    validate, dump = adapter.validator.validate_python, adapter.serializer.to_json
    return lambda value: dump(validate(value, from_attributes=True), by_alias=True)
