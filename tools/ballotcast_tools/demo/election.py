"""The demo's organiser: signs up, drafts the election, imports the roll, invites, and reads the stack's mailbox."""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser
from ballotcast.clock import to_rfc3339
from ballotcast.counting.blt import Blt
from ballotcast_tools.stack.mailbox import Mail, read_mails

from .trustees import DemoTrustees, Threshold

LINK = re.compile(r"\S+/vote#\S+")
TRUSTEE_LINK = re.compile(r"\S+/trustee#\S+")
CODE = re.compile(r"^Code: +(\S+)$", re.MULTILINE)
PATIENCE = 300.0
"""Seconds for the next mail to arrive."""
PAUSE = 0.25
"""Seconds between two looks into the mailbox, at least."""


@dataclass(frozen=True)
class DemoElection:
    id: str
    title: str
    organiser: Organiser
    addresses: list[str]
    links: list[str]
    """Of the voters with these addresses, in the same order."""
    trustees: DemoTrustees | None = None


def prepare_election(
    api: Api,
    mailbox: str,
    ward: Blt,
    method: str,
    voters: int,
    say: Callable[[str], None],
    arrived: Callable[[int], None] = lambda _number: None,
    threshold: Threshold | None = None,
) -> DemoElection:
    """From nothing to `voters` links, each read from a mail of its own.

    `arrived` is called now and then with the number of invitations that are in the mailbox.
    """
    run, organiser = secrets.token_hex(4), Organiser(api)
    email, password = f"returning.officer@{run}.example.org", secrets.token_urlsafe(16)
    identity = organiser.sign_up(email, password)
    [mail] = _mails(mailbox, lambda mail: email in mail.to, 1)
    [code] = CODE.findall(mail.text)
    organiser.verify(identity, code)
    organiser.log_in(email, password)
    say(f"organiser {email} signed up, verified, logged in")

    draft, trustees = _draft(ward, method), None
    if threshold:
        trustees = DemoTrustees(api, threshold, run, voters)
        draft["mode"] = "trustees"
    election = organiser.create_election(draft)
    say(f"election {election['id']} drafted: {election['title']}, {len(ward.options)} options, {method}")
    addresses = [f"voter-{number:05d}@{run}.example.org" for number in range(1, voters + 1)]
    report = organiser.import_voters(election["id"], "\r\n".join(["email", *addresses]).encode())
    if report["added"] != voters:
        raise click.ClickException(f"the roll took {report['added']} of {voters} voters")
    say(f"roll of {voters} imported")
    if trustees:
        trustees.make_key(organiser, election["id"], lambda emails: read_links(mailbox, emails, link=TRUSTEE_LINK), say)
    organiser.invite(election["id"])
    links = read_links(mailbox, addresses, arrived)
    say(f"{len(links)} invitations read from the mailbox")
    return DemoElection(election["id"], election["title"], organiser, list(links), list(links.values()), trustees)


def read_links(
    mailbox: str,
    addresses: Sequence[str],
    arrived: Callable[[int], None] = lambda _number: None,
    link: re.Pattern[str] = LINK,
) -> dict[str, str]:
    """The newest link that was mailed to each of these addresses, once all have one."""
    wanted = set(addresses)
    mails = _mails(mailbox, lambda mail: bool(wanted & set(mail.to)), len(addresses), arrived)
    return {mail.to[0]: link.findall(mail.text)[0] for mail in mails}


def _draft(ward: Blt, method: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    contest = {"title": ward.title, "method": method, "options": list(ward.options), "seats": ward.seats}
    return {
        "title": ward.title,
        "opens_at": to_rfc3339(now),
        "closes_at": to_rfc3339(now + timedelta(days=1)),
        "contests": [contest],
        "second_factor": "none",
        "mode": "managed",
    }


def _mails(
    mailbox: str, wanted: Callable[[Mail], bool], number: int, arrived: Callable[[int], None] = lambda _number: None
) -> list[Mail]:
    """The newest mail to each address, once there are `number` of them."""
    found: dict[tuple[str, ...], Mail] = {}
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        before, began = len(found), time.monotonic()
        found = {mail.to: mail for mail in read_mails(mailbox) if wanted(mail)}
        arrived(len(found))
        if len(found) >= number:
            return list(found.values())
        if len(found) > before:
            deadline = time.monotonic() + PATIENCE
        # A long mailbox takes the server a while to show; most of its time is for sending.
        time.sleep(max(PAUSE, 4 * (time.monotonic() - began)))
    raise click.ClickException(f"{len(found)} of {number} mails arrived; no other came within {PATIENCE:.0f} s")
