"""Exports of a channel's archive: Avro as it was archived, CSV and Parquet with the same values.

Values are physical (a timestamp is its number), except that Parquet's time columns say their unit. What has no column
type (records, arrays, maps, unions of several) is JSON text. NaN and the infinities are these words in CSV and in JSON
text.

In CSV null is an empty field and an empty text is `""`. A text that a spreadsheet program might take for a formula, or
that begins with an apostrophe, has an apostrophe before it: one who reads the file takes one off, and has the text.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import IO, Any, Literal

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader
from arro3.core import Schema as ArrowSchema
from arro3.io import write_parquet

from ballotcast.channels.containers import Batch, container_parts
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


ROW_GROUP = 65_536
"""Records that Parquet's writer holds in memory."""
FORMULA = tuple("=+-@|%'\t\r\n＝＋－＠")
"""What a text begins with that has an apostrophe before it in CSV."""
_SPECIAL = re.compile(r'[",\r\n]|^\s|\s$')
CSV_PART = 1_000_000
"""Characters of CSV that are in memory."""
Fields = Sequence[str] | None


class TooLong(ValueError):
    """An export of more characters or bytes than it may have."""


_ARROW_UNIT: dict[Unit, Literal["s", "ms", "us", "ns"]] = {"s": "s", "ms": "ms", "us": "us", "ns": "ns"}


def within(schema: ChannelSchema, batch: Batch, start: int | float | None, end: int | float | None) -> Batch:
    """Return the batch's records whose time is from `start` on and before `end`, in units of the time axis."""
    if start is None and end is None:
        return batch
    axis = schema.time.field
    return select(
        schema,
        batch,
        lambda record: (start is None or record[axis] >= start) and (end is None or record[axis] < end),
    )


def export(schema: ChannelSchema, batches: Iterable[Batch], form: Format, fields: Fields = None) -> bytes:
    """Return all records of the batches, in their order. TooLong over MOST_LENGTH."""
    output = BytesIO()
    write_export(schema, batches, form, output, fields)
    return output.getvalue()


def write_export(
    schema: ChannelSchema,
    batches: Iterable[Batch],
    form: Format,
    output: IO[bytes],
    fields: Fields = None,
    most: int = MOST_LENGTH,
) -> None:
    """Write all records of the batches, in their order; about one batch is in memory at a time.

    Args:
        fields: the columns, in the schema's order; None for all. Avro always has all.
        most: characters of CSV or bytes of columns after which TooLong is raised.
    """
    columns = [name for name in schema.fields if fields is None or name in fields]
    match form:
        case "avro":
            for part in container_parts(schema.text, batches):
                output.write(part)
        case "csv":
            _write_csv(schema, batches, output, columns, most)
        case "parquet":
            _write_parquet(schema, batches, output, columns, most)


def _write_csv(
    schema: ChannelSchema, batches: Iterable[Batch], output: IO[bytes], fields: Sequence[str], most: int
) -> None:
    text, written = StringIO(newline=""), 0

    def flush() -> None:
        nonlocal written
        written += text.tell()
        output.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()

    text.write(_row(fields))
    for batch in batches:
        for record in decode(schema, batch):
            text.write(_row([_cell(record[field]) for field in fields]))
            if text.tell() > CSV_PART:
                flush()
                if written > most:
                    raise TooLong(most)
    flush()
    if written > most:
        raise TooLong(most)


def _row(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\r\n"


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(to_json(value))
        case _:
            return _quoted(value if isinstance(value, str) else _text(value))


def _quoted(text: str) -> str:
    inert = f"'{text}" if text.startswith(FORMULA) else text
    if inert == "" or _SPECIAL.search(inert):
        return '"' + inert.replace('"', '""') + '"'
    return inert


def _text(value: Any) -> str:
    plain = to_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _write_parquet(
    schema: ChannelSchema, batches: Iterable[Batch], output: IO[bytes], fields: Sequence[str], most: int
) -> None:
    columns = [column for column in _columns(schema) if column[0] in fields]
    arrow = ArrowSchema([Field(name, shown or kind, nullable=True) for name, kind, shown in columns])
    failures: list[Exception] = []

    def parts() -> Iterator[RecordBatch]:
        length = 0
        try:
            for batch in batches:
                if records := decode(schema, batch):
                    values = [_values(records, name, kind) for name, kind, _ in columns]
                    length += sum(map(_size, values))
                    if length > most:
                        raise TooLong(most)
                    arrays = [_array(one, kind, shown) for one, (_, kind, shown) in zip(values, columns, strict=True)]
                    yield RecordBatch.from_arrays(arrays, schema=arrow)
        except Exception as failure:  # noqa: BLE001 - it would reach us as Arrow's error, without its type
            failures.append(failure)

    reader = RecordBatchReader.from_batches(arrow, parts())
    write_parquet(reader, output, compression="zstd(3)", max_row_group_size=ROW_GROUP)
    if failures:
        raise failures[0]


def _values(records: list[Record], name: str, kind: DataType) -> list[Any]:
    values = [record[name] for record in records]
    if kind == _UTF8:
        return [value if value is None or isinstance(value, str) else _text(value) for value in values]
    return values


def _size(values: list[Any]) -> int:
    """Bytes that a column takes, about: known before it takes them."""
    return sum(len(value) if isinstance(value, str | bytes) else 8 for value in values)


def _array(values: list[Any], kind: DataType, shown: DataType | None) -> Array:
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
