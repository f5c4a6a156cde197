"""Schemas that fastavro parses, and that other libraries refuse or fail on: refused where a channel is registered."""

from typing import Any

import pytest

from ballotcast.channels.schemas import ChannelSchema, SchemaError
from ballotcast.channels.spelling import MOST_DEPTH

TIME = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}


def schema(*types: Any, **members: Any) -> dict[str, Any]:
    fields = [{"name": f"x{number}", "type": kind} for number, kind in enumerate(types)]
    return {"type": "record", "name": "r", "fields": [TIME, *fields], **members}


def nested(depth: int) -> Any:
    kind: Any = "int"
    for _ in range(depth):
        kind = {"type": "array", "items": kind}
    return kind


def named(name: str, **members: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": "v", "type": "int"}], **members}


@pytest.mark.parametrize(
    "given",
    [
        schema([]),
        schema(["int", ["string"]]),
        schema(["int", "int"]),
        schema(["string", {"type": "string"}]),
        schema([{"type": "map", "values": "int"}, {"type": "map", "values": "string"}]),
        schema([named("a"), named("a")]),
        schema({"type": "fixed", "name": "f", "size": 4.0}),
        schema({"type": "fixed", "name": "f", "size": -1}),
        schema({"type": "fixed", "name": "f", "size": 2**33}),
        schema({"type": "enum", "name": "e", "symbols": []}),
        schema({"type": "long", "logicalType": ["timestamp-millis"]}),
        schema(named("int")),
        schema(named("a..b")),
        schema(named("a", aliases=[5])),
        schema(named("a", namespace="a b")),
        schema(named("n" * 256)),
        schema(nested(MOST_DEPTH + 1)),
        {**schema(), "fields": [TIME, {"name": "not-json", "type": "int"}]},
        {**schema(), "fields": [TIME, {"name": "a\0b", "type": "int"}]},
        {**schema(), "fields": [TIME, {"name": "x", "type": "int"}, {"name": "x", "type": "string"}]},
        {**schema(), "fields": [TIME, {"name": "x", "type": "int", "order": "up"}]},
    ],
    ids=lambda given: str(given["fields"][1:])[:60],
)
def test_what_other_libraries_refuse_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        ChannelSchema.parse(given)


@pytest.mark.parametrize(
    "given",
    [
        schema(nested(MOST_DEPTH - 1)),
        schema([named("Q", namespace="p"), named("Q", namespace="q")]),
        schema(["null", "int", {"type": "array", "items": "int"}]),
        schema({"type": "fixed", "name": "f", "size": 16, "aliases": ["g", "a.b"]}),
        {**schema(), "fields": [TIME, {"name": "x", "type": ["null", "r"], "default": None, "order": "ignore"}]},
    ],
)
def test_what_avro_allows_is_taken(given: dict[str, Any]) -> None:
    assert ChannelSchema.parse(given).json["fields"][0] == TIME
