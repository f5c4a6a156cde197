"""Records in the framings of others, which must not be taken for bare ones.

C3 01, fingerprint (8)    Avro's single-object encoding (Avro 1.12 specification): one record
00, schema's id (4)       Confluent's wire format: one record, whose id only its registry knows
"""

from ballotcast.channels.reading import BadRecord, RecordReader

SINGLE, CONFLUENT = b"\xc3\x01", b"\0"
_SINGLE_SIZE, _CONFLUENT_SIZE = 10, 5


def unframe(data: bytes, fingerprint: str, reader: RecordReader) -> bytes:
    """Return the bytes without a framing that names our schema. Raises BadRecord for one that does not."""
    if data.startswith(SINGLE) and len(data) >= _SINGLE_SIZE:
        if data[len(SINGLE) : _SINGLE_SIZE] == bytes.fromhex(fingerprint)[::-1]:
            return data[_SINGLE_SIZE:]
        raise BadRecord(
            0, "begins as Avro's single-object encoding of another schema does: send bare records, or a container file"
        )
    if data.startswith(CONFLUENT) and reader.is_one(data[_CONFLUENT_SIZE:]):
        raise BadRecord(
            0,
            "reads as Confluent's wire format, whose id is not known here: send bare records, or a container file",
        )
    return data
