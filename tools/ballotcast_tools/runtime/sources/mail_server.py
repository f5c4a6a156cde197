"""The mail server that SMTP_URL names, and connections to it (RFC 5321; STARTTLS: RFC 3207).

    smtp://user:password@mail.club.example:587   STARTTLS, required
    smtps://user:password@mail.club.example:465  TLS from the first byte
    smtp://127.0.0.1:25                          a mail server of this machine, without TLS

User and password are percent-encoded. The server's certificate must be valid for its name; SSL_CERT_FILE in the
environment names certificates to trust in place of the system's.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

TIMEOUT = 60.0
"""Seconds that one command may take."""


class BadMailServer(ValueError):
    """SMTP_URL cannot be used. The message says why, and repeats no part of the URL, which holds a password."""


class Unreachable(Exception):
    """The mail server cannot be used now. The message holds no address and nothing that the server wrote."""


class Security(Enum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


_DEFAULT_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True)
class MailServer:
    """`user` is empty if the server asks for none."""

    host: str
    port: int
    security: Security
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def connect(self, our_name: str) -> smtplib.SMTP:
        """Return a connection that is ready to take mails. `our_name` is for EHLO. Raises Unreachable."""
        try:
            return self._connect(our_name)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise Unreachable(reason(error)) from None

    def _connect(self, our_name: str) -> smtplib.SMTP:
        context = None if self.security is Security.NONE else ssl.create_default_context()
        connection: smtplib.SMTP
        if self.security is Security.TLS:
            connection = smtplib.SMTP_SSL(self.host, self.port, our_name, timeout=TIMEOUT, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, our_name, timeout=TIMEOUT)
        try:
            if self.security is Security.STARTTLS:
                connection.starttls(context=context)  # raises if the server has it not
            connection.ehlo_or_helo_if_needed()
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


def mail_server(url: str) -> MailServer:
    """Return what SMTP_URL names. Raises BadMailServer."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadMailServer("the host or the port of SMTP_URL cannot be read") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise BadMailServer("SMTP_URL must begin with smtp:// or smtps://")
    if not host:
        raise BadMailServer("SMTP_URL has no host")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadMailServer("SMTP_URL has something after the host and port; is a / ? or # of the password unencoded?")
    user, password = _decoded(parts.username), _decoded(parts.password)
    if bool(user) != bool(password):
        raise BadMailServer("SMTP_URL needs both a user and a password, or neither")
    security = Security.TLS if parts.scheme == "smtps" else Security.NONE if _is_loopback(host) else Security.STARTTLS
    return MailServer(host, _DEFAULT_PORTS[security] if port is None else port, security, user, password)


def reason(error: Exception) -> str:
    """Return what may be logged of an error: its kind and code. Servers repeat addresses in their texts."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is refused: {error.verify_message}"
        case smtplib.SMTPAuthenticationError():
            return f"it refuses the user or the password of SMTP_URL: {error.smtp_code}"
        case smtplib.SMTPNotSupportedError():
            return "it offers no STARTTLS, or no log-in"
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} {error.smtp_code}"
        case OSError() if error.strerror:
            return f"{type(error).__name__}: {error.strerror}"
    return type(error).__name__


def _decoded(text: str | None) -> str:
    decoded = unquote(text or "")
    if not decoded.isascii() or not decoded.isprintable():  # smtplib sends ASCII only
        raise BadMailServer("the user and the password of SMTP_URL must be printable ASCII")
    return decoded


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
