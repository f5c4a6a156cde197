"""PNG pictures as tests need them: right ones, and ones that are wrong in one way."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def png(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def pixels(content: bytes) -> bytes:
    return chunk(b"IDAT", zlib.compress(content))


def plain(width: int = 200, height: int = 80, colour: bytes = b"\x0b\x5c\xad", *more: bytes) -> bytes:
    """One colour. `more`: chunks between header and pixels."""
    return png(header(width, height), *more, pixels((b"\0" + colour * width) * height))
