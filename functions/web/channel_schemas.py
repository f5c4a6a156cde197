"""What pages say of a channel's schema: whether a channel can have it, its signals, and a record that fits it.

The rules are those that the API registers by; Avro's library is imported with the first schema, for most requests to
these pages never meet one.
"""

import json
from dataclasses import dataclass
from typing import Any

SAMPLE = """{
  "type": "record",
  "name": "engine",
  "doc": "What this channel shows",
  "fields": [
    {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "rpm", "type": "double", "unit": "1/min"},
    {"name": "temperature", "type": ["null", "double"], "default": null, "unit": "°C"},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OFF", "IDLE", "RUNNING"]}}
  ]
}
"""
PLAIN: dict[str, Any] = {"null": None, "boolean": True, "string": "text", "bytes": "", "array": [], "map": {}}
"""Type → a value in JSON; numbers apart."""
MOST_SHOWN = 100
"""Bytes of a fixed in the example."""


@dataclass(frozen=True)
class Signal:
    """`label`: its name, with the unit that it states; `numeric`: a chart can show it."""

    name: str
    label: str
    kind: str
    doc: str
    numeric: bool

    @property
    def pair(self) -> list[str]:
        """As the charts take it."""
        return [self.name, self.label]


@dataclass(frozen=True)
class Verdict:
    """`line`, `column`: where the text stops being JSON, from 1, else 0. `fault`: what else is wrong, in English."""

    line: int = 0
    column: int = 0
    fault: str = ""
    axis: str = ""
    unit: str = ""
    signals: tuple[Signal, ...] = ()

    @property
    def good(self) -> bool:
        return not (self.line or self.fault)


def judge(text: str) -> Verdict:
    """Return what the API would say of this schema, and where the mistake is."""
    from ballotcast.channels.schemas import ChannelSchema, SchemaError
    from ballotcast.unique_json import RepeatedKey, loads

    try:
        given = loads(text)
    except RepeatedKey as repeated:
        return Verdict(fault=str(repeated))
    except json.JSONDecodeError as error:
        return Verdict(error.lineno, error.colno)
    except RecursionError:
        return Verdict(fault="nested too deeply")
    except ValueError:
        return Verdict(fault="a number has too many digits")
    try:
        schema = ChannelSchema.parse(given)
    except SchemaError as error:
        return Verdict(fault=str(error))
    return Verdict(axis=schema.time.field, unit=schema.time.unit, signals=signals(schema.json))


def signals(schema: dict[str, Any]) -> tuple[Signal, ...]:
    """Return the fields of a registered schema, in its order."""
    from ballotcast.channels.schemas import ChannelSchema

    numbers = ChannelSchema.parse(schema, "ns").numbers
    return tuple(
        Signal(
            name=field["name"],
            label=f"{field['name']} ({field['unit']})" if isinstance(field.get("unit"), str) else field["name"],
            kind=_kind(field["type"]),
            doc=str(field.get("doc", "")),
            numeric=field["name"] in numbers,
        )
        for field in schema["fields"]
    )


def example(schema: dict[str, Any], time: int) -> dict[str, Any]:
    """Return a record that fits, as JSON is published; `time`: on its time axis."""
    from ballotcast.channels.schemas import ChannelSchema, physical

    parsed = ChannelSchema.parse(schema)
    named: dict[str, Any] = {}
    record: dict[str, Any] = _value(physical(parsed.json), named)
    return {**record, parsed.time.field: time}


def _value(kind: Any, named: dict[str, Any], under: frozenset[str] = frozenset()) -> Any:
    """under: names of the types that this value is inside of. One of them is left out: else there would be no end."""
    if isinstance(kind, list):
        parts = [part for part in kind if part != "null" and _short(part) not in under]
        return _value(parts[0], named, under) if parts else None
    if isinstance(kind, str):
        if kind in PLAIN:
            return PLAIN[kind]
        short = _short(kind)
        return _value(named[short], named, under) if short in named and short not in under else 1
    if "name" in kind:
        named[_short(kind)] = kind
        under |= {_short(kind)}
    match kind["type"]:
        case "record" | "error":
            return {field["name"]: _value(field["type"], named, under) for field in kind["fields"]}
        case "enum":
            return kind["symbols"][0]
        case "fixed":
            return "0" * min(kind["size"], MOST_SHOWN)
        case other:
            return _value(other, named, under)


def _short(kind: Any) -> str:
    """The name of a type without its namespace; empty if it has none."""
    name = kind.get("name", "") if isinstance(kind, dict) else kind if isinstance(kind, str) else ""
    return str(name).rpartition(".")[2]


def _kind(kind: Any) -> str:
    """A type in a few words: `long timestamp-millis`, `null | double`."""
    if isinstance(kind, list):
        return " | ".join(map(_kind, kind))
    if isinstance(kind, dict):
        inner = kind.get("logicalType") or kind.get("items") or kind.get("values")
        return f"{_kind(kind['type'])} {_kind(inner)}" if inner else _kind(kind["type"])
    return str(kind)
