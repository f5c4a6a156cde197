"""Records against a channel's schema: all of a batch or none, with the place of the first bad one."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, UnknownType, parse_schema, to_parsing_canonical_form
from fastavro.validation import ValidationError, validate, validate_many

from ballotcast.channels.containers import Batch, ContainerError, encode_long, read_container
from ballotcast.channels.schemas import ChannelSchema, physical, require_bounded

MOST_BYTES = 700_000
"""Encoded bytes in one batch: with base64 and its envelope it still fits a queue's message (1 MiB)."""
MOST_INFLATED = 8 * MOST_BYTES
"""What a container may inflate to; a wider schema than the channel's may be in it."""
Record = dict[str, Any]
_UNFIT = (ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, AttributeError, UnicodeError)


class BadRecord(ValueError):
    """`index`: which record, counted from 0; `field`: the field at fault, where it is known."""

    def __init__(self, index: int, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.index = index
        self.field = field


class TooManyBytes(ValueError):
    """The batch is over MOST_BYTES as Avro."""


def encode_records(schema: ChannelSchema, records: Sequence[Any]) -> Batch:
    """JSON's values as Avro. BadRecord, TooManyBytes."""
    for index, record in enumerate(records):
        if type(record) is not dict:
            raise BadRecord(index, "must be an object")
    if convert := _from_json(physical(schema.json), {}):
        records = [_converted(convert, index, record) for index, record in enumerate(records)]
    return encode(schema, records)


def encode(schema: ChannelSchema, records: Sequence[Record]) -> Batch:
    """Records whose bytes are bytes. BadRecord, TooManyBytes."""
    if not _fit(schema, records):
        raise _first_bad(schema, records)
    output = BytesIO()
    try:
        fastavro.schemaless_writer(output, schema.batch, records, strict_allow_default=True)
    except _UNFIT:
        raise _first_bad(schema, records) from None
    start = len(encode_long(len(records))) if records else 0
    data = output.getvalue()[start:-1]
    if len(data) > MOST_BYTES:
        raise TooManyBytes
    return Batch(len(records), data)


def _fit(schema: ChannelSchema, records: Sequence[Record]) -> bool:
    """fastavro's validation in one call; missing fields stand for their defaults."""
    try:
        return bool(validate_many(records, schema.record, strict=False, raise_errors=False))
    except _UNFIT:
        return False


def _first_bad(schema: ChannelSchema, records: Sequence[Record]) -> BadRecord:
    known = set(schema.fields)
    for index, record in enumerate(records):
        if strange := sorted(map(str, set(record) - known)):
            return BadRecord(index, f"has no field {strange[0][:64]!r} in the schema", strange[0])
        try:
            validate(record, schema.record, strict=False)
            fastavro.schemaless_writer(BytesIO(), schema.record, record, strict_allow_default=True)
        except ValidationError as error:
            found = error.errors[0]
            return BadRecord(index, f"{found.field}: expected {_words(found.schema)}", _top_field(found.field))
        except _UNFIT as error:
            return BadRecord(index, f"does not fit the schema: {error}")
    raise AssertionError("the batch is bad, but no record of it")


def _words(schema: Any) -> str:
    if isinstance(schema, list):
        return " or ".join(map(_words, schema))
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)


def _top_field(path: str) -> str:
    """`namespace.record.field` → `field`, as far as the message says it."""
    return path.rpartition(".")[2]


def check_binary(schema: ChannelSchema, data: bytes) -> Batch:
    """Records one after the other, encoded already: counted, each read once. BadRecord, TooManyBytes."""
    if len(data) > MOST_BYTES:
        raise TooManyBytes
    source, count = BytesIO(data), 0
    while source.tell() < len(data):
        before = source.tell()
        try:
            fastavro.schemaless_reader(source, schema.record, None)
        except _UNFIT as error:
            raise BadRecord(count, f"cannot be read: {error}") from None
        if source.tell() == before:
            raise BadRecord(count, "takes no bytes")
        count += 1
    return Batch(count, data)


def check_container(schema: ChannelSchema, container: bytes) -> Batch:
    """An object container file of this schema, or one that reads as it. BadRecord, TooManyBytes, ContainerError."""
    text, batches = read_container(container, MOST_INFLATED)
    written, same = _written_batch(schema, text)
    records: list[Record] = []
    for batch in batches:
        records += _read(batch, written, None if same else schema.batch)
    return encode(schema, records)


def _written_batch(schema: ChannelSchema, text: str) -> tuple[Any, bool]:
    """The physical schema of the arrays that a file's blocks are, and whether it is the channel's own.

    Its types must be bounded as a channel's are.
    """
    try:
        given = json.loads(text)
        require_bounded(given)
        same = to_parsing_canonical_form(parse_schema(json.loads(text))) == schema.canonical
        return parse_schema({"type": "array", "items": physical(given)}), same
    except (SchemaParseException, UnknownType, RecursionError, *_UNFIT) as error:
        raise ContainerError(f"its schema cannot be used: {error}") from None


def decode(schema: ChannelSchema, batch: Batch) -> list[Record]:
    """The records of a batch that was checked. ContainerError if it is not what it says."""
    return _read(batch, schema.batch, None)


def _read(batch: Batch, written: Any, reader: Any) -> list[Record]:
    if not batch.count:
        return []
    source = BytesIO(encode_long(batch.count) + batch.data + b"\0")
    try:
        records: list[Record] = fastavro.schemaless_reader(source, written, reader)  # type: ignore[assignment]
    except (SchemaResolutionError, *_UNFIT) as error:
        raise ContainerError(f"{batch.count} records cannot be read: {error}") from None
    if source.read(1) or len(records) != batch.count:
        raise ContainerError(f"not {batch.count} records")
    return records


def to_json(value: Any) -> Any:
    """Bytes as Avro's JSON encoding has them: text of the code points 0 to 255."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case list():
            return [to_json(part) for part in value]
        case dict():
            return {name: to_json(part) for name, part in value.items()}
        case _:
            return value


Convert = Callable[[Any], Any]


def _converted(convert: Convert, index: int, record: Record) -> Record:
    try:
        converted: Record = convert(record)
    except _UNFIT as error:
        raise BadRecord(index, f"does not fit the schema: {error}") from None
    return converted


def _from_json(schema: Any, named: dict[str, Convert | None]) -> Convert | None:
    """The inverse of `to_json` for a schema; None when it has no bytes, so that nothing has to be walked."""
    if isinstance(schema, str):
        return _to_bytes if schema == "bytes" else named.get(schema)
    if isinstance(schema, list):
        branches = [found for part in schema if (found := _from_json(part, named))]
        return branches[0] if branches else None
    kind = schema["type"]
    if kind == "fixed":
        return named.setdefault(schema["name"], _to_bytes)
    if kind in ("array", "map"):
        inner = _from_json(schema["items" if kind == "array" else "values"], named)
        if inner is None:
            return None
        return (lambda value: [inner(one) for one in value]) if kind == "array" else _each_value(inner)
    if kind == "record":
        return named.setdefault(schema["name"], _each_field(schema, named))
    return None if kind == "enum" else _from_json(kind, named)


def _to_bytes(value: Any) -> Any:
    return value.encode("latin-1") if isinstance(value, str) else value


def _each_value(inner: Convert) -> Convert:
    return lambda value: {name: inner(one) for name, one in value.items()} if isinstance(value, dict) else value


def _each_field(schema: Any, named: dict[str, Convert | None]) -> Convert | None:
    inner = {one["name"]: found for one in schema["fields"] if (found := _from_json(one["type"], named))}
    if not inner:
        return None
    return lambda value: (
        {name: inner[name](one) if name in inner else one for name, one in value.items()}
        if isinstance(value, dict)
        else value
    )
