"""A mail as a row of blocks, from which its text and its HTML are made, so that both say the same."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ballotcast.mails.settings import without_invisible

WIDTH = 76


@dataclass(frozen=True)
class MailContent:
    """`sender`: the name before the platform's address, or empty. `reply_to`: where answers go, or empty."""

    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    picture: bytes = b""
    """That the HTML shows as `PICTURE`: a PNG, or nothing."""


PICTURE = "cid:logo@ballotcast"
"""The address within a mail of the picture that comes with it (RFC 2392)."""


@dataclass(frozen=True)
class Picture:
    """The organisation's. `alt`: said in its place; `width` and `height` as it is shown, in pixels."""

    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Paragraph:
    """`kind`: the class of its element: empty, `brand` (who writes), `notice` (stands out) or `quiet`."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Typed:
    """Text of the organiser's, with their line breaks."""

    text: str


@dataclass(frozen=True)
class Title:
    text: str


@dataclass(frozen=True)
class Button:
    """An address that is pressed, and stands below to be copied."""

    label: str
    url: str
    before: str
    """What is said before the address in the text."""
    below: str
    """What is said below the button."""


@dataclass(frozen=True)
class Code:
    """Lines to compare, character by character."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """What is typed somewhere else, each behind its label."""

    rows: Sequence[tuple[str, str]]


Block = Paragraph | Typed | Title | Button | Code | Facts | Picture


def as_text(blocks: Iterable[Block]) -> str:
    return "\n\n".join(_text(block) for block in blocks if not isinstance(block, Picture)) + "\n"


def _text(block: Paragraph | Typed | Title | Button | Code | Facts) -> str:
    match block:
        case Paragraph(text):
            return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))
        case Typed(text):
            return without_invisible(text)
        case Title(text):
            return f"    {text}"
        case Button(before=before, url=url):
            return f"{before}\n\n{url}"
        case Code(lines):
            return "\n".join(f"    {line}" for line in lines)
        case Facts(rows):
            return "\n".join(f"{label}: {value}" for label, value in rows)
