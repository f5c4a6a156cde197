"""What a runtime may be told, and that the examples of one machine tell it that."""

import re
from pathlib import Path

import pytest

from ballotcast_tools.runtime.options import BadOption, Options, from_environment

EXAMPLES = Path(__file__).parents[3] / "examples/one-machine"
HERE = {"DATA": "/var/lib/ballotcast/data", "PORT": "4566"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"HOST": "0.0.0.0"}, "needs PUBLIC_URL"),
        ({"HOST": "192.0.2.1", "PUBLIC_URL": "http://vote.club.example"}, "every address"),
        ({"PUBLIC_URL": "vote.club.example"}, "PUBLIC_URL must be"),
        ({"PUBLIC_URL": "https://club.example/vote"}, "PUBLIC_URL must be"),
        ({"SMTP_URL": "mail.club.example"}, "SMTP_URL must begin"),
        ({"SMTP_URL": "smtp://user@mail.club.example"}, "both a user and a password"),
        ({"SMTP_URL": "smtp://mail.club.example", "TEMPLATE_SmsCountries": "+49"}, "sends no text messages"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: dict[str, str], why: str) -> None:
    with pytest.raises(BadOption, match=why):
        from_environment({**HERE, **more})


def test_the_password_of_the_mail_server_is_not_shown() -> None:
    options = from_environment({**HERE, "SMTP_URL": "smtp://user:hunter2@mail.club.example"})
    assert "hunter2" not in repr(options)


def test_the_examples_agree_with_each_other_and_with_the_options() -> None:
    unit = (EXAMPLES / "ballotcast.service").read_text()
    given = dict(re.findall(r"^(?:Environment=)?(\w+)=(.*)$", (EXAMPLES / "environment").read_text(), re.MULTILINE))
    for line in re.findall(r"^Environment=(.*)$", unit, re.MULTILINE):
        given |= dict(word.split("=") for word in line.split())
    options = from_environment(given)
    assert options == Options(
        directory=Path("/var/lib/ballotcast/data"),
        port=4566,
        public_url="https://vote.club.example",
        smtp_url=given["SMTP_URL"],
        trusted_header="X-Forwarded-For",
        parameters=options.parameters,
    )
    assert options.parameters["MailFrom"].endswith(f"@{options.parameters['MailIdentity']}")
    assert f"http://127.0.0.1:{options.port}/health" in unit
    for proxy in ("nginx.conf", "Caddyfile"):
        text = (EXAMPLES / proxy).read_text()
        assert f"PUBLIC_URL={options.public_url} TRUSTED_HEADER={options.trusted_header}" in text
        assert f"127.0.0.1:{options.port}" in text
