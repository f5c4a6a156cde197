"""Mails go out once, in order, as they were written."""

import time

import pytest

from ballotcast.mails.blocks import MailContent
from ballotcast_tools.runtime.sources import smtp
from mail_exchange import MailExchange
from notify.post import _mime
from posting import SENDER, TAGS, Posting, read, until


def test_a_mail_goes_out_and_its_row_is_emptied(posting: Posting, exchange: MailExchange) -> None:
    with posting.sending():
        name = posting.post("ada@example.org", TAGS)
        taken = posting.take()
        until(lambda: posting.state(name) == "sent")
    assert (taken.sender, taken.receiver) == ("ballots@club.example", "ada@example.org")
    message = read(taken)
    assert message["Message-ID"] == f"<{name}@club.example>"
    assert message["Date"].datetime == posting.now
    assert posting.row(name).items() >= {"content": None, "receiver": "", "tags": ""}.items()


def test_mails_of_a_burst_share_a_connection_and_codes_come_first(posting: Posting, exchange: MailExchange) -> None:
    names = [posting.post(f"v{number}@example.org", TAGS) for number in range(30)]
    code = posting.post("ada@example.org")
    with posting.sending():
        until(lambda: all(posting.state(name) == "sent" for name in names))
    assert exchange.connections == 1
    assert exchange.taken.get().receiver == "ada@example.org", code
    assert exchange.taken.qsize() == 30


def test_a_connection_carries_so_many_mails(
    posting: Posting, exchange: MailExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "PER_CONNECTION", 4)
    names = [posting.post(f"v{number}@example.org") for number in range(10)]
    with posting.sending():
        until(lambda: all(posting.state(name) == "sent" for name in names))
    assert (exchange.connections, exchange.taken.qsize()) == (3, 10)


def test_no_more_mails_a_second_than_the_rate(posting: Posting, exchange: MailExchange) -> None:
    for number in range(4):
        posting.post(f"v{number}@example.org")
    with posting.sending(rate=20):
        started = time.monotonic()
        for _ in range(4):
            posting.take()
    assert time.monotonic() - started > 0.1


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Grüße an Łódź 投票", "Schöne Grüße, 你好\n"),
        ("x" * 1200, "y" * 5000 + "\n.\n..dots\n"),
        ("dots", ".\n.\r\n..\n"),
    ],
)
def test_letters_long_lines_and_dots_arrive_as_written(
    posting: Posting, exchange: MailExchange, subject: str, body: str
) -> None:
    with posting.sending():
        posting.post("ada@example.org", subject=subject, body=body)
        taken = posting.take()
    assert taken.content.isascii()
    assert max(len(line) for line in taken.content.split(b"\r\n")) <= 998
    assert taken.content.count(b"\n") == taken.content.count(b"\r\n") == taken.content.count(b"\r")
    message = read(taken)
    assert message["Subject"] == subject
    assert message.get_content().split() == body.split()
    assert message["From"].addresses[0].display_name == "Wähler Club"


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "ada@example.org>\nDATA",
        "a@b.example,eve@c.example",
        "ä@b.example",
        "",
    ],
)
def test_an_address_adds_no_command_and_no_receiver(posting: Posting, exchange: MailExchange, to: str) -> None:
    with posting.sending():
        name = posting.post(to)
        until(lambda: posting.state(name) == "refused")
    assert not [command for command in exchange.commands if command.upper().startswith(("RCPT", "DATA"))]


def test_a_header_cannot_be_injected_by_sender_or_subject(posting: Posting, exchange: MailExchange) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        _mime(SENDER, "ada@example.org", MailContent("Vote\r\nBcc: eve@example.org", "body"))
    with posting.sending():
        posting.post("ada@example.org", sender="Club <x@club.example\r\nBcc: eve@example.org>")
        taken = posting.take()
    assert b"eve" not in taken.content
    assert (taken.sender, taken.receiver) == ("x@club.example", "ada@example.org")
    assert not [command for command in exchange.commands if "eve" in command]
