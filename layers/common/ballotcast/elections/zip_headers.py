"""What a zip of plainly stored files holds next to them, to the byte: so that nothing can be hidden in it.

Headers as APPNOTE 6.3 has them (its sections are named below), without times, attributes told as a file of its owner's,
made on Unix (docs/protocol.md, section 10). A file of 2 GiB or more has other headers; an export has none.
"""

import struct
import zipfile
from typing import NamedTuple

VERSION, VERSION_64 = 20, 45
UNIX, OWNERS = 3, 0o600 << 16
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The least time that a zip can tell; it stands for none."""
_NO_DATE = 1 << 5 | 1
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF


class Stored(NamedTuple):
    """A file in the zip: its name, CRC-32 and size in bytes, and where its local header begins."""

    name: str
    crc: int
    size: int
    offset: int


def described(name: str) -> zipfile.ZipInfo:
    """Return what to write a file with so that its headers are these."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system, info.external_attr = UNIX, OWNERS
    return info


def local_header(file: Stored) -> bytes:
    """Before the file (4.3.7)."""
    name = file.name.encode("ascii")
    times, lengths = (0, _NO_DATE), (len(name), 0)
    return struct.pack("<4s5H3L2H", b"PK\3\4", VERSION, 0, 0, *times, file.crc, file.size, file.size, *lengths) + name


def directory_header(file: Stored) -> bytes:
    """For the file in the directory (4.3.12); with an extra field (4.5.3) where it lies far behind."""
    name, far = file.name.encode("ascii"), file.offset > zipfile.ZIP64_LIMIT
    version, extra = (VERSION_64, struct.pack("<2HQ", 1, 8, file.offset)) if far else (VERSION, b"")
    versions, times, lengths = (version, UNIX, version, 0), (0, _NO_DATE), (len(name), len(extra), 0)
    place = (0, 0, OWNERS, _MOST_32 if far else file.offset)
    told = (b"PK\1\2", *versions, 0, 0, *times, file.crc, file.size, file.size, *lengths, *place)
    return struct.pack("<4s4B4H3L5H2L", *told) + name + extra


def end_record(count: int, length: int, start: int) -> bytes:
    """Behind a directory of `count` files and `length` bytes that begins at `start` (4.3.14 to 4.3.16)."""
    large = b""
    if count > zipfile.ZIP_FILECOUNT_LIMIT or max(length, start) > zipfile.ZIP64_LIMIT:
        record = (b"PK\6\6", 44, VERSION_64, VERSION_64, 0, 0, count, count, length, start)
        large = struct.pack("<4sQ2H2L4Q", *record) + struct.pack("<4sLQL", b"PK\6\7", 0, start + length, 1)
    count, length, start = min(count, _MOST_16), min(length, _MOST_32), min(start, _MOST_32)
    return large + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, length, start, 0)
