"""A table of mails, and the thread that sends them to a mail server of the test."""

import email
import email.policy
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from ballotcast.mails.blocks import MailContent
from ballotcast_tools.runtime.services.mails import Ses
from ballotcast_tools.runtime.sources.mail_server import MailServer, Security
from ballotcast_tools.runtime.sources.smtp import Bounced, Postman
from ballotcast_tools.runtime.storage.database import Database
from mail_exchange import MailExchange, Taken
from notify.post import _mime

SENDER = "Wähler Club <ballots@club.example>"
TAGS = {"election": "e1", "voter": "v1", "run": "r1"}
NO_TAGS: Mapping[str, str] = {}


def unexpected(tags: Mapping[str, str], receiver: str) -> None:
    raise AssertionError("no bounce was expected")


class Posting:
    """`now` is the clock of all."""

    def __init__(self, database: Database, exchange: MailExchange) -> None:
        self.database, self.exchange = database, exchange
        self.now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
        self.ses = Ses(database, "waiting", self.clock)

    def clock(self) -> datetime:
        return self.now

    def post(
        self,
        to: str,
        tags: Mapping[str, str] = NO_TAGS,
        subject: str = "Vote",
        body: str = "link\n",
        sender: str = SENDER,
    ) -> str:
        """Put a mail into the table as the functions do; return its id."""
        content = _mime(SENDER, "ada@example.org", MailContent(subject, body))
        named = [{"Name": name, "Value": value} for name, value in tags.items()]
        sent = self.ses.send_raw_email(Source=sender, Destinations=[to], RawMessage={"Data": content}, Tags=named)
        name: str = sent["MessageId"]
        return name

    @contextmanager
    def sending(self, bounced: Bounced = unexpected, rate: float = 1e6) -> Iterator[None]:
        """Send what is due now or comes in."""
        server = MailServer("127.0.0.1", self.exchange.port, Security.NONE)
        postman = Postman(self.database, server, bounced, "club.example", rate, self.clock)
        postman.start()
        try:
            yield
        finally:
            assert postman.stop()

    def row(self, name: str) -> dict[str, Any]:
        fields = ("state", "receiver", "content", "tags", "attempts", "due")
        query = f"SELECT {', '.join(fields)} FROM mail WHERE id = ?"
        return dict(zip(fields, self.database.reader().execute(query, (name,)).fetchone(), strict=True))

    def state(self, name: str) -> str:
        return str(self.row(name)["state"])

    def take(self) -> Taken:
        """The next mail that arrives."""
        return self.exchange.taken.get(timeout=10)


def until(condition: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends_at
        time.sleep(0.002)


def read(taken: Taken) -> EmailMessage:
    parsed = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed
