"""What a local stack sent: mails and text messages that went nowhere but into its mailbox."""

import email
import email.policy
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urljoin

REGION = "eu-west-1"
_TEXTS = "texts"
_TEXTS_OF_LOCALSTACK = f"/_aws/sns/sms-messages?region={REGION}"


@dataclass(frozen=True)
class Mail:
    """A mail to one or more addresses, decoded; its HTML is read only where it is shown (`html_of`)."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime


@dataclass(frozen=True)
class TextMessage:
    """An SMS."""

    id: str
    to: str
    text: str


def read_mails(mailbox_url: str) -> list[Mail]:
    """Return every mail since the stack started, oldest first. `mailbox_url` is the stack's output `MailboxUrl`."""
    return parse_mails(_read(mailbox_url))


def read_text_messages(mailbox_url: str) -> list[TextMessage]:
    """Return every SMS since the stack started, those to one number in their order."""
    path = _TEXTS if mailbox_url.endswith("/mails") else _TEXTS_OF_LOCALSTACK
    return parse_texts(_read(urljoin(mailbox_url, path)))


def parse_mails(document: Any) -> list[Mail]:
    """Return the mails of `mails_document`'s JSON, or of LocalStack's, oldest first.

    https://docs.localstack.cloud/aws/services/ses/
    """
    if "mails" in document:
        return sorted((_own_mail(mail) for mail in document["mails"]), key=lambda mail: mail.sent_at)
    mails = [_raw_mail(message) for message in document["messages"] if "RawData" in message]
    return sorted(mails, key=lambda mail: mail.sent_at)


def parse_texts(document: Any) -> list[TextMessage]:
    """Return the text messages of `texts_document`'s JSON, or of LocalStack's: a list for each number."""
    if "texts" in document:
        return [TextMessage(**text) for text in document["texts"]]
    return [
        TextMessage(message["MessageId"], number, message["Message"])
        for number, messages in document["sms_messages"].items()
        for message in messages
    ]


def mails_document(mails: Iterable[Mail]) -> dict[str, Any]:
    """Return mails as JSON that `parse_mails` reads."""
    return {"mails": [{**asdict(mail), "sent_at": mail.sent_at.isoformat()} for mail in mails]}


def texts_document(texts: Iterable[TextMessage]) -> dict[str, Any]:
    """Return text messages as JSON that `parse_texts` reads."""
    return {"texts": [asdict(text) for text in texts]}


def _own_mail(mail: dict[str, Any]) -> Mail:
    return Mail(**{**mail, "to": tuple(mail["to"]), "sent_at": datetime.fromisoformat(mail["sent_at"])})


def _raw_mail(sent: dict[str, Any]) -> Mail:
    message = parse_mail(sent)
    return Mail(
        id=sent["Id"],
        to=tuple(address.strip() for address in str(message["To"]).split(",")),
        subject=str(message["Subject"]),
        text=text_of(message),
        sent_at=datetime.fromisoformat(sent["Timestamp"].removesuffix("Z")).replace(tzinfo=UTC),
    )


def parse_mail(sent: dict[str, Any]) -> EmailMessage:
    """Return a mail of LocalStack's list as a message."""
    return email.message_from_string(sent["RawData"], policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    """Return its text, with plain line feeds; empty if it has none."""
    return _part(message, "plain").replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    """Return its HTML, with the pictures that come with the mail in it; empty if it has none."""
    html = _part(message, "html")
    for part in message.walk():
        if name := str(part["Content-ID"] or "").strip("<>"):
            content = b64encode(part.get_content()).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{content}")
    return html


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    content: str = part.get_content() if part else ""
    return content


def _read(url: str) -> Any:
    import httpx2  # here, because LocalStack's environment, which shows mails as a page, has no such library

    response = httpx2.get(url, timeout=30, trust_env=False)
    response.raise_for_status()
    return response.json()
