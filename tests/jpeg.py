"""JPEG pictures as tests need them: grey ones, and ones that are wrong in one way."""

import struct
from base64 import b64encode

START, END = b"\xff\xd8", b"\xff\xd9"


def segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


def quanta(value: int = 1) -> bytes:
    return segment(0xDB, b"\0" + bytes([value]) * 64)


def frame(width: int, height: int, *, kind: int = 0xC0, components: int = 1, depth: int = 8) -> bytes:
    told = b"".join(bytes([name, 0x11, 0]) for name in range(1, components + 1))
    return segment(kind, struct.pack(">BHHB", depth, height, width, components) + told)


def huffman() -> bytes:
    """For DC and for AC a table of one code, `0`: no difference, and the end of a block."""
    return b"".join(segment(0xC4, bytes([number, 1]) + bytes(15) + b"\0") for number in (0, 0x10))


def scan(width: int, height: int, components: int = 1) -> bytes:
    told = b"".join(bytes([name, 0]) for name in range(1, components + 1))
    bits = 2 * components * -(-width // 8) * -(-height // 8)
    blocks = int("0" * bits + "1" * (-bits % 8), 2).to_bytes(-(-bits // 8), "big").replace(b"\xff", b"\xff\0")
    return segment(0xDA, bytes([components]) + told + b"\x00\x3f\x00") + blocks


def grey(width: int = 120, height: int = 160, *more: bytes, value: int = 1, components: int = 1) -> bytes:
    """A picture in one grey. `more`: segments before the tables. `value`: makes another file of it."""
    shape = frame(width, height, components=components)
    return b"".join([START, *more, quanta(value), shape, huffman(), scan(width, height, components), END])


def url(data: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(data).decode()}"
