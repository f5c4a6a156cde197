"""Records against a channel's schema: all of a batch or none, with the place of the first bad one."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, UnknownType, parse_schema
from fastavro.validation import ValidationError, validate, validate_many

from ballotcast.channels.compatibility import means_the_same, obstacles
from ballotcast.channels.containers import Batch, ContainerError, encode_long, read_container
from ballotcast.channels.framings import unframe
from ballotcast.channels.natural import Misfit, Reading
from ballotcast.channels.reading import MOST_RECORDS, BadRecord, RecordReader
from ballotcast.channels.schemas import ChannelSchema, SchemaError, physical
from ballotcast.channels.spelling import require_spelled
from ballotcast.channels.time_axis import NoTimeAxis, time_axis
from ballotcast.channels.traits import is_single
from ballotcast.channels.walks import Spent, TooMuch
from ballotcast.unique_json import loads

__all__ = ["MOST_BYTES", "BadRecord", "Record", "TooManyBytes", "TooMuch", "check_binary", "check_container", "decode"]
__all__ += ["encode_records", "select"]

MOST_BYTES = 700_000
"""Encoded bytes in one batch: with base64 and its envelope it still fits a queue's message (1 MiB)."""
MOST_INFLATED = 8 * MOST_BYTES
"""What a container may inflate to; a wider schema than the channel's may be in it."""
Record = dict[str, Any]
_UNFIT = (ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, AttributeError, UnicodeError)


class TooManyBytes(ValueError):
    """The batch is over MOST_BYTES as Avro."""


def encode_records(schema: ChannelSchema, records: Sequence[Any]) -> Batch:
    """JSON's values as Avro. Raises BadRecord, TooManyBytes, TooMuch."""
    if len(records) > MOST_RECORDS:
        raise TooMuch(f"over {MOST_RECORDS} records")
    for index, record in enumerate(records):
        if type(record) is not dict:
            raise BadRecord(index, "must be an object")
    # A few characters may leave out much that has a default: what that becomes is bounded before it is written.
    bounded = schema.default_bytes is not None and len(records) * schema.default_bytes <= MOST_INFLATED
    if not (schema.is_plain and bounded):
        batch = _convert(schema, records)
    elif not schema.has_union:
        batch = _encode(schema, records)
    else:
        try:
            batch = _encode(schema, records)
        except BadRecord:  # or its unions are written by Avro's JSON encoding
            batch = _convert(schema, records)
    return _checked(schema.from_json, batch)


def _convert(schema: ChannelSchema, records: Sequence[Record]) -> Batch:
    """Records whose bytes are text, or of whose unions JSON does not say the type."""
    output, spent = BytesIO(), Reading()
    for index, record in enumerate(records):
        try:
            made = schema.natural(record, spent)
            fastavro.schemaless_writer(output, schema.record, made, strict_allow_default=True)
        except Misfit as misfit:
            raise BadRecord(index, f"{misfit.field}: {misfit}", misfit.field) from None
        except TooMuch:
            raise
        except _UNFIT as error:
            raise BadRecord(index, f"does not fit the schema: {error}") from None
    return Batch(len(records), output.getvalue())


def _encode(schema: ChannelSchema, records: Sequence[Record]) -> Batch:
    """Encode records whose values of the type bytes are `bytes` objects. Raises BadRecord."""
    if not _fit(schema, records):
        raise _first_bad(schema, records)
    output = BytesIO()
    try:
        fastavro.schemaless_writer(output, schema.batch, records, strict_allow_default=True)
    except _UNFIT:
        raise _first_bad(schema, records) from None
    start = len(encode_long(len(records))) if records else 0
    return Batch(len(records), output.getvalue()[start:-1])


def _checked(reader: RecordReader, batch: Batch) -> Batch:
    """Return the batch, once it has been read strictly. Raises BadRecord, TooManyBytes, TooMuch."""
    if len(batch.data) > MOST_BYTES:
        raise TooManyBytes
    if len(reader.ends(batch.data)) != batch.count:
        raise BadRecord(0, "takes no bytes")
    return batch


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


def check_binary(schema: ChannelSchema, data: bytes, digest: str = "") -> Batch:
    """Records one after the other, encoded already: counted, each read once.

    Args:
        digest: of the schema that they were written by, as their sender says (`ChannelSchema.digest`); empty: not said.

    Raises BadRecord, TooManyBytes, TooMuch.
    """
    if len(data) > MOST_BYTES:
        raise TooManyBytes
    if digest and digest != schema.digest:
        raise BadRecord(0, "was written by another schema than the channel's")
    bare = unframe(data, schema.fingerprint, schema.from_avro, same_schema=bool(digest))
    count = len(schema.from_avro.ends(bare))
    if bare is not data and count != 1:
        raise BadRecord(0, f"a single-object encoding holds one record, not {count}")
    return Batch(count, bare)


def check_container(schema: ChannelSchema, container: bytes) -> Batch:
    """Return an object container file of this schema, or one that reads as it.

    BadRecord, TooManyBytes, TooMuch, ContainerError.
    """
    text, batches = read_container(container, MOST_INFLATED)
    written = _Written.parse(text)
    same = means_the_same(schema, written.json)
    if not same and (reasons := obstacles(schema.json, written.json)):
        raise ContainerError(f"its schema does not read as the channel's: {reasons[0]}")
    if not same and not _same_unit(schema, written.json):
        raise ContainerError(f"its time axis is not in {schema.time.unit}")
    joined = written.join(batches)
    if same:
        return _checked(schema.from_avro, joined)
    if not is_single(schema.json):
        raise ContainerError("its schema is not the channel's, whose unions of several types are not resolved")
    records = _read(joined, written.batch, schema.batch)
    _require_bounded(records)
    return _checked(schema.from_avro, _encode(schema, records))


def _require_bounded(records: Sequence[Record]) -> None:
    """Raise TooManyBytes or TooMuch for what defaults have made too large to be written."""
    spent, size, waiting = Spent(), 0, [iter(records)]
    while waiting:
        for value in waiting[-1]:
            spent.take(1)
            if isinstance(value, list | dict):
                waiting.append(iter(value.values() if isinstance(value, dict) else value))
                break
            size += len(value) if isinstance(value, str | bytes) else 0
            if size > MOST_BYTES:
                raise TooManyBytes
        else:
            waiting.pop()


def _same_unit(schema: ChannelSchema, written: Any) -> bool:
    """A file need not have a time axis of its own: a field may become it by an alias, or by a default."""
    try:
        return time_axis(written["fields"], schema.assumed).unit == schema.time.unit
    except NoTimeAxis:
        return True


@dataclass(frozen=True)
class _Written:
    """The schema of a file. `batch`: fastavro's, of an array of its physical records."""

    json: Any
    reader: RecordReader
    batch: Any

    @classmethod
    def parse(cls, text: str) -> "_Written":
        """Raise ContainerError unless its types are bounded as a channel's are."""
        try:
            given = loads(text)
            require_spelled(given)
            parse_schema(json.loads(text))
            batch = parse_schema({"type": "array", "items": physical(given)})
            return cls(given, RecordReader(given, None, finite=False), batch)
        except (SchemaParseException, SchemaError, UnknownType, RecursionError, *_UNFIT) as error:
            raise ContainerError(f"its schema cannot be used: {error}") from None

    def join(self, batches: Iterable[Batch]) -> Batch:
        """Return all records of a file, each read strictly. Raises ContainerError, BadRecord, TooMuch."""
        parts = list(batches)
        data = b"".join(batch.data for batch in parts)
        ends = self.reader.ends(data)
        count = size = 0
        for number, batch in enumerate(parts):
            count, size = count + batch.count, size + len(batch.data)
            if count > len(ends) or (ends[count - 1] if count else 0) != size:
                raise ContainerError(f"block {number} does not hold the {batch.count} records that it says")
        return Batch(count, data)


def select(schema: ChannelSchema, batch: Batch, wanted: Callable[[Record], bool]) -> Batch:
    """Those records of a batch that was checked, as they were encoded."""
    source, kept = BytesIO(batch.data), list[bytes]()
    for _ in range(batch.count):
        start = source.tell()
        record: Record = fastavro.schemaless_reader(source, schema.record, None)  # type: ignore[assignment]
        if wanted(record):
            kept.append(batch.data[start : source.tell()])
    return batch if len(kept) == batch.count else Batch(len(kept), b"".join(kept))


def decode(schema: ChannelSchema, batch: Batch) -> list[Record]:
    """Return the records of a batch that was checked. Raises ContainerError if it is not what it says."""
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
