"""The mails and text messages that a runtime keeps for its mailbox."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from sqlite3 import Connection

from ballotcast_tools.stack.mailbox import Mail, TextMessage, html_of, text_of

MOST = 20_000
"""Of the newest ones."""


class KeptMessages:
    """Mails are parsed once: anyone who waits for a mail asks for all of them again and again. Their HTML, the larger
    part of them, is not kept in memory.
    """

    def __init__(self) -> None:
        self._parsed: dict[str, Mail] = {}

    def read(self, reader: Connection) -> tuple[list[Mail], list[TextMessage]]:
        """Return the mails, oldest first, and the text messages."""
        ids = reader.execute("SELECT id FROM mail WHERE state = 'kept' ORDER BY at DESC LIMIT ?", (MOST,)).fetchall()
        known, found = self._parsed, dict[str, Mail]()
        for (name,) in reversed(ids):
            if name in known:
                found[name] = known[name]
            elif new := _read(reader, name):
                found[name], _ = new
        self._parsed = found
        texts = reader.execute("SELECT id, receiver, content FROM text_message ORDER BY at").fetchall()
        return list(found.values()), [TextMessage(*row) for row in texts]


def read_html(reader: Connection, name: str) -> str:
    """Return the HTML of a mail that is kept; empty if it has none, or is not there."""
    found = _read(reader, name)
    return html_of(found[1]) if found else ""


def _read(reader: Connection, name: str) -> tuple[Mail, EmailMessage] | None:
    """The mail, unless it was deleted in this moment."""
    sql = "SELECT receiver, content, at FROM mail WHERE id = ? AND state = 'kept'"
    row = reader.execute(sql, (name,)).fetchone()
    if not row:
        return None
    receiver, content, at = row
    message = email.message_from_bytes(content, policy=email.policy.default)
    sent_at = datetime.fromtimestamp(at, UTC)
    return Mail(name, (receiver,), str(message["Subject"]), text_of(message), sent_at), message
