"""Mails to organisers about their account, in the language that they use the pages in."""

from ballotcast.mails.blocks import Block, Button, Facts, MailContent, Paragraph, as_text
from ballotcast.mails.html import as_html
from ballotcast.mails.language import DEFAULT, MailWords, codes


def verification(language: str, organiser: str, code: str, hours: int, link: str) -> MailContent:
    """To somebody who signed up as an organiser. `organiser`: the id, which is typed with the code."""
    words = words_of(language)
    rows = [(words.text("label_organiser"), organiser), (words.text("label_code"), code)]
    return _mail(words, "verify", link, rows, words.text("verify_good", hours=hours))


def password_reset(language: str, code: str, minutes: int, link: str) -> MailContent:
    """To an organiser for whose address a new password was asked for."""
    words = words_of(language)
    return _mail(words, "reset", link, [(words.text("label_code"), code)], words.text("reset_good", minutes=minutes))


def words_of(language: str, otherwise: str = DEFAULT) -> MailWords:
    """Of an organiser's language, where one is known."""
    return MailWords(language if language in codes() else otherwise)


def _mail(words: MailWords, kind: str, link: str, rows: list[tuple[str, str]], good: str) -> MailContent:
    button = words.text(f"{kind}_button")
    blocks: list[Block] = [
        Paragraph(words.text(kind)),
        Button(button, link, f"{button}:", words.text("link_below")),
        Facts(rows),
        Paragraph(good),
        Paragraph(f"{words.text('sent_by_ballotcast')} {words.text('no_answers')}", "quiet"),
    ]
    subject = words.text(f"{kind}_subject")
    return MailContent(subject, as_text(blocks), as_html(blocks, subject, words.code))
