"""SES and SNS: what is to be sent is a row, committed before the caller continues.

Without a mail server everything stays for the mailbox page. With one (sources/smtp.py), a row is sent and then emptied:
mails hold links, which nothing may keep.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from ballotcast.clock import Clock, system_clock
from ballotcast_tools.runtime.storage.database import Database

from .errors import EXCEPTIONS, error

MAILS_SCHEMA = """
    CREATE TABLE IF NOT EXISTS mail (
        id TEXT PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, content BLOB, tags TEXT NOT NULL,
        at REAL NOT NULL,
        state TEXT NOT NULL, -- kept (for the mailbox page), waiting (for the mail server), sent,
                             -- bounce-untold (refused, and to be reported) or refused
        attempts INTEGER NOT NULL, due REAL NOT NULL
    );
    CREATE INDEX IF NOT EXISTS mail_due ON mail (due) WHERE state = 'waiting';
    CREATE INDEX IF NOT EXISTS mail_untold ON mail (due) WHERE state = 'bounce-untold';
    CREATE INDEX IF NOT EXISTS mail_age ON mail (at);
    CREATE TABLE IF NOT EXISTS text_message (
        id TEXT PRIMARY KEY, receiver TEXT NOT NULL, content TEXT NOT NULL, at REAL NOT NULL
    );
"""
TOPIC = "mail"


class Ses:
    """`state`: what a mail is when it comes in, `kept` or `waiting`."""

    exceptions = EXCEPTIONS

    def __init__(self, database: Database, state: str, clock: Clock = system_clock) -> None:
        self._database, self._state, self._clock = database, state, clock

    def send_raw_email(
        self,
        *,
        Source: str,
        Destinations: Sequence[str],
        RawMessage: dict[str, bytes],
        Tags: Sequence[dict[str, str]] = (),
        ConfigurationSetName: str = "",
    ) -> dict[str, Any]:
        if len(Destinations) != 1:
            raise error("InvalidParameterValue", "SendRawEmail", "one mail goes to one address here")
        name, now = secrets.token_hex(16), self._clock().timestamp()
        tags = ",".join(f"{tag['Name']}={tag['Value']}" for tag in Tags)  # neither has a comma (notify/post.py)
        row = (name, Source, Destinations[0], RawMessage["Data"], tags, now, self._state, now)

        def add(transaction: Any) -> None:
            transaction.execute("INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)", row)
            transaction.wake(TOPIC)

        self._database.write(add)
        return {"MessageId": name}


class Sns:
    exceptions = EXCEPTIONS

    def __init__(self, database: Database, clock: Clock = system_clock) -> None:
        self._database, self._clock = database, clock

    def publish(self, *, PhoneNumber: str, Message: str, MessageAttributes: Any = None) -> dict[str, Any]:
        """Keep a text message for the mailbox page: one machine has nobody who sends it."""
        row = (secrets.token_hex(16), PhoneNumber, Message, self._clock().timestamp())
        self._database.write(lambda t: t.execute("INSERT INTO text_message VALUES (?, ?, ?, ?)", row).rowcount)
        return {"MessageId": row[0]}
