"""Mails about an organiser's account, and that no text of anybody becomes a header."""

import email
import email.policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from ballotcast.mails.accounts import password_reset, verification
from ballotcast.mails.blocks import MailContent
from ballotcast.mails.language import codes
from notify.post import _mime

LINK = "https://a.example/manage/verify#K7QM-3XPD"
MAILS = [
    mail
    for code in (*codes(), "")
    for mail in (verification(code, "o1", "K7QM-3XPD", 24, LINK), password_reset(code, "K7QM-3XPD", 30, LINK))
]
SENDER = "Ballots <ballots@example.org>"


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.subject)
def test_texts_are_plain_and_fit_a_narrow_window(mail: MailContent) -> None:
    assert "\n" not in mail.subject
    assert all(len(line) <= 79 for line in mail.text.splitlines())
    assert "{" not in mail.text
    assert mail.text.endswith("\n")


@pytest.mark.parametrize("field", ["From", "To", "Subject", "name", "Reply-To"])
def test_a_line_break_in_a_header_is_refused(field: str) -> None:
    fields = {"From": SENDER, "To": "ada@example.org", "Subject": "Your vote", "name": "", "Reply-To": ""}
    fields[field] += "x\r\nBcc: all@example.org"
    mail = MailContent(fields["Subject"], "body", sender=fields["name"], reply_to=fields["Reply-To"])
    with pytest.raises(ValueError, match="Header values"):
        _mime(fields["From"], fields["To"], mail)


@pytest.mark.parametrize("name", ['Verein "Süd", e.V. <evil@example.net>', "選挙" * 30, "a, b; c: (d)"])
def test_a_name_is_shown_before_the_platforms_own_address(name: str) -> None:
    mail = MailContent("Wahl: Ä “1” 選挙", "größer\n", "<p>größer</p>", name, "office@club.example")
    raw = _mime(SENDER, "ada@example.org", mail)
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    [sender] = message["From"].addresses
    assert sender.addr_spec == "ballots@example.org"
    headers = email.message_from_bytes(raw)  # the newer parser leaves blanks between words (RFC 2047, section 6.2)
    shown, _ = parseaddr(headers["From"])
    assert str(make_header(decode_header(shown))) == name
    assert message["Reply-To"] == "office@club.example"
    assert message["Subject"] == "Wahl: Ä “1” 選挙"
    assert [part.get_content().strip() for part in message.iter_parts()] == ["größer", "<p>größer</p>"]
