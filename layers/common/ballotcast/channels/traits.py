"""What kinds of types a schema has, and so how its records can be read and written."""

import json
from typing import Any

_SIMPLE = {"boolean", "int", "long", "float", "double", "bytes", "string", "array", "enum", "fixed"}


def is_single(schema: Any) -> bool:
    """Return whether each union of a schema has at most one type besides null."""
    if isinstance(schema, list):
        return len([part for part in schema if part != "null"]) < 2 and all(map(is_single, schema))
    return all(map(is_single, _inner(schema)))


def is_certain(schema: Any) -> bool:
    """Return whether each union has at most one type besides null, and no value of it could be written in two ways.

    An object may be a map or a record, and may be one that names its type.
    """
    if isinstance(schema, list):
        return is_single(schema) and all(part == "null" or _is_simple(part) for part in schema) and _all_certain(schema)
    return _all_certain(_inner(schema))


def _all_certain(parts: list[Any]) -> bool:
    return all(map(is_certain, parts))


def _is_simple(part: Any) -> bool:
    return (part["type"] if isinstance(part, dict) else part) in _SIMPLE


def has_union(schema: Any) -> bool:
    return isinstance(schema, list) or any(map(has_union, _inner(schema)))


def has_bytes(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(has_bytes, schema))
    return schema == "bytes" or (
        isinstance(schema, dict) and (schema["type"] == "fixed" or any(map(has_bytes, _inner(schema))))
    )


def default_bytes(schema: dict[str, Any]) -> int | None:
    """Return the bytes that the defaults of one record take at most; None where a type within it has any."""
    if any(_has_default(one["type"]) for one in schema["fields"]):
        return None
    defaults = [one["default"] for one in schema["fields"] if "default" in one]
    return sum(1 if default is None else 8 + len(json.dumps(default)) for default in defaults)


def _has_default(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_has_default, schema))
    if not isinstance(schema, dict):
        return False
    return any("default" in one for one in schema.get("fields", ())) or any(map(_has_default, _inner(schema)))


def _inner(schema: Any) -> list[Any]:
    if not isinstance(schema, dict):
        return []
    parts = [schema[name] for name in ("type", "items", "values") if name in schema]
    return [*parts, *(one["type"] for one in schema.get("fields", ()))]
