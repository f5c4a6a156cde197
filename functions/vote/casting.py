"""Casting: a ballot is checked, put into the box once, and acknowledged; nothing else is kept of the call.

A receipt promises that the ballot is in the log. So it is signed only for a ballot that was in the box before a count
can have begun, or that the sealed log has. A process may be suspended anywhere, and its ballot may come late: it is in
the box then, and gets no receipt.

    look at the poll: open ─ put ─ within 15 s of that look? ─ yes ──────────────────────────────► receipt
                                         └ no: look again: open ─────────────────────────────────► receipt
                                                    └ closed ┐
    look at the poll: closed ─ find in the box ──────────────┴ within 10 s of the end? ─ yes ────► receipt
                                   └ not there: 410                 └ no: sealed? ─ no: 503
                                                                            └ yes: in the log? ──► receipt, else 410
"""

from typing import NamedTuple

from ballotcast.ballots import receipt
from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.elections.lifecycle import Status
from ballotcast.elections.looks import Look
from ballotcast.errors import Conflict, Forbidden, Gone, Invalid, Unavailable, field_error
from ballotcast.store.ballots import AlreadyCast, Ballots
from vote.polls import Polls
from vote.sealed_logs import SealedLogs


class Cast(NamedTuple):
    """`receipt`: the signed note. `anew`: the ballot was not in the box before."""

    receipt: str
    anew: bool


class _Found(NamedTuple):
    """What the box has of a credential. look: at the poll, before the box.

    before: the ballot that it had already; None if it had none, and has this one now.
    """

    before: bytes | None
    look: Look


def cast_ballot(polls: Polls, ballots: Ballots, logs: SealedLogs, election: str, ballot: bytes) -> Cast:
    """Put a ballot (wire format) into the box of an open election, or find it there or in its log.

    NotFound, Forbidden (not open yet), Gone (closed without it), Invalid (not a ballot of this election), Conflict (the
    credential cast another), Unavailable (closed, and whether the log will have it is not decided).
    """
    try:
        before, look = _put_or_find(polls, ballots, election, ballot)
    except BallotError as error:
        raise Invalid(error.reason, _WORDS, errors=[field_error("/ballot", "bad-ballot", reason=str(error))]) from None
    if before not in (None, ballot):
        raise Conflict("other-ballot", "another ballot was cast with this credential, and it stays")
    leaf = leaf_hash(BallotLeaf(ballot).encode())
    if not polls.shows_no_count(look):
        _require_logged(polls, logs, election, leaf, look)
    return Cast(receipt.issue(polls.signer(election), polls.manifest(election), leaf), before is None)


_WORDS = "these bytes are not a ballot of this election; send exactly what the voter's side made and kept"
ASK_AGAIN = 10
"""Seconds: of a small election the log is sealed half a minute after its close."""


def _put_or_find(polls: Polls, ballots: Ballots, election: str, data: bytes) -> _Found:
    """Cheapest checks first."""
    manifest = polls.manifest(election)
    ballot = Ballot.parse(data, manifest)
    look = polls.look(election)
    match look.status:
        case Status.OPEN:
            ballot.verify_credential(manifest)
            ballot.verify_signature()
            return _put(ballots, election, data, look)
        case Status.CLOSED:
            # Who lost the answer still gets the receipt; nothing new gets in.
            if found := ballots.find(election, data):
                return _Found(found, look)
            raise Gone("closed", "the election is closed, and this ballot did not arrive in time")
        case _:
            raise Forbidden("not-open", "the election is not open yet")


def _put(ballots: Ballots, election: str, data: bytes, look: Look) -> _Found:
    try:
        ballots.cast(election, data)
    except AlreadyCast as cast:
        return _Found(cast.ballot, look)
    return _Found(None, look)


def _require_logged(polls: Polls, logs: SealedLogs, election: str, leaf: bytes, look: Look) -> None:
    """The ballot is in the box, perhaps too late: refused unless no count can have begun yet, or the log has it."""
    if look.status is not Status.CLOSED:
        look = polls.look_again(election)
        # The ballot was in the box before this look, so a poll that is open now was not counted without it.
        if look.status is not Status.CLOSED or polls.shows_no_count(look):
            return
    match logs.has(election, leaf):
        case None:
            detail = "voting is over, and the votes are being counted: whether this ballot came in time is known then"
            raise Unavailable("count-under-way", detail, retry_after=ASK_AGAIN)
        case False:
            raise Gone("closed", "the election is closed; this ballot came too late, and is not counted")
