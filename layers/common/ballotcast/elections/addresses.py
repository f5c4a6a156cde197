"""Where voters and organisers are reached: e-mail addresses and telephone numbers, checked before they are kept."""

import re
import unicodedata
from collections.abc import Sequence

from ballotcast.faults import FaultError

EMAIL_LENGTH = 254
LOCAL_LENGTH = 64
PHONE_LENGTH = 40

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN_DIGITS = " ()./-\u00a0\u2010\u2011\u2012\u2013"
_WRITTEN_BETWEEN_DIGITS = str.maketrans("", "", _BETWEEN_DIGITS)
_NUMBER = re.compile(rf"\+?[0-9{re.escape(_BETWEEN_DIGITS)}]+")
_ROUNDED = re.compile(r"\d[.,]\d*E\+?\d+", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:ext\.?|x|#|app\.?|poste|durchwahl|dw\.?)\s*\d+$", re.IGNORECASE)


class AddressError(FaultError):
    """Not an address that a message could go to. The message never repeats it."""


def email_address(text: str) -> str:
    """The address in ASCII, trimmed: a dot-atom and a domain of two labels or more (RFC 5321).

    An international domain is converted to A-labels (xn--…, IDNA 2008). Quoted local parts, address literals and
    local parts in other letters than ASCII are refused: a voter must be reached by any mail server on the way.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if not address:
        raise AddressError("no-email")
    if not address.isascii():
        address = _converted(address)
    if len(address) > EMAIL_LENGTH or len(address.partition("@")[0]) > LOCAL_LENGTH or not _EMAIL.fullmatch(address):
        raise AddressError("bad-email")
    return address


def phone_number(text: str, calling_codes: Sequence[str] | None = None, country: str = "") -> str:
    """The number as E.164 (`+4915112345678`), however it was grouped.

    Args:
        text: As written; without a country's code if `country` says where.
        calling_codes: Where the number must be (`+49`); None: anywhere.
        country: Two letters (ISO 3166); empty: the one country of `calling_codes`, if there is one only.

    Raises:
        AddressError: It is not a number that a text message could go to.
    """
    number = text.strip()
    if not number:
        raise AddressError("no-phone")
    if _ROUNDED.fullmatch(number):
        raise AddressError("rounded-phone")
    if _EXTENSION.search(number):
        raise AddressError("extension")
    if not _NUMBER.fullmatch(number) or not (known := _parsed(number, country or _only_country(calling_codes))):
        raise AddressError("bad-phone")
    if calling_codes is not None and not known.startswith(tuple(calling_codes)):
        raise AddressError("foreign-phone")
    return known


def phone_as_written(text: str) -> str:
    """A number that nothing is sent to: as E.164 where it is one already, else as it is written, on one line.

    Raises:
        AddressError: It is too long to be one.
    """
    written = " ".join(text.split())
    bare = written.translate(_WRITTEN_BETWEEN_DIGITS)
    if _E164.fullmatch(bare) and "(0" not in written:
        return bare
    if len(written) > PHONE_LENGTH:
        raise AddressError("too-long", most=PHONE_LENGTH)
    return written


def gets_text_messages(phone: str, calling_codes: Sequence[str]) -> bool:
    """Whether a number that is kept is in E.164 and in one of these countries."""
    return bool(_E164.fullmatch(phone)) and phone.startswith(tuple(calling_codes))


def known_country(country: str) -> bool:
    """Whether telephone numbers of this country (two letters) can be read."""
    from phonenumbers import SUPPORTED_REGIONS  # three megabytes, for elections with text messages only

    return country in SUPPORTED_REGIONS


def _converted(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise AddressError("ascii-email")
    import idna  # tables of all scripts, needed for few addresses

    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise AddressError("bad-email") from None


def _parsed(number: str, country: str) -> str:
    """In E.164; empty if it is no number."""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    try:
        parsed = parse(number, country or None)
    except NumberParseException:
        return ""
    written = format_number(parsed, PhoneNumberFormat.E164)
    return written if is_possible_number(parsed) and _E164.fullmatch(written) else ""


def _only_country(calling_codes: Sequence[str] | None) -> str:
    if calling_codes is None or len(calling_codes) != 1 or not calling_codes[0][1:].isdecimal():
        return ""
    from phonenumbers import region_code_for_country_code

    region = region_code_for_country_code(int(calling_codes[0][1:]))
    return region if region != "ZZ" else ""
