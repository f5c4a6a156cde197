"""The text of a file that somebody saved by some program: which encoding it has, and what is doubtful about it."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_BYTE_ORDER_MARKS = (  # the longer first: one of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE_END = re.compile("\r\n|\r")


class TextError(ValueError):
    """Bytes that are no text; `line` (1-based) is where."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Text:
    """content: without byte order marks, line ends as they are. encoding: its name. warnings: sentences.

    odd_line: the first line that is not UTF-8, where that was expected; else 0.
    """

    content: str
    encoding: str
    warnings: Sequence[str] = ()
    odd_line: int = 0


def decode(data: bytes | str) -> Text:
    """Decode UTF-8, UTF-16 or UTF-32; anything else is taken for Windows-1252 or Latin-1, with a warning.

    Raises:
        TextError: The file mixes UTF-8 and another encoding, or is UTF-16 or UTF-32 that is cut off or invalid.
    """
    if isinstance(data, str):
        text = Text(data, "Unicode text")
    elif encoding := _wide_encoding(data):
        try:
            text = Text(data.decode(encoding), encoding)
        except UnicodeDecodeError as error:
            raise TextError(1, f"not {encoding}: {error.reason} at byte {error.start}") from None
    else:
        text = _narrow(data)
    doubt = ["The text looks like UTF-8 that was read as Windows-1252 and saved again: check the names."]
    warnings = [*text.warnings, *(doubt if _misread(text.content) else [])]
    return replace(text, content=text.content.lstrip("\ufeff"), warnings=warnings)


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


def _narrow(data: bytes) -> Text:
    try:
        return Text(data.decode(), "UTF-8")
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
    if found := _UTF_8.search(data):
        other = _line_of(data, found.start())
        raise TextError(line, f"not UTF-8, while line {other} is; save the file in one encoding")
    try:
        text, encoding = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "Latin-1"
    lines = _LINE_END.sub("\n", text).split("\n")
    shown = lines[line - 1].strip("\ufeff \t")[:60]
    warning = f"Line {line} is not UTF-8; the file is read as {encoding}. Check the names: {shown!r}."
    return Text(text, encoding, [warning], line)


def _line_of(data: bytes, position: int) -> int:
    return _LINE_END.sub("\n", data[:position].decode("latin-1")).count("\n") + 1


def _misread(text: str) -> bool:
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False
