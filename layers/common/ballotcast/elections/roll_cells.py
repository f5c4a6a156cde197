"""Single cells of a roll as people leave them: what is meant is taken, and what was changed for that is said."""

import re
import unicodedata
from collections.abc import Callable

from ballotcast.elections.addresses import AddressError, email_address
from ballotcast.faults import Fault, fault

NAME_LENGTH = 200
INVISIBLE = fault("mended-invisible")
TAKEN_OUT = fault("mended-address")
CONVERTED = fault("mended-domain")
LINE_BREAKS = fault("mended-breaks")
UNKNOWN_LANGUAGE = fault("mended-language")
_JOINERS = "\u200c\u200d"
"""Zero width, and part of the spelling of names in several scripts."""
_QUOTES = "\"'“”„‘’‚«»`"
_IN_BRACKETS = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
_LANGUAGES = {
    "de": "de deu ger deutsch german allemand aleman",
    "en": "en eng english englisch anglais ingles",
    "fr": "fr fra fre french franzosisch francais frances",
    "es": "es spa spanish spanisch espagnol espanol castellano",
}
_BY_WORD = {word: code for code, words in _LANGUAGES.items() for word in words.split()}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")

Say = Callable[[Fault], None]


def visible(text: str, say: Say, keep: str = "") -> str:
    """Without format characters: zero-width spaces, soft hyphens, marks of direction, byte order marks."""
    if text.isascii():
        return text
    shown = "".join(one for one in text if unicodedata.category(one) != "Cf" or one in keep)
    if shown != text:
        say(INVISIBLE)
    return shown


def read_email(cell: str, say: Say) -> str:
    """The one address of a cell. Raises AddressError."""
    text = visible(cell, say).strip()
    if not text:
        raise AddressError("no-email")
    bare = _bare(text)
    if bare != text:
        say(TAKEN_OUT)
    if bare.count("@") > 1 and re.search(r"[;,/\s]", bare):
        raise AddressError("several-emails")
    if re.search(r"\s", bare):
        raise AddressError("space-in-email")
    address = email_address(bare)
    if not bare.isascii():
        say(CONVERTED)
    return address


def read_name(cells: list[str], say: Say) -> str:
    """A name on one line, from the columns that hold its parts. Raises AddressError."""
    text = visible(" ".join(cells), say, keep=_JOINERS)
    if any(unicodedata.category(one) == "Cc" and not one.isspace() for one in text):
        raise AddressError("control")
    if any(break_ in text.strip() for break_ in "\n\r\v\f\x85\u2028\u2029"):
        say(LINE_BREAKS)
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > NAME_LENGTH:
        raise AddressError("too-long", most=NAME_LENGTH)
    return name


def read_language(cell: str, say: Say) -> str:
    """The code of a language (`de`), from a code, a locale or its name; empty where it is not known."""
    plain = unicodedata.normalize("NFKD", visible(cell, say)).strip().casefold()
    word = "".join(one for one in plain if unicodedata.category(one) != "Mn")
    found = _TAG.fullmatch(word)
    code = _BY_WORD.get(word) or _BY_WORD.get(found[1] if found else "", "")
    if word and not code:
        say(UNKNOWN_LANGUAGE)
    return code


def _bare(text: str) -> str:
    """The address in `Name <address>`, `mailto:address`, quotes, or before the punctuation of a list."""
    if found := _IN_BRACKETS.fullmatch(text.rstrip(",; ")):
        text = found[1]
    text = re.sub(r"^mailto:(?=[^?]*$)", "", text, flags=re.IGNORECASE)
    if len(text) > 2 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    return text.rstrip(",;. ")
