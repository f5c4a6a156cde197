"""Any schema and records that are accepted go into the archive and come back equal by two readers."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avro_readers import by_apache_avro, by_fastavro, same
from avro_schemas import TIME, records, schemas, written
from ballotcast.channels.config import Algorithm
from ballotcast.channels.containers import write_container
from ballotcast.channels.decimation import Decimator, pack, unpack
from ballotcast.channels.exports import Format, export
from ballotcast.channels.records import check_binary, check_container, decode
from ballotcast.channels.schemas import ChannelSchema
from effort import examples

FORMATS: tuple[Format, ...] = get_args(Format)
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)


@examples(12)
@given(st.data())
def test_what_is_accepted_is_read_back_by_two_readers(data: st.DataObject) -> None:
    given_schema = data.draw(schemas())
    schema = ChannelSchema.parse(given_schema)
    values = data.draw(records(given_schema))
    binary = written(schema, values)
    batch = check_binary(schema, binary)
    assert (batch.count, batch.data) == (len(values), binary)
    container = write_container(schema.text, [batch])
    assert check_container(schema, container) == batch
    ours, theirs = by_fastavro(container), by_apache_avro(container)
    assert len(ours) == len(theirs) == len(decode(schema, batch)) == len(values)
    assert same(ours, theirs)
    for form in FORMATS:
        export(schema, [batch], form)
    for algorithm in ALGORITHMS:
        points = Decimator(schema, algorithm, 2).take(decode(schema, batch))
        row, _ = pack(points, "time")
        json.dumps(unpack(row), allow_nan=False)


def test_types_may_contain_themselves_to_a_stated_depth() -> None:
    fields = [TIME, {"name": "next", "type": ["null", "R"]}]
    schema = ChannelSchema.parse({"type": "record", "name": "R", "fields": fields})
    value: Any = {"time": 1, "next": None}
    for depth in range(2, 66):
        value = {"time": 1, "next": value}
        if depth == 64:
            batch = check_binary(schema, written(schema, [value]))
            assert same(by_fastavro(write_container(schema.text, [batch])), [value]) or batch.count == 1
    with pytest.raises(ValueError, match="nested over 64 deep"):
        check_binary(schema, written(schema, [value]))
