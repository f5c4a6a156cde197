"""Avro object container files (Avro 1.12 specification) around records that are encoded already.

The relay never decodes what it archives: a block is a count and the records' bytes as the publisher's side made them.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

MAGIC = b"Obj\x01"
_SYNC = 16


@dataclass(frozen=True)
class Batch:
    """`count` records, encoded one after the other in `data`."""

    count: int
    data: bytes = field(repr=False)


class ContainerError(ValueError):
    """Not an object container file that can be read."""


def encode_long(number: int) -> bytes:
    """Avro's zig-zag variable-length integer."""
    left, encoded = (number << 1) ^ (number >> 63), bytearray()
    while left > 0x7F:
        encoded.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes(encoded) + bytes([left])


def _encode_bytes(data: bytes) -> bytes:
    return encode_long(len(data)) + data


def header(schema: str) -> bytes:
    """Return the file's head. The sync marker follows from the schema, so that files of one schema can be joined."""
    metadata = {b"avro.schema": schema.encode(), b"avro.codec": b"deflate"}
    pairs = b"".join(_encode_bytes(name) + _encode_bytes(value) for name, value in metadata.items())
    return MAGIC + encode_long(len(metadata)) + pairs + encode_long(0) + _sync(schema)


def block(schema: str, batch: Batch) -> bytes:
    deflated = zlib.compress(batch.data, level=6, wbits=-15)
    return encode_long(batch.count) + _encode_bytes(deflated) + _sync(schema)


def write_container(schema: str, batches: Iterable[Batch]) -> bytes:
    return b"".join(container_parts(schema, batches))


def container_parts(schema: str, batches: Iterable[Batch]) -> Iterator[bytes]:
    """The same in its parts, for a file that is not to be in memory as a whole."""
    yield header(schema)
    for batch in batches:
        if batch.count:
            yield block(schema, batch)


def _sync(schema: str) -> bytes:
    return sha256(schema.encode()).digest()[:_SYNC]


def read_container(container: bytes, most: int | None = None) -> tuple[str, Iterator[Batch]]:
    """Return the schema's JSON text and the batches of a file, regardless of its writer; codecs null and deflate.

    Raises ContainerError when it cannot be read, also while batches are taken; and when they are over `most` bytes
    inflated.
    """
    source = _Source(container)
    if source.take(len(MAGIC)) != MAGIC:
        raise ContainerError("not an Avro object container file")
    metadata = dict[bytes, bytes]()
    for name, value in source.pairs():
        if name in metadata:
            raise ContainerError(f"its metadata has {name[:64].decode('utf-8', 'backslashreplace')!r} twice")
        metadata[name] = value
    codec = metadata.get(b"avro.codec", b"null")
    if codec not in (b"null", b"deflate"):
        raise ContainerError("its codec is neither null nor deflate")
    try:
        schema = metadata[b"avro.schema"].decode()
    except (KeyError, UnicodeDecodeError):
        raise ContainerError("it has no schema") from None
    return schema, _batches(source, codec == b"deflate", source.take(_SYNC), most)


def read_from(container: bytes, first: int) -> Iterator[tuple[int, Batch]]:
    """Return the batches of a file of ours from the one that holds its record `first` on, each with the number of
    records before it. What comes before is passed over and not inflated. Raises ContainerError."""
    source, before = _Source(container), 0
    source.take(len(MAGIC))
    for _ in source.pairs():
        pass
    source.take(_SYNC)
    while not source.done:
        count, data = source.long(), source.sized()
        source.take(_SYNC)
        if before + count > first:
            yield before, Batch(count, _inflate(data, 0))
        before += count


def _batches(source: "_Source", deflated: bool, sync: bytes, most: int | None) -> Iterator[Batch]:
    taken = 0
    while not source.done:
        count, data = source.long(), source.sized()
        if count < 0 or source.take(_SYNC) != sync:
            raise ContainerError("a block is broken")
        if deflated:
            data = _inflate(data, 0 if most is None else most - taken + 1)
        taken += len(data)
        if most is not None and taken > most:
            raise ContainerError(f"over {most} bytes")
        yield Batch(count, data)


def _inflate(data: bytes, most: int) -> bytes:
    """Never more than `most` bytes of it, 0 for all: a few bytes can stand for gigabytes."""
    inflating = zlib.decompressobj(wbits=-15)
    try:
        inflated = inflating.decompress(data, most)
    except zlib.error:
        raise ContainerError("a block cannot be inflated") from None
    if not most or len(inflated) < most:  # else it is too much, and what follows does not matter
        if not inflating.eof:
            raise ContainerError("a block's deflated bytes end too early")
        # zlib's checksum: fastavro and Apache Avro for Python cut it off only in part
        if not zlib.adler32(inflated).to_bytes(4).startswith(inflating.unused_data):
            raise ContainerError("a block has bytes behind its deflated ones")
    return inflated


class _Source:
    """A position in the file. Everything raises ContainerError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = memoryview(data), 0

    @property
    def done(self) -> bool:
        return self._position == len(self._data)

    def take(self, size: int) -> bytes:
        end = self._position + size
        if size < 0 or end > len(self._data):
            raise ContainerError("it ends too early")
        taken = bytes(self._data[self._position : end])
        self._position = end
        return taken

    def long(self) -> int:
        number = shift = 0
        while shift < 70:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (number >> 1) ^ -(number & 1)
        raise ContainerError("a number is too long")

    def sized(self) -> bytes:
        return self.take(self.long())

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """A map of bytes: blocks of pairs, the last of none."""
        while count := self.long():
            if count < 0:  # then the block's size in bytes follows
                count = -count
                self.long()
            for _ in range(count):
                yield self.sized(), self.sized()
