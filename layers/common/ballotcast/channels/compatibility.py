"""Whether data written by one schema means the same when another reads it.

Bytes resolve by the Avro 1.12 specification ("Schema Resolution"). That alone is not enough: microseconds read as
milliseconds resolve, and are wrong a thousandfold. So what gives a number its meaning (logical types with their
attributes, units) must be the same, too; and schemas are equal only if their names, aliases and defaults are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from ballotcast.channels.meaning import logical_type
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.time_axis import NoTimeAxis, time_axis

Verdict = Literal["equal", "full", "provided-reads-registered", "registered-reads-provided", "none"]
MOST_REASONS = 20
"""That are told, in each direction."""
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
_NAMED = ("record", "error", "enum", "fixed")
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
    resolution = _Resolution(_definitions(reader), _definitions(writer))
    return list(islice(resolution.obstacles(reader, writer, ""), MOST_REASONS))


class _Resolution:
    """One direction. Named types are looked up by their unqualified names, as the specification matches them; each pair
    of them is judged once."""

    def __init__(self, read: dict[str, Any], written: dict[str, Any]) -> None:
        self._read, self._written = read, written
        self._judged: dict[tuple[str, str], Sequence[str]] = {}
        self._fits: dict[Any, bool] = {}
        self._branches: dict[int, dict[str, list[Any]]] = {}

    def obstacles(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        reader, writer = _look_up(reader, self._read), _look_up(writer, self._written)
        if isinstance(writer, list):
            for branch in writer:
                yield from self.obstacles(reader, branch, path)
            return
        if isinstance(reader, list):
            candidates = self._candidates(reader, writer)
            key = (id(reader), _branch(writer)) if _kind(writer) in _NAMED else None
            fits = self._fits.get(key) if key else None
            if fits is None:
                fits = any(next(self.obstacles(branch, writer, path), None) is None for branch in candidates)
                if key:
                    self._fits[key] = fits
            if not fits:
                yield f"{path or '/'}: {_kind(writer)} is none of the reader's types"
            return
        kinds = _kind(writer), _kind(reader)
        if kinds[0] != kinds[1] and kinds not in _PROMOTIONS:
            yield f"{path or '/'}: {kinds[0]} cannot be read as {kinds[1]}"
            return
        meanings = _meaning(writer), _meaning(reader)
        if meanings[0] != meanings[1]:
            yield f"{path or '/'}: {meanings[0] or kinds[0]} does not mean the same as {meanings[1] or kinds[1]}"
        elif kinds[0] == "array":
            yield from self.obstacles(reader["items"], writer["items"], f"{path}/items")
        elif kinds[0] == "map":
            yield from self.obstacles(reader["values"], writer["values"], f"{path}/values")
        elif kinds[0] in _NAMED:
            yield from self._named(reader, writer, path)

    def _candidates(self, reader: list[Any], writer: Any) -> list[Any]:
        """Return the branches that may read a type: those of its kind and name or alias, and of what it may become."""
        known = self._branches.get(id(reader))
        if known is None:
            known = self._branches[id(reader)] = {}
            for branch in reader:
                found = _look_up(branch, self._read)
                for name in {_branch(found), *map(_simple, _aliases(found))}:
                    known.setdefault(name, []).append(branch)
        wider = (name for kind, name in sorted(_PROMOTIONS) if kind == _kind(writer))
        return [branch for name in (_branch(writer), *wider) for branch in known.get(name, ())]

    def _named(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        names = _simple(reader["name"]), _simple(writer["name"])
        if names[0] != names[1] and names[1] not in map(_simple, _aliases(reader)):
            yield f"{path or '/'}: {names[1]} is not {names[0]}"
            return
        if names not in self._judged:
            self._judged[names] = ()  # where a type contains itself, that alone is no obstacle
            self._judged[names] = tuple(islice(self._content(reader, writer, path), MOST_REASONS))
        yield from self._judged[names]

    def _content(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        if reader["type"] == "enum":
            if "default" not in reader:
                known = set(reader["symbols"])
                for symbol in writer["symbols"]:
                    if symbol not in known:
                        yield f"{path or '/'}: the reader has no symbol {symbol}"
        elif reader["type"] == "fixed":
            if reader["size"] != writer["size"]:
                yield f"{path or '/'}: {writer['size']} bytes are not {reader['size']}"
        else:
            yield from self._fields(reader, writer, path)

    def _fields(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        written = {one["name"]: one for one in writer["fields"]}
        for one in reader["fields"]:
            names = [name for name in (one["name"], *_aliases(one)) if name in written]
            at = f"{path}/{one['name']}"
            if not names:
                if "default" not in one:
                    yield f"{at}: is not written and has no default"
                continue
            other = written[names[0]]
            if one.get("unit") != other.get("unit"):
                yield f"{at}: the unit {other.get('unit')} is not {one.get('unit')}"
            yield from self.obstacles(one["type"], other["type"], at)


def _look_up(schema: Any, definitions: dict[str, Any]) -> Any:
    while isinstance(schema, dict) and isinstance(schema["type"], dict | list):
        schema = schema["type"]
    if isinstance(schema, dict) and (schema["type"] in _NAMED or "logicalType" in schema):
        return schema
    name = schema["type"] if isinstance(schema, dict) else schema
    return definitions.get(_simple(name), schema) if isinstance(name, str) else schema


def _definitions(schema: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(part: Any) -> None:
        if isinstance(part, list):
            for branch in part:
                walk(branch)
        elif isinstance(part, dict):
            if part.get("type") in _NAMED:
                found[_simple(part["name"])] = part
            for name in ("type", "items", "values"):
                walk(part.get(name))
            for one in part.get("fields", ()):
                walk(one["type"])

    walk(schema)
    return found


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
    if (meaning := _meaning(schema)) and kind != "enum":
        kept["meaning"] = meaning
    if kind in _NAMED:
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
        kept["fields"] = [
            {
                **{name: one[name] for name in ("name", *_MEANS) if name in one},
                "type": _essence(one["type"], namespace),
            }
            for one in schema["fields"]
        ]
    return kept if len(kept) > 1 else _essence(kind, namespace)


def _meaning(schema: Any) -> str:
    """Return the logical type with its attributes; empty: the plain value."""
    logical = logical_type(schema)
    if logical == "decimal":
        return f"decimal({schema.get('precision')}, {schema.get('scale', 0)})"
    return logical


def _aliases(schema: Any) -> Sequence[str]:
    return schema.get("aliases", ()) if isinstance(schema, dict) else ()


def _kind(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def _branch(schema: Any) -> str:
    kind = _kind(schema)
    return _simple(schema["name"]) if kind in _NAMED else kind


def _simple(name: str) -> str:
    return name.rpartition(".")[2]
