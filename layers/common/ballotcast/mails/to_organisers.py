"""Mails to those who conduct or observe an election, in the election's language."""

from ballotcast.elections.roles import Role
from ballotcast.mails.blocks import Block, Button, MailContent, Paragraph, Title, as_text
from ballotcast.mails.html import as_html
from ballotcast.mails.language import MailWords
from ballotcast.mails.settings import MailSettings


def joining(settings: MailSettings, title: str, by: str, role: Role, link: str, code: str, days: int) -> MailContent:
    """To somebody who is invited to conduct or to observe an election. `by`: the address of the owner who invites."""
    words = settings.words()
    blocks: list[Block] = [
        *([Paragraph(settings.organisation, "brand")] if settings.organisation else []),
        Paragraph(words.text(f"join_{role.value}", by=by)),
        Title(title),
        Button(words.text("join_button"), link, words.text("join_link"), words.text("link_below")),
        Paragraph(words.text("join_code")),
        Title(code),
        Paragraph(words.text("join_good", days=days), "quiet"),
        Paragraph(f"{words.text('sent_to_you')} {words.text('no_answers')}", "quiet"),
    ]
    return _mail(words, words.text("join_subject", title=title), blocks)


def _mail(words: MailWords, subject: str, blocks: list[Block]) -> MailContent:
    return MailContent(subject, as_text(blocks), as_html(blocks, subject, words.code))
