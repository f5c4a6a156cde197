"""Mails to those who conduct or observe an election, in the language that they use the pages in, or the election's."""

from ballotcast.elections.roles import Role
from ballotcast.mails.blocks import Block, Button, MailContent, Paragraph, Title, as_text
from ballotcast.mails.html import as_html
from ballotcast.mails.invitation import Occasion
from ballotcast.mails.language import MailWords
from ballotcast.mails.settings import MailSettings

OF_TRUSTEES = ("keyed", "confirmed", "broken")
NAMES = ("opened", "closed", "counted", "released", "failed", "bounced", *OF_TRUSTEES)
"""What organisers are mailed about."""


def joining(
    words: MailWords, organisation: str, title: str, by: str, role: Role, link: str, code: str, days: int
) -> MailContent:
    """To somebody who is invited to conduct or to observe an election. `by`: the address of the owner who invites."""
    blocks: list[Block] = [
        *([Paragraph(organisation, "brand")] if organisation else []),
        Paragraph(words.text(f"join_{role.value}", by=by)),
        Title(title),
        Button(words.text("join_button"), link, words.text("join_link"), words.text("link_below")),
        Paragraph(words.text("join_code")),
        Title(code),
        Paragraph(words.text("join_good", days=days), "quiet"),
        Paragraph(f"{words.text('sent_to_you')} {words.text('no_answers')}", "quiet"),
    ]
    return _mail(words, words.text("join_subject", title=title), blocks)


def milestone(
    words: MailWords,
    settings: MailSettings,
    occasion: Occasion,
    kind: str,
    base_url: str,
    election: str,
    *,
    held: bool = False,
    trusted: bool = False,
    bounces: int = 0,
) -> MailContent:
    """To those who conduct an election, when something happens to it.

    Args:
        words: Of the organiser's language.
        settings: Of the election's mails.
        occasion: What it is about.
        kind: One of `NAMES`.
        base_url: Where the pages are.
        election: Its id.
        held: Whether its result is published only once it is released.
        trusted: Whether trustees open its ballots.
        bounces: How many invitations came back, in the mail about these.
    """
    published = kind == "released" or (kind == "counted" and not held)
    page = f"{base_url}/results/{election}" if published else f"{base_url}/manage/elections/{election}"
    url = f"{page}/voters?delivery=bounced" if kind == "bounced" else page
    url += "#trustees" if kind in OF_TRUSTEES else ""
    told = {("counted", held): "held", ("closed", trusted): "sealed"}.get((kind, True), kind)
    text = words.text(
        f"milestone_{told}",
        closes=words.moment(occasion.closes_at, settings.zone),
        count=bounces,
    )
    button = "milestone_result" if published else "milestone_roll" if kind == "bounced" else "milestone_page"
    blocks: list[Block] = [
        *([Paragraph(settings.organisation, "brand")] if settings.organisation else []),
        *([Paragraph(words.text("rehearsal"), "notice")] if occasion.rehearsal else []),
        Title(occasion.title),
        Paragraph(text),
        Button(words.text(button), url, f"{words.text(button)}:", words.text("link_below")),
        Paragraph(f"{words.text('sent_to_you')} {words.text('no_answers')}", "quiet"),
        Paragraph(words.text("milestone_off", page=f"{base_url}/manage/account"), "quiet"),
    ]
    subject = words.text(f"milestone_{kind}_subject", title=occasion.title)
    return _mail(words, subject, blocks)


def _mail(words: MailWords, subject: str, blocks: list[Block]) -> MailContent:
    return MailContent(subject, as_text(blocks), as_html(blocks, subject, words.code))
