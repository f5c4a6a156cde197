"""Whether data written by one schema can be read by another (Avro 1.12 specification, "Schema Resolution")."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ballotcast.channels.schemas import ChannelSchema, physical

Verdict = Literal["equal", "full", "provided-reads-registered", "registered-reads-provided", "none"]
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


@dataclass(frozen=True)
class Comparison:
    """`reasons`: why data cannot pass, in each direction that is closed."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def compare(registered: ChannelSchema, provided: ChannelSchema) -> Comparison:
    if registered.canonical == provided.canonical and registered.time == provided.time:
        return Comparison("equal")
    axis: list[str] = []
    if registered.time != provided.time:
        one, other = registered.time, provided.time
        axis = [f"the time axis is {one.field} in {one.unit}, not {other.field} in {other.unit}"]
    forward = axis or list(_obstacles(provided, registered))
    backward = axis or list(_obstacles(registered, provided))
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


def _obstacles(reader: ChannelSchema, writer: ChannelSchema) -> Iterator[str]:
    read, written = physical(reader.json), physical(writer.json)
    return _Resolution(_definitions(read), _definitions(written)).obstacles(read, written, "")


class _Resolution:
    """One direction. Named types are looked up by their unqualified names, as the specification matches them."""

    def __init__(self, read: dict[str, Any], written: dict[str, Any]) -> None:
        self._read, self._written = read, written
        self._seen: set[tuple[str, str]] = set()

    def obstacles(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        reader, writer = _look_up(reader, self._read), _look_up(writer, self._written)
        if isinstance(writer, list):
            for branch in writer:
                yield from self.obstacles(reader, branch, path)
            return
        if isinstance(reader, list):
            if not any(not list(self.obstacles(branch, writer, path)) for branch in reader):
                yield f"{path or '/'}: {_kind(writer)} is none of the reader's types"
            return
        kinds = _kind(writer), _kind(reader)
        if kinds[0] != kinds[1]:
            if kinds not in _PROMOTIONS:
                yield f"{path or '/'}: {kinds[0]} cannot be read as {kinds[1]}"
            return
        match kinds[0]:
            case "array":
                yield from self.obstacles(reader["items"], writer["items"], f"{path}/items")
            case "map":
                yield from self.obstacles(reader["values"], writer["values"], f"{path}/values")
            case "enum" | "fixed" | "record":
                yield from self._named(reader, writer, path)

    def _named(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        names = _simple(reader["name"]), _simple(writer["name"])
        if names[0] != names[1] and writer["name"] not in reader.get("aliases", ()):
            yield f"{path or '/'}: {names[1]} is not {names[0]}"
        elif names not in self._seen:
            self._seen.add(names)
            if reader["type"] == "record":
                yield from self._record(reader, writer, path)
            elif reader["type"] == "fixed" and reader["size"] != writer["size"]:
                yield f"{path or '/'}: {writer['size']} bytes are not {reader['size']}"
            elif reader["type"] == "enum" and "default" not in reader:
                for symbol in writer["symbols"]:
                    if symbol not in reader["symbols"]:
                        yield f"{path or '/'}: the reader has no symbol {symbol}"

    def _record(self, reader: Any, writer: Any, path: str) -> Iterator[str]:
        written = {one["name"]: one for one in writer["fields"]}
        for one in reader["fields"]:
            names = [name for name in (one["name"], *one.get("aliases", ())) if name in written]
            if names:
                yield from self.obstacles(one["type"], written[names[0]]["type"], f"{path}/{one['name']}")
            elif "default" not in one:
                yield f"{path}/{one['name']}: is not written and has no default"


def _look_up(schema: Any, definitions: dict[str, Any]) -> Any:
    while isinstance(schema, dict) and isinstance(schema["type"], dict | list):
        schema = schema["type"]
    name = schema["type"] if isinstance(schema, dict) else schema
    return definitions.get(_simple(name), schema) if isinstance(name, str) else schema


def _definitions(schema: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(part: Any) -> None:
        if isinstance(part, list):
            for branch in part:
                walk(branch)
        elif isinstance(part, dict):
            if part.get("type") in ("record", "enum", "fixed"):
                found[_simple(part["name"])] = part
            for name in ("type", "items", "values"):
                walk(part.get(name))
            for one in part.get("fields", ()):
                walk(one["type"])

    walk(schema)
    return found


def _kind(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def _simple(name: str) -> str:
    return name.rpartition(".")[2]
