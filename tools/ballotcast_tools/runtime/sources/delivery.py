"""Handing one mail to a mail server, and what its answers mean.

What is refused, and what is raised then:

    MAIL FROM   any refusal is about us, so all mails wait                              ServerFailed
    RCPT, DATA  5xx about the address or the mail: it will never be taken               Refused
                4xx, or 5xx with the enhanced code X.7.x (policy, such as "relay        NotNow
                access denied"), which an operator can put right
    connection  lost at any moment: the mail may have arrived, and is sent again        ConnectionLost
"""

import re
import smtplib
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr

from .mail_server import reason

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_POLICY = re.compile(rb"\s*[45]\.7\.")
_ABOUT_US = frozenset({421, 530, 535, 538})
"""The service ends, or wants a log-in."""
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


class Refused(Exception):
    """For good. `code`: the server's; 0 if the address cannot even be asked for."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class NotNow(Exception):
    """This mail cannot be delivered at present; others can."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class ServerFailed(Exception):
    """No mail can be delivered over this connection any more. The message may be logged."""


class ConnectionLost(ServerFailed):
    """While this mail was handed over, and perhaps because of it."""


def deliver(connection: smtplib.SMTP, sender: str, receiver: str, content: bytes) -> None:
    """Return once the server has taken the mail. Raises Refused, NotNow or ServerFailed."""
    if not _is_address(receiver):
        raise Refused(0)
    try:
        code, text = connection.mail(envelope_address(sender))
        if code != 250:
            raise ServerFailed(f"it refuses MAIL FROM: {code}")
        code, text = connection.rcpt(receiver)
        if code in (250, 251):
            code, text = _data(connection, content)
        if code == 250:
            return
        if code in _ABOUT_US:
            raise ServerFailed(f"it refuses to go on: {code}")
        connection.rset()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise ConnectionLost(reason(error)) from None
    if code >= 500 and not _POLICY.match(text):
        raise Refused(code)
    raise NotNow(code)


def stamped(content: bytes, name: str, at: float, sender: str) -> bytes:
    """Return a mail with its Message-ID and Date, which SES would add, and with line ends as SMTP has them.

    `name` and `at` (seconds since 1970) are the row's: a mail that is sent twice carries the same ones, so that mail
    servers and readers can recognise it.
    """
    domain = envelope_address(sender).rpartition("@")[2]
    date = format_datetime(datetime.fromtimestamp(at, UTC))
    head = f"Message-ID: <{name}@{domain}>\r\nDate: {date}\r\n".encode("ascii")
    return head + _LINE_ENDS.sub(b"\r\n", content)


def envelope_address(sender: str) -> str:
    """Return the address of `Name <address>`. Raises ServerFailed if it has none that can be used."""
    address = parseaddr(sender)[1]
    if not _is_address(address):
        raise ServerFailed("MailFrom is not an address")
    return address


def _is_address(text: str) -> bool:
    """Whether it is one ASCII address, and can add nothing to an SMTP command."""
    return _ADDRESS.fullmatch(text) is not None


def _data(connection: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    try:
        return connection.data(content)
    except smtplib.SMTPDataError as error:  # refused before the mail was sent
        text = error.smtp_error
        return error.smtp_code, text if isinstance(text, bytes) else text.encode()
