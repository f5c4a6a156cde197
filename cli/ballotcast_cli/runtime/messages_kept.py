"""The mails and text messages that a runtime keeps for its mailbox."""

import email
import email.policy
from datetime import UTC, datetime
from sqlite3 import Connection

from ballotcast_cli.stack.mailbox import Mail, TextMessage, plain_lines

MOST = 20_000
"""Of the newest ones."""


def kept_messages(reader: Connection) -> tuple[list[Mail], list[TextMessage]]:
    """Return the mails, oldest first, and the text messages."""
    rows = reader.execute(
        "SELECT id, receiver, content, at FROM mail WHERE state = 'kept' ORDER BY at DESC LIMIT ?", (MOST,)
    ).fetchall()
    texts = reader.execute("SELECT id, receiver, content FROM text_message ORDER BY at").fetchall()
    return [_mail(*row) for row in reversed(rows)], [TextMessage(*row) for row in texts]


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
