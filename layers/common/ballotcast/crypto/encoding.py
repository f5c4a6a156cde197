"""Text encodings of byte strings: unpadded base64url, padded base64 (in signed notes) and lower-case hex.

Decoders accept exactly what the encoders write: one byte string has one spelling, so texts can be compared.
"""

import base64
import binascii


class EncodingError(ValueError):
    """A text that no encoder here would have written. The message never repeats the text, which may be a secret."""


def b64u_encode(data: bytes) -> str:
    """Encode as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """Decode unpadded base64url. Raises EncodingError unless encoding the result gives `text` back."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise EncodingError("not base64url") from None
    # Python's decoder skips foreign characters and ignores the unused low bits of the last one.
    if b64u_encode(data) != text:
        raise EncodingError("not canonical unpadded base64url")
    return data


def b64_encode(data: bytes) -> str:
    """Encode as standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def b64_decode(text: str) -> bytes:
    """Decode padded standard base64. Raises EncodingError unless encoding the result gives `text` back."""
    try:
        data = base64.b64decode(text)
    except (binascii.Error, ValueError):
        raise EncodingError("not base64") from None
    if b64_encode(data) != text:
        raise EncodingError("not canonical padded base64")
    return data


def hex_decode(text: str) -> bytes:
    """Decode lower-case hex. Raises EncodingError unless `bytes.hex` of the result gives `text` back."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise EncodingError("not hex") from None
    if data.hex() != text:
        raise EncodingError("not lower-case hex without spaces")
    return data
