"""Field types of the protocol's canonical JSON: how its text becomes bytes and times in Python, and back.

Each accepts the Python value as well as its text, so one model is built by code and read from the wire.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from ballotcast.clock import from_rfc3339, to_rfc3339
from ballotcast.crypto import ed25519, p256
from ballotcast.crypto.blind_rsa import IssuerPublicKey
from ballotcast.crypto.encoding import b64u_decode, b64u_encode, hex_decode
from ballotcast.faults import FaultError


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time in UTC, to the second, in the years 1000 to 9999.

    Raises ValueError unless it is spelled `2026-11-20T09:00:00Z`.
    """
    try:
        time = from_rfc3339(text)
    except ValueError:
        time = None
    # How earlier years are written depends on the system.
    if time is None or time.year < 1000 or to_rfc3339(time) != text:
        raise FaultError("not-time")
    return time


def _from_text(decode: Callable[[str], object]) -> BeforeValidator:
    def validate(value: Any) -> Any:
        return decode(value) if isinstance(value, str) else value

    return BeforeValidator(validate)


def _whole_second(time: datetime) -> datetime:
    if time.utcoffset() is None or time.microsecond:
        raise FaultError("not-time")
    return time.astimezone(UTC)


# Controls, separators of lines, marks of direction, and what shows as nothing but selects no variant of a character. A
# list, and no property of Unicode, so that its version changes nothing (docs/protocol.md, section 5).
_REFUSED = re.compile(
    "[\0-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)


def _printable(text: str) -> str:
    """Text that shows as one line. Lengths count code points, not UTF-16 units."""
    if found := _REFUSED.search(text):
        raise FaultError("invisible", character=f"U+{ord(found[0]):04X}")
    if text != text.strip(" "):
        raise FaultError("spaces")
    return text


def _lines(text: str) -> str:
    """Text of several lines, divided by U+000A alone; neither its first nor its last line is empty."""
    for line in text.split("\n"):
        _printable(line.strip(" "))
    if text != text.strip(" \n"):
        raise FaultError("spaces")
    return text


_LINK = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?(?:/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?"
)


def _https(text: str) -> str:
    if not _LINK.fullmatch(text):
        raise FaultError("bad-link")
    return text


_SHA256 = re.compile(r"[0-9a-f]{64}")


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise FaultError("picture-unknown")
    return text


def _spki(der: bytes) -> bytes:
    IssuerPublicKey.from_spki(der)
    return der


def _point(point: bytes) -> bytes:
    p256.from_point(point)
    return point


_B64U = (_from_text(b64u_decode), PlainSerializer(b64u_encode, when_used="json"))
_HEX = (_from_text(hex_decode), PlainSerializer(bytes.hex, when_used="json"))

Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Lines = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_lines)]
"""Several lines of text, which nothing interprets."""
Link = Annotated[str, Field(max_length=300), AfterValidator(_https)]
"""Where somebody may read more: ASCII, https, a host in lower case."""
PhotoHash = Annotated[str, AfterValidator(_sha256)]
"""Of an option's photo: SHA-256 of its bytes, hex in lower case."""
UtcSecond = Annotated[
    datetime, _from_text(parse_time), AfterValidator(_whole_second), PlainSerializer(to_rfc3339, when_used="json")
]
Blob = Annotated[bytes, *_B64U]
IssuerSpki = Annotated[bytes, *_B64U, AfterValidator(_spki)]
Point = Annotated[bytes, *_B64U, AfterValidator(_point)]
Ed25519Key = Annotated[bytes, *_B64U, AfterValidator(ed25519.require_key)]
Hash = Annotated[bytes, *_HEX, Field(min_length=32, max_length=32)]
