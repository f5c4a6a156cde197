"""A channel's Avro schema: parsed and fingerprinted by fastavro, with what a relay needs beside that.

Records are read and written by their physical types (a timestamp is its number): exact, and ten times as fast. The
schema is published and archived as it was given. Refused is what would let a few bytes stand for unbounded work: a type
that contains itself, arrays or maps of things without width, more than 10,000 values in a record.
"""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fastavro.schema import (
    SchemaParseException,
    UnknownType,
    fingerprint,
    parse_schema,
    to_parsing_canonical_form,
)

from ballotcast.channels.time_axis import NoTimeAxis, TimeAxis, time_axis

MOST_BYTES = 1_000_000
MOST_VALUES = 10_000
NUMBERS = {"int", "long", "float", "double"}
_NAMED = {"record", "error", "enum", "fixed"}
_WIDTH = {"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}


class SchemaError(ValueError):
    """Not a schema that a channel can have; the message says why."""


@dataclass(frozen=True)
class ChannelSchema:
    """`text`: the JSON as it is stored and published."""

    text: str
    time: TimeAxis
    canonical: str = field(repr=False)

    @classmethod
    def parse(cls, given: Any) -> "ChannelSchema":
        """From an Avro record schema as an object or as JSON text. SchemaError."""
        if isinstance(given, str) and given.lstrip()[:1] == "{":
            try:
                given = json.loads(given)
            except (ValueError, RecursionError):
                raise SchemaError("not JSON") from None
        if not isinstance(given, dict) or given.get("type") != "record":
            raise SchemaError("must be an Avro record")
        try:
            text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
            if len(text.encode()) > MOST_BYTES:
                raise SchemaError(f"over {MOST_BYTES} bytes")
            canonical = to_parsing_canonical_form(parse_schema(json.loads(text)))
            require_bounded(given)
            return cls(text, time_axis(given["fields"]), canonical)
        except NoTimeAxis as missing:
            raise SchemaError(str(missing)) from None
        except (SchemaParseException, UnknownType) as error:
            raise SchemaError(f"not Avro: {error}") from None
        except RecursionError:
            raise SchemaError("nested too deeply") from None
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            if isinstance(error, SchemaError):
                raise
            raise SchemaError("not Avro") from None

    @cached_property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed

    @cached_property
    def fingerprint(self) -> str:
        """CRC-64-AVRO of the canonical form, hex."""
        return fingerprint(self.canonical, "CRC-64-AVRO")

    @cached_property
    def record(self) -> Any:
        """fastavro's parsed schema of the physical types of one record."""
        return parse_schema(physical(self.json))

    @cached_property
    def batch(self) -> Any:
        """The same of an array of records."""
        return parse_schema({"type": "array", "items": physical(self.json)})

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(one["name"] for one in self.json["fields"])

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Fields whose values are numbers (or absent): those that decimation can calculate with."""
        return frozenset(
            one["name"]
            for one in physical(self.json)["fields"]
            if {_type_name(part) for part in _branches(one["type"])} - {"null"} <= NUMBERS
            and _branches(one["type"]) != ["null"]
        )


def physical(schema: Any) -> Any:
    """The schema without logical types: data read by it are the numbers and bytes that are stored."""
    if isinstance(schema, list):
        return [physical(part) for part in schema]
    if isinstance(schema, dict):
        kept = {name: value for name, value in schema.items() if name != "logicalType"}
        for name in ("type", "items", "values"):
            if name in kept:
                kept[name] = physical(kept[name])
        if isinstance(kept.get("fields"), list):
            kept["fields"] = [{**one, "type": physical(one["type"])} for one in kept["fields"]]
        return kept
    return schema


def _branches(schema: Any) -> list[Any]:
    return schema if isinstance(schema, list) else [schema]


def _type_name(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def require_bounded(schema: Any) -> None:
    """SchemaError for types that let a few bytes stand for unbounded work."""
    _Extent().of(schema, "")


class _Extent:
    """How many values a type has, and how few bytes it can take; named types are measured once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int] | None] = {}

    def of(self, schema: Any, namespace: str) -> tuple[int, int]:
        """(values, least bytes)"""
        if isinstance(schema, list):
            sizes = [self.of(part, namespace) for part in schema]
            return max((values for values, _ in sizes), default=0), 1 + min((width for _, width in sizes), default=0)
        if isinstance(schema, str):
            return (1, _WIDTH[schema]) if schema in _WIDTH else self._named(schema, namespace)
        kind = schema["type"]
        if kind in _NAMED:
            return self._define(schema, kind, namespace)
        if kind in ("array", "map"):
            values, width = self.of(schema["items" if kind == "array" else "values"], namespace)
            if kind == "array" and not width:
                raise SchemaError("an array's items must not be empty")
            return values, 1
        return self.of(kind, namespace)

    def _named(self, name: str, namespace: str) -> tuple[int, int]:
        known = self._known.get(_full_name(name, namespace), self._known.get(name))
        if known is None:
            raise SchemaError(f"{name} contains itself")
        return known

    def _define(self, schema: dict[str, Any], kind: str, namespace: str) -> tuple[int, int]:
        full = _full_name(schema["name"], schema.get("namespace", namespace))
        if kind == "enum":
            self._known[full] = 1, 1
        elif kind == "fixed":
            self._known[full] = 1, schema["size"]
        else:
            self._known[full] = None
            inner = full.rpartition(".")[0]
            sizes = [self.of(one["type"], inner) for one in schema["fields"]]
            values, width = sum(size[0] for size in sizes), sum(size[1] for size in sizes)
            if values > MOST_VALUES:
                raise SchemaError(f"a record would have over {MOST_VALUES} values")
            self._known[full] = max(values, 1), width
        known = self._known[full]
        assert known is not None
        return known


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
