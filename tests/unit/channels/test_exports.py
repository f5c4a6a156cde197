"""Exports hold the records, whichever tool reads them."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import fastavro
import pytest
from arro3.io import read_parquet

from ballotcast.channels.containers import Batch
from ballotcast.channels.exports import Format, TooLong, export, within, write_export
from ballotcast.channels.records import decode, encode_records
from ballotcast.channels.schemas import ChannelSchema
from sensor import START, sample, sensor

SCHEMA = sensor()
RECORDS = [sample(n, unit=None if n % 2 else 'quoted "text", ü\n', level="HIGH") for n in range(25)]
BATCHES = [encode_records(SCHEMA, RECORDS[:10]), encode_records(SCHEMA, RECORDS[10:])]


def rows(parquet: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_parquet(BytesIO(parquet)).read_all().to_struct_array().to_pylist()
    return found


def test_avro_is_read_by_fastavro() -> None:
    read = list(fastavro.reader(BytesIO(export(SCHEMA, BATCHES, "avro"))))
    assert [one["count"] for one in read] == list(range(25))
    assert read[1]["time"].timestamp() * 1_000_000 == START + 1


def test_csv_is_read_by_csv() -> None:
    read = list(csv.DictReader(StringIO(export(SCHEMA, BATCHES, "csv").decode(), newline="")))
    assert [int(one["time"]) for one in read] == [START + n for n in range(25)]
    assert [float(one["volts"]) for one in read] == [n / 4 for n in range(25)]
    assert read[0]["unit"] == 'quoted "text", ü\n'
    assert read[1]["unit"] == ""
    assert read[0]["ok"] == "true"


def test_parquet_is_typed() -> None:
    read = rows(export(SCHEMA, BATCHES, "parquet"))
    assert [one["count"] for one in read] == list(range(25))
    assert read[1]["time"].timestamp() * 1_000_000 == START + 1
    assert read[0]["unit"] == 'quoted "text", ü\n'
    assert read[1]["unit"] is None
    assert read[0]["level"] == "HIGH"


def test_what_has_no_column_type_is_json() -> None:
    fields = [
        {"name": "time", "type": "double", "unit": "s"},
        {"name": "pair", "type": {"type": "array", "items": "int"}},
        {"name": "either", "type": ["null", "int", "string"]},
        {"name": "raw", "type": "bytes"},
    ]
    schema = ChannelSchema.parse({"type": "record", "name": "R", "fields": fields})
    records = [
        {"time": 1.5, "pair": [1, 2], "either": 3, "raw": "a"},
        {"time": 2, "pair": [], "either": "x", "raw": ""},
    ]
    batch = encode_records(schema, records)
    first, second = rows(export(schema, [batch], "parquet"))
    assert (json.loads(first["pair"]), first["either"], first["raw"]) == ([1, 2], "3", b"a")
    assert (second["time"], second["either"]) == (2.0, "x")
    assert b'1.5,"[1,2]",3,a' in export(schema, [batch], "csv")


CELLS = {
    None: "",
    "": '""',
    "=1+1": "'=1+1",
    "-1": "'-1",
    "+1": "'+1",
    "@x": "'@x",
    "＝1": "'＝1",
    "'x": "''x",
    " x": '" x"',
    'a"b': '"a""b"',
    "-1, x": '"\'-1, x"',
    "plain": "plain",
}


def test_null_an_empty_text_and_formulas_in_csv() -> None:
    fields = [{"name": "time", "type": "int", "unit": "s"}, {"name": "s", "type": ["null", "string"], "default": None}]
    schema = ChannelSchema.parse({"type": "record", "name": "R", "fields": fields})
    batch = encode_records(schema, [{"time": -1, "s": text} for text in CELLS])
    made = export(schema, [batch], "csv").decode()
    assert made.split("\r\n")[1:-1] == [f"-1,{cell}" for cell in CELLS.values()]
    for (_, read), text in zip(list(csv.reader(StringIO(made, newline="")))[1:], CELLS, strict=True):
        assert read.removeprefix("'") == (text or "")
    assert export(schema, [batch], "csv", ("s",)).decode().split("\r\n")[:3] == ["s", "", '""']


def test_an_empty_archive_is_an_empty_file_of_its_format() -> None:
    assert list(fastavro.reader(BytesIO(export(SCHEMA, [], "avro")))) == []
    assert export(SCHEMA, [], "csv").decode().split() == [",".join(SCHEMA.fields)]
    assert rows(export(SCHEMA, [], "parquet")) == []


def test_within_takes_the_start_and_not_the_end() -> None:
    batch = within(SCHEMA, BATCHES[0], START + 2, START + 5)
    assert [record["count"] for record in decode(SCHEMA, batch)] == [2, 3, 4]
    assert within(SCHEMA, BATCHES[0], None, None) is BATCHES[0]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_few_bytes_do_not_become_a_file_without_bound(form: Format) -> None:
    """An enum's index is a byte, and its symbol may be long."""
    symbol = {"type": "enum", "name": "E", "symbols": ["A" * 100_000]}
    fields = [{"name": "time", "type": "long", "unit": "s"}, {"name": "e", "type": symbol}]
    schema = ChannelSchema.parse({"type": "record", "name": "R", "fields": fields})
    write_export(schema, [Batch(90, bytes(2 * 90))], form, BytesIO(), most=10_000_000)
    output = BytesIO()
    with pytest.raises(TooLong):
        write_export(schema, [Batch(100_000, bytes(2 * 100_000))], form, output, most=10_000_000)
    assert output.tell() < 12_000_000, "it stopped before it had made what those bytes stand for"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_chosen_fields_come_in_the_order_of_the_schema(form: Format) -> None:
    made = export(SCHEMA, BATCHES, form, ("count", "time"))
    read = list(csv.DictReader(StringIO(made.decode(), newline=""))) if form == "csv" else rows(made)
    assert list(read[0]) == ["time", "count"]
    assert [int(one["count"]) for one in read] == list(range(25))
