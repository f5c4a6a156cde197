"""What the one-machine stack sent: mails and text messages that went nowhere but into its memory."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import httpx2


@dataclass(frozen=True)
class Mail:
    """A mail to one or more addresses, its parts decoded; `html` is empty if it has none."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    sent_at: datetime


@dataclass(frozen=True)
class TextMessage:
    """An SMS."""

    id: str
    to: str
    text: str


def read_mails(mailbox_url: str) -> list[Mail]:
    """Every mail since the stack started, oldest first. `mailbox_url` is the stack's output `MailboxUrl`."""
    accounts = _read(mailbox_url)["messages"]
    return [_mail(message) for messages in accounts.values() for message in messages]


def read_text_messages(mailbox_url: str) -> list[TextMessage]:
    """Every SMS since the stack started, those to one number in their order."""
    numbers = _read(urljoin(mailbox_url, "/_ministack/sns/sms-messages"))["sms_messages"]
    return [
        TextMessage(message["MessageId"], number, message["Message"])
        for number, messages in numbers.items()
        for message in messages
    ]


def _mail(message: dict[str, Any]) -> Mail:
    return Mail(
        id=message["MessageId"],
        to=tuple(message["To"]),
        subject=message["Subject"],
        text=(message["BodyText"] or "").replace("\r\n", "\n"),
        html=message["BodyHtml"] or "",
        sent_at=datetime.fromtimestamp(message["Timestamp"], UTC),
    )


def _read(url: str) -> dict[str, Any]:
    answer = httpx2.get(url, timeout=30, trust_env=False)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
