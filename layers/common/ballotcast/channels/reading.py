"""Reading records strictly, before they are accepted.

What passes can be kept, is read back by every implementation of Avro, and costs no more than is stated: libraries take
a negative index of an enum or a union, a boolean of 7, half a UUID, or nesting without end, and fail or lie later.
"""

import math
from typing import Any

from ballotcast.channels import meaning, walks
from ballotcast.channels.extent import Extent, full_name
from ballotcast.channels.time_axis import PER_SECOND, TimeAxis
from ballotcast.channels.walks import DOUBLE, FLOAT, Spent, TooMuch, Unfit, Walk

MOST_RECORDS = 100_000
"""In one batch."""
_LAYOUTS = {"float": FLOAT, "double": DOUBLE}
_PLAIN: dict[str, Walk] = {
    "null": walks.null,
    "boolean": walks.boolean,
    "int": walks.whole(*meaning.INT, "an int"),
    "long": walks.whole(*meaning.LONG, "a long"),
    "bytes": walks.sized,
    "string": walks.string,
}


class BadRecord(ValueError):
    """`index`: which record, counted from 0; `field`: the field at fault, where it is known."""

    def __init__(self, index: int, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.index = index
        self.field = field


class RecordReader:
    """`time`: where the schema has a time axis, which must tell one. `finite`: numbers that JSON does not have (NaN,
    infinities) do not fit, either."""

    def __init__(self, schema: dict[str, Any], time: TimeAxis | None, *, finite: bool) -> None:
        extent = Extent()
        self._values, _ = extent.of(schema)
        self._walk = _Compiler(extent, time, finite=finite).compile(schema)

    def ends(self, data: bytes) -> list[int]:
        """Return the positions behind each record of a batch. Raises BadRecord, TooMuch."""
        spent, at, ends = Spent(), 0, list[int]()
        while at < len(data):
            if len(ends) == MOST_RECORDS:
                raise TooMuch(f"over {MOST_RECORDS} records")
            spent.take(self._values)
            try:
                end = self._walk(data, at, spent)
            except Unfit as unfit:
                raise BadRecord(len(ends), f"{unfit.field}: {unfit}", unfit.field) from None
            if end == at:
                raise BadRecord(len(ends), "takes no bytes")
            ends.append(end)
            at = end
        return ends

    def is_one(self, data: bytes) -> bool:
        """Return whether the bytes are one record and nothing else."""
        try:
            return bool(data) and self._walk(data, 0, Spent()) == len(data)
        except (Unfit, TooMuch):
            return False


class _Compiler:
    def __init__(self, extent: Extent, time: TimeAxis | None, *, finite: bool) -> None:
        self._extent = extent
        self._time = time
        self._finite = finite
        self._named: dict[str, Walk] = {}

    def compile(self, schema: dict[str, Any]) -> Walk:
        """Return the record itself, one of whose fields may be the time axis."""
        return self._record(schema, "", self._time)

    def _of(self, schema: Any, namespace: str) -> Walk:
        if isinstance(schema, list):
            return walks.union([self._of(part, namespace) for part in schema])
        if isinstance(schema, str):
            return self._known(schema, namespace)
        kind = schema["type"]
        if not isinstance(kind, str):
            return self._of(kind, namespace)
        match kind:
            case "array":
                items = schema["items"]
                return walks.array(self._of(items, namespace), self._extent.of(items, namespace)[0])
            case "map":
                values = schema["values"]
                return walks.mapping(self._of(values, namespace), self._extent.of(values, namespace)[0])
            case "record" | "error":
                return self._record(schema, namespace)
            case "enum":
                return self._name(schema, namespace, walks.enum(schema["symbols"]))
            case "fixed":
                return self._name(schema, namespace, _logical(schema) or walks.fixed(schema["size"]))
            case _:
                return _logical(schema) or self._known(kind, namespace)

    def _known(self, name: str, namespace: str) -> Walk:
        if name in _PLAIN:
            return _PLAIN[name]
        if layout := _LAYOUTS.get(name):
            if self._finite:
                return walks.floating(layout, -math.inf, math.inf, "a finite number")
            return walks.fixed(layout.size)
        full = full_name(name, namespace)
        for known in (full, name):
            if known in self._named:
                return self._named[known]
        # It contains itself, and is being compiled: looked up when a value is there.
        return lambda data, at, spent: self._named[full if full in self._named else name](data, at, spent)

    def _name(self, schema: dict[str, Any], namespace: str, walk: Walk) -> Walk:
        self._named[full_name(schema["name"], schema.get("namespace", namespace))] = walk
        return walk

    def _record(self, schema: dict[str, Any], namespace: str, time: TimeAxis | None = None) -> Walk:
        full = full_name(schema["name"], schema.get("namespace", namespace))
        inner = full.rpartition(".")[0]
        fields = []
        for one in schema["fields"]:
            at = time if time and one["name"] == time.field else None
            walk = _moment(one["type"], at) if at else self._of(one["type"], inner)
            if walk is not walks.null:
                fields.append((one["name"], walk))
        walk = walks.record(fields, sum(len(one["name"]) for one in schema["fields"]))
        if full in self._extent.recursive:
            walk = walks.nested(walk, self._extent.of(full)[0])
        self._named[full] = walk
        return walk


def _logical(schema: dict[str, Any]) -> Walk | None:
    kind, logical = schema["type"], meaning.logical_type(schema)
    if bounds := meaning.RANGES.get((kind, logical)):
        return walks.whole(*bounds, f"a {logical}")
    if logical == "decimal":
        return walks.decimal(meaning.decimal_digits(schema), schema.get("size"))
    return walks.uuid if (kind, logical) == ("string", "uuid") else None


def _moment(schema: Any, time: TimeAxis) -> Walk:
    """Return a time in the years 1 to 9999, in units of the axis."""
    kind = schema["type"] if isinstance(schema, dict) else schema
    least, below = (second * PER_SECOND[time.unit] for second in (meaning.YEAR_1, meaning.YEAR_10000))
    words = f"a time of the years 1 to 9999 in {time.unit}"
    if layout := _LAYOUTS.get(kind):
        return walks.floating(layout, least, below, words)
    fits = meaning.INT if kind == "int" else meaning.LONG
    return walks.whole(max(least, fits[0]), min(below - 1, fits[1]), words)
