"""Reading what the stack sent, from a server that answers as the emulator does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
import pytest

from ballotcast_cli.stack.mailbox import Mail, TextMessage, read_mails, read_text_messages

MAIL = {
    "MessageId": "m1",
    "Source": "board@example.org",
    "To": ["voter@example.org"],
    "CC": [],
    "BCC": [],
    "Subject": "Your ballot",
    "BodyText": "Hello",
    "BodyHtml": None,
    "Timestamp": 1795155110.5,
    "Type": "v2.SendEmail",
}
ANSWERS = {
    "/_ministack/ses/messages": {"messages": {"000000000000": [MAIL]}},
    "/_ministack/sns/sms-messages": {"sms_messages": {"+491": [{"MessageId": "s1", "Message": "code 1"}]}},
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
        yield f"http://127.0.0.1:{server.server_port}/_ministack/ses/messages"
        server.shutdown()


def test_mails(mailbox_url: str) -> None:
    sent_at = datetime(2026, 11, 20, 6, 11, 50, 500000, tzinfo=UTC)
    assert read_mails(mailbox_url) == [Mail("m1", ("voter@example.org",), "Your ballot", "Hello", "", sent_at)]


def test_text_messages(mailbox_url: str) -> None:
    assert read_text_messages(mailbox_url) == [TextMessage("s1", "+491", "code 1")]


def test_a_stack_that_does_not_answer_so_is_an_error(mailbox_url: str) -> None:
    with pytest.raises(httpx2.HTTPStatusError):
        read_mails(mailbox_url.replace("ses", "nothing"))
