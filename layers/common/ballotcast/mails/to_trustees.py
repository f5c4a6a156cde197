"""Mails to an election's trustees, in the election's language: what they are asked to do, with their link."""

from dataclasses import dataclass

from ballotcast.clock import from_rfc3339
from ballotcast.mails.blocks import Block, Button, MailContent, Paragraph, Title, as_text
from ballotcast.mails.html import as_html
from ballotcast.mails.settings import MailSettings

KNOWN = ("join", "deal", "confirm", "open")


@dataclass(frozen=True)
class Asked:
    """title: of the election. n, t: trustees, and how many of them open it. deadline: RFC 3339."""

    title: str
    name: str
    n: int
    t: int
    deadline: str


def to_trustee(settings: MailSettings, asked: Asked, mail: str, link: str) -> MailContent:
    """mail: begins with `join`, `deal`, `confirm` or `open`; with another word it is a reminder of whatever is due."""
    words = settings.words()
    kind = name if (name := mail.partition(" ")[0]) in KNOWN else "reminder"
    values = {"name": asked.name, "n": asked.n, "t": asked.t, "title": asked.title}
    until = words.moment(from_rfc3339(asked.deadline), settings.zone)
    blocks: list[Block] = [
        *([Paragraph(settings.organisation, "brand")] if settings.organisation else []),
        Paragraph(words.text("trustee_hello", **values)),
        Title(asked.title),
        Paragraph(words.text(f"trustee_{kind}", **values)),
        Button(words.text("trustee_button"), link, words.text("trustee_link"), words.text("link_below")),
        *([] if kind == "open" else [Paragraph(words.text("trustee_until", until=until))]),
        Paragraph(words.text("trustee_secret"), "quiet"),
        Paragraph(f"{words.text('trustee_sent')} {words.text('no_answers')}", "quiet"),
    ]
    subject = words.text(f"trustee_{kind}_subject", **values)
    return MailContent(subject, as_text(blocks), as_html(blocks, subject, words.code), settings.organisation)
