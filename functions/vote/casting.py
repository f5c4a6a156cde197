"""Casting: a ballot is checked, put into the box once, and acknowledged; nothing else is kept of the call."""

from typing import NamedTuple

from ballotcast.ballots import receipt
from ballotcast.ballots.ballot import Ballot, BallotError
from ballotcast.ballots.leaf import BallotLeaf
from ballotcast.crypto.merkle import leaf_hash
from ballotcast.elections.lifecycle import Status
from ballotcast.errors import Conflict, FieldError, Forbidden, Gone, Invalid
from ballotcast.store.ballots import Ballots
from vote.polls import Polls


class Cast(NamedTuple):
    """`receipt`: the signed note. `anew`: the ballot was not in the box before."""

    receipt: str
    anew: bool


def cast_ballot(polls: Polls, ballots: Ballots, election: str, ballot: bytes) -> Cast:
    """Put a ballot (wire format) into the box of an open election, or find it there.

    NotFound, Forbidden (not open yet), Gone (closed without it), Invalid (not a ballot of this election), Conflict (the
    credential cast another).
    """
    try:
        before = _put_or_find(polls, ballots, election, ballot)
    except BallotError as error:
        raise Invalid(error.reason, _WORDS, errors=[FieldError("/ballot", str(error))]) from None
    if before not in (None, ballot):
        raise Conflict("other-ballot", "another ballot was cast with this credential, and it stays")
    leaf = leaf_hash(BallotLeaf(ballot).encode())
    return Cast(receipt.issue(polls.signer(election), polls.manifest(election), leaf), before is None)


_WORDS = "these bytes are not a ballot of this election; send exactly what the voter's side made and kept"


def _put_or_find(polls: Polls, ballots: Ballots, election: str, data: bytes) -> bytes | None:
    """The ballot that the credential cast before; None if it is this one, now. Cheapest checks first."""
    manifest = polls.manifest(election)
    ballot = Ballot.parse(data, manifest)
    match polls.status(election):
        case Status.OPEN:
            ballot.verify_credential(manifest)
            ballot.verify_signature()
            return ballots.cast(election, data)
        case Status.CLOSED:
            # Who lost the answer still gets the receipt; nothing new gets in.
            if found := ballots.find(election, data):
                return found
            raise Gone("closed", "the election is closed, and this ballot did not arrive in time")
        case _:
            raise Forbidden("not-open", "the election is not open yet")
