"""What an election's mails say: choosing it, looking at it, and having a test sent to oneself.

It may be changed until the election closes: mails are made when they are sent, and nothing of them is in the manifest.
"""

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import NamedTuple

from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, FieldError, Invalid, invalid_field
from ballotcast.faults import FaultError
from ballotcast.mails.blocks import PICTURE, MailContent
from ballotcast.mails.invitation import invitation
from ballotcast.mails.logo import Logo, Picture, read_picture
from ballotcast.mails.settings import MailSettings, Note, check
from ballotcast.store.election import Election
from ballotcast.store.events import event
from ballotcast.store.mail_allowance import MailRun
from ballotcast.store.mails import occasion_of, sample_recipient
from ballotcast.wiring import Wiring
from organise.accounts import require_sender
from organise.allowance import take_allowance

PNG_URL = "data:image/png;base64"
"""What the address begins with that a picture is sent as (RFC 2397)."""


class Checked(NamedTuple):
    settings: MailSettings
    notes: list[Note]


def checked(settings: MailSettings) -> Checked:
    """The settings as they are kept, and what was changed. Invalid, with pointers, if something is wrong with them."""
    kept, notes, wrong = check(settings)
    if wrong:
        raise Invalid("invalid", "something in these settings cannot be used in a mail", errors=wrong)
    return Checked(kept, notes)


def choose_mail(wiring: Wiring, election: Election, settings: MailSettings) -> Checked:
    """Replace what the election's mails say. The same again writes nothing.

    Raises:
        Invalid: With pointers.
        Conflict: The election is closed, or was changed by another request meanwhile.
    """
    _require_mailing(wiring, election)
    found = checked(replace(settings, logo=keep_picture(wiring, election, settings.logo)))
    if found.settings == MailSettings.kept(election.mail):
        return found
    told = event(election.id, election.actor, "mail-edited", {}, wiring.clock())
    kept = found.settings.to_keep()
    shown = wiring.notices.showing(election.id, kept) if election.frozen else []
    if not wiring.elections.set_mail(election, kept, wiring.events.adding(told), *shown):
        raise Conflict("changed-meanwhile", "the election was changed by another request meanwhile: read it again")
    return found


def keep_picture(wiring: Wiring, election: Election, sent: str) -> str:
    """The name of the picture as settings have it, stored if it is new. Raises as `_sent_picture`."""
    picture = _sent_picture(election, sent)
    if picture is None:
        return sent
    wiring.blobs.put(picture.logo.key, picture.content, "image/png")
    return str(picture.logo)


def _sent_picture(election: Election, sent: str) -> Picture | None:
    """The picture; None for nothing, or the name of the one that is chosen.

    Invalid, with a pointer, for what is no picture, or the name of another one than is chosen.
    """
    if not sent or sent == MailSettings.kept(election.mail).logo:
        return None
    kind, _, encoded = sent.partition(",")
    if Logo.names(sent):
        raise invalid_field("/logo", "picture-unknown")
    if kind != PNG_URL:
        raise invalid_field("/logo", "picture-not-png")
    try:
        return read_picture(b64decode(encoded, validate=True))
    except FaultError as error:
        raise Invalid("invalid", str(error), errors=[FieldError("/logo", error.fault)]) from None
    except ValueError:
        raise invalid_field("/logo", "picture-not-png") from None


def _with_picture(html: str, content: bytes | None) -> str:
    """A mail's HTML with its picture in it, for anyone who looks at it without the mail."""
    return html.replace(PICTURE, f"{PNG_URL},{b64encode(content).decode()}") if content else html


def preview(
    wiring: Wiring, election: Election, settings: MailSettings | None, base_url: str, *, reminds: bool
) -> tuple[MailContent, list[Note]]:
    """The mail with these settings, or with those that are stored; its link is of nobody. Nothing is stored."""
    picture = _sent_picture(election, settings.logo) if settings else None
    if settings and picture:
        settings = replace(settings, logo=str(picture.logo))
    found = checked(settings) if settings else Checked(MailSettings.kept(election.mail), [])
    organiser = wiring.organisers.find(election.actor)
    sample = sample_recipient(organiser.email if organiser else "", election, base_url)
    mail = invitation(found.settings, occasion_of(election), sample, reminds=reminds)
    logo = Logo.read(found.settings.logo)
    content = picture.content if picture else wiring.blobs.get(logo.key) if logo else None
    return replace(mail, html=_with_picture(mail.html, content)), found.notes


def send_test(wiring: Wiring, election: Election, base_url: str, *, reminds: bool) -> None:
    """Mail the organiser who asks the invitation as it is now. It takes one mail of the day's allowance.

    Raises:
        Forbidden: The organiser may not send mails yet.
        Conflict: The election is closed.
        TooMany: No mail is left today.
    """
    _require_mailing(wiring, election)
    require_sender(wiring, election.organiser)
    take_allowance(wiring, election.organiser, f"{wiring.clock():%Y-%m-%d}", 1, MailRun(""))
    message = {"kind": "test", "election": election.id, "organiser": election.actor}
    wiring.mail_queue.send({**message, "base_url": base_url, "reminds": reminds})


def _require_mailing(wiring: Wiring, election: Election) -> None:
    if election.erased or election.status(wiring.clock()) is Status.CLOSED:
        raise Conflict("closed", "the election is closed: voters are sent no mails any more")
