"""The text of a ballot file, whatever program wrote it: its encoding and its line ends."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .ballot_file import BallotFileError

_BYTE_ORDER_MARKS = (  # the longer first: one of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# U+0085 is not among them: in a file whose bytes were misread it is an ellipsis.
_LINE_END = re.compile("\r\n|[\r\v\f\u2028\u2029]")


@dataclass(frozen=True)
class Text:
    """content: with "\\n" at the end of lines and no byte order mark. encoding: its name. warnings: sentences."""

    content: str
    encoding: str
    warnings: Sequence[str] = ()


def decode_text(data: bytes | str) -> Text:
    """Decode UTF-8, UTF-16 or UTF-32; anything else is taken for Windows-1252, with a warning.

    Raises BallotFileError for UTF-16 or UTF-32 that is cut off or otherwise invalid.
    """
    warnings: list[str] = []
    if isinstance(data, str):
        text, encoding = data, "Unicode text"
    elif wide := _wide_encoding(data):
        encoding = wide
        try:
            text = data.decode(wide)
        except UnicodeDecodeError as error:
            raise BallotFileError(1, f"not {wide}: {error.reason} at byte {error.start}") from None
    else:
        text, encoding, warnings = _narrow(data)
    if _misread(text):
        warnings.append("The text looks like UTF-8 that was read as Windows-1252 and saved again: check the names.")
    return Text(_LINE_END.sub("\n", text.lstrip("\ufeff")), encoding, warnings)


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


def _narrow(data: bytes) -> tuple[str, str, list[str]]:
    try:
        return data.decode(), "UTF-8", []
    except UnicodeDecodeError as error:
        line = len(_LINE_END.sub("\n", data[: error.start].decode()).split("\n"))
    try:
        text, encoding = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "Latin-1"
    found = text.lstrip("\ufeff").splitlines()
    shown = found[line - 1].strip()[:60] if line <= len(found) else ""
    return text, encoding, [f"Line {line} is not UTF-8; the file is read as {encoding}. Check the names: {shown!r}."]


def _misread(text: str) -> bool:
    if text.isascii():
        return False
    try:
        return text.encode("cp1252").decode() != text
    except UnicodeError:
        return False
