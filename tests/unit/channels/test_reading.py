"""What the worker could not keep, or a reader could not read, is refused before it is accepted."""

from typing import Any

import pytest

from ballotcast.channels.containers import ContainerError, encode_long, header, write_container
from ballotcast.channels.records import BadRecord, TooManyBytes, TooMuch, check_binary, check_container, encode_records
from ballotcast.channels.schemas import ChannelSchema, SchemaError
from ballotcast.channels.spelling import MOST_NAME

MILLIS = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}


def channel(*fields: Any) -> ChannelSchema:
    """A channel's schema; fields of a name next to `time` in milliseconds, or all of them where `time` is one."""
    named = any(field["name"] == "time" for field in fields)
    return ChannelSchema.parse({"type": "record", "name": "r", "fields": [*([] if named else [MILLIS]), *fields]})


def typed(kind: Any, **attributes: Any) -> ChannelSchema:
    return channel({"name": "x", "type": {"type": kind, **attributes} if attributes else kind})


SECONDS = channel({"name": "time", "type": "double", "unit": "s"}, {"name": "x", "type": "int"})


@pytest.mark.parametrize("time", [1e40, -1e40, 253_402_300_800, -62_135_596_801, float("inf"), float("nan")])
def test_a_time_that_no_calendar_has_is_refused(time: float) -> None:
    with pytest.raises(BadRecord, match="years 1 to 9999") as bad:
        encode_records(SECONDS, [{"time": 0, "x": 1}, {"time": time, "x": 2}])
    assert (bad.value.index, bad.value.field) == (1, "time")


@pytest.mark.parametrize("time", [-62_135_596_800_001, 253_402_300_800_000])
def test_a_timestamp_that_no_calendar_has_is_refused(time: int) -> None:
    with pytest.raises(BadRecord, match="years 1 to 9999"):
        encode_records(typed("int"), [{"time": time, "x": 1}])


@pytest.mark.parametrize("kind", ["float", "double"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_has_no_nan_and_no_infinity(kind: str, number: float) -> None:
    with pytest.raises(BadRecord, match="finite number"):
        encode_records(typed(kind), [{"time": 2, "x": number}])


def test_a_double_that_is_no_float_is_refused() -> None:
    with pytest.raises(BadRecord, match="finite number"):
        encode_records(typed("float"), [{"time": 2, "x": 1e39}])


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (typed("string", logicalType="uuid"), "123e4567-e89b-12d3-a456-426614174000", "not-a-uuid"),
        (typed("int", logicalType="date"), 2_932_896, 2_932_897),
        (typed("int", logicalType="time-millis"), 86_399_999, 86_400_000),
        (typed("long", logicalType="time-micros"), 0, -1),
        (typed("long", logicalType="timestamp-micros"), -62_135_596_800_000_000, 2**62),
        (typed("long", logicalType="local-timestamp-millis"), 0, 2**62),
        (typed("bytes", logicalType="decimal", precision=2), "\x63", "\x64"),
        (typed("bytes", logicalType="decimal", precision=2), "\x9d", ""),
    ],
)
def test_what_a_logical_type_cannot_mean_is_refused(schema: ChannelSchema, good: Any, bad: Any) -> None:
    assert encode_records(schema, [{"time": 2, "x": good}]).count == 1
    with pytest.raises(BadRecord) as refused:
        encode_records(schema, [{"time": 2, "x": good}, {"time": 2, "x": bad}])
    assert (refused.value.index, refused.value.field) == (1, "x")


ENUM = typed("enum", name="E", symbols=["A", "B"])


@pytest.mark.parametrize(
    ("schema", "data", "reason"),
    [
        (ENUM, b"\x02\x01", "symbols"),
        (ENUM, b"\x02\x04", "symbols"),
        (typed(["null", "int"]), b"\x02\x01", "types"),
        (typed("boolean"), b"\x02\x07", "neither false nor true"),
        (typed("int"), b"\x02" + encode_long(2**31), "an int"),
        (typed("long"), b"\x02" + b"\xff" * 11, "too long"),
        (typed("string"), b"\x02\x01", "negative length"),
        (typed("string"), b"\x02\x02\xff", "UTF-8"),
        (typed("string"), b"\x02\x04a", "too early"),
        (typed("double"), b"\x02\x00", "too early"),
        (typed("array", items="int"), b"\x02" + encode_long(10**9) + b"\x00", "too early"),
        (typed("array", items="int"), b"\x02\x01\x08\x02\x00", "another size"),
        (typed("map", values="int"), b"\x02\x04\x02a\x00\x02a\x00\x00", "twice"),
    ],
)
def test_bytes_that_a_library_takes_and_another_cannot_read(schema: ChannelSchema, data: bytes, reason: str) -> None:
    with pytest.raises(BadRecord, match=reason) as bad:
        check_binary(schema, data)
    assert (bad.value.index, bad.value.field) == (0, "x")


def test_a_batch_has_a_bounded_number_of_records_and_values() -> None:
    """Each is counted before the work."""
    few = channel({"name": "time", "type": "int", "unit": "s"})
    assert check_binary(few, bytes(100_000)).count == 100_000
    with pytest.raises(TooMuch, match="100000 records"):
        check_binary(few, bytes(100_001))
    nulls = {"type": "record", "name": "Nulls", "fields": [{"name": f"n{n}", "type": "null"} for n in range(5000)]}
    with pytest.raises(TooMuch, match="1000000 values"):
        check_binary(typed(nulls), bytes(201))
    wide = {"type": "array", "items": {"type": "record", "name": "I", "fields": [*nulls["fields"], MILLIS]}}
    with pytest.raises(TooMuch, match="1000000 values"):
        check_binary(typed(wide), b"\x02" + encode_long(200) + bytes(300))


def test_a_few_bytes_do_not_spell_out_gigabytes() -> None:
    """A long symbol, or the long name of a field, stands in JSON and CSV as often as it is meant."""
    symbols = typed({"type": "array", "items": {"type": "enum", "name": "E", "symbols": ["A" * 20_000]}})
    at, count = encode_long(1_795_168_800_000), 3_000
    assert check_binary(symbols, at + encode_long(count) + bytes(count + 1)).count == 1
    with pytest.raises(TooMuch, match="64000000 characters"):
        check_binary(symbols, at + encode_long(2 * count) + bytes(2 * count + 1))
    name, many = "f" * MOST_NAME, 300_000
    named = typed(
        {"type": "array", "items": {"type": "record", "name": "I", "fields": [{"name": name, "type": "int"}]}}
    )
    with pytest.raises(TooMuch, match="64000000 characters"):
        check_binary(named, at + encode_long(many) + bytes(many + 1))
    wide = channel(*({"name": f"f{number:02}{name[3:]}", "type": "null"} for number in range(90)))
    with pytest.raises(TooMuch, match="64000000 characters"):
        encode_records(wide, [{"time": n, **{f"f{k:02}{name[3:]}": None for k in range(90)}} for n in range(count)])


INNER = [{"name": "k", "type": "int", "default": 0}, {"name": "t", "type": "string", "default": "y" * 300_000}]
ITEM = {"type": "record", "name": "I"}
HEAVY = {
    "a text": ({"name": "x", "type": "string", "default": "y" * 600_000}, [{"time": 1}] * 100),
    "a list": ({"name": "x", "type": {"type": "array", "items": "int"}, "default": [0] * 100_000}, [{"time": 1}] * 100),
    "in a list": (
        {"name": "x", "type": {"type": "array", "items": {**ITEM, "fields": INNER}}},
        [{"time": 1, "x": [{}] * 100_000}],
    ),
}


@pytest.mark.parametrize("found", HEAVY)
def test_defaults_do_not_make_much_of_a_few_characters(found: str) -> None:
    field, records = HEAVY[found]
    schema = channel(field)
    with pytest.raises(TooMuch, match="of defaults"):
        encode_records(schema, records)
    assert encode_records(schema, [{"time": 1, **({"x": [{}]} if found == "in a list" else {})}]).count == 1


def test_defaults_do_not_make_much_of_a_small_file() -> None:
    written = channel({"name": "x", "type": {"type": "array", "items": {**ITEM, "fields": INNER[:1]}}})
    batch = encode_records(written, [{"time": 1, "x": [{"k": 1}] * 10_000}])
    schema = channel({"name": "x", "type": {"type": "array", "items": {**ITEM, "fields": INNER}}})
    with pytest.raises(TooManyBytes):
        check_container(schema, write_container(written.text, [batch]))


def test_a_file_of_a_few_bytes_does_not_hold_millions_of_records() -> None:
    empty = '{"type": "record", "name": "r", "fields": []}'
    head = header(empty).replace(b"deflate", b"null").replace(encode_long(7) + b"null", encode_long(4) + b"null")
    container = head + encode_long(5_000_000) + encode_long(0) + head[-16:]
    with pytest.raises(ContainerError, match="does not hold the 5000000 records"):
        check_container(channel({**MILLIS, "default": 0}), container)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({}, "precision"),
        ({"precision": 0}, "precision"),
        ({"precision": "4"}, "precision"),
        ({"precision": 4, "scale": 5}, "scale"),
        ({"precision": 4, "scale": -1}, "scale"),
    ],
)
def test_a_decimal_that_not_every_reader_can_use_is_refused(attributes: dict[str, Any], reason: str) -> None:
    with pytest.raises(SchemaError, match=reason):
        typed("bytes", logicalType="decimal", **attributes)


def test_a_decimal_must_fit_its_bytes() -> None:
    with pytest.raises(SchemaError, match="fit"):
        typed("fixed", name="F", size=1, logicalType="decimal", precision=3)


def test_a_logical_type_on_another_type_means_nothing() -> None:
    assert encode_records(typed("string", logicalType="date"), [{"time": 1, "x": "any"}]).count == 1


def test_a_file_whose_numbers_mean_something_else_is_refused() -> None:
    """Microseconds would be kept as milliseconds."""
    micros = {**MILLIS, "type": {"type": "long", "logicalType": "timestamp-micros"}}
    written = channel(micros, {"name": "x", "type": "double"})
    container = write_container(written.text, [encode_records(written, [{"time": 1_795_165_200_000_000, "x": 1.0}])])
    with pytest.raises(ContainerError, match="timestamp-micros does not mean the same as timestamp-millis"):
        check_container(typed("double"), container)


def test_a_file_that_differs_in_words_is_kept_as_it_is() -> None:
    written = channel({"name": "x", "type": "double", "doc": "volts"})
    batch = encode_records(written, [{"time": 1, "x": 1.0}])
    assert check_container(typed("double"), write_container(written.text, [batch])) == batch


def found(name: str, schema: ChannelSchema) -> bytes:
    """A record of 15 bytes in somebody's framing."""
    [record] = [encode_records(schema, [{"time": 1_795_165_200_000, "x": 1.5}]).data]
    framings = {
        "ours": b"\xc3\x01" + bytes.fromhex(schema.fingerprint)[::-1],
        "another's": b"\xc3\x01" + bytes(8),
        "Confluent's": b"\0\0\0\0\x07",
    }
    return framings[name] + record


def test_a_single_object_of_our_schema_is_read_as_its_record() -> None:
    schema = typed("double")
    bare = encode_records(schema, [{"time": 1_795_165_200_000, "x": 1.5}])
    assert check_binary(schema, found("ours", schema), schema.digest) == bare


MICROS = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}}


def test_a_fingerprint_does_not_say_what_values_mean() -> None:
    """Schemas that differ only in a logical type or a unit have one fingerprint."""
    schema, micros = typed("double"), channel(MICROS, {"name": "x", "type": "double"})
    assert schema.fingerprint == micros.fingerprint
    for digest, words in (("", "name the schema"), (micros.digest, "another schema")):
        with pytest.raises(BadRecord, match=words):
            check_binary(schema, found("ours", schema), digest)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"records": [{"time": 1, "x": 1.5}]}', "JSON"),
        (b' [{"time": 1}]', "JSON"),
        (b'{"time": 1}\n{"time": 2}\n', "JSON"),
        (b"[" * 100_000, "JSON"),
        (header('{"type": "record", "name": "r", "fields": []}'), "application/avro"),
    ],
)
def test_what_is_no_bare_record_is_not_taken_for_one(body: bytes, words: str) -> None:
    with pytest.raises(BadRecord, match=words):
        check_binary(channel({"name": "time", "type": "int", "unit": "s"}), body)


@pytest.mark.parametrize(("name", "words"), [("another's", "single-object encoding"), ("Confluent's", "Confluent")])
def test_framings_of_others_are_not_taken_for_records(name: str, words: str) -> None:
    schema = typed("double")
    with pytest.raises(BadRecord, match=words):
        check_binary(schema, found(name, schema))


def test_records_that_only_begin_as_a_framing_does_are_records() -> None:
    schema = typed("double")
    zero = encode_records(schema, [{"time": 0, "x": 1.5}, {"time": 0, "x": 2.5}])
    assert check_binary(schema, zero.data) == zero
