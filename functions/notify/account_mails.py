"""Mails with codes for organisers: to verify an address, to set a new password, to join an election.

A new code replaces the one before; only its keyed hash is kept.
"""

from datetime import timedelta

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
    if wiring.organisers.spend_verification(f"{now:%Y-%m-%d}", wiring.settings.daily_mails):
        minutes, shown = int(RESET_LIFE.total_seconds()) // 60, grouped_code(code)
        link = f"{base_url}/manage/password#{shown}"
        post.mail(organiser.email, password_reset(organiser.language, shown, minutes, link))


def ask_to_join(wiring: Wiring, post: Post, election_id: str, identity: str, by: str, base_url: str) -> None:
    """For an invitation that is not accepted yet."""
    election, member = wiring.elections.find(election_id), wiring.members.find(election_id, identity)
    host = wiring.organisers.find(by)
    if not election or election.deleting or not member or member.joined or not host:
        return
    code, now = new_code(), wiring.clock()
    mac = wiring.roll_secret.mac("join", election_id, identity, code)
    expires, until = (int((now + span).timestamp()) for span in (JOIN_LIFE, JOIN_EVERY))
    if not wiring.members.offer(election_id, identity, mac, expires, until):
        return
    link = f"{election.base_url or base_url}/manage/verify?election={election_id}#{grouped_code(code)}"
    settings, shown = MailSettings.kept(election.mail), grouped_code(code)
    account = wiring.organisers.find(identity)
    words = words_of(account.language if account else "", settings.language)
    about = (settings.organisation, election.title, host.email, member.role)
    post.mail(member.email, joining(words, *about, link, shown, JOIN_LIFE.days))
