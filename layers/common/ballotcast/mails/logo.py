"""An organisation's picture: checked, written again from nothing but its pixels, and named by its hash.

Pictures are PNG (W3C PNG, second edition) and small; our page makes one of whatever the browser can show. What is kept
has the header, palette, transparency and pixels, and no other chunk of what came: no text, no profile, no second image.
The size that the header states is what is decompressed at most, so a bomb ends before it grows.

The standard library is enough for that. Its `zlib` decompresses; a decoder of a dozen formats in native code, in a
function that holds the roll, is what is avoided.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Self

from ballotcast.faults import FaultError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_SENT, MOST = 48 * 1024, 12_000
"""Bytes of a picture as it is sent, and as it is kept."""
WIDTH, HEIGHT = 640, 320
"""Pixels at most."""
_DEPTHS = {0: (1, 2, 4, 8), 2: (8,), 3: (1, 2, 4, 8), 4: (8,), 6: (8,)}
"""Colour type → bits of a sample. Sixteen bits are for photographers."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = 3
_NAME = re.compile(r"[0-9a-f]{64}-[1-9][0-9]{0,2}x[1-9][0-9]{0,2}")
_FILTERS = 5


@dataclass(frozen=True)
class Logo:
    """Of a picture that is kept. `hash`: SHA-256 of its bytes, hex. `width` and `height`: in pixels."""

    hash: str
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.hash}-{self.width}x{self.height}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From its text; None for an empty one."""
        if not text:
            return None
        hashed, _, size = text.partition("-")
        width, _, height = size.partition("x")
        return cls(hashed, int(width), int(height))

    @staticmethod
    def names(text: str) -> bool:
        """Whether it is such a text."""
        return bool(_NAME.fullmatch(text))

    @property
    def key(self) -> str:
        """In the bucket."""
        return f"pictures/{self.hash}"


class Picture(NamedTuple):
    logo: Logo
    content: bytes


def read_picture(data: bytes) -> Picture:
    """The picture as it is kept. FaultError, which says why, for anything else than a PNG within the limits."""
    if not data.startswith(SIGNATURE):
        raise FaultError("picture-not-png")
    if len(data) > MOST_SENT:
        raise FaultError("picture-too-large", bytes=MOST, width=WIDTH, height=HEIGHT)
    chunks = dict[bytes, bytes]()
    for kind, content in _chunks(data):
        chunks[kind] = chunks.get(kind, b"") + content
    header, squeezed = chunks.get(b"IHDR", b""), chunks.get(b"IDAT", b"")
    if len(header) != 13 or b"IEND" not in chunks:
        raise FaultError("picture-damaged")
    width, height, depth, colour, *methods = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= WIDTH and 0 < height <= HEIGHT):
        raise FaultError("picture-too-large", bytes=MOST, width=WIDTH, height=HEIGHT)
    if depth not in _DEPTHS.get(colour, ()) or any(methods):
        raise FaultError("picture-kind")
    row = 1 + (width * depth * _SAMPLES[colour] + 7) // 8
    pixels = _inflated(squeezed, row * height)
    if any(line >= _FILTERS for line in pixels[::row]):
        raise FaultError("picture-damaged")
    written = [(b"IHDR", header), *_colours(chunks, colour, depth), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    content = SIGNATURE + b"".join(_chunk(kind, body) for kind, body in written)
    if len(content) > MOST:
        raise FaultError("picture-too-large", bytes=MOST, width=WIDTH, height=HEIGHT)
    return Picture(Logo(sha256(content).hexdigest(), width, height), content)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        end = at + 8 + length
        if len(content) != length or data[end : end + 4] != struct.pack(">I", zlib.crc32(kind + content)):
            raise FaultError("picture-damaged")
        yield kind, content
        if kind == b"IEND":
            return
        at = end + 4
    raise FaultError("picture-damaged")


def _inflated(squeezed: bytes, size: int) -> bytes:
    """Exactly so many bytes. No more than these are ever made."""
    stream = zlib.decompressobj()
    try:
        pixels = stream.decompress(squeezed, size)
        more = stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error:
        raise FaultError("picture-damaged") from None
    if len(pixels) != size or more or not stream.eof:
        raise FaultError("picture-damaged")
    return pixels


def _colours(chunks: dict[bytes, bytes], colour: int, depth: int) -> Iterator[tuple[bytes, bytes]]:
    """Palette and transparency. A palette gets a colour for every index that a pixel can have."""
    clear = chunks.get(b"tRNS", b"")
    if colour == _PALETTE:
        palette, entries = chunks.get(b"PLTE", b""), 1 << depth
        if not palette or len(palette) % 3 or len(palette) > 3 * entries or len(clear) > len(palette) // 3:
            raise FaultError("picture-damaged")
        yield b"PLTE", palette.ljust(3 * entries, b"\0")
    elif clear and len(clear) != {0: 2, 2: 6}.get(colour):
        raise FaultError("picture-damaged")
    if clear:
        yield b"tRNS", clear


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
