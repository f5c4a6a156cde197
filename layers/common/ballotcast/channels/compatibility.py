"""Whether data written by one schema means the same when another reads it.

Bytes resolve by the Avro 1.12 specification ("Schema Resolution"). That alone is not enough: microseconds read as
milliseconds resolve, and are wrong a thousandfold. So what gives a number its meaning (logical types with their
attributes, units) must be the same, too; and schemas are equal only if their names, aliases and defaults are.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from ballotcast.channels.linked import NAMED, Type, field_meaning, link, meaning
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.time_axis import NoTimeAxis, time_axis
from ballotcast.channels.traits import has_union

Verdict = Literal["equal", "full", "provided-reads-registered", "registered-reads-provided", "none"]
MOST_REASONS, REASON = 20, 1000
"""That are told, in each direction; characters of one, which may name what is as long as a schema."""
_PROMOTIONS = {
    ("int", "long"),
    ("int", "float"),
    ("int", "double"),
    ("long", "float"),
    ("long", "double"),
    ("float", "double"),
    ("string", "bytes"),
    ("bytes", "string"),
}
_MEANS = ("unit", "default", "aliases")
"""Attributes that count, next to the type's own: of fields and of named types."""


@dataclass(frozen=True)
class Comparison:
    """`reasons`: why data cannot pass, in each direction that is closed; the first MOST_REASONS."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def compare(registered: ChannelSchema, provided: ChannelSchema) -> Comparison:
    if means_the_same(registered, provided.json):
        return Comparison("equal")
    axis: list[str] = []
    if registered.time != provided.time:
        one, other = registered.time, provided.time
        axis = [f"the time axis is {one.field} in {one.unit}, not {other.field} in {other.unit}"]
    forward = axis or obstacles(provided.json, registered.json)
    backward = axis or obstacles(registered.json, provided.json)
    reasons = [f"provided cannot read registered: {reason}" for reason in forward]
    reasons += [f"registered cannot read provided: {reason}" for reason in backward]
    match bool(forward), bool(backward):
        case False, False:
            return Comparison("full")
        case False, True:
            return Comparison("provided-reads-registered", tuple(reasons))
        case True, False:
            return Comparison("registered-reads-provided", tuple(reasons))
        case _:
            return Comparison("none", tuple(reasons))


def means_the_same(schema: ChannelSchema, other: Any) -> bool:
    """Return whether two schemas of records differ in nothing but words: docs, and attributes that mean nothing."""
    if _essence(schema.json, "") != _essence(other, ""):
        return False
    try:
        return time_axis(other["fields"], schema.assumed) == schema.time
    except NoTimeAxis:
        return False


def obstacles(reader: Any, writer: Any) -> list[str]:
    """Why the one cannot read what the other wrote, at most MOST_REASONS; none: it can."""
    found = islice(_Resolution().obstacles(link(reader), link(writer), ""), MOST_REASONS)
    return [one if len(one) <= REASON else f"{one[: REASON // 2]} … {one[-REASON // 2 :]}" for one in found]


class _Resolution:
    """One direction. Each pair of named types is judged once."""

    def __init__(self) -> None:
        self._judged: dict[tuple[Type, Type], Sequence[str]] = {}
        self._branches: dict[Type, _Branches] = {}

    def obstacles(self, reader: Type, writer: Type, path: str) -> Iterator[str]:
        if writer.kind == "union":
            for branch in writer.parts:
                yield from self.obstacles(reader, branch, path)
        elif reader.kind == "union":
            yield from self._union(reader, writer, path)
        elif reader.kind != writer.kind and (writer.kind, reader.kind) not in _PROMOTIONS:
            yield f"{path or '/'}: {writer.kind} cannot be read as {reader.kind}"
        elif reader.meaning != writer.meaning:
            meanings = writer.meaning or writer.kind, reader.meaning or reader.kind
            yield f"{path or '/'}: {meanings[0]} does not mean the same as {meanings[1]}"
        elif reader.kind in NAMED:
            yield from self._named(reader, writer, path)
        elif reader.kind in ("array", "map"):
            inner = "items" if reader.kind == "array" else "values"
            yield from self.obstacles(reader.parts[0], writer.parts[0], f"{path}/{inner}")

    def _union(self, reader: Type, writer: Type, path: str) -> Iterator[str]:
        known = self._branches.get(reader)
        if known is None:
            known = self._branches[reader] = _Branches(reader.parts)
        if writer.kind in NAMED:
            found = known.named(writer)
            if len(found) == 1:
                yield from self.obstacles(found[0], writer, path)
            elif found:
                yield f"{path or '/'}: {writer.name} could be {' or '.join(one.name for one in found[:2])}"
            else:
                yield f"{path or '/'}: {writer.name} is none of the reader's types"
        else:
            candidates = known.plain(writer.kind)
            if not any(next(self.obstacles(one, writer, path), None) is None for one in candidates):
                yield f"{path or '/'}: {writer.kind} is none of the reader's types"

    def _named(self, reader: Type, writer: Type, path: str) -> Iterator[str]:
        if reader.simple != writer.simple and writer.name not in reader.aliases:
            yield f"{path or '/'}: {writer.name} is not {reader.name}"
            return
        pair = reader, writer
        if pair not in self._judged:
            self._judged[pair] = ()  # where a type contains itself, that alone is no obstacle
            self._judged[pair] = tuple(islice(self._content(reader, writer, path), MOST_REASONS))
        yield from self._judged[pair]

    def _content(self, reader: Type, writer: Type, path: str) -> Iterator[str]:
        if reader.kind == "enum":
            known = set(reader.symbols)
            for symbol in writer.symbols:
                if symbol not in known and not reader.default:
                    yield f"{path or '/'}: the reader has no symbol {symbol}"
        elif reader.kind == "fixed":
            if reader.size != writer.size:
                yield f"{path or '/'}: {writer.size} bytes are not {reader.size}"
        else:
            yield from self._fields(reader, writer, path)

    def _fields(self, reader: Type, writer: Type, path: str) -> Iterator[str]:
        written = {one.name: one for one in writer.fields}
        for one in reader.fields:
            names = [name for name in (one.name, *one.aliases) if name in written]
            at = f"{path}/{one.name}"
            if not names:
                if not one.default:
                    yield f"{at}: is not written and has no default"
                continue
            other = written[names[0]]
            if one.unit != other.unit:
                yield f"{at}: the unit {other.unit} is not {one.unit}"
            if one.meaning != other.meaning:
                yield f"{at}: {other.meaning or 'a plain number'} does not mean the same as {one.meaning or 'one'}"
            yield from self.obstacles(one.type, other.type, at)


class _Branches:
    """The types of a union, by what they may read: a type is looked up, not tried, however many there are."""

    def __init__(self, parts: Sequence[Type]) -> None:
        self._full: dict[str, list[Type]] = {}
        self._simple: dict[str, list[Type]] = {}
        self._plain: dict[str, list[Type]] = {}
        for part in parts:
            if part.kind not in NAMED:
                self._plain.setdefault(part.kind, []).append(part)
                continue
            for name in {part.name, *part.aliases}:
                self._full.setdefault(name, []).append(part)
            self._simple.setdefault(part.simple, []).append(part)

    def named(self, writer: Type) -> Sequence[Type]:
        """Return the types of its full name, else those whose name without the namespace is the same."""
        return self._full.get(writer.name) or self._simple.get(writer.simple) or ()

    def plain(self, kind: str) -> Iterator[Type]:
        """Yield what is of a kind, then what the kind may become."""
        yield from self._plain.get(kind, ())
        for one, wider in sorted(_PROMOTIONS):
            if one == kind:
                yield from self._plain.get(wider, ())


def _essence(schema: Any, namespace: str) -> Any:
    """Return a schema without what means nothing, with full names: equal for equal meanings."""
    if isinstance(schema, list):
        return [_essence(part, namespace) for part in schema]
    if isinstance(schema, str):
        return schema if "." in schema or not namespace else f"{namespace}.{schema}"
    if not isinstance(schema["type"], str):
        return _essence(schema["type"], namespace)
    kind = schema["type"]
    kept = {"type": kind, **{name: schema[name] for name in _MEANS if name in schema}}
    if (means := meaning(schema)) and kind != "enum":
        kept["meaning"] = means
    if kind in NAMED:
        name = schema["name"]
        inner = schema.get("namespace", namespace)
        full = name if "." in name or not inner else f"{inner}.{name}"
        kept["name"], namespace = full, full.rpartition(".")[0]
    for name in ("symbols", "size"):
        if name in schema:
            kept[name] = schema[name]
    for name in ("items", "values"):
        if name in schema:
            kept[name] = _essence(schema[name], namespace)
    if "fields" in schema:
        kept["fields"] = [_field_essence(one, namespace) for one in schema["fields"]]
    return kept if len(kept) > 1 else _essence(kind, namespace)


def _field_essence(one: Any, namespace: str) -> dict[str, Any]:
    kept = {name: one[name] for name in ("name", *_MEANS) if name in one}
    if "default" in kept and has_union(one["type"]):
        kept["default"] = json.dumps(kept["default"], sort_keys=True)  # 1, 1.0 and true may be of different types
    return {**kept, "meaning": field_meaning(one), "type": _essence(one["type"], namespace)}
