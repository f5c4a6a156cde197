"""Organisers' accounts: signing up, verifying the address, logging in.

An organiser's id is a keyed hash of the address, so an address is taken by one conditional put.
"""

import hashlib
from datetime import timedelta

import bcrypt

from ballotcast.ballots.roll import email_key
from ballotcast.clock import seconds_to_midnight
from ballotcast.errors import Conflict, Forbidden, TooMany, Unauthorised
from ballotcast.http.sessions import open_session
from ballotcast.store.faults import passes
from ballotcast.store.organisers import Organiser
from ballotcast.wiring import Wiring

COST = 12
"""Of bcrypt: about a quarter of a second on a full Lambda processor."""
PASSWORD_BYTES = 72
"""What bcrypt reads; longer passwords are refused rather than cut."""
ATTEMPTS = 5
LOCK = timedelta(minutes=15)
MAIL_EVERY = timedelta(minutes=10)
"""At most one verification mail in this time to one address."""

SIGN_UP_REPEATS = 3
"""How often a repeated sign-up may queue the mail while none has gone out: the address may be a stranger's."""

RESERVED = timedelta(days=1)
"""How long an address is kept for anyone who signed up with it and has not verified it."""

_NOBODY = b"$2b$12$CUC03MdKkAOx/kXJNqeKd.rsc5Mg1muaAi76EvghnUox/6fzi7z8S"
"""Hash of a password that was thrown away, at the same cost: an unknown address takes as long as a wrong password."""


def register_organiser(wiring: Wiring, email: str, password: str) -> str:
    """The organiser's id. Conflict if the address is taken, TooMany when no more verification mails go out today.

    Taken means verified, or signed up with less than a day ago. After a day without verification anyone who signs up
    next is the one who counts: their password replaces the one before, and a code that was mailed before is void.

    The same sign-up again, as after a lost answer, returns the same id and queues the mail if none went out yet.
    """
    identity, now = organiser_id(wiring, email), wiring.clock()
    found = wiring.organisers.find(identity)
    if found and (found.verified or now < found.created_at + RESERVED):
        return _repeat_sign_up(wiring, found, password)
    if not _spend_verification(wiring):
        detail = "no more verification mails are sent today"
        raise TooMany("daily-verifications", detail, retry_after=seconds_to_midnight(now))
    organiser = Organiser(
        id=identity,
        email=email,
        password_hash=hash_password(password),
        created_at=now,
        verification_asked_until=int((now + MAIL_EVERY).timestamp()),
    )
    taken_over = found and wiring.organisers.take_over(organiser, found)
    if not taken_over and not wiring.organisers.add(organiser):
        if not (found := wiring.organisers.find(identity)):
            raise _taken()
        return _repeat_sign_up(wiring, found, password)
    _send_verification(wiring, identity)
    return identity


def _repeat_sign_up(wiring: Wiring, found: Organiser, password: str) -> str:
    """Finish a sign-up that broke off. Conflict unless the address is still unverified and this is its password.

    The password is an attempt like one at a log-in, so that nobody guesses here without being counted. It is checked
    also where that changes nothing, so that the time does not show whether the address is verified or locked.
    """
    now = int(wiring.clock().timestamp())
    counted = not found.verified and wiring.organisers.begin_login(
        found.id, now, ATTEMPTS, now + int(LOCK.total_seconds())
    )
    right = bcrypt.checkpw(password.encode(), found.password_hash.encode())
    if not counted or not right:
        raise _taken()
    _clear_failures(wiring, found.id)
    due = not found.verification_hash and wiring.organisers.ask_again(found.id, SIGN_UP_REPEATS)
    if due and _spend_verification(wiring):
        _send_verification(wiring, found.id)
    return found.id


def verify_organiser(wiring: Wiring, organiser: str, token: str) -> None:
    """Spend the token that was mailed; again for a verified organiser changes nothing. Forbidden for any other."""
    now = int(wiring.clock().timestamp())
    if wiring.organisers.verify(organiser, hashlib.sha256(token.encode()).hexdigest(), now):
        return
    found = wiring.organisers.find(organiser)
    if not (found and found.verified):
        raise Forbidden("bad-token", "this code is not the newest one, or too old: log in to have another mailed")


def log_in(wiring: Wiring, email: str, password: str) -> str:
    """A session's token. Each attempt is counted before the password is looked at, so parallel guesses count too."""
    identity, secret = organiser_id(wiring, email), password.encode()
    now = int(wiring.clock().timestamp())
    counted = wiring.organisers.begin_login(identity, now, ATTEMPTS, now + int(LOCK.total_seconds()))
    organiser = wiring.organisers.find(identity)
    if organiser and not counted:
        raise TooMany(
            "locked", "too many failed logins: try again later", retry_after=max(1, organiser.locked_until - now)
        )
    known = organiser.password_hash.encode() if organiser else _NOBODY
    right = bcrypt.checkpw(secret[:PASSWORD_BYTES], known) and len(secret) <= PASSWORD_BYTES
    if not organiser or not right:
        raise Unauthorised("wrong-credentials", "the address or the password is wrong")
    _clear_failures(wiring, identity)
    until = now + int(MAIL_EVERY.total_seconds())
    due = not organiser.verified and organiser.verification_asked_until <= now
    if due and _spend_verification(wiring) and wiring.organisers.ask_verification(identity, now, until):
        _send_verification(wiring, identity)
    return open_session(wiring.session_secret, identity, wiring.clock)


def _clear_failures(wiring: Wiring, organiser: str) -> None:
    """A passing fault of AWS must not refuse a right password: the next log-in clears the count."""
    try:
        wiring.organisers.clear_failures(organiser)
    except Exception as error:
        if not passes(error):
            raise


def require_sender(wiring: Wiring, organiser: str) -> None:
    """Nobody mails strangers: Forbidden until the address is verified and, where the stack demands it, approved."""
    found = wiring.organisers.find(organiser)
    if not (found and found.verified):
        raise Forbidden("not-verified", "verify your own address first: the code was mailed to it")
    if wiring.settings.approve_organisers and not found.approved:
        raise Forbidden("not-approved", "the operator of this platform has not yet approved you")


def organiser_id(wiring: Wiring, email: str) -> str:
    return wiring.session_secret.mac("organiser", email_key(email))[:16].hex()


def hash_password(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def _taken() -> Conflict:
    return Conflict("organiser-exists", "an organiser with this address exists already: log in")


def _spend_verification(wiring: Wiring) -> bool:
    """All verification mails of a day together are as many as one organiser may send: they go to strangers."""
    return wiring.organisers.spend_verification(f"{wiring.clock():%Y-%m-%d}", wiring.settings.daily_mails)


def _send_verification(wiring: Wiring, organiser: str) -> None:
    wiring.mail_queue.send({"kind": "verification", "organiser": organiser})
