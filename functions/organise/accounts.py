"""Organisers' accounts: signing up, verifying the address, logging in.

An organiser's id is a keyed hash of the address, so an address is taken by one conditional put.
"""

from datetime import timedelta
from typing import NamedTuple

import bcrypt

from ballotcast.ballots.roll import email_key
from ballotcast.clock import seconds_to_midnight
from ballotcast.errors import Conflict, Forbidden, TooMany, Unauthorised
from ballotcast.http.sessions import Session, open_session
from ballotcast.store.faults import passes
from ballotcast.store.login_attempts import STRANGERS
from ballotcast.store.organisers import Organiser
from ballotcast.typed_code import read_code
from ballotcast.wiring import Wiring
from organise.devices import bucket_of, new_device

COST = 12
"""Of bcrypt: about a quarter of a second on a full Lambda processor."""
PASSWORD_BYTES = 72
"""What bcrypt reads; longer passwords are refused rather than cut."""
ATTEMPTS = 5
TRIES = 5
"""With one code that was mailed, also when it is right."""
LOCK = timedelta(minutes=15)
MAIL_EVERY = timedelta(minutes=10)
"""At most one verification mail in this time to one address."""

SIGN_UP_REPEATS = 3
"""How often a repeated sign-up may queue the mail while none has gone out: the address may be a stranger's."""

RESERVED = timedelta(days=1)
"""How long an address is kept for anyone who signed up with it and has not verified it."""

_NOBODY = b"$2b$12$CUC03MdKkAOx/kXJNqeKd.rsc5Mg1muaAi76EvghnUox/6fzi7z8S"
"""Hash of a password that was thrown away, at the same cost: an unknown address takes as long as a wrong password."""


def register_organiser(wiring: Wiring, email: str, password: str, base_url: str, language: str = "") -> str:
    """The organiser's id; `base_url`: where the pages are; `language`: of mails about the account.

    Conflict if the address is taken, TooMany (daily mails).

    Taken means verified, or signed up with less than a day ago. After a day without verification anyone who signs up
    next is the one who counts: their password replaces the one before, a code that was mailed before is void, and
    sessions that were opened before end.

    The same sign-up again, as after a lost answer, returns the same id and queues the mail if none went out yet.
    """
    identity, now = organiser_id(wiring, email), wiring.clock()
    found = wiring.organisers.find(identity)
    if found and (found.verified or now < found.created_at + RESERVED):
        return _repeat_sign_up(wiring, found, password, base_url)
    if not _spend_verification(wiring):
        detail = "no more verification mails are sent today"
        raise TooMany("daily-verifications", detail, retry_after=seconds_to_midnight(now))
    organiser = Organiser(
        id=identity,
        email=email,
        password_hash=hash_password(password),
        created_at=now,
        verification_asked_until=int((now + MAIL_EVERY).timestamp()),
        language=language,
    )
    taken_over = found and wiring.organisers.take_over(organiser, found, wiring.sessions.ending_all(identity))
    if not taken_over and not wiring.organisers.add(organiser):
        if not (found := wiring.organisers.find(identity)):
            raise _taken()
        return _repeat_sign_up(wiring, found, password, base_url)
    _send_verification(wiring, identity, base_url)
    return identity


def _repeat_sign_up(wiring: Wiring, found: Organiser, password: str, base_url: str) -> str:
    """Finish a sign-up that broke off. Conflict unless the address is still unverified and this is its password.

    The password is an attempt like one at a log-in, so that nobody guesses here without being counted. It is checked
    also where that changes nothing, so that the time does not show whether the address is verified or locked.
    """
    now = int(wiring.clock().timestamp())
    counted = not found.verified and not _locked(wiring, found.id, STRANGERS, now)
    right = bcrypt.checkpw(password.encode(), found.password_hash.encode())
    if not counted or not right:
        raise _taken()
    clear_failures(wiring, found.id, STRANGERS)
    due = not found.verification_hash and wiring.organisers.ask_again(found.id, SIGN_UP_REPEATS)
    if due and _spend_verification(wiring):
        _send_verification(wiring, found.id, base_url)
    return found.id


def verify_organiser(wiring: Wiring, organiser: str, token: str) -> None:
    """Spend the code that was mailed; again for a verified organiser changes nothing. Forbidden for any other.

    Each attempt is counted before the code is looked at; after `TRIES` the code is void.
    """
    now = int(wiring.clock().timestamp())
    mac = wiring.roll_secret.mac("verify", organiser, read_code(token)).hex()
    if wiring.organisers.count_verification(organiser, TRIES) and wiring.organisers.verify(organiser, mac, now):
        wiring.sessions.prove(organiser)
        return
    found = wiring.organisers.find(organiser)
    if found and found.verified:
        wiring.sessions.prove(organiser)  # killed before it was said, and repeated
    else:
        raise Forbidden("bad-token", "this code is wrong, too old, or not the newest one: have another mailed")


def ask_verification(wiring: Wiring, organiser: str, base_url: str) -> None:
    """Have another code mailed, at most one in `MAIL_EVERY`. Whether there is such an organiser is not told."""
    now = wiring.clock()
    seconds, until = int(now.timestamp()), int((now + MAIL_EVERY).timestamp())
    if wiring.organisers.ask_verification(organiser, seconds, until) and _spend_verification(wiring):
        _send_verification(wiring, organiser, base_url)


class LoggedIn(NamedTuple):
    """`token`: the session's. `device`: to log in with next time (devices.py)."""

    token: str
    device: str


def log_in(wiring: Wiring, email: str, password: str, base_url: str, device: str = "", language: str = "") -> LoggedIn:
    """Open a session. Each attempt is counted before the password is looked at, so parallel guesses count too.

    Attempts with the token of a device that has logged in before have a count of their own; those without share one, of
    an address with an account and of any other alike. So strangers lock out nobody who comes back, and anyone who comes
    from a new device meanwhile has a way in by mail: a new password.
    """
    identity, secret = organiser_id(wiring, email), password.encode()
    now, bucket = int(wiring.clock().timestamp()), bucket_of(wiring, identity, device)
    if locked := _locked(wiring, identity, bucket, now):
        raise TooMany("locked", "too many failed logins: try again later", retry_after=max(1, locked - now))
    generation = wiring.sessions.generation(identity)
    organiser = wiring.organisers.find(identity)
    known = organiser.password_hash.encode() if organiser else _NOBODY
    right = bcrypt.checkpw(secret[:PASSWORD_BYTES], known) and len(secret) <= PASSWORD_BYTES
    if not organiser or not right:
        raise Unauthorised("wrong-credentials", "the address or the password is wrong")
    clear_failures(wiring, identity, bucket)
    if language and language != organiser.language:
        wiring.organisers.speak(identity, language)
    if not organiser.verified and organiser.verification_asked_until <= now:
        ask_verification(wiring, identity, base_url)
    device = device if bucket != STRANGERS else new_device(wiring, identity)
    on_trial = not organiser.verified
    return LoggedIn(open_session(wiring.session_secret, identity, wiring.clock, generation, on_trial=on_trial), device)


def log_out(wiring: Wiring, session: Session) -> None:
    """End the session now. Again is refused, because it is over."""
    wiring.sessions.end(session.organiser, session.id, session.expires)


def _locked(wiring: Wiring, organiser: str, bucket: str, now: int) -> int:
    """Count an attempt; 0, or until when no more are taken."""
    return wiring.login_attempts.begin(organiser, bucket, now, ATTEMPTS, now + int(LOCK.total_seconds()))


def clear_failures(wiring: Wiring, organiser: str, bucket: str) -> None:
    """A passing fault of AWS must not refuse a right password: the next log-in clears the count."""
    try:
        wiring.login_attempts.clear(organiser, bucket)
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
    return wiring.mail_allowance.spend_verification(f"{wiring.clock():%Y-%m-%d}", wiring.settings.daily_mails)


def _send_verification(wiring: Wiring, organiser: str, base_url: str) -> None:
    wiring.mail_queue.send({"kind": "verification", "organiser": organiser, "base_url": base_url})
