"""An option's photo: checked, written again without what is no part of the picture, and named by its hash.

Photos are baseline JPEG (ITU-T T.81) and small; our page makes one of whatever the browser can show, so its pixels come
from a canvas and nothing of the camera's file is left. What other programs send is held to the same form. What is kept
has the tables, the frame and the scan, and no other segment of what came: no EXIF with a place, no profile, no comment,
no thumbnail, nothing behind the end.

No pixel is decoded here. The frame states the size, the tables are complete and the scan ends where the picture ends;
what the scan shows is the organiser's word, as a statement is, and browsers decode it apart from everything else.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple, Self

from ballotcast.faults import FaultError

MOST_SENT, MOST = 64 * 1024, 16_000
"""Bytes of a photo as it is sent, and as it is kept."""
WIDTH, HEIGHT = 320, 320
"""Pixels at most."""
_START, _END = b"\xff\xd8", b"\xff\xd9"
_JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")
_FRAME, _HUFFMAN, _QUANTA, _RESTARTS, _SCAN, _ADOBE = 0xC0, 0xC4, 0xDB, 0xDD, 0xDA, 0xEE
_OTHER_FRAMES = {*range(0xC1, 0xD0)} - {_HUFFMAN}
"""Progressive, lossless, arithmetic: what browsers' canvases do not make."""
_PASSED_OVER = {*range(0xE0, 0xF0), 0xFE}
_ENTROPY = re.compile(rb"(?:[^\xff]|\xff[\x00\xd0-\xd7])*+", re.DOTALL)
_NAME = re.compile(r"[0-9a-f]{64}")


class Photo(NamedTuple):
    """`hash`: SHA-256 of the content, hex."""

    hash: str
    content: bytes

    @staticmethod
    def names(text: str) -> bool:
        """Whether it is the hash of one."""
        return bool(_NAME.fullmatch(text))

    @staticmethod
    def key(name: str) -> str:
        """In the bucket."""
        return f"pictures/{name}"


@dataclass
class _Parts:
    """Of a picture that is being read. `kept`: segments in their order."""

    kept: list[bytes] = field(default_factory=list)
    quanta: set[int] = field(default_factory=set)
    huffman: set[int] = field(default_factory=set)
    components: dict[int, int] = field(default_factory=dict)

    def add(self, kind: int, content: bytes) -> Self:
        self.kept.append(struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content)
        return self


def read_photo(data: bytes) -> Photo:
    """The photo as it is kept. FaultError, which says why, for anything else than a JPEG within the limits."""
    if not data.startswith(_START):
        raise FaultError("picture-not-jpeg")
    if len(data) > MOST_SENT:
        raise _too_large()
    parts = _Parts()
    for kind, content, behind in _segments(data):
        if kind == _FRAME:
            _read_frame(parts, content)
        elif kind == _QUANTA:
            _read_quanta(parts, content)
        elif kind == _HUFFMAN:
            _read_huffman(parts, content)
        elif kind == _SCAN:
            _read_scan(parts, content)
            scan = _ENTROPY.match(data, behind)
            if scan is None or not scan[0] or data[scan.end() : scan.end() + 2] != _END:
                raise FaultError("picture-damaged")
            kept = b"".join([_START, _JFIF, *parts.add(kind, content).kept, scan[0], _END])
            break
        elif kind in _OTHER_FRAMES or (kind == _ADOBE and content.startswith(b"Adobe") and content[-1:] != b"\1"):
            raise FaultError("photo-kind")
        elif kind == _RESTARTS and len(content) == 2:
            parts.add(kind, content)
            continue
        elif kind in _PASSED_OVER:
            continue
        else:
            raise FaultError("picture-damaged")
        parts.add(kind, content)
    else:
        raise FaultError("picture-damaged")
    if len(kept) > MOST:
        raise _too_large()
    return Photo(sha256(kept).hexdigest(), kept)


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a photo that is kept."""
    for kind, segment, _ in _segments(content):
        if kind == _FRAME:
            height, width = struct.unpack_from(">HH", segment, 1)
            return width, height
    raise FaultError("picture-damaged")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, content, and where what is behind it begins."""
    at = len(_START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xFF:  # filling
            at += 1
            continue
        kind, length = struct.unpack_from(">xBH", data, at)
        end = at + 2 + length
        if length < 2 or end > len(data):
            break
        yield kind, data[at + 4 : end], end
        at = end
    raise FaultError("picture-damaged")


def _read_frame(parts: _Parts, content: bytes) -> None:
    if parts.components or len(content) < 9 or len(content) != 6 + 3 * content[5]:
        raise FaultError("picture-damaged")
    depth, height, width, count = struct.unpack_from(">BHHB", content)
    if not (0 < width <= WIDTH and 0 < height <= HEIGHT):
        raise _too_large()
    if depth != 8 or count not in (1, 3):
        raise FaultError("photo-kind")
    for at in range(6, len(content), 3):
        name, sampling, table = content[at : at + 3]
        if not {sampling >> 4, sampling & 15} <= {1, 2} or table > 3:
            raise FaultError("photo-kind")
        parts.components[name] = table
    if len(parts.components) != count:
        raise FaultError("picture-damaged")


def _read_quanta(parts: _Parts, content: bytes) -> None:
    """Tables of 64 bytes, each behind its number."""
    numbers = set(content[::65])
    if not content or len(content) % 65 or max(numbers) > 3:
        raise FaultError("picture-damaged")
    parts.quanta |= numbers


def _read_huffman(parts: _Parts, content: bytes) -> None:
    """Tables: a number, how many codes there are of each length from 1 to 16, and their values."""
    at = 0
    while at + 17 <= len(content):
        number, counts = content[at], content[at + 1 : at + 17]
        used = sum(count << (16 - length) for length, count in enumerate(counts, start=1))
        if number & 15 > 1 or number >> 4 > 1 or used > 1 << 16:
            raise FaultError("picture-damaged")
        parts.huffman.add(number)
        at += 17 + sum(counts)
    if at != len(content) or not content:
        raise FaultError("picture-damaged")


def _read_scan(parts: _Parts, content: bytes) -> None:
    """One scan with all components, each of whose tables is there."""
    count = len(parts.components)
    if not count or len(content) != 4 + 2 * content[0] or content[-3:] != b"\x00\x3f\x00":
        raise FaultError("picture-damaged")
    if content[0] != count:
        raise FaultError("photo-kind")
    named = dict(zip(content[1:-3:2], content[2:-3:2], strict=True))
    tables = {number for pair in named.values() for number in (pair >> 4, 0x10 | (pair & 15))}
    if named.keys() != parts.components.keys() or not tables <= parts.huffman:
        raise FaultError("picture-damaged")
    if not {*parts.components.values()} <= parts.quanta:
        raise FaultError("picture-damaged")


def _too_large() -> FaultError:
    return FaultError("picture-too-large", bytes=MOST, width=WIDTH, height=HEIGHT)
