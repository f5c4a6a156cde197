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
    assert found.verdict == ("equal" if registered == provided else expected)
    assert bool(found.reasons) == (found.verdict not in ("equal", "full"))


def test_doc_and_order_of_attributes_do_not_matter_but_the_time_axis_does() -> None:
    one = ChannelSchema.parse(schema(field("int")))
    assert compare(one, ChannelSchema.parse({"doc": "d", **schema(field("int", doc="x"))})).verdict == "equal"
    other = {**schema(field("int")), "fields": [{**TIME, "unit": "us"}, field("int")]}
    found = compare(one, ChannelSchema.parse(other))
    assert found.verdict == "none"
    assert "time axis" in found.reasons[0]


def logical(name: str, kind: str = "long", **attributes: Any) -> dict[str, Any]:
    return field({"type": kind, "logicalType": name, **attributes})


@pytest.mark.parametrize(
    ("registered", "provided", "verdict"),
    [
        (logical("timestamp-millis"), logical("timestamp-micros"), "none"),
        (logical("timestamp-millis"), field("long"), "none"),
        (logical("time-millis", "int"), logical("date", "int"), "none"),
        (logical("decimal", "bytes", precision=4), logical("decimal", "bytes", precision=4, scale=2), "none"),
        (logical("decimal", "bytes", precision=4), logical("decimal", "bytes", precision=4, scale=0), "equal"),
        (logical("date", "string"), field("string"), "equal"),
        (field("int", unit="V"), field("int", unit="mV"), "none"),
        (field("int", unit="V"), field("int", unit="V", doc="words"), "equal"),
        (field("int", default=1), field("int", default=2), "full"),
        (field("int", aliases=["y"]), field("int"), "full"),
        (field(["null", logical("timestamp-millis")["type"]]), field(["null", "long"]), "none"),
    ],
)
def test_what_gives_a_value_its_meaning_counts(registered: Any, provided: Any, verdict: str) -> None:
    found = compare(ChannelSchema.parse(schema(registered)), ChannelSchema.parse(schema(provided)))
    assert found.verdict == verdict
    assert bool(found.reasons) == (verdict == "none")


def fixed(name: str, size: int = 2, **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": name, "size": size, **more}


def both(first: Any, second: Any) -> dict[str, Any]:
    return schema({"name": "x", "type": first}, {"name": "y", "type": second})


@pytest.mark.parametrize(
    ("registered", "provided", "verdict"),
    [
        (both(fixed("a.F"), fixed("b.F", 3)), both(fixed("a.F"), fixed("b.F", 4)), "none"),
        (both(fixed("a.F"), fixed("b.F", 3)), both(fixed("a.F", 3), fixed("b.F", 3)), "none"),
        (both(fixed("a.F"), "a.F"), both(fixed("a.F"), fixed("b.F", 3)), "none"),
        (schema(field([fixed("a.F"), fixed("b.F", 3)])), schema(field([fixed("b.F", 3), fixed("a.F")])), "full"),
        (schema(field([fixed("a.F"), fixed("b.F", 3)])), schema(field(fixed("b.F", 3))), "registered-reads-provided"),
        (schema(field([fixed("a.F"), fixed("b.F")])), schema(field(fixed("c.F"))), "provided-reads-registered"),
        (schema(field(fixed("a.F"))), schema(field(fixed("b.F"))), "full"),
        (schema(field(fixed("G", aliases=["F"]))), schema(field(fixed("F"))), "registered-reads-provided"),
        (schema(field(fixed("a.G", aliases=["F"]))), schema(field(fixed("b.F"))), "none"),
        (schema(field(["int", "boolean"], default=1)), schema(field(["int", "boolean"], default=True)), "full"),
        (schema(field("double", default=1)), schema(field("double", default=1.0)), "equal"),
        (schema(field("long", logicalType="timestamp-millis")), schema(field("long")), "none"),
    ],
)
def test_a_type_is_known_by_its_full_name(registered: Any, provided: Any, verdict: str) -> None:
    """Two types of one simple name were judged as one."""
    assert compare(ChannelSchema.parse(registered), ChannelSchema.parse(provided)).verdict == verdict


def test_reasons_are_short_whatever_they_name() -> None:
    one, other = (field({**ENUM, "symbols": [letter * 100_000]}) for letter in "AB")
    found = compare(ChannelSchema.parse(schema(one)), ChannelSchema.parse(schema(other)))
    assert max(map(len, found.reasons)) < 1100


def test_a_judgement_takes_time_in_proportion_to_the_schemas_and_names_few_reasons() -> None:
    """Sixty thousand symbols against others took nine seconds, as each was looked for in a list."""
    one, other = (field({**ENUM, "symbols": [f"{letter}{n}" for n in range(60_000)]}) for letter in "ab")
    found = compare(ChannelSchema.parse(schema(one)), ChannelSchema.parse(schema(other)))
    assert (found.verdict, len(found.reasons)) == ("none", 40)


def test_a_union_of_many_types_is_looked_up() -> None:
    types = [{"type": "fixed", "name": f"F{n}", "size": 1} for n in range(3000)]
    one, other = schema(field(types)), schema(field(types[::-1]))
    assert compare(ChannelSchema.parse(one), ChannelSchema.parse(other)).verdict == "full"


def test_of_two_records_in_a_union_the_one_that_reads_is_found() -> None:
    def pair(name: str) -> list[Any]:
        return [
            {"type": "record", "name": "A", "fields": [{"name": name, "type": "int"}]},
            {"type": "record", "name": "B", "fields": [{"name": "b", "type": "int"}]},
        ]

    found = compare(ChannelSchema.parse(schema(field(pair("a")))), ChannelSchema.parse(schema(field(pair("c")))))
    assert found.verdict == "none"
    assert compare(*(ChannelSchema.parse(schema(field(pair("a")))) for _ in range(2))).verdict == "equal"
