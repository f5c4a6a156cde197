"""Which schemas a channel can have, and what is read off them."""

import json
from typing import Any

import pytest
from fastavro.schema import fingerprint, to_parsing_canonical_form

from ballotcast.channels.schemas import MOST_BYTES, ChannelSchema, SchemaError
from ballotcast.channels.time_axis import TimeAxis
from sensor import SENSOR

TIME = {"name": "time", "type": "long", "unit": "ms"}


def record(*fields: Any, name: str = "R") -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def test_an_object_and_its_json_text_are_the_same_schema() -> None:
    assert ChannelSchema.parse(SENSOR) == ChannelSchema.parse(json.dumps(SENSOR, indent=2))


def test_the_fingerprint_is_fastavros() -> None:
    assert ChannelSchema.parse(SENSOR).fingerprint == fingerprint(to_parsing_canonical_form(SENSOR), "CRC-64-AVRO")


@pytest.mark.parametrize(
    ("field", "axis"),
    [
        ({"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}, TimeAxis("at", "ms")),
        ({"name": "at", "type": {"type": "long", "logicalType": "local-timestamp-nanos"}}, TimeAxis("at", "ns")),
        ({"name": "time", "type": "double", "unit": "s"}, TimeAxis("time", "s")),
        ({"name": "time", "type": "long", "doc": "Unix timestamp in milliseconds"}, TimeAxis("time", "ms")),
        ({"name": "time", "type": "long", "doc": "µs since the epoch"}, TimeAxis("time", "us")),
    ],
)
def test_the_time_axis(field: dict[str, Any], axis: TimeAxis) -> None:
    assert ChannelSchema.parse(record({"name": "x", "type": "long"}, field)).time == axis


def test_numbers_are_the_fields_that_can_be_calculated_with() -> None:
    fields = [TIME, {"name": "a", "type": ["null", "float"]}, {"name": "b", "type": ["string", "int"]}]
    assert ChannelSchema.parse(record(*fields)).numbers == {"time", "a"}


NESTED: Any = "long"
for _ in range(2000):
    NESTED = {"type": "array", "items": NESTED}
TWICE = [record({"name": "x", "type": "long"}, name="R0")]
for depth in range(1, 20):
    inner = TWICE[-1]
    TWICE.append(record({"name": "l", "type": inner}, {"name": "r", "type": f"R{depth - 1}"}, name=f"R{depth}"))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("data.avsc", "must be an Avro record"),
        ('{"type": ', "not JSON"),
        ([], "must be an Avro record"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "must be an Avro record"),
        ({"type": "record", "fields": [TIME]}, "not Avro"),
        ({"type": "record", "name": "R", "fields": 3}, "not Avro"),
        (record(TIME, {"name": "x", "type": "flaot"}), "not Avro"),
        (record(TIME, {"name": "x"}), "not Avro"),
        (record({"name": "x", "type": "double"}), "must say when"),
        (record({"name": "time", "type": "long"}), "must state its unit"),
        (record({"name": "time", "type": "long", "unit": "fortnight"}), "must state its unit"),
        (record({"name": "time", "type": "string", "unit": "s"}), "must be a number"),
        (record(TIME, {"name": "x", "type": {"type": "array", "items": "null"}}), "must not be empty"),
        (record(TIME, {"name": "x", "type": {"type": "array", "items": record(name="E")}}), "must not be empty"),
        (record(TIME, {"name": "x", "type": TWICE[-1]}), "values"),
        (record(TIME, {"name": "x", "type": NESTED}), "nested over 64 deep"),
        (record({**TIME, "doc": "x" * MOST_BYTES}), "bytes"),
    ],
    ids=range(17),
)
def test_what_is_refused(schema: Any, reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        ChannelSchema.parse(schema)
