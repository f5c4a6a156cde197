"""The text of a file that somebody saved by some program: which encoding it has, and what is doubtful about it."""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, TextIOWrapper
from typing import TextIO

from .faults import Fault, fault

_BYTE_ORDER_MARKS = (  # the longer first: one of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE_END = re.compile("\r\n|\r")
_PIECE = 1 << 20
"""Bytes that are decoded at a time to look at a text."""


class TextError(ValueError):
    """Bytes that are no text; `line` (1-based) is where. `fault`: the reason, with its code (faults)."""

    def __init__(self, line: int, reason: str, fault: Fault) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
        self.fault = fault


@dataclass(frozen=True)
class Text:
    """content: without byte order marks, line ends as they are. encoding: its name. warnings: what is doubtful.

    odd_line: the first line that is not UTF-8, where that was expected; else 0.
    """

    content: str
    encoding: str
    warnings: Sequence[Fault] = ()
    odd_line: int = 0


@dataclass(frozen=True)
class Encoded:
    """A text whose encoding is known, as bytes: decoding it piece by piece takes little memory.

    data: the bytes, with the text from `start` on, after byte order marks. codec: theirs. encoding, warnings, odd_line:
    as of `Text`; the encoding of UTF-16 and UTF-32 is named though `data` is UTF-8 by then.
    """

    data: bytes
    start: int
    codec: str
    encoding: str
    warnings: Sequence[Fault] = ()
    odd_line: int = 0

    def open(self) -> TextIO:
        """The text, with "\\n" for every CR LF and CR."""
        raw = BytesIO(self.data)  # which does not copy them
        raw.seek(self.start)
        return TextIOWrapper(raw, self.codec, "surrogatepass" if self.codec == "utf-8" else "strict")

    @property
    def text(self) -> Text:
        """All of it, decoded."""
        data = self.data[self.start :] if self.start else self.data
        content = data.decode(self.codec, "surrogatepass" if self.codec == "utf-8" else "strict")
        return Text(content, self.encoding, self.warnings, self.odd_line)


def decode(data: bytes | str) -> Text:
    """Decode UTF-8, UTF-16 or UTF-32; anything else is taken for Windows-1252 or Latin-1, with a warning.

    Raises:
        TextError: The file mixes UTF-8 and another encoding, or is UTF-16 or UTF-32 that is cut off or invalid.
    """
    return recognise(data).text


def recognise(data: bytes | str) -> Encoded:
    """Find the encoding as `decode` does, which the bytes are then known to be valid in. Raises TextError."""
    if isinstance(data, str):
        found = _utf_8(data.encode("utf-8", "surrogatepass"), "Unicode text")
    elif encoding := _wide_encoding(data):
        try:
            found = _utf_8(data.decode(encoding).encode(), encoding)
        except UnicodeDecodeError as error:
            told = fault("bad-encoding", encoding=encoding, byte=error.start)
            raise TextError(1, f"not {encoding}: {error.reason} at byte {error.start}", told) from None
    else:
        found = _narrow(data)
    if _misread(found):
        found = replace(found, warnings=[*found.warnings, fault("misread")])
    return found


def _wide_encoding(data: bytes) -> str:
    """The encoding, if its units have several bytes."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return "" if name == "UTF-8" else name
    # Numbers in UTF-16 without a mark: every other byte is NUL, which UTF-8 has nowhere in a text.
    head = data[:64]
    if len(head) > 3 and not any(head[1:8:2]) and all(head[:8:2]):
        return "UTF-16-LE"
    if len(head) > 3 and not any(head[:8:2]) and all(head[1:8:2]):
        return "UTF-16-BE"
    return ""


def _utf_8(data: bytes, encoding: str = "UTF-8") -> Encoded:
    start = 0
    while data.startswith(codecs.BOM_UTF8, start):
        start += len(codecs.BOM_UTF8)
    return Encoded(data, start, "utf-8", encoding)


def _narrow(data: bytes) -> Encoded:
    try:
        _validate(data, "utf-8")
    except UnicodeDecodeError:
        line = _line_of(data, _first_fault(data))
    else:
        return _utf_8(data)
    if found := _UTF_8.search(data):
        other = _line_of(data, found.start())
        told = fault("two-encodings", line=line, other=other)
        raise TextError(line, f"not UTF-8, while line {other} is; save the file in one encoding", told)
    codec, encoding = "cp1252", "Windows-1252"
    try:
        _validate(data, codec)
    except UnicodeDecodeError:
        codec, encoding = "latin-1", "Latin-1"
    lines = _LINE_END.sub("\n", data.decode(codec)).split("\n")
    shown = lines[line - 1].strip("\ufeff \t")[:60]
    warning = fault("read-as", line=line, encoding=encoding, shown=shown)
    return Encoded(data, 0, codec, encoding, [warning], line)


def _validate(data: bytes, codec: str) -> None:
    if not data.isascii():
        for _ in _pieces(data, 0, codec):
            pass


def _pieces(data: bytes, start: int, codec: str) -> Iterator[str]:
    """The text, a part at a time. Raises UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(codec)()
    for at in range(start, len(data), _PIECE):
        yield decoder.decode(data[at : at + _PIECE])
    decoder.decode(b"", final=True)


def _first_fault(data: bytes) -> int:
    """The place of the first byte that is not UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _line_of(data: bytes, position: int) -> int:
    return _LINE_END.sub("\n", data[:position].decode("latin-1")).count("\n") + 1


def _misread(text: Encoded) -> bool:
    """Whether every character that is not ASCII is part of UTF-8 once it is a byte of Windows-1252."""
    if text.codec != "utf-8" or text.data.isascii() or text.start == len(text.data):
        return False
    again = codecs.getincrementaldecoder("utf-8")()
    other = False
    try:
        for piece in _pieces(text.data, text.start, "utf-8"):
            other = other or not piece.isascii()
            again.decode(piece.encode("cp1252"))
        again.decode(b"", final=True)
    except UnicodeError:
        return False
    return other
