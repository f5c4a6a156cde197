"""What is written to organisers about their account: plain text, short, and nothing that is not so."""

from ballotcast.mails.blocks import MailContent


def verification(organiser: str, code: str, hours: int, link: str) -> MailContent:
    """To somebody who signed up as an organiser."""
    return MailContent(
        "Verify your address for Ballotcast",
        f"""\
Somebody, hopefully you, signed up with this address to organise elections.

Open this address, or enter the code where you signed up:

{link}

Organiser: {organiser}
Code:      {code}

The code is good for {hours} hours. Until it is entered, nothing is sent to voters.
If it was not you, do nothing.

This message was sent by Ballotcast. Nobody reads answers to it.
""",
    )


def password_reset(code: str, minutes: int, link: str) -> MailContent:
    """To an organiser for whose address a new password was asked for."""
    return MailContent(
        "Set a new password for Ballotcast",
        f"""\
Somebody, hopefully you, forgot the password of the organiser with this
address. Open this address, or enter the code on the page that asked for it:

{link}

Code:      {code}

It is good for {minutes} minutes, or until another one is asked for. Whoever has
it can set a new password: never tell it to anybody. If it was not you, do
nothing; the password stays as it is.

This message was sent by Ballotcast. Nobody reads answers to it.
""",
    )
