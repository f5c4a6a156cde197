"""The mails and text messages that a runtime keeps for its mailbox."""

import email
import email.policy
from datetime import UTC, datetime
from sqlite3 import Connection

from ballotcast_tools.stack.mailbox import Mail, TextMessage, plain_lines

MOST = 20_000
"""Of the newest ones."""


class KeptMessages:
    """Mails are parsed once: anyone who waits for a mail asks for all of them again and again."""

    def __init__(self) -> None:
        self._parsed: dict[str, Mail] = {}

    def read(self, reader: Connection) -> tuple[list[Mail], list[TextMessage]]:
        """Return the mails, oldest first, and the text messages."""
        ids = reader.execute("SELECT id FROM mail WHERE state = 'kept' ORDER BY at DESC LIMIT ?", (MOST,)).fetchall()
        known, found = self._parsed, dict[str, Mail]()
        for (name,) in reversed(ids):
            mail = known.get(name) or _read(reader, name)
            if mail:
                found[name] = mail
        self._parsed = found
        texts = reader.execute("SELECT id, receiver, content FROM text_message ORDER BY at").fetchall()
        return list(found.values()), [TextMessage(*row) for row in texts]


def _read(reader: Connection, name: str) -> Mail | None:
    """The mail, unless it was deleted in this moment."""
    sql = "SELECT id, receiver, content, at FROM mail WHERE id = ? AND state = 'kept'"
    row = reader.execute(sql, (name,)).fetchone()
    return _mail(*row) if row else None


def _mail(name: str, receiver: str, content: bytes, at: float) -> Mail:
    message = email.message_from_bytes(content, policy=email.policy.default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    return Mail(
        id=name,
        to=(receiver,),
        subject=str(message["Subject"]),
        text=plain_lines(text.get_content() if text else ""),
        html=html.get_content() if html else "",
        sent_at=datetime.fromtimestamp(at, UTC),
    )
