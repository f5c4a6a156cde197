"""Where voters and organisers are reached: e-mail addresses and telephone numbers, checked before they are kept."""

import re
import unicodedata
from collections.abc import Sequence

EMAIL_LENGTH = 254
LOCAL_LENGTH = 64

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_WRITTEN_BETWEEN_DIGITS = str.maketrans("", "", " ()./-\u00a0\u2011\u2013")


class AddressError(ValueError):
    """Not an address that a message could go to. The message never repeats it."""


def email_address(text: str) -> str:
    """The address, trimmed and in NFC: a dot-atom and a domain of two labels or more (RFC 5321), in ASCII.

    Quoted local parts, address literals and non-ASCII addresses are refused: a voter must be reached by any mail
    server on the way.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if not address:
        raise AddressError("no e-mail address")
    if not address.isascii():
        raise AddressError("an e-mail address in other letters than ASCII (write an international domain as xn--…)")
    if len(address) > EMAIL_LENGTH or len(address.partition("@")[0]) > LOCAL_LENGTH or not _EMAIL.fullmatch(address):
        raise AddressError("not an e-mail address")
    return address


def phone_number(text: str, calling_codes: Sequence[str] | None = None) -> str:
    """The number as E.164 (`+4915112345678`), however it was grouped; within `calling_codes` (`+49`) if given."""
    number = text.strip().translate(_WRITTEN_BETWEEN_DIGITS)
    if not number:
        raise AddressError("no telephone number")
    if not _PHONE.fullmatch(number):
        raise AddressError("not a telephone number with its country's code, like +49 151 12345678")
    if calling_codes is not None and not number.startswith(tuple(calling_codes)):
        raise AddressError("not in a country that text messages are sent to")
    return number
