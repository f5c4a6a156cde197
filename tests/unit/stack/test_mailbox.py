"""Reading what the stack sent, from a server that answers as the stack does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
import pytest

from ballotcast.mails.blocks import PICTURE, MailContent
from ballotcast_tools.stack.mailbox import (
    Mail,
    TextMessage,
    html_of,
    mails_document,
    parse_mail,
    parse_mails,
    read_mails,
    read_text_messages,
    texts_document,
)
from notify.post import _mime

SENT_AT = datetime(2026, 11, 20, 6, 11, 50, 500000, tzinfo=UTC)
MAIL = Mail("m1", ("voter@example.org",), "Your ballot", "Hello", SENT_AT)
ANSWERS = {
    "/token/mails": mails_document([MAIL]),
    "/token/texts": texts_document([TextMessage("s1", "+491", "code 1")]),
    "/_aws/ses": {"messages": []},
    "/_aws/sns/sms-messages?region=eu-west-1": {"sms_messages": {"+492": [{"MessageId": "s2", "Message": "code 2"}]}},
}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path)
        self.send_response(200 if answer else 404)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def mailbox_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/token/mails"
        server.shutdown()


def test_mails(mailbox_url: str) -> None:
    assert read_mails(mailbox_url) == [MAIL]


def test_text_messages(mailbox_url: str) -> None:
    assert read_text_messages(mailbox_url) == [TextMessage("s1", "+491", "code 1")]


def test_text_messages_of_localstack(mailbox_url: str) -> None:
    mailbox = mailbox_url.replace("/token/mails", "/_aws/ses")
    assert read_mails(mailbox) == []
    assert read_text_messages(mailbox) == [TextMessage("s2", "+492", "code 2")]


def test_a_stack_that_does_not_answer_so_is_an_error(mailbox_url: str) -> None:
    with pytest.raises(httpx2.HTTPStatusError):
        read_mails(mailbox_url.replace("token", "nothing"))


RAW = (
    "From: board@example.org\r\nTo: voter@example.org\r\n"
    "Subject: =?utf-8?q?Ihre_Stimmberechtigung=3A_Gr=C3=BC=C3=9Fe?=\r\n"
    'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    "http://127.0.0.1:4566/vote#1.abc=\r\ndef\r\n"
)


def test_mails_as_localstack_has_them() -> None:
    document = {
        "messages": [
            {"Id": "m2", "RawData": RAW, "Timestamp": "2026-11-30T06:25:24"},
            {"Id": "m1", "RawData": RAW, "Timestamp": "2026-11-30T06:25:23"},
            {"Id": "m3", "Body": {"text_part": "of another sender"}, "Timestamp": "2026-11-30T06:25:24"},
        ]
    }
    sent = parse_mails(document)
    assert [mail.id for mail in sent] == ["m1", "m2"], "the oldest first, and raw ones only"
    assert sent[0].to == ("voter@example.org",)
    assert sent[0].subject == "Ihre Stimmberechtigung: Grüße"
    assert sent[0].text == "http://127.0.0.1:4566/vote#1.abcdef\n"
    assert sent[0].sent_at == datetime(2026, 11, 30, 6, 25, 23, tzinfo=UTC)


def test_a_picture_that_comes_with_a_mail_is_in_its_html() -> None:
    mail = MailContent("Subject", "text", f'<img src="{PICTURE}">', picture=b"\x89PNG")
    raw = _mime("ballots@example.org", "ada@example.org", mail).decode()
    assert html_of(parse_mail({"RawData": raw})).strip() == '<img src="data:image/png;base64,iVBORw==">'
