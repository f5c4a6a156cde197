"""Handing messages over: mail to SES, text messages to SNS."""

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import TYPE_CHECKING, TypedDict

from ballotcast.mails.blocks import PICTURE, MailContent
from ballotcast.wiring import Wiring

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sns import SNSClient

SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""SES asks for messages in ASCII; other letters are encoded."""
NO_TAGS: Mapping[str, str] = {}


class _Configuration(TypedDict, total=False):
    ConfigurationSetName: str


class Undeliverable(Exception):
    """The address is refused outright; trying again would not help."""


class Post:
    def __init__(self, wiring: Wiring) -> None:
        self._mail: SESClient = wiring.client("ses")  # version 1, which every emulator has
        self._texts: SNSClient = wiring.client("sns")
        self._settings = wiring.settings
        name = wiring.settings.mail_configuration
        self._configuration: _Configuration = {"ConfigurationSetName": name} if name else {}

    def mail(self, to: str, mail: MailContent, tags: Mapping[str, str] = NO_TAGS) -> None:
        """One mail. Raises Undeliverable if SES rejects it; any other error is worth another try.

        `tags` come back with a bounce; they are of letters, digits, `-` and `_` only.
        """
        try:
            self._mail.send_raw_email(
                Source=self._settings.mail_from,
                Destinations=[to],
                RawMessage={"Data": _mime(self._settings.mail_from, to, mail)},
                Tags=[{"Name": name, "Value": value} for name, value in tags.items()],
                **self._configuration,
            )
        except self._mail.exceptions.MessageRejected:
            raise Undeliverable from None

    def text(self, to: str, message: str) -> None:
        """One text message. Raises Undeliverable if it would go to a country that the stack does not allow."""
        if not to.startswith(self._settings.sms_countries or ("\n",)):
            raise Undeliverable
        self._texts.publish(
            PhoneNumber=to,
            Message=message,
            MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}},
        )


def _mime(sender: str, to: str, mail: MailContent) -> bytes:
    """Return the message in ASCII. The policy refuses a line break in a header, wherever it came from.

    Bodies are base64: whatever stands between us and the reader may break lines, and re-encode or strip them, and a
    link of 200 characters comes out whole. Quoted-printable shows `=` inside a link where a program decodes it badly.
    """
    message = EmailMessage(policy=SEVEN_BIT)
    message["From"] = _named(mail.sender, sender) if mail.sender else sender
    message["To"], message["Subject"] = to, mail.subject
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="base64")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="base64")
        if mail.picture:
            shown = message.get_payload()[-1]  # type: ignore[index]
            name = f"<{PICTURE.removeprefix('cid:')}>"
            shown.add_related(mail.picture, "image", "png", cid=name, disposition="inline", filename="logo.png")  # type: ignore[union-attr]
    return message.as_bytes()


def _named(name: str, sender: str) -> Address:
    """Return the platform's address under the organisation's name."""
    try:
        return Address(name, addr_spec=parseaddr(sender)[1])
    except ValueError as error:
        raise ValueError(f"Header values may not hold line breaks: {error}") from None
