"""Mails to voters: invitations, reminders, and codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ballotcast.mails import placeholders
from ballotcast.mails.blocks import Block, Button, Code, MailContent, Paragraph, Picture, Title, Typed, as_text
from ballotcast.mails.html import as_html
from ballotcast.mails.language import MailWords
from ballotcast.mails.logo import Logo
from ballotcast.mails.settings import MailSettings


@dataclass(frozen=True)
class Occasion:
    """What an invitation says of its election."""

    title: str
    description: str
    opens_at: datetime
    closes_at: datetime
    manifest_hash: bytes | None
    """None in the preview of a draft."""
    rehearsal: bool = False


@dataclass(frozen=True)
class Recipient:
    """`name`: as on the roll, or their address where that has none. `language`: theirs, or empty.

    `moved`: their right replaces that of another address.
    """

    name: str
    link: str
    language: str = ""
    moved: bool = False


def invitation(
    settings: MailSettings, occasion: Occasion, recipient: Recipient, *, reminds: bool = False, test: bool = False
) -> MailContent:
    """To a voter, whether for the first time or again.

    `reminds`: because they had no credential yet. `test`: goes to the organiser, and its link is of nobody.
    """
    words = settings.words(recipient.language)
    values = {
        "title": occasion.title,
        "organisation": settings.organisation,
        "contact": settings.contact,
        "opens": words.moment(occasion.opens_at, settings.zone),
        "closes": words.moment(occasion.closes_at, settings.zone),
        "name": recipient.name,
    }
    subject = placeholders.fill(settings.subject, values) or words.text("subject", title=occasion.title)
    for applies, key in (
        (reminds, "reminder_subject"),
        (test, "test_subject"),
        (occasion.rehearsal, "rehearsal_subject"),
    ):
        subject = words.text(key, subject=subject) if applies else subject
    blocks: list[Block] = [
        *_head(settings),
        *_rehearsal(words, rehearsal=occasion.rehearsal),
        *([Paragraph(words.text("test"), "notice")] if test else []),
        *([Paragraph(words.text("reminds"), "notice")] if reminds else []),
        *_introduction(settings, words, values),
        Title(occasion.title),
        *([Typed(occasion.description)] if occasion.description.strip() else []),
        Paragraph(words.text("window", opens=values["opens"], closes=values["closes"])),
        Button(words.text("button"), recipient.link, words.text("link"), words.text("link_below")),
        Paragraph(words.text("link_yours"), "quiet"),
        *([Paragraph(words.text("moved"), "notice")] if recipient.moved else []),
        *_fingerprint(words, occasion.manifest_hash),
        *_from_whom(settings, words),
    ]
    return _mail(settings, words, subject, blocks)


def result(settings: MailSettings, occasion: Occasion, recipient: Recipient) -> MailContent:
    """To everybody on the roll, once the result is published: where it is. `recipient.link`: that of its page."""
    words = settings.words(recipient.language)
    blocks: list[Block] = [
        *_head(settings),
        *_rehearsal(words, rehearsal=occasion.rehearsal),
        Paragraph(
            words.text("result_named" if settings.organisation else "result", organisation=settings.organisation)
        ),
        Title(occasion.title),
        Button(words.text("result_button"), recipient.link, words.text("result_link"), words.text("link_below")),
        Paragraph(words.text("result_check"), "quiet"),
        *_from_whom(settings, words),
    ]
    return _mail(settings, words, words.text("result_subject", title=occasion.title), blocks)


def second_factor(
    settings: MailSettings, title: str, code: str, minutes: int, language: str = "", *, rehearsal: bool = False
) -> MailContent:
    """To a voter who asked for a code by mail."""
    words = settings.words(language)
    blocks: list[Block] = [
        *_head(settings),
        *_rehearsal(words, rehearsal=rehearsal),
        Paragraph(words.text("code", title=title)),
        Title(code),
        Paragraph(words.text("code_good", minutes=minutes)),
        *_from_whom(settings, words),
    ]
    return _mail(settings, words, words.text("code_subject", title=title), blocks)


def _rehearsal(words: MailWords, *, rehearsal: bool) -> list[Block]:
    return [Paragraph(words.text("rehearsal"), "notice")] if rehearsal else []


def second_factor_short(settings: MailSettings, code: str, minutes: int, language: str = "") -> str:
    """The same as a text message: one part, in the alphabet that every telephone knows."""
    return settings.words(language).text("code_short", code=code, minutes=minutes)


def _head(settings: MailSettings) -> Sequence[Block]:
    """The picture is half as large as it is stored, so that it is sharp on dense screens."""
    logo = Logo.read(settings.logo)
    pictures: list[Block] = []
    if logo:
        pictures = [Picture(settings.organisation, max(1, logo.width // 2), max(1, logo.height // 2))]
    return [*pictures, *([Paragraph(settings.organisation, "brand")] if settings.organisation else [])]


def _introduction(settings: MailSettings, words: MailWords, values: dict[str, str]) -> Sequence[Block]:
    if settings.text:
        return [Typed(placeholders.fill(settings.text, values)), Paragraph(words.text("election"), "quiet")]
    key = "intro_named" if settings.organisation else "intro"
    return [Paragraph(words.text(key, organisation=settings.organisation))]


def _fingerprint(words: MailWords, manifest_hash: bytes | None) -> Sequence[Block]:
    if manifest_hash is None:
        return [Paragraph(words.text("fingerprint_later"), "quiet")]
    return [Paragraph(words.text("fingerprint"), "quiet"), Code(grouped(manifest_hash))]


def _from_whom(settings: MailSettings, words: MailWords) -> Sequence[Block]:
    key = "sent_by_named" if settings.organisation else "sent_by"
    answers = words.text("questions", contact=settings.contact) if settings.contact else words.text("no_answers")
    return [Paragraph(f"{words.text(key, organisation=settings.organisation)} {answers}", "quiet")]


def _mail(settings: MailSettings, words: MailWords, subject: str, blocks: Sequence[Block]) -> MailContent:
    html = as_html(blocks, subject, words.code)
    return MailContent(subject, as_text(blocks), html, sender=settings.organisation, reply_to=settings.contact)


def grouped(digest: bytes) -> list[str]:
    """Hex in groups of four, four to a line as on the pages, as people compare it."""
    text = digest.hex()
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    return [" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4)]
