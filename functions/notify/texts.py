"""What is written to people: plain text, short, and nothing that is not so.

Every value put in is one line by the rules it was accepted under (titles, addresses) or made by us.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


_REMINDS = """\
This is a reminder: when the organiser asked for it, you had not begun to vote.
The organiser is not told who gets one. If you have voted since, do nothing.

"""


_MOVED = """\

The organiser corrected your address: the link that was sent to the other one
is no longer valid. If you voted with that link, your ballot counts, and this
link gives no second one.
"""


def invitation(
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    manifest_hash: bytes,
    link: str,
    *,
    reminds: bool,
    moved: bool = False,
) -> Text:
    """To a voter, whether for the first time or again.

    `reminds`: because they had no credential yet. `moved`: this right replaces that of another address.
    """
    subject = f"Your vote: {title}"
    return Text(
        f"Reminder: {subject}" if reminds else subject,
        f"""\
{_REMINDS if reminds else ""}You are on the roll of the election

    {title}

Voting is open from {_time(opens_at)} until {_time(closes_at)}.

Your personal link to vote:

{link}

It is yours alone: whoever has it can vote in your place. It replaces any link
that was sent to you before. The ballot that is stored holds neither your name
nor anything of this link.
{_MOVED if moved else ""}
Fingerprint of this election. If the organiser publishes it elsewhere, compare:

{_grouped(manifest_hash)}

This message was sent by Ballotcast for the election's organiser, who put your
address on the roll. Nobody reads answers to it.
""",
    )


def second_factor(title: str, code: str, minutes: int) -> Text:
    """To a voter who asked for a code by mail."""
    return Text(
        f"Your code to vote: {title}",
        f"""\
Your code is

    {code}

It is good for {minutes} minutes, for the election “{title}”. Nobody will ever ask
you for it but the page on which you vote. If you did not ask for it, somebody
else may have your link: ask the organiser to send you a new one.

This message was sent by Ballotcast. Nobody reads answers to it.
""",
    )


def second_factor_short(code: str, minutes: int) -> str:
    """The same as a text message: one part, in the alphabet every telephone knows."""
    return f"{code} is your code to vote, good for {minutes} minutes. Never tell it to anybody. Ballotcast"


def verification(organiser: str, code: str, hours: int) -> Text:
    """To somebody who signed up as an organiser."""
    return Text(
        "Verify your address for Ballotcast",
        f"""\
Somebody, hopefully you, signed up with this address to organise elections.

Organiser: {organiser}
Code:      {code}

The code is good for {hours} hours. Until it is entered, nothing is sent to voters.
If it was not you, do nothing.

This message was sent by Ballotcast. Nobody reads answers to it.
""",
    )


def password_reset(code: str, minutes: int) -> Text:
    """To an organiser for whose address a new password was asked for."""
    return Text(
        "Set a new password for Ballotcast",
        f"""\
Somebody, hopefully you, forgot the password of the organiser with this
address.

Code:      {code}

It is good for {minutes} minutes, or until another one is asked for. Whoever has
it can set a new password: never tell it to anybody. If it was not you, do
nothing; the password stays as it is.

This message was sent by Ballotcast. Nobody reads answers to it.
""",
    )


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _grouped(digest: bytes) -> str:
    """Hex in groups of four, four to a line as on the pages, as people compare it."""
    text = digest.hex()
    groups = [text[at : at + 4] for at in range(0, len(text), 4)]
    return "\n".join("    " + " ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))
