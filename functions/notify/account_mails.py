"""Mails with codes for organisers: to verify an address, to set a new password, to join an election.

A new code replaces the one before; only its keyed hash is kept.
"""

from datetime import timedelta
from typing import NamedTuple

from ballotcast.mails.accounts import password_reset, verification, words_of
from ballotcast.mails.settings import MailSettings
from ballotcast.mails.to_organisers import joining
from ballotcast.typed_code import grouped_code, new_code
from ballotcast.wiring import Wiring
from notify.post import Post

VERIFICATION_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(minutes=30)
JOIN_LIFE = timedelta(days=7)
JOIN_EVERY = timedelta(minutes=10)
"""At most one mail in this time for one invitation."""
RESET_EVERY = timedelta(minutes=10)
"""At most one code to set a new password in this time to one organiser."""
RESETS = 3
"""A day, to one organiser."""


def verify(wiring: Wiring, post: Post, identity: str, base_url: str) -> None:
    """Unless the address is verified by now."""
    organiser = wiring.organisers.find(identity)
    code = new_code()
    expires = int((wiring.clock() + VERIFICATION_LIFE).timestamp())
    mac = wiring.roll_secret.mac("verify", identity, code).hex()
    if organiser and wiring.organisers.offer_verification(identity, mac, expires):
        hours, shown = int(VERIFICATION_LIFE.total_seconds()) // 3600, grouped_code(code)
        link = f"{base_url}/manage/verify?organiser={identity}#{shown}"
        post.mail(organiser.email, verification(organiser.language, identity, shown, hours, link))


def reset(wiring: Wiring, post: Post, identity: str, request: str, base_url: str) -> None:
    """If the address has an account and a turn: `organise` asks for every address alike."""
    organiser, now = wiring.organisers.find(identity), wiring.clock()
    if not organiser:
        return
    code = new_code()
    mac = wiring.roll_secret.mac("reset", identity, code)
    expires, until = (int((now + span).timestamp()) for span in (RESET_LIFE, RESET_EVERY))
    if not wiring.password_resets.offer(identity, request, mac, expires, now, until, RESETS):
        return
    if wiring.mail_allowance.spend_verification(f"{now:%Y-%m-%d}", wiring.settings.daily_mails):
        minutes, shown = int(RESET_LIFE.total_seconds()) // 60, grouped_code(code)
        link = f"{base_url}/manage/password#{shown}"
        post.mail(organiser.email, password_reset(organiser.language, shown, minutes, link))


class Joining(NamedTuple):
    """What a message says of an invitation. `by`: who invites. `request`: the message's own, when it comes again."""

    election: str
    organiser: str
    by: str
    request: str
    base_url: str


def ask_to_join(wiring: Wiring, post: Post, asked: Joining) -> None:
    """For an invitation that is not accepted yet, and that was not mailed a short while ago."""
    election, identity = wiring.elections.find(asked.election), asked.organiser
    member, host = wiring.members.find(asked.election, identity), wiring.organisers.find(asked.by)
    if not election or election.deleting or not member or member.joined or not host:
        return
    code, now = new_code(), wiring.clock()
    mac = wiring.roll_secret.mac("join", election.id, identity, code)
    at, expires, until = (int((now + span).timestamp()) for span in (timedelta(), JOIN_LIFE, JOIN_EVERY))
    if not wiring.members.offer(election.id, identity, asked.request, mac, now=at, expires=expires, until=until):
        return
    link = f"{election.base_url or asked.base_url}/manage/verify?election={election.id}#{grouped_code(code)}"
    settings, shown = MailSettings.kept(election.mail), grouped_code(code)
    account = wiring.organisers.find(identity)
    words = words_of(account.language if account else "", settings.language)
    about = (settings.organisation, election.title, host.email, member.role)
    post.mail(member.email, joining(words, *about, link, shown, JOIN_LIFE.days))
