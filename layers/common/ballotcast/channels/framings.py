"""Bytes that are not bare records and would often read as some, with wrong values.

C3 01, fingerprint (8)    Avro's single-object encoding (Avro 1.12 specification): one record
00, schema's id (4)       Confluent's wire format: one record, whose id only its registry knows
Obj 01                    an object container file
{ or [                    JSON
"""

import json

from ballotcast.channels.containers import ContainerError, read_container
from ballotcast.channels.reading import BadRecord, RecordReader

SINGLE, CONFLUENT = b"\xc3\x01", b"\0"
_SINGLE_SIZE, _CONFLUENT_SIZE = 10, 5


def unframe(data: bytes, fingerprint: str, reader: RecordReader, *, same_schema: bool) -> bytes:
    """Return bare records. Raises BadRecord for another framing than our own schema's single-object encoding.

    Args:
        same_schema: whether the sender has said which schema the records have, and it is the channel's. A fingerprint
            does not say so: it leaves out logical types and units, so milliseconds have that of microseconds.
    """
    if data.startswith(SINGLE) and len(data) >= _SINGLE_SIZE:
        if data[len(SINGLE) : _SINGLE_SIZE] != bytes.fromhex(fingerprint)[::-1]:
            raise BadRecord(
                0,
                "begins as Avro's single-object encoding of another schema: send bare records, or a container file",
            )
        if not same_schema:
            raise BadRecord(
                0,
                "begins as Avro's single-object encoding, whose fingerprint says nothing of logical types and units: "
                "name the schema, as in Content-Type: avro/binary; schema=<SHA-256>",
            )
        return data[_SINGLE_SIZE:]
    if data.startswith(CONFLUENT) and reader.is_one(data[_CONFLUENT_SIZE:]):
        raise BadRecord(
            0,
            "reads as Confluent's wire format, whose id is not known here: send bare records, or a container file",
        )
    if _is_json(data):
        raise BadRecord(0, "is JSON: send it as application/json")
    if _is_container(data):
        raise BadRecord(0, "is an object container file: send it as application/avro")
    return data


def _is_json(data: bytes) -> bool:
    """Return whether a JSON object or list is there, whatever follows, as a line of another."""
    if not data.lstrip().startswith((b"{", b"[")):
        return False
    try:
        json.JSONDecoder().raw_decode(data.decode("utf-8", "replace").lstrip())
    except ValueError:
        return False
    except RecursionError:
        pass
    return True


def _is_container(data: bytes) -> bool:
    try:
        read_container(data)
    except ContainerError:
        return False
    return True
