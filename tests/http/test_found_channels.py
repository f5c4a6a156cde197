"""Inputs that once ended a channel, changed in silence, or failed a read for everybody: what each gives now."""

import json
from typing import Any

import pytest

from ballotcast.channels.containers import read_container
from ballotcast.channels.records import encode_records
from ballotcast.channels.schemas import ChannelSchema
from problem import assert_problem
from relays_played import PlayedChannels

MILLIS = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}}
MICROS = {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}}
SECONDS = {"name": "time", "type": "double", "unit": "s"}
X = {"name": "x", "type": "double"}
RECORD = bytes.fromhex("80c0e285e368b63ad1fa043d6e96")
"""A time and a double."""
A = {"type": "record", "name": "A", "fields": [{"name": "a", "type": "bytes"}]}
B = {"type": "record", "name": "B", "fields": [{"name": "b", "type": "bytes"}]}
FIXED = [{"name": "a", "type": {"type": "fixed", "name": "H", "size": 4}}, {"name": "b", "type": "ns.H"}]


def schema(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "r", "fields": list(fields), **more}


def file_of(written: dict[str, Any], count: bytes, block: bytes) -> bytes:
    """An object container whose block may lie about its records."""
    text = json.dumps(written).encode()
    head = b"Obj\x01\x02\x16avro.schema" + _long(len(text)) + text + b"\0" + b"S" * 16
    return head + count + _long(len(block)) + block + b"S" * 16


def _long(number: int) -> bytes:
    left, encoded = number << 1, bytearray()
    while left > 0x7F:
        encoded.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes(encoded) + bytes([left])


MICROS_FILE = file_of(schema(MICROS, X), b"\x02", bytes.fromhex("8080c1f4e2dcb006000000000000f03f"))
REFUSED = {
    "poison-time": (
        schema(SECONDS, {"name": "x", "type": "int"}),
        "application/json",
        b'{"records":[{"time":1e40,"x":2}]}',
        422,
        "bad-record",
    ),
    "nan-record": (schema(MILLIS, X), "application/json", b'{"records":[{"time":2,"x":NaN}]}', 422, "bad-record"),
    "uuid-bad": (
        schema(MILLIS, {"name": "id", "type": {"type": "string", "logicalType": "uuid"}}),
        "application/json",
        b'{"records":[{"time":2,"id":"not-a-uuid"}]}',
        422,
        "bad-record",
    ),
    "enum-minus-one": (
        schema(MILLIS, {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}}),
        "avro/binary",
        b"\x02\x01",
        422,
        "bad-record",
    ),
    "confluent-framed": (schema(MILLIS, X), "avro/binary", bytes.fromhex("0000000007") + RECORD, 422, "bad-record"),
    "single-object-framed": (schema(MILLIS, X), "avro/binary", b"\xc3\x01" + bytes(8) + RECORD, 422, "bad-record"),
    "container-micros": (schema(MILLIS, X), "application/avro", MICROS_FILE, 400, "malformed"),
    "container-empty-records": (
        schema(MILLIS, X),
        "application/avro",
        file_of(schema(), b"\x80\xc2\xd7\x2f", b""),
        400,
        "malformed",
    ),
}


@pytest.mark.parametrize("found", REFUSED)
def test_what_cannot_be_kept_as_it_was_meant_is_refused_and_the_channel_lives(
    played: PlayedChannels, found: str
) -> None:
    given, media_type, body, status, slug = REFUSED[found]
    client = played.client
    assert client.post("/channels", json={"name": "lab", "schema": given}).status_code == 201
    refused = client.post("/channels/lab/records", content=body, headers={"content-type": media_type})
    pointers = [error["pointer"] for error in refused.json().get("errors", [])]
    assert_problem(refused, status, slug, *pointers)
    assert all(pointer.startswith("/records/0") for pointer in pointers)
    shown = client.get("/channels/lab").json()
    assert (shown["status"], shown["relay"]["records"], shown["dead_letters"]) == ("active", 0, [])
    assert client.get("/channels/lab/live").json()["records"] == []
    assert client.delete("/channels/lab").status_code == 200


ON_FIELD = {"name": "time", "type": "long", "logicalType": "timestamp-micros"}


def test_a_file_whose_time_axis_is_in_another_unit_is_refused(played: PlayedChannels) -> None:
    client = played.client
    assert client.post("/channels", json={"name": "lab", "schema": schema(ON_FIELD, X)}).status_code == 201
    millis = file_of(schema({**ON_FIELD, "logicalType": "timestamp-millis"}, X), b"\x02", _long(5) + bytes(8))
    refused = client.post("/channels/lab/records", content=millis, headers={"content-type": "application/avro"})
    assert_problem(refused, 400, "malformed")
    micros = file_of(schema(ON_FIELD, X), b"\x02", _long(5) + bytes(8))
    taken = client.post("/channels/lab/records", content=micros, headers={"content-type": "application/avro"})
    assert taken.status_code == 202


TAKEN = {
    "union-string-bytes": (
        schema(MILLIS, {"name": "v", "type": ["null", "string", "bytes"], "default": None}),
        {"time": 2, "v": "日本"},
    ),
    "union-two-records": (schema(MILLIS, {"name": "v", "type": [A, B]}), {"time": 1, "v": {"b": "ÿ"}}),
    "namespaced-fixed": (schema(MILLIS, *FIXED, namespace="ns"), {"time": 1, "a": "\0abc", "b": "\0abc"}),
}


@pytest.mark.parametrize("found", TAKEN)
def test_json_that_avro_allows_comes_back_as_it_was(played: PlayedChannels, found: str) -> None:
    given, record = TAKEN[found]
    client = played.client
    assert (
        client.post("/channels", json={"name": "lab", "schema": given, "config": {"decimation": 1}}).status_code == 201
    )
    assert client.post("/channels/lab/records", json={"records": [record]}).status_code == 202
    assert client.get("/channels/lab/live").json()["records"] == [record]
    file = client.get("/channels/lab/export", headers={"Accept": "application/avro"})
    [batch] = read_container(file.content)[1]
    assert batch == encode_records(ChannelSchema.parse(given), [record])
