"""A channel's Avro schema: parsed and fingerprinted by fastavro, with what else a relay needs.

Records are read and written by their physical types (a timestamp is its number): exact, and ten times as fast. The
schema is published and archived as it was given. Refused is what would let a few bytes stand for unbounded work (arrays
of things without width, more than 10,000 values in a record), and a logical type that not every reader can use.
"""

import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from fastavro.schema import (
    SchemaParseException,
    UnknownType,
    fingerprint,
    parse_schema,
    to_parsing_canonical_form,
)

from ballotcast.channels.extent import SchemaError
from ballotcast.channels.natural import Convert, converter, require_defaults
from ballotcast.channels.reading import RecordReader
from ballotcast.channels.spelling import MOST_DEPTH, require_spelled
from ballotcast.channels.time_axis import NoTimeAxis, TimeAxis, Unit, time_axis
from ballotcast.channels.traits import default_bytes, has_bytes, has_union, is_certain
from ballotcast.channels.walks import FLOAT
from ballotcast.unique_json import RepeatedKey, loads

__all__ = ["ChannelSchema", "SchemaError", "physical"]

MOST_BYTES = 1_000_000
NUMBERS = {"int", "long", "float", "double"}


@dataclass(frozen=True)
class ChannelSchema:
    """`text`: the JSON as it is stored and published. `assumed`: the unit that a `time` without one has."""

    text: str
    time: TimeAxis
    canonical: str = field(repr=False)
    assumed: Unit | None = None

    @classmethod
    def parse(cls, given: Any, assumed: Unit | None = None, *, registered: bool = False) -> "ChannelSchema":
        """From an Avro record schema as an object or as JSON text. Raises SchemaError.

        Args:
            registered: whether a channel has it: then it is read, though it may be older than a rule of spelling.
        """
        if isinstance(given, str) and given.lstrip()[:1] == "{":
            try:
                given = loads(given)
            except RepeatedKey as repeated:
                raise SchemaError(str(repeated)) from None
            except (ValueError, RecursionError):
                raise SchemaError("not JSON") from None
        if not isinstance(given, dict) or given.get("type") != "record":
            raise SchemaError("must be an Avro record")
        try:
            text = json.dumps(given, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            if len(text.encode()) > MOST_BYTES:
                raise SchemaError(f"over {MOST_BYTES} bytes")
            if not registered:
                require_spelled(given)
                require_defaults(given)
            canonical = to_parsing_canonical_form(parse_schema(json.loads(text)))
            axis = time_axis(given["fields"], assumed)
            RecordReader(given, axis, finite=True)
            return cls(text, axis, canonical, assumed)
        except NoTimeAxis as missing:
            raise SchemaError(str(missing)) from None
        except (SchemaParseException, UnknownType) as error:
            raise SchemaError(f"not Avro: {error}") from None
        except RecursionError:
            raise SchemaError(f"types are nested over {MOST_DEPTH} deep") from None
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            if isinstance(error, SchemaError):
                raise
            raise SchemaError("not Avro") from None

    @cached_property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed

    @cached_property
    def fingerprint(self) -> str:
        """CRC-64-AVRO of the canonical form, hex: it leaves out logical types, units, aliases and defaults."""
        return fingerprint(self.canonical, "CRC-64-AVRO")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the schema as it is published, hex."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def record(self) -> Any:
        """fastavro's parsed schema of the physical types of one record."""
        return parse_schema(physical(self.json))

    @cached_property
    def batch(self) -> Any:
        """The same of an array of records."""
        return parse_schema({"type": "array", "items": physical(self.json)})

    @cached_property
    def from_avro(self) -> RecordReader:
        """What records in Avro's binary encoding must pass."""
        return RecordReader(self.json, self.time, finite=False)

    @cached_property
    def from_json(self) -> RecordReader:
        """The same for records that came as JSON, which has no NaN and no infinities."""
        return RecordReader(self.json, self.time, finite=True)

    @cached_property
    def natural(self) -> Convert:
        """How JSON's values become Avro's."""
        return converter(self.json)

    @cached_property
    def is_plain(self) -> bool:
        """Whether what fastavro takes is right as it is: faster, and without what Avro's JSON encoding adds."""
        return is_certain(self.json) and not has_bytes(self.json)

    @cached_property
    def default_bytes(self) -> int | None:
        """What the defaults of one record take at most; None where it cannot be said before they are written."""
        return default_bytes(self.json)

    @cached_property
    def has_union(self) -> bool:
        return has_union(self.json)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(one["name"] for one in self.json["fields"])

    def on_axis(self, moment: datetime) -> int | float:
        """Return a moment as records tell it: the first whole number from it on, or the nearest one with a fraction."""
        [kind] = [_type_name(one["type"]) for one in physical(self.json)["fields"] if one["name"] == self.time.field]
        exact = self.time.exactly(moment)
        match kind:
            case "double":
                return float(exact)
            case "float":
                return float(FLOAT.unpack(FLOAT.pack(float(exact)))[0])
            case _:
                return math.ceil(exact)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Fields whose values are numbers (or absent): those that decimation can calculate with."""
        return frozenset(
            one["name"]
            for one in physical(self.json)["fields"]
            if {_type_name(part) for part in _branches(one["type"])} - {"null"} <= NUMBERS
            and _branches(one["type"]) != ["null"]
        )


def physical(schema: Any) -> Any:
    """Return the schema without logical types: data read by it are the numbers and bytes that are stored."""
    if isinstance(schema, list):
        return [physical(part) for part in schema]
    if isinstance(schema, dict):
        kept = {name: value for name, value in schema.items() if name != "logicalType"}
        for name in ("type", "items", "values"):
            if name in kept:
                kept[name] = physical(kept[name])
        if isinstance(kept.get("fields"), list):
            kept["fields"] = [{**one, "type": physical(one["type"])} for one in kept["fields"]]
        return kept
    return schema


def _branches(schema: Any) -> list[Any]:
    return schema if isinstance(schema, list) else [schema]


def _type_name(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, dict) else str(schema)
