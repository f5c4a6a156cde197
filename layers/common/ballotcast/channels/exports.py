"""Exports of a channel's archive: Avro as it was archived, CSV and Parquet with the same values.

Values are physical (a timestamp is its number), except that Parquet's time columns say their unit. What has no column
type (records, arrays, maps, unions of several) is JSON text. NaN and the infinities are these words in CSV and in JSON
text.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, StringIO
from typing import Any, Literal

from arro3.core import Array, DataType, Field, RecordBatch, Table
from arro3.core import Schema as ArrowSchema
from arro3.io import write_parquet

from ballotcast.channels.containers import Batch, write_container
from ballotcast.channels.records import Record, decode, select
from ballotcast.channels.schemas import ChannelSchema, physical
from ballotcast.channels.shown import to_json
from ballotcast.channels.time_axis import Unit

Format = Literal["avro", "csv", "parquet"]
MEDIA_TYPES: dict[Format, str] = {
    "avro": "application/avro",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
MOST_LENGTH = 64_000_000
"""Characters of an export as CSV, or bytes of its columns: a few bytes of Avro may stand for a long symbol."""


class TooLong(ValueError):
    """An export of over MOST_LENGTH."""

    def __init__(self) -> None:
        super().__init__(MOST_LENGTH)


_ARROW_UNIT: dict[Unit, Literal["s", "ms", "us", "ns"]] = {"s": "s", "ms": "ms", "us": "us", "ns": "ns"}


def within(schema: ChannelSchema, batch: Batch, start: int | None, end: int | None) -> Batch:
    """The batch's records whose time is from `start` on and before `end`, in units of the time axis."""
    if start is None and end is None:
        return batch
    axis = schema.time.field
    return select(
        schema,
        batch,
        lambda record: (start is None or record[axis] >= start) and (end is None or record[axis] < end),
    )


def export(schema: ChannelSchema, batches: Iterable[Batch], form: Format) -> bytes:
    """All records of the batches, in their order."""
    writers: dict[Format, Callable[[ChannelSchema, Iterable[Batch]], bytes]] = {
        "avro": _avro,
        "csv": _csv,
        "parquet": _parquet,
    }
    return writers[form](schema, batches)


def _avro(schema: ChannelSchema, batches: Iterable[Batch]) -> bytes:
    return write_container(schema.text, batches)


def _csv(schema: ChannelSchema, batches: Iterable[Batch]) -> bytes:
    text = StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(schema.fields)
    for batch in batches:
        for record in decode(schema, batch):
            rows.writerow([_cell(record[field]) for field in schema.fields])
            if text.tell() > MOST_LENGTH:
                raise TooLong
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return to_json(value)
        case None | int() | str():
            return value
        case _:
            return _text(value)


def _text(value: Any) -> str:
    plain = to_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _parquet(schema: ChannelSchema, batches: Iterable[Batch]) -> bytes:
    columns = list(_columns(schema))
    fields = [Field(name, shown or kind, nullable=True) for name, kind, shown in columns]
    arrow = ArrowSchema(fields)
    parts, length = list[RecordBatch](), 0
    for batch in batches:
        if records := decode(schema, batch):
            parts.append(RecordBatch.from_arrays([_array(records, *column) for column in columns], schema=arrow))
            length += parts[-1].nbytes
            if length > MOST_LENGTH:
                raise TooLong
    output = BytesIO()
    write_parquet(Table.from_batches(parts, schema=arrow), output, compression="zstd(3)")
    return output.getvalue()


def _array(records: list[Record], name: str, kind: DataType, shown: DataType | None) -> Array:
    values = [record[name] for record in records]
    if kind == _UTF8:
        values = [value if value is None or isinstance(value, str) else _text(value) for value in values]
    array = Array(values, kind)
    return array.cast(shown) if shown else array


_UTF8 = DataType.utf8()
_KINDS: dict[str, DataType] = {
    "boolean": DataType.bool(),
    "int": DataType.int32(),
    "long": DataType.int64(),
    "float": DataType.float32(),
    "double": DataType.float64(),
    "bytes": DataType.binary(),
    "fixed": DataType.binary(),
}


def _columns(schema: ChannelSchema) -> Iterator[tuple[str, DataType, DataType | None]]:
    """(field, how its values are given, as what they are shown if that differs)"""
    for one in physical(schema.json)["fields"]:
        branches = one["type"] if isinstance(one["type"], list) else [one["type"]]
        known = [part for part in branches if part != "null"]
        name = known[0]["type"] if len(known) == 1 and isinstance(known[0], dict) else (known or ["null"])[0]
        kind = _KINDS.get(name, _UTF8) if len(known) == 1 and isinstance(name, str) else _UTF8
        is_time = one["name"] == schema.time.field and name == "long"
        yield one["name"], kind, DataType.timestamp(_ARROW_UNIT[schema.time.unit], tz="UTC") if is_time else None
