"""A schema whose names are looked up: each type is one node, wherever it is used, and may contain itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballotcast.channels.extent import full_name
from ballotcast.channels.meaning import logical_type

NAMED = ("record", "error", "enum", "fixed")


@dataclass(eq=False)
class Type:
    """`kind`: Avro's type, or `union`. `name`, `aliases`: full ones. `parts`: of a union its types, of an array or a
    map the type of its values. `default`: whether an enum has one."""

    kind: str
    meaning: str = ""
    name: str = ""
    aliases: Sequence[str] = ()
    parts: Sequence["Type"] = ()
    fields: list["RecordField"] = field(default_factory=list)
    symbols: Sequence[str] = ()
    size: int = 0
    default: bool = False

    @property
    def simple(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class RecordField:
    """`meaning`: of a logical type that is written with the field. `default`: whether it has one."""

    name: str
    aliases: Sequence[str]
    type: Type
    unit: Any
    meaning: str
    default: bool


def link(schema: Any) -> Type:
    return _Linker().of(schema, "")


def meaning(schema: Any) -> str:
    """Return the logical type with its attributes; empty: the plain value."""
    logical = logical_type(schema)
    if logical == "decimal":
        return f"decimal({schema.get('precision')}, {schema.get('scale', 0)})"
    return logical


def field_meaning(one: Mapping[str, Any]) -> str:
    """The same of a logical type that is written with a field, next to its plain type."""
    return meaning(one) if isinstance(one["type"], str) else ""


class _Linker:
    def __init__(self) -> None:
        self._named: dict[str, Type] = {}

    def of(self, schema: Any, namespace: str) -> Type:
        if isinstance(schema, list):
            return Type("union", parts=[self.of(part, namespace) for part in schema])
        kind = schema if isinstance(schema, str) else schema["type"]
        if not isinstance(kind, str):
            return self.of(kind, namespace)
        if isinstance(schema, dict) and kind in NAMED:
            return self._define(schema, namespace)
        known = self._named.get(full_name(kind, namespace)) or self._named.get(kind)
        if known:
            return known
        inner = [self.of(schema[name], namespace) for name in ("items", "values") if name in schema]
        return Type(kind, meaning(schema), parts=inner)

    def _define(self, schema: Mapping[str, Any], namespace: str) -> Type:
        name = full_name(schema["name"], schema.get("namespace", namespace))
        space = name.rpartition(".")[0]
        made = self._named[name] = Type(  # before its fields, one of which may be of this type
            schema["type"],
            "" if schema["type"] == "enum" else meaning(schema),
            name,
            aliases=[full_name(alias, space) for alias in schema.get("aliases", ())],
            symbols=schema.get("symbols", ()),
            size=schema.get("size", 0),
            default="default" in schema,
        )
        for one in schema.get("fields", ()):
            kind = self.of(one["type"], space)
            aliases = one.get("aliases", ())
            stated = field_meaning(one)
            made.fields.append(RecordField(one["name"], aliases, kind, one.get("unit"), stated, "default" in one))
        return made
