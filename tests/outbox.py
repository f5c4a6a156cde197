"""What was sent, as moto keeps it: mails as their readers see them, and text messages."""

import re
from dataclasses import dataclass
from email import message_from_string, policy
from functools import lru_cache
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from notify.post import Post
from world import REGION, World


@dataclass(frozen=True)
class Mail:
    to: str
    sender: str
    subject: str
    body: str
    """The text; what the HTML says is in `html`."""
    html: str
    headers: dict[str, str]

    @property
    def link(self) -> str:
        found = re.search(r"^\S+/vote#\S+$", self.body, re.MULTILINE)
        assert found
        return found[0]

    def field(self, name: str) -> str:
        found = re.search(rf"^{name}: +(\S+)$", self.body, re.MULTILINE)
        assert found
        return found[1]


class Outbox:
    def __init__(self, sender: str = "ballots@example.org") -> None:
        boto3.client("ses").verify_email_identity(EmailAddress=sender)

    def mails(self) -> list[Mail]:
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        return [_mail(message.raw_data, *message.destinations) for message in sent]

    def texts(self) -> list[tuple[str, str]]:
        """(number, message)"""
        sent: dict[str, tuple[str, str]] = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
        return list(sent.values())


@lru_cache(1000)  # a test asks for all of them again and again
def _mail(raw: str, *destinations: str) -> Mail:
    message = message_from_string(raw, policy=policy.default)
    assert set(destinations) == {message["To"]}
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    body, shown = (part.get_content().replace("\r\n", "\n") if part else "" for part in (text, html))
    return Mail(message["To"], message["From"], message["Subject"], body, shown, dict(message.items()))


class Failing(Post):
    """SES as it behaves on a bad day: fails for some addresses."""

    def __init__(self, deployment: World, error: Exception, to: str) -> None:
        super().__init__(deployment.wiring())
        self.error, self.to = error, to

    def mail(self, to: str, *rest: Any, **more: Any) -> None:
        if to == self.to:
            raise self.error
        super().mail(to, *rest, **more)
