"""JSON where it does not say the type: Avro's own encoding and the natural one; what could be several is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avro_schemas import TIME, branch_name, records, schemas, written
from ballotcast.channels.records import BadRecord, TooMuch, decode, encode_records
from ballotcast.channels.schemas import ChannelSchema, SchemaError
from effort import examples

A = {"type": "record", "name": "A", "fields": [{"name": "a", "type": "bytes"}]}
B = {"type": "record", "name": "B", "fields": [{"name": "b", "type": "bytes"}]}
TWIN = {"type": "record", "name": "Twin", "fields": [{"name": "a", "type": "bytes"}]}
E = {"type": "enum", "name": "E", "symbols": ["LOW"]}
F = {"type": "fixed", "name": "F", "size": 3}
COUNTS = {"type": "map", "values": "int"}
OWN = {"type": "record", "name": "W", "fields": [{"name": "W", "type": COUNTS, "default": {"a": 1}}]}
"""A record with a field of its own name."""


def channel(kind: Any, **more: Any) -> ChannelSchema:
    return ChannelSchema.parse({"type": "record", "name": "r", "fields": [TIME, {"name": "v", "type": kind, **more}]})


@pytest.mark.parametrize(
    ("union", "value", "branch", "kept"),
    [
        (["null", "string", "bytes"], "日本", 1, "日本"),
        (["null", "string", "bytes"], "abc", 1, "abc"),
        (["null", "string", "bytes"], {"bytes": "\xff"}, 2, b"\xff"),
        (["null", "string", "bytes"], {"string": "x"}, 1, "x"),
        (["null", "string", "bytes"], None, 0, None),
        ([A, B], {"b": "\xff"}, 1, {"b": b"\xff"}),
        ([A, TWIN], {"Twin": {"a": "x"}}, 1, {"a": b"x"}),
        (["bytes", E], {"E": "LOW"}, 1, "LOW"),
        (["string", E], "LOW", 0, "LOW"),
        (["null", F, "int"], "abc", 1, b"abc"),
        (["double", "long"], 5, 1, 5),
        (["float", "double"], 0.1, 1, 0.1),
        (["int", "double"], 2**40, 1, float(2**40)),
        (["int", {"type": "array", "items": "int"}], [1], 1, [1]),
        (["null", "string"], {"string": "q"}, 1, "q"),
        (["null", "string"], "q", 1, "q"),
        (["null", "double"], {"double": 1.5}, 1, 1.5),
        (["null", COUNTS], {"map": {"map": 1}}, 1, {"map": 1}),
        (["null", COUNTS], {"map": 1}, 1, {"map": 1}),
        (["null", {"type": "array", "items": ["null", "int"]}], {"array": [None, {"int": 2}]}, 1, [None, 2]),
        ([{"type": "map", "values": "string"}, A], {"string": "x"}, 0, {"string": "x"}),
    ],
)
def test_which_type_a_value_is(union: list[Any], value: Any, branch: int, kept: Any) -> None:
    schema = channel(union)
    batch = encode_records(schema, [{"time": 0, "v": value}])
    assert batch.data[1] == 2 * branch
    assert decode(schema, batch)[0]["v"] == kept


@pytest.mark.parametrize(
    ("union", "value", "words"),
    [
        ([A, TWIN], {"a": "x"}, "could be A or Twin"),
        (["bytes", E], "LOW", "could be bytes or E"),
        ([{"type": "map", "values": "string"}, "string"], {"string": "x"}, "could be map or string"),
        (["null", "string", "bytes"], 1, "expected null or string or bytes"),
        (["null", A], {"c": "x"}, "expected null or A"),
        (["null", "bytes"], "€", "expected null or bytes"),
        (["null", "string"], {"int": 1}, "expected null or string"),
        (["null", OWN], {"W": {}}, "W or W"),
    ],
)
def test_what_could_be_several_or_none_is_refused(union: list[Any], value: Any, words: str) -> None:
    with pytest.raises(BadRecord, match=words) as bad:
        encode_records(channel(union), [{"time": 0, "v": None if "null" in union else value}, {"time": 0, "v": value}])
    assert bad.value.field == "v"


def test_names_in_a_namespace_are_the_same_type() -> None:
    fields = [TIME, {"name": "a", "type": {**F, "name": "H"}}, {"name": "b", "type": "ns.H"}]
    schema = ChannelSchema.parse({"type": "record", "name": "r", "namespace": "ns", "fields": fields})
    [record] = decode(schema, encode_records(schema, [{"time": 1, "a": "\x00ab", "b": "\x00ab"}]))
    assert record == {"time": 1, "a": b"\x00ab", "b": b"\x00ab"}


def test_a_default_of_bytes_stands_for_its_text() -> None:
    schema = channel("bytes", default="\xff")
    assert decode(schema, encode_records(schema, [{"time": 1}])) == [{"time": 1, "v": b"\xff"}]


@pytest.mark.parametrize(
    ("kind", "default", "branch", "kept"),
    [
        (["bytes", E], "LOW", 0, b"LOW"),
        ([E, "bytes"], "LOW", 0, "LOW"),
        (["null", "string"], "x", 1, "x"),
        ([A, TWIN], {"a": "x"}, 0, {"a": b"x"}),
        (["string", {"type": "map", "values": "string"}], {"string": "x"}, 1, {"string": "x"}),
    ],
)
def test_a_default_is_of_the_first_type_that_it_fits(kind: list[Any], default: Any, branch: int, kept: Any) -> None:
    """Avro 1.12 has it so; earlier versions took defaults of the first type only."""
    schema = channel(kind, default=default)
    batch = encode_records(schema, [{"time": 0}])
    assert batch.data[1] == 2 * branch
    assert decode(schema, batch)[0]["v"] == kept


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (E, "HIGH"),
        (F, "ab"),
        ("bytes", "€"),
        ("int", 2**31),
        ("double", "NaN"),
        (["null", "string"], {"string": "x"}),
        ({"type": "array", "items": "int"}, ["a"]),
        (A, {}),
    ],
)
def test_a_default_that_is_not_of_its_type_is_refused_with_the_schema(kind: Any, default: Any) -> None:
    with pytest.raises(SchemaError):
        channel(kind, default=default)


def test_trying_costs_no_more_than_is_stated() -> None:
    """Each level could be either of two types: of 60 levels that would be 2 to the power of 60 attempts."""
    two = {**B, "fields": [{"name": "n", "type": ["null", "A", "B"]}]}
    twice = ["null", {**A, "fields": [{"name": "n", "type": ["null", "A", two]}]}, "B"]
    value: Any = None
    for _ in range(60):
        value = {"n": value}
    with pytest.raises(TooMuch):
        encode_records(channel(twice), [{"time": 0, "v": value}])


def encoded(schema: Any, value: Any, named: dict[str, Any]) -> Any:
    """Avro's JSON encoding of what fastavro takes, by a reading of the specification of its own."""
    if isinstance(schema, list):
        name, inner = value
        [branch] = [one for one in schema if branch_name(one) == name]
        return None if name == "null" else {name: encoded(branch, inner, named)}
    if isinstance(schema, str):
        schema = named.get(schema, schema)
    if isinstance(schema, str):
        return value.decode("latin-1") if schema == "bytes" else value
    if "name" in schema:
        named[schema["name"]] = schema
    match schema["type"]:
        case "array":
            return [encoded(schema["items"], one, named) for one in value]
        case "map":
            return {key: encoded(schema["values"], one, named) for key, one in value.items()}
        case "record":
            return {one["name"]: encoded(one["type"], value[one["name"]], named) for one in schema["fields"]}
    return value.decode("latin-1") if isinstance(value, bytes) else value


def names_of(schema: Any, found: dict[str, Any]) -> dict[str, Any]:
    for part in schema if isinstance(schema, list) else [schema]:
        if isinstance(part, dict):
            if "name" in part:
                found[part["name"]] = part
            for inner in (part.get("items"), part.get("values"), *(one["type"] for one in part.get("fields", ()))):
                names_of(inner, found)
    return found


@examples(12)
@given(st.data())
def test_avros_json_encoding_of_any_record_is_that_record_or_ambiguous(data: st.DataObject) -> None:
    given_schema = data.draw(schemas())
    schema = ChannelSchema.parse(given_schema)
    [value, *_] = data.draw(records(given_schema, finite=True))
    spoken = encoded(given_schema, value, names_of(given_schema, {}))
    try:
        batch = encode_records(schema, [spoken])
    except BadRecord:
        return
    assert batch.data == written(schema, [value])
