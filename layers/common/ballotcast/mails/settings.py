"""What an organiser chooses for an election's mails, checked before it is kept.

Invisible characters are taken out, and that is said. HTML is kept as it was typed: mails show it as text.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple, Self

from ballotcast.elections.time_zones import zones
from ballotcast.errors import FieldError, field_error
from ballotcast.faults import Fault, fault
from ballotcast.mails import placeholders
from ballotcast.mails.language import DEFAULT, MailWords, codes

INVISIBLE = fault("mended-invisible")
HTML = fault("html-as-text")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Marks of direction among them. Not U+200C and U+200D, which several scripts and emoji are spelled with."""
_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.*?--)>", re.DOTALL)
_ADDRESS = re.compile(r"@|://|\bwww\.|\.[a-z]{2,}/", re.IGNORECASE)


class Note(NamedTuple):
    """Something that was taken otherwise than it was typed."""

    field: str
    note: Fault

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, **self.note.to_json()}


@dataclass(frozen=True)
class MailSettings:
    organisation: str = ""
    """Who asks for the vote; the sender's name. Empty: mails name nobody."""
    contact: str = ""
    """The address that answers go to, or empty."""
    language: str = DEFAULT
    zone: str = "UTC"
    """Of the times in mails: a name of the IANA database."""
    subject: str = ""
    """One's own, with placeholders; empty: ours."""
    text: str = ""
    """One's own, with placeholders, in the place of our first sentence; empty: ours."""
    logo: str = ""
    """The organisation's picture (logo.Logo as text), or empty."""

    @classmethod
    def kept(cls, values: Mapping[str, str]) -> Self:
        """As they were stored; what is not there is as it is left out."""
        return cls(**{one.name: values[one.name] for one in fields(cls) if one.name in values})

    def to_keep(self) -> dict[str, str]:
        return asdict(self)

    @property
    def own(self) -> bool:
        """Whether some of the mail is in the organiser's words, and so in one language."""
        return bool(self.subject or self.text)

    def words(self, preferred: str = "") -> MailWords:
        """In the voter's language, where that is known to us and all the words are ours; else in the election's."""
        return MailWords(preferred if preferred in codes() and not self.own else self.language)


def check(settings: MailSettings) -> tuple[MailSettings, list[Note], list[FieldError]]:
    """The settings as they are kept, what was changed for that, and what is wrong with them."""
    notes: list[Note] = []
    cleaned = {name: _cleaned(name, text, notes) for name, text in asdict(settings).items()}
    wrong = [fault for name, text in cleaned.items() for fault in _faults(name, text, cleaned)]
    return MailSettings(**cleaned), notes, wrong


def without_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _cleaned(name: str, text: str, notes: list[Note]) -> str:
    visible = without_invisible(text)
    if visible != text:
        notes.append(Note(name, INVISIBLE))
    if name in ("subject", "text") and _TAG.search(visible):
        notes.append(Note(name, HTML))
    if name == "text":
        visible = "\n".join(line.rstrip() for line in re.split("\r\n|[\n\r\x85\u2028\u2029]", visible))
    return unicodedata.normalize("NFC", visible).strip()


def _faults(name: str, text: str, all_: Mapping[str, Any]) -> list[FieldError]:
    where = f"/{name}"
    if name != "text" and _BREAKS.search(text):
        return [field_error(where, "one-line")]
    if any(unicodedata.category(one) == "Cc" and one not in "\t\n" for one in text):
        return [field_error(where, "control-in-text")]
    match name:
        case "organisation" if _ADDRESS.search(text):
            return [field_error(where, "no-name")]
        case "zone" if text not in zones():
            return [field_error(where, "bad-zone")]
        case "subject" | "text":
            return [FieldError(where, found) for found in _placeholder_faults(text, all_)]
    return []


def _placeholder_faults(text: str, all_: Mapping[str, Any]) -> list[Fault]:
    known = ", ".join(f"{{{name}}}" for name in placeholders.KNOWN)
    wrong = [fault("unknown-placeholder", found=one, known=known) for one in placeholders.unknown(text)]
    empty = [
        name for name in ("organisation", "contact") if name in placeholders.used(text) and not str(all_[name]).strip()
    ]
    return wrong or [fault("empty-placeholder", found=f"{{{name}}}") for name in empty]
