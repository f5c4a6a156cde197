"""What compatibility says is what fastavro does with the bytes."""

from io import BytesIO
from typing import Any

import fastavro
import pytest
from fastavro.read import SchemaResolutionError

from ballotcast.channels.compatibility import compare
from ballotcast.channels.schemas import ChannelSchema, physical

TIME = {"name": "time", "type": "long", "unit": "ms"}


def schema(*fields: Any, name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [TIME, *fields]}


def field(kind: Any, **more: Any) -> dict[str, Any]:
    return {"name": "x", "type": kind, **more}


ENUM = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
FIXED = {"type": "fixed", "name": "F", "size": 2}
SCHEMAS = {
    "none": schema(),
    "int": schema(field("int")),
    "int, default": schema(field("int", default=1)),
    "long": schema(field("long")),
    "double": schema(field("double")),
    "string": schema(field("string")),
    "bytes": schema(field("bytes")),
    "null or int": schema(field(["null", "int"])),
    "null or string": schema(field(["null", "string"])),
    "enum": schema(field(ENUM)),
    "longer enum": schema(field({**ENUM, "symbols": ["A", "B", "C"]})),
    "enum, default": schema(field({**ENUM, "symbols": ["A", "Z"], "default": "Z"})),
    "fixed": schema(field(FIXED)),
    "wider fixed": schema(field({**FIXED, "size": 3})),
    "array": schema(field({"type": "array", "items": "int"})),
    "array of strings": schema(field({"type": "array", "items": "string"})),
    "map": schema(field({"type": "map", "values": "int"})),
    "record": schema(field({"type": "record", "name": "I", "fields": [{"name": "y", "type": "int"}]})),
    "other record": schema(field({"type": "record", "name": "I", "fields": [{"name": "z", "type": "int"}]})),
}
VALUES: dict[str, list[Any]] = {
    "int": [1],
    "int, default": [1],
    "long": [2**40],
    "double": [1.5],
    "string": ["a"],
    "bytes": [b"a"],
    "null or int": [None, 1],
    "null or string": [None, "a"],
    "enum": ["A", "B"],
    "longer enum": ["A", "B", "C"],
    "enum, default": ["A", "Z"],
    "fixed": [b"ab"],
    "wider fixed": [b"abc"],
    "array": [[1]],
    "array of strings": [["a"]],
    "map": [{"k": 1}],
    "record": [{"y": 1}],
    "other record": [{"z": 1}],
    "none": [None],
}


def reads(reader: str, writer: str) -> bool:
    written, read = physical(SCHEMAS[writer]), physical(SCHEMAS[reader])
    for value in VALUES[writer]:
        data = BytesIO()
        record = {"time": 1} | ({} if writer == "none" else {"x": value})
        fastavro.schemaless_writer(data, fastavro.parse_schema(written), record)
        data.seek(0)
        try:
            fastavro.schemaless_reader(data, fastavro.parse_schema(written), fastavro.parse_schema(read))
        except (SchemaResolutionError, ValueError, TypeError):
            return False
    return True


@pytest.mark.parametrize("registered", SCHEMAS)
@pytest.mark.parametrize("provided", SCHEMAS)
def test_as_fastavro_reads(registered: str, provided: str) -> None:
    found = compare(ChannelSchema.parse(SCHEMAS[registered]), ChannelSchema.parse(SCHEMAS[provided]))
    ways = reads(provided, registered), reads(registered, provided)
    expected = {
        (True, True): "full",
        (True, False): "provided-reads-registered",
        (False, True): "registered-reads-provided",
        (False, False): "none",
    }[ways]
    # The canonical form leaves defaults out: the same bytes mean the same.
    same = registered.removesuffix(", default") == provided.removesuffix(", default") != "enum"
    assert found.verdict == ("equal" if same or registered == provided else expected)
    assert bool(found.reasons) == (found.verdict not in ("equal", "full"))


def test_doc_and_order_of_attributes_do_not_matter_but_the_time_axis_does() -> None:
    one = ChannelSchema.parse(schema(field("int")))
    assert compare(one, ChannelSchema.parse({"doc": "d", **schema(field("int", doc="x"))})).verdict == "equal"
    other = {**schema(field("int")), "fields": [{**TIME, "unit": "us"}, field("int")]}
    found = compare(one, ChannelSchema.parse(other))
    assert found.verdict == "none"
    assert "time axis" in found.reasons[0]
