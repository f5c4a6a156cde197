"""Whether a schema is spelled as Avro 1.12 says: fastavro lets pass what other libraries refuse, or fail on.

https://avro.apache.org/docs/1.12.0/specification/
"""

import re
from collections.abc import Iterable
from typing import Any

from ballotcast.channels.extent import SchemaError

MOST_DEPTH, MOST_NAME, MOST_FIXED = 64, 255, 700_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PRIMITIVE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
_NAMED = {"record", "error", "enum", "fixed"}
_RESERVED = _PRIMITIVE | _NAMED | {"array", "map", "union"}
_ORDERS = ("ascending", "descending", "ignore")


def require_spelled(schema: Any, depth: int = 0) -> None:
    """Raise SchemaError for what another library's reader would refuse, or what is nested too deep for any.

    What has not the shape of a schema at all raises TypeError, KeyError or AttributeError.
    """
    if depth > MOST_DEPTH:
        raise SchemaError(f"types are nested over {MOST_DEPTH} deep")
    if isinstance(schema, list):
        _require_union(schema, depth)
    elif isinstance(schema, dict):
        _require_type(schema, depth)


def _require_union(parts: list[Any], depth: int) -> None:
    if not parts or any(isinstance(part, list) for part in parts):
        raise SchemaError("a union has at least one type, and no union in it")
    kinds = [_kind(part) for part in parts]
    if len(set(kinds)) < len(kinds):
        raise SchemaError("a union has a type twice")
    for part in parts:
        require_spelled(part, depth + 1)


def _kind(part: Any) -> tuple[Any, ...]:
    """What may be in a union once: a named type by its names, any other by what it is."""
    if not isinstance(part, dict):
        return (part,)
    kind = part["type"]
    if isinstance(kind, str):
        return (part.get("namespace"), part["name"]) if kind in _NAMED else (kind,)
    return _kind(kind)


def _require_type(schema: dict[str, Any], depth: int) -> None:
    if not isinstance(schema.get("logicalType", ""), str):
        raise SchemaError("a logical type is a text")
    kind = schema["type"]
    if isinstance(kind, str) and kind in _NAMED:
        _require_names((schema["name"], *schema.get("aliases", ())))
        _require_namespace(schema.get("namespace"))
    match kind:
        case "record" | "error":
            _require_fields(schema["fields"], depth)
        case "array":
            require_spelled(schema["items"], depth + 1)
        case "map":
            require_spelled(schema["values"], depth + 1)
        case "enum" if type(schema["symbols"]) is not list or not schema["symbols"]:
            raise SchemaError("an enum has a list of symbols")
        case "fixed" if type(schema["size"]) is not int or not 0 <= schema["size"] <= MOST_FIXED:
            raise SchemaError(f"a fixed has a size from 0 to {MOST_FIXED}, a whole number")
        case list() | dict():
            require_spelled(kind, depth + 1)


def _require_names(names: Iterable[Any]) -> None:
    """Of a named type, which may have a namespace before it."""
    for name in names:
        if type(name) is not str or not all(map(_is_name, name.split("."))) or name in _RESERVED:
            raise SchemaError(f"not a name: {name!r:.40}")


def _require_namespace(space: Any) -> None:
    if space not in (None, "") and not (type(space) is str and all(map(_is_name, space.split(".")))):
        raise SchemaError(f"not a namespace: {space!r:.40}")


def _require_fields(fields: list[dict[str, Any]], depth: int) -> None:
    names = set[str]()
    for field in fields:
        for name in (field["name"], *field.get("aliases", ())):
            if type(name) is not str or not _is_name(name):
                raise SchemaError(f"not a name of a field: {name!r:.40}")
        if field["name"] in names:
            raise SchemaError(f"a record has the field {field['name']!r:.40} twice")
        names.add(field["name"])
        if field.get("order", "ascending") not in _ORDERS:
            raise SchemaError("a field's order is ascending, descending or ignore")
        require_spelled(field["type"], depth + 1)


def _is_name(name: str) -> bool:
    return len(name) <= MOST_NAME and _NAME.fullmatch(name) is not None
