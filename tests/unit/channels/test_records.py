"""Records fit or do not, all of them or none; fastavro itself is the oracle for what the bytes mean."""

import zlib
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotcast.channels import containers
from ballotcast.channels.containers import Batch, ContainerError, read_container, write_container
from ballotcast.channels.records import (
    MOST_BYTES,
    BadRecord,
    TooManyBytes,
    check_binary,
    check_container,
    decode,
    encode_records,
)
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.channels.shown import to_json
from sensor import SENSOR, sample, sensor

SCHEMA = sensor()
samples = st.builds(
    sample,
    st.integers(0, 2**40),
    volts=st.floats(allow_nan=False, allow_infinity=False),
    count=st.integers(-(2**31), 2**31 - 1),
    ok=st.booleans(),
    unit=st.none() | st.text(),
    level=st.sampled_from(["LOW", "HIGH"]),
)


@given(st.lists(samples, max_size=5))
def test_what_goes_in_comes_out_by_each_way(records: list[dict[str, Any]]) -> None:
    batch = encode_records(SCHEMA, records)
    assert decode(SCHEMA, batch) == records
    assert check_binary(SCHEMA, batch.data) == batch
    container = write_container(SCHEMA.text, [batch])
    assert check_container(SCHEMA, container) == batch
    assert [one["count"] for one in fastavro.reader(BytesIO(container))] == [one["count"] for one in records]


def test_fastavros_own_files_are_taken() -> None:
    written = BytesIO()
    fastavro.writer(written, fastavro.parse_schema(SENSOR), [sample(n) for n in range(1000)], codec="deflate")
    assert decode(SCHEMA, check_container(SCHEMA, written.getvalue())) == [sample(n) for n in range(1000)]


def test_a_file_of_another_schema_is_taken_if_it_reads_as_ours() -> None:
    fields = [field for field in SENSOR["fields"] if field["name"] != "unit"] + [{"name": "more", "type": "string"}]
    record = {name: value for name, value in sample().items() if name != "unit"} | {"more": "x"}
    written = BytesIO()
    fastavro.writer(written, fastavro.parse_schema({**SENSOR, "fields": fields}), [record])
    assert decode(SCHEMA, check_container(SCHEMA, written.getvalue())) == [sample()]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time": 1.5}, "time"),
        ({"time": 2**63}, "time"),
        ({"time": "2026-11-20T09:00:00Z"}, "time"),
        ({"time": None}, "time"),
        ({"count": True}, "count"),
        ({"count": 2**31}, "count"),
        ({"ok": 1}, "ok"),
        ({"ok": "true"}, "ok"),
        ({"volts": "1.5"}, "volts"),
        ({"unit": 3}, "unit"),
        ({"level": "MIDDLE"}, "level"),
        ({"extra": 1}, "extra"),
    ],
)
def test_the_first_bad_record_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRecord) as bad:
        encode_records(SCHEMA, [sample(), sample(1), sample(2, **change), sample(3, **change)])
    assert (bad.value.index, bad.value.field) == (2, field)


@pytest.mark.parametrize("record", [None, 1, [], "x"])
def test_what_is_no_object_is_no_record(record: Any) -> None:
    with pytest.raises(BadRecord) as bad:
        encode_records(SCHEMA, [sample(), record])
    assert bad.value.index == 1


def test_a_missing_field_stands_for_its_default_or_is_named() -> None:
    record = sample()
    del record["unit"]
    assert decode(SCHEMA, encode_records(SCHEMA, [record])) == [sample()]
    del record["volts"]
    with pytest.raises(BadRecord) as bad:
        encode_records(SCHEMA, [record])
    assert bad.value.field == "volts"


def test_bytes_are_text_of_code_points_in_json() -> None:
    fields = [
        {"name": "time", "type": "long", "unit": "s"},
        {"name": "raw", "type": "bytes"},
        {"name": "parts", "type": {"type": "array", "items": {"type": "fixed", "name": "F", "size": 2}}},
    ]
    schema = ChannelSchema.parse({"type": "record", "name": "R", "fields": fields})
    given_record = {"time": 1, "raw": "\x00\xff", "parts": ["ab", "\xfe\xff"]}
    [record] = decode(schema, encode_records(schema, [given_record]))
    assert record == {"time": 1, "raw": b"\x00\xff", "parts": [b"ab", b"\xfe\xff"]}
    assert to_json(record) == given_record
    with pytest.raises(BadRecord):
        encode_records(schema, [{**given_record, "raw": "€"}])


def test_too_many_bytes() -> None:
    with pytest.raises(TooManyBytes):
        encode_records(SCHEMA, [sample(unit="x" * MOST_BYTES)])
    with pytest.raises(TooManyBytes):
        check_binary(SCHEMA, bytes(MOST_BYTES + 1))


@given(st.binary(max_size=200))
def test_bytes_of_anybody_are_records_or_refused(data: bytes) -> None:
    try:
        batch = check_binary(SCHEMA, data)
    except BadRecord:
        return
    assert len(decode(SCHEMA, batch)) == batch.count


@given(st.binary(max_size=200), st.integers(0, 300))
def test_files_of_anybody_are_read_or_refused(noise: bytes, at: int) -> None:
    whole = write_container(SCHEMA.text, [encode_records(SCHEMA, [sample()])])
    try:
        check_container(SCHEMA, whole[:at] + noise + whole[at + len(noise) :])
    except (ContainerError, BadRecord):
        return


def test_few_bytes_do_not_inflate_without_bound() -> None:
    bomb = zlib.compress(bytes(100_000_000), 9, wbits=-15)
    block = containers.encode_long(1) + containers.encode_long(len(bomb)) + bomb
    head = containers.header(SCHEMA.text)
    with pytest.raises(ContainerError, match="over"):
        check_container(SCHEMA, head + block + head[-16:])


def test_a_file_holds_what_it_says_and_nothing_else() -> None:
    batch, one = encode_records(SCHEMA, [sample(), sample(1)]), encode_records(SCHEMA, [sample()])
    head, sync = containers.header(SCHEMA.text), containers.header(SCHEMA.text)[-16:]

    def block(count: int, deflated: bytes) -> bytes:
        return containers.encode_long(count) + containers.encode_long(len(deflated)) + deflated + sync

    deflated, wrapped = zlib.compress(batch.data, wbits=-15), zlib.compress(batch.data)[2:-1]
    assert check_container(SCHEMA, head + block(2, wrapped)) == batch  # as fastavro cuts zlib's checksum off
    broken = {
        "does not hold the 1 records": block(1, deflated),
        "does not hold the 3 records": block(3, deflated),
        "block 0 does not hold the 1": block(1, deflated) + block(2, zlib.compress(one.data, wbits=-15)),
        "does not hold the 0 records": block(0, deflated),
        "bytes behind": block(2, deflated + b"more"),
        "end too early": block(2, deflated[:-3]),
        "ends too early": block(2, deflated) + b"\2",
        "a block is broken": block(2, deflated)[:-1] + b"?",
    }
    for words, blocks in broken.items():
        with pytest.raises(ContainerError, match=words):
            check_container(SCHEMA, head + blocks)
    named_twice = head.replace(b"\x04\x16avro.schema", b"\x06\x02a\x02b\x02a\x02c\x16avro.schema")
    named_twice = named_twice.replace(b"\x06\x02a", b"\x08\x02a")
    with pytest.raises(ContainerError, match="'a' twice"):
        check_container(SCHEMA, named_twice + block(2, deflated))


def test_a_batch_that_is_not_what_it_says_is_refused() -> None:
    batch = encode_records(SCHEMA, [sample(), sample(1)])
    for count in (1, 3):
        with pytest.raises(ContainerError):
            decode(SCHEMA, Batch(count, batch.data))
    with pytest.raises(ContainerError):
        list(read_container(b"PK\x03\x04")[1])
