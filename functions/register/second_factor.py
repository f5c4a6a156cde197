"""The second factor: a code of six digits, sent apart from the link.

The mail worker makes the code and stores its keyed hash (notify); here it is ordered, and checked when it comes back.
"""

import hmac

from ballotcast.ballots.link import Link
from ballotcast.clock import seconds_to_midnight
from ballotcast.errors import Conflict, Forbidden, TooMany, Unauthorised
from ballotcast.store.secrets import Secret
from ballotcast.store.voter import Voter
from ballotcast.store.voter_codes import VoterCodes
from ballotcast.wiring import Wiring
from register.issuers import Issuers
from register.links import open_link

NONE = "none"
ATTEMPTS = 5
LOCK_SECONDS = 15 * 60
SENDS = 3
SENDS_SECONDS = 60 * 60
PHONE_SENDS = 12
"""Codes that one telephone gets in a day and an election: enough for some who share it, not to pester anybody."""


def send_code(wiring: Wiring, issuers: Issuers, link: Link) -> str:
    """Order a code for the voter behind the link; answers by which way it comes.

    NotFound, Gone, Invalid (link); Conflict when none is needed; Forbidden after close; TooMany.
    """
    voter = open_link(wiring.voters, issuers, link)
    way, now = issuers.election(voter.election).second_factor, int(wiring.clock().timestamp())
    if way == NONE:
        raise Conflict("no-code-needed", "this election has no second factor")
    if issuers.closed(voter.election):
        raise Forbidden("closed", "the election is closed")
    if voter.issued:
        raise Conflict("already-issued", "this voter's credential is issued: no code is needed any more")
    if not wiring.voter_codes.count_otp_send(voter, now, SENDS, now + SENDS_SECONDS):
        wait = max(1, voter.otp_sends_until - now)
        raise TooMany("too-many-codes", f"at most {SENDS} codes are sent in an hour", retry_after=wait)
    if way == "sms":
        _count_phone_send(wiring, voter)
    wiring.mail_queue.send({"kind": "otp", "election": voter.election, "voter": voter.key})
    return way


def _count_phone_send(wiring: Wiring, voter: Voter) -> None:
    """After the voter's own limit, so that anyone who has one link cannot use up what others need on this telephone."""
    now, number = wiring.clock(), wiring.roll_secret.mac("phone", voter.election, voter.phone).hex()
    wait = seconds_to_midnight(now)
    expires = int(now.timestamp()) + wait
    if not wiring.voter_codes.count_phone_send(voter.election, number, f"{now:%Y-%m-%d}", PHONE_SENDS, expires):
        detail = f"at most {PHONE_SENDS} codes are sent to one telephone in a day"
        raise TooMany("too-many-codes", detail, retry_after=wait)


def check_code(codes: VoterCodes, secret: Secret, voter: Voter, code: str | None, now: int) -> None:
    """Raise Unauthorised without a code, TooMany while locked, Forbidden if the code is wrong or too old.

    The attempt is counted before the code is looked at, so guesses made at the same time are all counted.
    """
    if code is None:
        raise Unauthorised("code-required", "this election needs the code that POST /links/otp sends")
    counted = codes.count_otp_attempt(voter, now, ATTEMPTS, now + LOCK_SECONDS)
    if counted is None:
        wait = max(1, voter.otp_locked_until - now)
        raise TooMany("code-locked", f"{ATTEMPTS} codes were tried; wait before the next one", retry_after=wait)
    if not counted.otp_mac or counted.otp_expires <= now:
        raise Forbidden("code-expired", "no code is valid now; have a new one sent")
    if not hmac.compare_digest(counted.otp_mac, secret.mac("otp", voter.election, voter.key, code)):
        raise Forbidden("code-wrong", "this is not the code that was sent last")
