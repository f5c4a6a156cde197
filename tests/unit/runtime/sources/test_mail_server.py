"""What SMTP_URL may be, and how the connection to a mail server is kept from others."""

from pathlib import Path

import pytest

from ballotcast_tools.runtime.sources.mail_server import BadMailServer, MailServer, Security, Unreachable, mail_server
from certificates import self_signed
from mail_exchange import MailExchange


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://u:p@mail.example", MailServer("mail.example", 587, Security.STARTTLS, "u", "p")),
        ("smtp://mail.example:25", MailServer("mail.example", 25, Security.STARTTLS)),
        (
            "smtps://u%40x.example:p%2F%3A%20q@mail.example",
            MailServer("mail.example", 465, Security.TLS, "u@x.example", "p/: q"),
        ),
        ("smtps://127.0.0.1:4465/", MailServer("127.0.0.1", 4465, Security.TLS)),
        ("smtp://localhost", MailServer("localhost", 25, Security.NONE)),
        ("smtp://127.0.0.5:2525", MailServer("127.0.0.5", 2525, Security.NONE)),
        ("smtp://[::1]", MailServer("::1", 25, Security.NONE)),
        ("smtp://localhost.example", MailServer("localhost.example", 587, Security.STARTTLS)),
        ("smtp://10.0.0.1", MailServer("10.0.0.1", 587, Security.STARTTLS)),
    ],
)
def test_a_url_names_a_server_and_its_security(url: str, expected: MailServer) -> None:
    assert mail_server(url) == expected


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "must begin"),
        ("mail.example:587", "must begin"),
        ("https://mail.example", "must begin"),
        ("smtp://", "no host"),
        ("smtp://mail.example:port", "port"),
        ("smtp://mail.example:99999", "port"),
        ("smtp://[::1", "host"),
        ("smtp://u:hunter2/x@mail.example", "port"),
        ("smtp://u:p@mail.example/hunter2", "after the host"),
        ("smtp://u:p@mail.example?tls=no", "after the host"),
        ("smtp://user@mail.example", "both a user and a password"),
        ("smtp://:hunter2@mail.example", "both a user and a password"),
        ("smtp://u:hunter2%0d%0aRSET@mail.example", "printable ASCII"),
        ("smtp://u:hunter2%C3%BC@mail.example", "printable ASCII"),
    ],
)
def test_a_bad_url_is_refused_without_repeating_it(url: str, why: str) -> None:
    with pytest.raises(BadMailServer, match=why) as refused:
        mail_server(url)
    assert "hunter2" not in str(refused.value)


def test_a_server_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(mail_server("smtp://user:hunter2@mail.example"))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_the_log_in_goes_through_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Security) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with MailExchange(certificate, implicit=security is Security.TLS, login="ada@x.example:p w") as exchange:
        connection = MailServer("127.0.0.1", exchange.port, security, "ada@x.example", "p w").connect("club.example")
        connection.quit()
        assert exchange.commands[0] == "ehlo club.example"
        before_tls = exchange.commands[: exchange.commands.index("STARTTLS")] if security is Security.STARTTLS else []
        assert not [command for command in before_tls if command.startswith("AUTH")]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, security: Security) -> None:
    with MailExchange(self_signed(tmp_path, "127.0.0.1"), implicit=security is Security.TLS) as exchange:
        with pytest.raises(Unreachable, match="certificate is refused: self-signed"):
            MailServer("127.0.0.1", exchange.port, security, "u", "p").connect("x")
        assert not [command for command in exchange.commands if command.startswith("AUTH")]


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with MailExchange(certificate) as exchange, pytest.raises(Unreachable, match="certificate is refused"):
        MailServer("127.0.0.1", exchange.port, Security.STARTTLS).connect("x")


def test_nothing_goes_to_a_server_without_starttls() -> None:
    with MailExchange(login="u:p") as exchange:
        with pytest.raises(Unreachable, match="no STARTTLS"):
            MailServer("127.0.0.1", exchange.port, Security.STARTTLS, "u", "p").connect("x")
        assert not [command for command in exchange.commands if command.startswith("AUTH")]


def test_a_wrong_password_is_told_apart_from_a_server_that_is_down() -> None:
    with MailExchange(login="u:right") as exchange:
        port = exchange.port
        with pytest.raises(Unreachable, match="password of SMTP_URL: 535"):
            MailServer("127.0.0.1", port, Security.NONE, "u", "wrong").connect("x")
    with pytest.raises(Unreachable, match="Connection refused"):
        MailServer("127.0.0.1", port, Security.NONE).connect("x")
