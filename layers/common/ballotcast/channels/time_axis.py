"""The signals of a channel share one time axis: a field of each record, with its unit."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

Unit = Literal["s", "ms", "us", "ns"]
PER_SECOND: dict[Unit, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_PRECISIONS: tuple[tuple[str, Unit], ...] = (("millis", "ms"), ("micros", "us"), ("nanos", "ns"))
_LOGICAL: dict[str, Unit] = {f"{local}timestamp-{name}": unit for local in ("", "local-") for name, unit in _PRECISIONS}
_WORDS: tuple[tuple[str, Unit], ...] = (
    (r"nanos(econds?)?|ns", "ns"),
    (r"micros(econds?)?|us|µs", "us"),
    (r"millis(econds?)?|ms", "ms"),
    (r"seconds?|s", "s"),
)
_NUMBERS = {"int", "long", "float", "double"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoTimeAxis(ValueError):
    """No field of the record says when."""


@dataclass(frozen=True)
class TimeAxis:
    """`field` counts `unit`s since 1970-01-01T00:00:00Z."""

    field: str
    unit: Unit

    def at(self, moment: datetime) -> int:
        """Return a moment on the axis in whole units, rounded up."""
        return math.ceil(self.exactly(moment))

    def exactly(self, moment: datetime) -> Fraction:
        """The same, not rounded."""
        return Fraction((moment - _EPOCH) // timedelta(microseconds=1) * PER_SECOND[self.unit], 10**6)


def time_axis(fields: list[dict[str, Any]], assumed: Unit | None = None) -> TimeAxis:
    """Return the first `long` with a timestamp logical type, else the number `time` that states its unit.

    Avro has a logical type with the type; one that is written with the field instead is understood, too, unless it and
    a `unit` differ. A unit is stated by the field's attribute `unit` (s, ms, us, ns) or by its word in the field's
    `doc`. `assumed`: the unit of a whole number `time` that has neither attribute, whatever its `doc` says.
    """
    for field in fields:
        kind = field["type"]
        if isinstance(kind, dict) and kind.get("type") == "long" and kind.get("logicalType") in _LOGICAL:
            return TimeAxis(field["name"], _LOGICAL[kind["logicalType"]])
    for field in fields:
        if field["type"] == "long" and field.get("logicalType") in _LOGICAL:
            written = _LOGICAL[field["logicalType"]]
            if field.get("unit", written) != written:
                raise NoTimeAxis(f"the field `{field['name']}` states two units: {written} and {field['unit']!r:.20}")
            return TimeAxis(field["name"], written)
    for field in fields:
        if field["name"] == "time":
            kind = field["type"]
            name = kind.get("type") if isinstance(kind, dict) else kind
            if name not in _NUMBERS:
                raise NoTimeAxis("the field `time` must be a number")
            if assumed and "unit" not in field and name in ("int", "long"):
                return TimeAxis("time", assumed)
            if unit := _stated(field):
                return TimeAxis("time", unit)
            raise NoTimeAxis('the field `time` must state its unit: "unit": "ms" (or s, us, ns)')
    raise NoTimeAxis("a long field with a timestamp logical type, or a number `time`, must say when")


def _stated(field: dict[str, Any]) -> Unit | None:
    if "unit" in field:
        return next((unit for unit in PER_SECOND if unit == field["unit"]), None)
    doc = str(field.get("doc", "")).lower()
    return next((unit for word, unit in _WORDS if re.search(rf"\b({word})\b", doc)), None)
